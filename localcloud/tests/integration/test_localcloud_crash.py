"""A local cloud that is killed with SIGKILL and started again: nothing that it had answered is lost."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from localcloud.tests.integration.localcloud_process import TinyCloud, lives
from localcloud.tests.patience import eventually

pytestmark = pytest.mark.thorough
# Its first invocation is at work when the cloud is killed; the later ones fail, as at a lock of the first.
LOCKING = """
import pathlib, time

def handle(event, context):
    tries = pathlib.Path(event["tries"])
    first = not tries.exists()
    with tries.open("a") as file:
        file.write(f"{time.time()}\\n")
    if first:
        time.sleep(30)
    raise RuntimeError("another one is at work")
"""
LOCKING_TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Function:
    Type: AWS::Serverless::Function
    Properties:
      {FunctionName: locking, Runtime: python3.13, Handler: code.handle, CodeUri: code/, Timeout: 5}
"""
_ROLE = "arn:aws:iam::000000000000:role/machine"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TinyCloud]:
    cloud = TinyCloud(tmp_path_factory.mktemp("crash") / "state").start()
    yield cloud
    if cloud.process is not None and cloud.process.poll() is None:
        cloud.stop()


def killed_and_started(cloud: TinyCloud, *arguments: str) -> None:
    """As after a power cut, less the power."""
    assert cloud.process is not None
    cloud.process.send_signal(signal.SIGKILL)
    cloud.process.wait()
    (cloud.state / "cloud.json").unlink(missing_ok=True)
    cloud.start(*arguments)


def machine(cloud: TinyCloud, name: str, states: dict[str, Any], start: str) -> str:
    definition = json.dumps({"StartAt": start, "States": states})
    made = cloud.client("stepfunctions").create_state_machine(name=name, roleArn=_ROLE, definition=definition)
    return str(made["stateMachineArn"])


def types(cloud: TinyCloud, arn: str) -> list[str]:
    history = cloud.client("stepfunctions").get_execution_history(executionArn=arn)["events"]
    assert [event["id"] for event in history] == list(range(1, len(history) + 1))
    return [event["type"] for event in history]


def test_what_was_answered_is_there(cloud: TinyCloud) -> None:
    """Objects with versions and tags, messages, subscriptions, items, alarms' states, a stack, a key, a
    package group: each changed by the last call before the kill."""
    s3, sqs, table = cloud.client("s3"), cloud.client("sqs"), cloud.client("dynamodb")
    bucket = cloud.outputs["Bucket"]
    queue = sqs.create_queue(QueueName="kept")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    cloud.client("sns").subscribe(TopicArn=cloud.outputs["Topic"], Protocol="sqs", Endpoint=arn)
    cloud.client("sns").publish(TopicArn=cloud.outputs["Topic"], Message="through the topic")
    cloud.client("sagemaker").create_model_package_group(ModelPackageGroupName="kept")
    cloud.client("cloudwatch").set_alarm_state(AlarmName="tiny-alarm", StateValue="ALARM", StateReason="me")
    for number in range(20):
        sqs.send_message(QueueUrl=queue, MessageBody=str(number))
    name = table.list_tables()["TableNames"][0]
    for number in range(20):
        table.put_item(TableName=name, Item={"id": {"S": f"i{number}"}, "n": {"N": str(number)}})
    table.delete_item(TableName=name, Key={"id": {"S": "i7"}})
    first = s3.put_object(Bucket=bucket, Key="kept/a", Body=b"one", Tagging="who=me")["VersionId"]
    second = s3.put_object(Bucket=bucket, Key="kept/a", Body=b"two")["VersionId"]
    s3.put_object(Bucket=bucket, Key="kept/gone", Body=b"x")
    s3.delete_object(Bucket=bucket, Key="kept/gone")
    outputs = cloud.outputs
    killed_and_started(cloud)

    s3, sqs = cloud.client("s3"), cloud.client("sqs")
    assert cloud.outputs == outputs
    assert s3.get_object(Bucket=bucket, Key="kept/a", VersionId=first)["Body"].read() == b"one"
    assert s3.head_object(Bucket=bucket, Key="kept/a")["VersionId"] == second
    tags = s3.get_object_tagging(Bucket=bucket, Key="kept/a", VersionId=first)["TagSet"]
    assert tags == [{"Key": "who", "Value": "me"}]
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=bucket, Prefix="kept/")["Contents"]] == ["kept/a"]
    bodies: set[str] = set()
    while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        bodies |= {message["Body"] for message in messages}
    assert {str(number) for number in range(20)} <= bodies
    assert len(bodies) == 21, "and the one through the topic"
    items = cloud.client("dynamodb").scan(TableName=name)["Items"]
    assert {item["id"]["S"] for item in items} == {f"i{number}" for number in range(20) if number != 7}
    alarm = cloud.client("cloudwatch").describe_alarms(AlarmNames=["tiny-alarm"])["MetricAlarms"][0]
    assert (alarm["StateValue"], alarm["StateReason"]) == ("ALARM", "me")
    assert cloud.client("sagemaker").describe_model_package_group(ModelPackageGroupName="kept")
    assert cloud.client("kms").list_keys()["Keys"]
    assert cloud.invoke({})[1]["said"] == "hello"


