"""Functions as AWS runs them: their limits, their asynchronous invocations, and code that changes on disk."""

from __future__ import annotations

import base64
import json
import os
import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from localcloud.tests.integration.localcloud_process import TinyCloud
from localcloud.tests.patience import eventually

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CODE = """
import os, pathlib, tempfile, time

VERSION = 1

def handle(event, context):
    ask = event.get("ask")
    if ask == "sleep":
        time.sleep(event["seconds"])
    if ask == "eat":
        eaten = bytearray(400 << 20)
        eaten[:: 4096] = b"x" * len(eaten[:: 4096])
        time.sleep(5)
    if ask == "fail":
        print("request", context.aws_request_id)
        raise ValueError("on purpose")
    if ask == "large":
        return "x" * (7 << 20)
    if ask == "print":
        print("what was printed")
    if ask == "tmp":
        path = pathlib.Path(tempfile.gettempdir(), "mine")
        path.write_text("x")
        return {"folder": str(path.parent), "files": sorted(os.listdir(path.parent))}
    return {"version": VERSION, "process": os.getpid()}
"""
TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Good: {Type: AWS::SQS::Queue}
  Bad: {Type: AWS::SQS::Queue}
  Dead: {Type: AWS::SQS::Queue}
  Turns: {Type: AWS::SQS::Queue}
  Function:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: limited
      Runtime: python3.13
      Handler: handler.handle
      CodeUri: code/
      MemorySize: 256
      Timeout: 20
      EventInvokeConfig:
        MaximumRetryAttempts: 1
        DestinationConfig:
          OnSuccess: {Type: SQS, Destination: !GetAtt Good.Arn}
          OnFailure: {Type: SQS, Destination: !GetAtt Bad.Arn}
  Single:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: single
      Runtime: python3.13
      Handler: handler.handle
      CodeUri: code/
      ReservedConcurrentExecutions: 1
      DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt Dead.Arn}
      EventInvokeConfig:
        MaximumRetryAttempts: 0
        DestinationConfig:
          OnSuccess: {Type: SQS, Destination: !GetAtt Turns.Arn}
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties:
      Policies: [{LambdaInvokePolicy: {FunctionName: limited}}]
      Definition:
        StartAt: Tail
        States:
          Tail:
            Type: Task
            Resource: arn:aws:states:::lambda:invoke
            Parameters: {FunctionName: limited, LogType: Tail, Payload: {ask: print}}
            End: true
Outputs:
  Machine: {Value: !Ref Machine}
  Good: {Value: !Ref Good}
  Bad: {Value: !Ref Bad}
  Dead: {Value: !Ref Dead}
  Turns: {Value: !Ref Turns}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("lambda")
    (found / "code").mkdir()
    (found / "code" / "handler.py").write_text(CODE)
    (found / "template.yaml").write_text(TEMPLATE)
    return found


@pytest.fixture(scope="module")
def cloud(folder: Path) -> Iterator[TinyCloud]:
    template = str(folder / "template.yaml")
    running = TinyCloud(folder / "state", iam=True).start(
        "--template", template, "--stack", "tiny", "--watch", "--time-scale", "0.1"
    )
    yield running
    assert running.stop() == 0, running.log()


def invoke(cloud: TinyCloud, **event: Any) -> tuple[str | None, Any]:
    answer = cloud.client("lambda").invoke(FunctionName="limited", Payload=json.dumps(event))
    return answer.get("FunctionError"), json.loads(answer["Payload"].read())


def message(cloud: TinyCloud, queue: str) -> dict[str, Any]:
    sqs, url = cloud.client("sqs"), cloud.outputs[queue]

    def look() -> Any:
        return sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"]).get("Messages")

    found: dict[str, Any] = eventually(look)[0]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=found["ReceiptHandle"])
    return found


def received(cloud: TinyCloud, queue: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(message(cloud, queue)["Body"])
    return body


def test_invocations_at_once_have_a_process_each(cloud: TinyCloud) -> None:
    """Concurrency is processes, and a warm one is used again."""
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda _: invoke(cloud, ask="sleep", seconds=1.5)[1], range(3)))
    assert len({answer["process"] for answer in answers}) == 3
    assert invoke(cloud)[1]["process"] in {answer["process"] for answer in answers}


