"""The interpreter behind the wire: what boto3 sees of it."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from localcloud.front.server import free_port
from localcloud.tests.patience import eventually

pytestmark = pytest.mark.slow
_ROLE = "arn:aws:iam::000000000000:role/machine"
_NOWHERE = "arn:aws:states:us-east-1:000000000000:stateMachine:nowhere"


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "localcloud.tests.statemachines.server",
        str(port),
        str(tmp_path_factory.mktemp("state")),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield f"http://127.0.0.1:{port}"
        process.kill()


def client(endpoint: str, service: str) -> Any:
    return boto3.client(  # type: ignore[call-overload]
        service, endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="000000000000",
        aws_secret_access_key="x", config=Config(
            retries={"total_max_attempts": 1},
            max_pool_connections=50,
            inject_host_prefix=False,
            read_timeout=70,
        ),
    )  # fmt: skip


@pytest.fixture(scope="module")
def sfn(endpoint: str) -> Any:
    return client(endpoint, "stepfunctions")


def create(sfn: Any, name: str, definition: dict[str, Any] | str, kind: str = "STANDARD") -> str:
    text = definition if isinstance(definition, str) else json.dumps(definition)
    return str(
        sfn.create_state_machine(name=name, definition=text, roleArn=_ROLE, type=kind)["stateMachineArn"]
    )


def finished(sfn: Any, arn: str) -> dict[str, Any]:
    def over() -> dict[str, Any] | None:
        described = sfn.describe_execution(executionArn=arn)
        return None if described["status"] == "RUNNING" else dict(described)

    return eventually(over)


def chain(length: int) -> dict[str, Any]:
    states = {f"S{i}": {"Type": "Pass", "Next": f"S{i + 1}"} for i in range(length - 1)}
    return {"StartAt": "S0", "States": {**states, f"S{length - 1}": {"Type": "Pass", "End": True}}}


def test_an_execution_runs_and_its_history_is_complete(sfn: Any) -> None:
    machine = create(sfn, "plain", chain(2))
    arn = sfn.start_execution(stateMachineArn=machine, name="one", input='{"a":1}')["executionArn"]
    described = finished(sfn, arn)
    assert (described["status"], described["output"]) == ("SUCCEEDED", '{"a":1}')
    events = sfn.get_execution_history(executionArn=arn)["events"]
    assert [event["type"] for event in events] == [
        "ExecutionStarted", "PassStateEntered", "PassStateExited", "PassStateEntered", "PassStateExited",
        "ExecutionSucceeded",
    ]  # fmt: skip
    assert [event["previousEventId"] for event in events] == [0, 0, 2, 3, 4, 5]
    assert events[0]["executionStartedEventDetails"]["roleArn"] == _ROLE


def test_a_wrong_definition_is_refused_with_the_code_and_a_reason_and_spoils_no_later_one(sfn: Any) -> None:
    with pytest.raises(sfn.exceptions.InvalidDefinition, match="leads to 'X', which does not exist"):
        create(sfn, "wrong", {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "X"}}})
    with pytest.raises(sfn.exceptions.InvalidDefinition):
        create(
            sfn,
            "wrong",
            {
                "QueryLanguage": "JSONata",
                "StartAt": "A",
                "States": {"A": {"Type": "Pass", "Output": "{% 1 + %}"}},
            },
        )
    create(sfn, "right", chain(1))


def test_a_definition_can_be_validated_without_creating_anything(sfn: Any) -> None:
    wrong = sfn.validate_state_machine_definition(definition="{}")
    assert wrong["result"] == "FAIL"
    assert wrong["diagnostics"][0]["severity"] == "ERROR"
    assert sfn.validate_state_machine_definition(definition=json.dumps(chain(1)))["result"] == "OK"


def test_two_unnamed_executions_are_two(sfn: Any) -> None:
    machine = create(sfn, "unnamed", chain(1))
    arns = {sfn.start_execution(stateMachineArn=machine)["executionArn"] for _ in range(2)}
    assert len(arns) == 2


def test_the_same_name_and_input_is_the_same_execution_while_it_runs(sfn: Any) -> None:
    machine = create(
        sfn, "idempotent", {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 30, "End": True}}}
    )
    first = sfn.start_execution(stateMachineArn=machine, name="n", input="{}")
    assert (
        sfn.start_execution(stateMachineArn=machine, name="n", input="{}")["executionArn"]
        == first["executionArn"]
    )
    with pytest.raises(sfn.exceptions.ExecutionAlreadyExists):
        sfn.start_execution(stateMachineArn=machine, name="n", input="[]")
    sfn.stop_execution(executionArn=first["executionArn"], error="E", cause="enough")
    described = finished(sfn, first["executionArn"])
    assert (described["status"], described["error"], described["cause"]) == ("ABORTED", "E", "enough")
    last = sfn.get_execution_history(executionArn=first["executionArn"])["events"][-1]
    assert last["executionAbortedEventDetails"] == {"error": "E", "cause": "enough"}


def test_a_token_goes_out_through_sqs_and_comes_back(sfn: Any, endpoint: str) -> None:
    sqs = client(endpoint, "sqs")
    queue = sqs.create_queue(QueueName="tokens")["QueueUrl"]
    machine = create(sfn, "token", {"StartAt": "T", "States": {"T": {
        "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "End": True,
        "Parameters": {"QueueUrl": queue, "MessageBody.$": "$$.Task.Token"},
    }}})  # fmt: skip
    arn = sfn.start_execution(stateMachineArn=machine)["executionArn"]
    token = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=5)["Messages"][0]["Body"]
    sfn.send_task_heartbeat(taskToken=token)
    sfn.send_task_failure(taskToken=token, error="Mine", cause="a cause")
    described = finished(sfn, arn)
    assert (described["error"], described["cause"]) == ("Mine", "a cause")
    for output in ("{}", "no JSON"):
        with pytest.raises(ClientError) as refused:
            sfn.send_task_success(taskToken="nonsense", output=output)
        assert refused.value.response["Error"]["Code"] == "InvalidToken"


def test_a_failed_execution_is_redriven_from_the_state_that_failed(sfn: Any, endpoint: str) -> None:
    s3 = client(endpoint, "s3")
    s3.create_bucket(Bucket="redrive")
    machine = create(sfn, "redrive", {"StartAt": "A", "States": {
        "A": {"Type": "Pass", "Assign": {"v": 7}, "Parameters": {"k": "key"}, "Next": "B"},
        "B": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:getObject", "End": True,
              "Parameters": {"Bucket": "redrive", "Key.$": "$.k"},
              "ResultSelector": {"b.$": "$.Body", "v.$": "$v"}},
    }})  # fmt: skip
    arn = sfn.start_execution(stateMachineArn=machine)["executionArn"]
    described = finished(sfn, arn)
    assert (described["status"], described["error"]) == ("FAILED", "S3.NoSuchKeyException")
    assert described["redriveStatus"] == "REDRIVABLE"
    s3.put_object(Bucket="redrive", Key="key", Body=b"text")
    sfn.redrive_execution(executionArn=arn)
    described = finished(sfn, arn)
    assert (described["status"], json.loads(described["output"])) == ("SUCCEEDED", {"b": "text", "v": 7})
    assert described["redriveCount"] == 1
    kinds = [event["type"] for event in sfn.get_execution_history(executionArn=arn)["events"]]
    assert kinds.count("PassStateEntered") == 1
    assert kinds[kinds.index("ExecutionRedriven") + 1] == "TaskStateEntered"
    with pytest.raises(ClientError) as refused:
        sfn.redrive_execution(executionArn=arn)
    assert refused.value.response["Error"]["Code"] == "ExecutionNotRedrivable"


def test_a_map_run_and_its_children_can_be_described(sfn: Any) -> None:
    machine = create(sfn, "maprun", {"StartAt": "M", "States": {"M": {
        "Type": "Map", "End": True, "ToleratedFailureCount": 1,
        "ItemProcessor": {
          "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "C", "States": {
            "C": {"Type": "Choice", "Default": "P",
                  "Choices": [{"Variable": "$", "NumericEquals": 1, "Next": "F"}]},
            "F": {"Type": "Fail", "Error": "E"}, "P": {"Type": "Pass", "End": True}}},
    }}})  # fmt: skip
    arn = sfn.start_execution(stateMachineArn=machine, input="[1,2,3]")["executionArn"]
    assert json.loads(finished(sfn, arn)["output"]) == [2, 3]
    run = sfn.list_map_runs(executionArn=arn)["mapRuns"][0]["mapRunArn"]
    counts = sfn.describe_map_run(mapRunArn=run)["itemCounts"]
    assert (counts["succeeded"], counts["failed"], counts["total"]) == (2, 1, 3)
    children = sfn.list_executions(mapRunArn=run)["executions"]
    assert sorted(child["status"] for child in children) == ["FAILED", "SUCCEEDED", "SUCCEEDED"]
    failed = next(child for child in children if child["status"] == "FAILED")
    events = sfn.get_execution_history(executionArn=failed["executionArn"])["events"]
    assert [event["type"] for event in events][-1] == "ExecutionFailed"


def test_a_synchronous_execution_needs_an_express_machine(sfn: Any) -> None:
    standard = create(sfn, "standard", chain(1))
    express = create(sfn, "express", chain(1), "EXPRESS")
    sync = client(sfn.meta.endpoint_url, "stepfunctions")
    ended = sync.start_sync_execution(stateMachineArn=express, input="[1]")
    assert ended["output"] == "[1]"
    assert ended["billingDetails"]["billedDurationInMilliseconds"] % 100 == 0
    failing = create(sfn, "failing", {"StartAt": "F", "States": {"F": {"Type": "Fail"}}}, "EXPRESS")
    assert "output" not in sync.start_sync_execution(stateMachineArn=failing)
    with pytest.raises(ClientError) as refused:
        sync.start_sync_execution(stateMachineArn=standard)
    assert refused.value.response["Error"]["Code"] == "StateMachineTypeNotSupported"


def test_an_express_machine_cannot_wait_for_others(sfn: Any) -> None:
    task = {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync", "End": True,
            "Parameters": {"StateMachineArn": "m"}}  # fmt: skip
    with pytest.raises(sfn.exceptions.InvalidDefinition, match=r"does not support '\.sync'"):
        create(sfn, "impatient", {"StartAt": "T", "States": {"T": task}}, "EXPRESS")


def test_an_activity_is_worked_on_from_outside(sfn: Any) -> None:
    activity = sfn.create_activity(name="work")["activityArn"]
    machine = create(
        sfn,
        "activity",
        {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": activity, "End": True}}},
    )
    arn = sfn.start_execution(stateMachineArn=machine, input='{"n":1}')["executionArn"]
    task = sfn.get_activity_task(activityArn=activity, workerName="me")
    assert json.loads(task["input"]) == {"n": 1}
    sfn.send_task_success(taskToken=task["taskToken"], output='"done"')
    assert finished(sfn, arn)["output"] == '"done"'
    kinds = [event["type"] for event in sfn.get_execution_history(executionArn=arn)["events"]]
    assert kinds[2:5] == ["ActivityScheduled", "ActivityStarted", "ActivitySucceeded"]


def test_a_nested_execution_is_stopped_with_the_one_that_waits_for_it(sfn: Any) -> None:
    child = create(
        sfn, "child", {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 60, "End": True}}}
    )
    parent = create(sfn, "parent", {"StartAt": "N", "States": {"N": {
        "Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2", "End": True,
        "Parameters": {"StateMachineArn": child, "Input": {}}}}})  # fmt: skip
    arn = sfn.start_execution(stateMachineArn=parent)["executionArn"]
    limit = time.monotonic() + 10
    while not (running := sfn.list_executions(stateMachineArn=child)["executions"]):
        assert time.monotonic() < limit
    sfn.stop_execution(executionArn=arn)
    assert finished(sfn, running[0]["executionArn"])["status"] == "ABORTED"


def test_a_state_can_be_tested_alone(sfn: Any) -> None:
    state = {"Type": "Pass", "Parameters": {"x.$": "$.a"}, "Next": "Later"}
    sync = client(sfn.meta.endpoint_url, "stepfunctions")
    tested = sync.test_state(definition=json.dumps(state), roleArn=_ROLE, input='{"a":1}')
    assert (tested["status"], tested["output"], tested["nextState"]) == ("SUCCEEDED", '{"x":1}', "Later")


def test_two_hundred_executions_at_once_all_succeed_and_the_server_still_answers(sfn: Any) -> None:
    machine = create(sfn, "many", chain(5))
    arns: list[str] = []
    lock = threading.Lock()

    def start() -> None:
        for _ in range(20):
            arn = sfn.start_execution(stateMachineArn=machine)["executionArn"]
            with lock:
                arns.append(arn)

    threads = [threading.Thread(target=start) for _ in range(10)]
    for thread in threads:
        thread.start()
    slowest = 0.0
    while any(thread.is_alive() for thread in threads):
        asked = time.perf_counter()
        sfn.list_state_machines()
        slowest = max(slowest, time.perf_counter() - asked)
    assert {finished(sfn, arn)["status"] for arn in arns} == {"SUCCEEDED"}
    assert len(arns) == 200
    assert slowest < 2


def ending(sfn: Any, name: str, resource: str, parameters: dict[str, Any]) -> tuple[str, str]:
    """The error and the cause that a machine with one task ends with."""
    task = {"Type": "Task", "Resource": resource, "Parameters": parameters, "End": True}
    machine = create(sfn, name, {"StartAt": "T", "States": {"T": task}})
    started = sfn.start_execution(stateMachineArn=machine, input='{"nothing":null}')
    described = finished(sfn, started["executionArn"])
    return described["error"], described["cause"]


def test_a_task_names_the_error_of_the_service_as_aws_does(sfn: Any) -> None:
    optimised = "arn:aws:states:::"
    without = {"TableName": "none", "Item.$": "$.nothing"}
    item = ending(sfn, "no-item", f"{optimised}dynamodb:putItem", without)
    assert item[0] == "DynamoDB.AmazonDynamoDBException"
    assert item[1].startswith("1 validation error detected: Value null at 'item' failed to satisfy")
    assert "Error Code: ValidationException" in item[1]
    queue = {"QueueUrl": "http://nowhere.example", "MessageBody": "x"}
    assert ending(sfn, "no-queue", f"{optimised}sqs:sendMessage", queue) == (
        "SQS.SdkClientException",
        "Unable to execute HTTP request: nowhere.example: Name or service not known",
    )
    function = "arn:aws:lambda:us-east-1:000000000000:function:none"
    called = ending(sfn, "no-function", f"{optimised}lambda:invoke", {"FunctionName": function})
    assert called[0] == "Lambda.ResourceNotFoundException"
    assert called[1].startswith(f"Function not found: {function}:$LATEST (Service: AWSLambda")
    arn = "arn:aws:states:us-east-1:000000000000:stateMachine:none"
    started = ending(sfn, "no-machine", f"{optimised}states:startExecution", {"StateMachineArn": arn})
    assert started[0].startswith("StepFunctions.StateMachineDoesNotExist")
    assert started[1].startswith(f"State Machine Does Not Exist: '{arn}' (Service: AWSStepFunctions")


def test_a_task_that_waits_for_an_execution_ends_when_its_token_is_answered(sfn: Any) -> None:
    child = create(sfn, "slow-child", {"StartAt": "W", "States": {"W": {
        "Type": "Wait", "Seconds": 60, "End": True}}})  # fmt: skip
    parent = create(sfn, "impatient-parent", {"StartAt": "T", "States": {"T": {
        "Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2", "End": True,
        "Parameters": {"StateMachineArn": child, "Name": "c", "Input": {"token.$": "$$.Task.Token"}},
    }}})  # fmt: skip
    arn = sfn.start_execution(stateMachineArn=parent)["executionArn"]
    limit = time.monotonic() + 20
    running: list[dict[str, Any]] = []
    while not running:
        assert time.monotonic() < limit
        running = sfn.list_executions(stateMachineArn=child)["executions"]
    given = json.loads(sfn.describe_execution(executionArn=running[0]["executionArn"])["input"])
    sfn.send_task_success(taskToken=given["token"], output='"early"')
    assert finished(sfn, arn)["output"] == '"early"'


def test_a_machine_that_does_not_exist_can_be_deleted_and_not_described(sfn: Any) -> None:
    arn = "arn:aws:states:us-east-1:000000000000:stateMachine:never"
    sfn.delete_state_machine(stateMachineArn=arn)
    with pytest.raises(
        sfn.exceptions.StateMachineDoesNotExist, match=f"State Machine Does Not Exist: '{arn}'"
    ):
        sfn.describe_state_machine(stateMachineArn=arn)


@pytest.mark.parametrize(
    ("operation", "arguments", "code"),
    [
        ("list_executions", {"stateMachineArn": _NOWHERE}, "StateMachineDoesNotExist"),
        ("list_executions", {"stateMachineArn": "none"}, "InvalidArn"),
        ("list_executions", {"stateMachineArn": _NOWHERE, "statusFilter": "running"}, "ValidationException"),
        ("list_state_machines", {"maxResults": 1001}, "ValidationException"),
        ("describe_execution", {"executionArn": "none"}, "InvalidArn"),
        ("get_activity_task", {"activityArn": "none"}, "InvalidArn"),
        ("create_activity", {"name": "an activity"}, "InvalidName"),
        ("create_state_machine", {"name": "m" * 81, "definition": "{}", "roleArn": _ROLE}, "InvalidName"),
        ("update_state_machine", {"stateMachineArn": _NOWHERE}, "MissingRequiredParameter"),
    ],
)
def test_a_request_is_refused_with_the_code_of_aws(
    sfn: Any, operation: str, arguments: dict[str, Any], code: str
) -> None:
    with pytest.raises(ClientError) as refused:
        getattr(sfn, operation)(**arguments)
    assert refused.value.response["Error"]["Code"] == code


def test_an_activity_that_exists_is_made_again(sfn: Any) -> None:
    first, second = (sfn.create_activity(name="twice") for _ in range(2))
    assert (first["activityArn"], first["creationDate"]) == (second["activityArn"], second["creationDate"])


@pytest.mark.parametrize("letter", ["y", "é"])
def test_an_input_of_just_256_kib_passes_through_a_state(sfn: Any, letter: str) -> None:
    machine = create(sfn, f"full-{ord(letter)}", chain(1))
    text = '{"x":"' + letter * ((262_144 - 8) // len(letter.encode())) + '"}'
    assert len(text.encode()) == 262_144
    described = finished(sfn, sfn.start_execution(stateMachineArn=machine, input=text)["executionArn"])
    assert (described["status"], json.loads(described["output"])) == ("SUCCEEDED", json.loads(text))