def test_a_function_at_work_ends_with_its_cloud(cloud: TinyCloud, tmp_path: Path) -> None:
    """Or it would go on with the next cloud what it began in this one."""
    note = tmp_path / "process"
    with ThreadPoolExecutor(1) as pool:
        pool.submit(cloud.invoke, {"ask": "sleep", "seconds": 9, "tell": str(note)})
        process = int(eventually(lambda: note.exists() and note.read_text()))
        assert cloud.process is not None
        cloud.process.send_signal(signal.SIGKILL)
        eventually(lambda: not lives(process))
    killed_and_started(cloud)


def test_what_a_function_has_started_ends_with_it(cloud: TinyCloud) -> None:
    """When the cloud goes down in order, and when it is killed."""
    left = cloud.invoke({"ask": "leave"})[1]
    assert lives(left)
    assert cloud.stop() == 0
    assert not lives(left)
    cloud.start()
    left = cloud.invoke({"ask": "leave"})[1]
    killed_and_started(cloud)
    assert not lives(left)


def test_a_lock_of_the_killed_does_not_use_up_an_events_tries(tmp_path: Path) -> None:
    """Such a lock holds for the function's time limit, which no time scale shortens; the pauses do."""
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "code.py").write_text(LOCKING)
    (tmp_path / "template.yaml").write_text(LOCKING_TEMPLATE)
    arguments = ("--template", str(tmp_path / "template.yaml"), "--time-scale", "0.01")
    cloud, tries = TinyCloud(tmp_path / "state").start(*arguments), tmp_path / "tries"
    event = json.dumps({"tries": str(tries)})
    cloud.client("lambda").invoke(FunctionName="locking", InvocationType="Event", Payload=event)
    eventually(tries.exists)
    killed_and_started(cloud, *arguments)
    eventually(lambda: len(tries.read_text().split()) > 2)
    _, again, last = tries.read_text().split()[:3]
    assert float(last) - float(again) >= 5
    assert cloud.stop() == 0, cloud.log()


def test_the_expiry_of_a_tables_items_is_there(cloud: TinyCloud) -> None:
    """As the template gave it, and as UpdateTimeToLive gave and took it; also after the second kill."""
    table = cloud.client("dynamodb")
    of_template = table.list_tables()["TableNames"][0]
    for name in ("expiring", "lasting"):
        table.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        expires(cloud, name, enabled=True)
    expires(cloud, "lasting", enabled=False)
    for _ in range(2):
        killed_and_started(cloud)
        found = {name: expiry(cloud, name) for name in (of_template, "expiring", "lasting")}
        assert found == {of_template: "ENABLED", "expiring": "ENABLED", "lasting": "DISABLED"}


def expires(cloud: TinyCloud, name: str, *, enabled: bool) -> None:
    specification = {"AttributeName": "expires", "Enabled": enabled}
    cloud.client("dynamodb").update_time_to_live(TableName=name, TimeToLiveSpecification=specification)


def expiry(cloud: TinyCloud, name: str) -> str:
    found = cloud.client("dynamodb").describe_time_to_live(TableName=name)
    return str(found["TimeToLiveDescription"]["TimeToLiveStatus"])


def test_executions_go_on_where_they_stood(cloud: TinyCloud) -> None:
    """A Wait waits the rest, what came before it is not done again; a task token that was handed out still
    ends its task; a Parallel is done again; each history is as if nothing had happened."""
    sqs, states = cloud.client("sqs"), cloud.client("stepfunctions")
    queue = sqs.create_queue(QueueName="tokens")["QueueUrl"]
    echo = "arn:aws:lambda:us-east-1:000000000000:function:tiny-echo"
    waits = machine(
        cloud,
        "waits",
        {
            "Count": {"Type": "Task", "Resource": echo, "ResultPath": "$.said", "Next": "Name"},
            "Name": {"Type": "Pass", "Assign": {"name.$": "$.name"}, "Next": "Wait"},
            "Wait": {"Type": "Wait", "Seconds": 8, "Next": "End"},
            "End": {"Type": "Pass", "Parameters": {"name.$": "$name"}, "End": True},
        },
        "Count",
    )
    asks = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters": {"QueueUrl": queue, "MessageBody": {"token.$": "$$.Task.Token"}},
        "End": True,
    }
    tokens = machine(cloud, "tokens", {"Ask": asks}, "Ask")
    branches = [
        {"StartAt": name, "States": {name: {"Type": "Wait", "Seconds": 4, "End": True}}}
        for name in ("A", "B")
    ]
    both = machine(cloud, "both", {"Both": {"Type": "Parallel", "Branches": branches, "End": True}}, "Both")
    waiting, asking, parallel = (
        states.start_execution(stateMachineArn=arn, input='{"name": "kept"}')["executionArn"]
        for arn in (waits, tokens, both)
    )
    eventually(lambda: "WaitStateEntered" in types(cloud, waiting))
    message = eventually(lambda: sqs.receive_message(QueueUrl=queue).get("Messages"))[0]
    # Left where it is, it would be seen again after 30 seconds, which a slow start takes.
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    killed_and_started(cloud)

    states = cloud.client("stepfunctions")
    assert states.describe_execution(executionArn=asking)["status"] == "RUNNING"

    def answered() -> bool:
        try:
            states.send_task_success(taskToken=json.loads(message["Body"])["token"], output='{"ok": 1}')
        except states.exceptions.InvalidToken:
            return False  # the execution is not at its task again yet
        return True

    eventually(answered)
    assert cloud.ended(asking)["output"] == '{"ok":1}'
    assert types(cloud, asking)[1:-2] == [
        "TaskStateEntered",
        "TaskScheduled",
        "TaskStarted",
        "TaskSubmitted",
        "TaskSucceeded",
    ]
    assert cloud.client("sqs").receive_message(QueueUrl=queue).get("Messages") is None, "it was asked once"
    ended = cloud.ended(waiting)
    assert (ended["status"], json.loads(ended["output"])) == ("SUCCEEDED", {"name": "kept"})
    assert types(cloud, waiting).count("LambdaFunctionScheduled") == 1
    assert types(cloud, waiting).count("WaitStateEntered") == 1
    assert (ended["stopDate"] - ended["startDate"]).total_seconds() >= 8
    assert cloud.ended(parallel)["status"] == "SUCCEEDED"