def test_reserved_concurrency_is_a_limit(cloud: TinyCloud) -> None:
    """One more than reserved is refused with AWS's error and reason."""
    lambdas = cloud.client("lambda")
    # By default the SDK would try again until the first invocation has ended.
    impatient = cloud.client("lambda", config=Config(retries={"total_max_attempts": 1}))
    lambdas.put_function_concurrency(FunctionName="limited", ReservedConcurrentExecutions=1)
    try:
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(invoke, cloud, ask="sleep", seconds=2)
            time.sleep(0.7)
            with pytest.raises(ClientError) as refused:
                impatient.invoke(FunctionName="limited")
            assert running.result()[0] is None
    finally:
        lambdas.delete_function_concurrency(FunctionName="limited")
    assert refused.value.response["Error"]["Code"] == "TooManyRequestsException"
    assert refused.value.response["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"


def test_a_function_that_eats_too_much_is_killed(cloud: TinyCloud) -> None:
    """MemorySize holds, and the next invocation has a new process."""
    error, answer = invoke(cloud, ask="eat")
    assert error == "Unhandled"
    assert answer["errorType"] == "Runtime.ExitError"
    assert invoke(cloud)[0] is None


def test_temporary_files_are_the_workers_own(cloud: TinyCloud, folder: Path) -> None:
    """What tempfile gives is a folder of this one process, below the folder that the cloud builds in."""
    answer = invoke(cloud, ask="tmp")[1]
    assert answer["files"] == ["mine"]
    assert Path(answer["folder"]).is_relative_to(os.environ.get("LOCALCLOUD_BUILD", folder))


def test_an_asynchronous_success_reaches_its_destination(cloud: TinyCloud) -> None:
    """OnSuccess gets the request and the response."""
    cloud.client("lambda").invoke(FunctionName="limited", InvocationType="Event", Payload=b'{"a": 1}')
    record = received(cloud, "Good")
    assert record["requestContext"]["condition"] == "Success"
    assert record["requestPayload"] == {"a": 1}
    assert record["responsePayload"]["version"] == 1


def test_an_asynchronous_failure_is_tried_again_and_told(cloud: TinyCloud) -> None:
    """One more try, as configured, and then OnFailure; both tries are in the log with their REPORT."""
    payload = b'{"ask": "fail"}'
    cloud.client("lambda").invoke(FunctionName="limited", InvocationType="Event", Payload=payload)
    record = received(cloud, "Bad")
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["responsePayload"]["errorType"] == "ValueError"
    assert record["requestContext"]["approximateInvokeCount"] == 2
    events = cloud.client("logs").filter_log_events(logGroupName="/aws/lambda/limited")["events"]
    lines = [event["message"] for event in events]
    assert sum("on purpose" in line and "ValueError" in line for line in lines) >= 2
    assert lines.count(f"request {record['requestContext']['requestId']}") == 2
    report = next(line for line in lines if line.startswith("REPORT RequestId: "))
    assert "Memory Size: 256 MB" in report


def test_events_wait_while_their_function_is_busy(cloud: TinyCloud) -> None:
    """The template's reserved concurrency holds, and being throttled is not an attempt: none is lost."""
    for _ in range(4):
        cloud.client("lambda").invoke(
            FunctionName="single", InvocationType="Event", Payload=b'{"ask": "sleep", "seconds": 0.3}'
        )
    turns = [received(cloud, "Turns") for _ in range(4)]
    assert len({turn["responsePayload"]["process"] for turn in turns}) == 1
    assert {turn["requestContext"]["approximateInvokeCount"] for turn in turns} == {1}


def test_a_dead_letter_queue_gets_the_event_itself(cloud: TinyCloud) -> None:
    """The template's queue, with the error in the message's attributes."""
    payload = b'{"ask": "fail"}'
    cloud.client("lambda").invoke(FunctionName="single", InvocationType="Event", Payload=payload)
    letter = message(cloud, "Dead")
    assert json.loads(letter["Body"]) == {"ask": "fail"}
    attributes = {name: value["StringValue"] for name, value in letter["MessageAttributes"].items()}
    assert attributes.pop("RequestID")
    assert attributes == {"ErrorCode": "200", "ErrorMessage": "on purpose"}


def tail_of_a_call(cloud: TinyCloud) -> str:
    asked = {"FunctionName": "limited", "LogType": "Tail", "Payload": b'{"ask": "print"}'}
    return str(cloud.client("lambda").invoke(**asked)["LogResult"])


def tail_of_a_task(cloud: TinyCloud) -> str:
    return str(json.loads(cloud.run("Machine", {})["output"])["LogResult"])


@pytest.mark.parametrize("tail", [tail_of_a_call, tail_of_a_task])
def test_the_tail_of_a_log_has_lambdas_own_lines(cloud: TinyCloud, tail: Callable[[TinyCloud], str]) -> None:
    """START, what was printed, END and REPORT with what this process used; of a state machine's task too."""
    start, printed, end, report = base64.b64decode(tail(cloud)).decode().splitlines()[-4:]
    request = start.split()[2]
    assert (printed, end) == ("what was printed", f"END RequestId: {request}")
    assert report.startswith(f"REPORT RequestId: {request}\tDuration: ")
    used = re.search(r"Memory Size: 256 MB\tMax Memory Used: (\d+) MB", report)
    assert used
    assert 5 < int(used[1]) < 100


@pytest.mark.parametrize(
    ("payload", "kind", "code"),
    [
        (b"{no json", "RequestResponse", "InvalidRequestContentException"),
        (b"{}", "Sometime", "ValidationException"),
        (b'"%s"' % (b"x" * (6 << 20)), "RequestResponse", "RequestTooLargeException"),
        (b'"%s"' % (b"x" * (1 << 20)), "Event", "RequestTooLargeException"),
    ],
)
def test_what_is_not_an_invocation_is_refused(cloud: TinyCloud, payload: bytes, kind: str, code: str) -> None:
    """With AWS's codes, and before the function hears of it."""
    with pytest.raises(ClientError) as refused:
        cloud.client("lambda").invoke(FunctionName="limited", InvocationType=kind, Payload=payload)
    assert refused.value.response["Error"]["Code"] == code


def test_an_answer_above_the_limit_is_an_error(cloud: TinyCloud) -> None:
    """As large as AWS allows, and no larger."""
    error, answer = invoke(cloud, ask="large")
    assert (error, answer["errorType"]) == ("Unhandled", "Function.ResponseSizeTooLarge")


def test_code_that_changes_on_disk_is_deployed_again(cloud: TinyCloud, folder: Path) -> None:
    """With --watch the next invocation after a moment runs the new code."""
    (folder / "code" / "handler.py").write_text(CODE.replace("VERSION = 1", "VERSION = 2"))
    eventually(lambda: invoke(cloud)[1]["version"] == 2)