def test_a_job_that_ran_is_failed_and_its_execution_follows_its_definition(cloud: TinyCloud) -> None:
    """The job ends Failed with the reason, no second one is started for it, and the execution's Retry decides
    what comes then."""
    states, maker = cloud.client("stepfunctions"), cloud.client("sagemaker")
    started = states.start_execution(
        stateMachineArn=cloud.outputs["JobMachine"], input=json.dumps({"name": "cut-off", "do": "sleep"})
    )["executionArn"]
    eventually(lambda: "TaskSubmitted" in types(cloud, started))
    killed_and_started(cloud)

    ended = cloud.ended(started)
    assert (ended["status"], ended.get("error")) == ("FAILED", "States.TaskFailed"), ended
    job = cloud.client("sagemaker").describe_processing_job(ProcessingJobName="cut-off")
    assert job["ProcessingJobStatus"] == "Failed"
    assert "stopped while this job ran" in job["FailureReason"]
    assert types(cloud, started) == [
        "ExecutionStarted", "TaskStateEntered", "TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskFailed",
        "ExecutionFailed",
    ]  # fmt: skip
    assert maker is not None


def test_events_that_were_on_their_way_arrive(cloud: TinyCloud) -> None:
    """Twenty objects are put and the cloud is killed at once: the function hears of every one."""
    s3, bucket = cloud.client("s3"), cloud.outputs["Bucket"]
    keys = {f"events/{number}" for number in range(20)}
    for key in keys:
        s3.put_object(Bucket=bucket, Key=key, Body=b"x")
    killed_and_started(cloud)
    heard: set[str] = set()
    sqs, url = cloud.client("sqs"), cloud.outputs["QueueUrl"]
    deadline = time.monotonic() + 40
    while not keys <= heard and time.monotonic() < deadline:
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            event = json.loads(message["Body"])
            heard.add(event.get("detail", {}).get("object", {}).get("key", ""))
    assert keys <= heard, keys - heard


def test_it_stops_in_order_with_executions_running(cloud: TinyCloud) -> None:
    """SIGTERM ends it within seconds; what ran is gone on with at the next start instead of being failed."""
    states = cloud.client("stepfunctions")
    wait = {"Wait": {"Type": "Wait", "Seconds": 5, "End": True}}
    slow = states.start_execution(stateMachineArn=machine(cloud, "slow", wait, "Wait"))["executionArn"]
    given = json.dumps({"name": "stopped", "do": "sleep"})
    working = states.start_execution(stateMachineArn=cloud.outputs["JobMachine"], input=given)["executionArn"]
    eventually(lambda: "TaskSubmitted" in types(cloud, working))
    begun = time.monotonic()
    assert cloud.stop() == 0, cloud.log()
    assert time.monotonic() - begun < 60
    cloud.start()
    assert cloud.ended(slow)["status"] == "SUCCEEDED"
    assert "stopped while this job ran" in cloud.ended(working)["cause"]


def test_sigkill_leaves_no_process_behind(cloud: TinyCloud, tmp_path: Path) -> None:
    """What the cloud had started ends with it: functions, jobs, servers."""
    import subprocess

    cloud.invoke({})
    assert cloud.process is not None
    cloud.process.send_signal(signal.SIGKILL)
    cloud.process.wait()

    def left() -> str:
        listed = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
        return "\n".join(line for line in listed.splitlines() if str(cloud.state.parent) in line)

    eventually(lambda: not left())
