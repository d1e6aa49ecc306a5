"""One SAM template on the local cloud: what its functions, rules, alarms and state machines do."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from localcloud.tests.integration.localcloud_process import ACCOUNT, TinyCloud
from localcloud.tests.patience import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TinyCloud]:
    running = TinyCloud(tmp_path_factory.mktemp("cloud") / "state", iam=True).start()
    yield running
    assert running.stop() == 0, running.log()


def test_a_function_sees_its_code_its_layer_and_the_runtime_only(cloud: TinyCloud) -> None:
    """No site packages of this environment are on a function's path."""
    error, answer = cloud.invoke({"ask": "path"})
    assert error is None
    assert not [folder for folder in answer["path"] if "site-packages" in folder and "/opt/" not in folder]
    assert answer["endpoint"] == f"http://127.0.0.1:{cloud.port}"
    assert answer["trace"].endswith("Sampled=0")


def test_an_error_keeps_its_own_type(cloud: TinyCloud) -> None:
    """The official runtime client reports the exception's class, not Runtime.HandlerError."""
    error, answer = cloud.invoke({"ask": "fail"})
    assert error == "Unhandled"
    assert answer["errorType"] == "OutOfMilk"
    assert answer["errorMessage"] == "there is no milk"


def test_the_fence_refuses_every_other_host_at_once(cloud: TinyCloud) -> None:
    """A function that connects elsewhere gets an error that says why instead of running out of time."""
    error, answer = cloud.invoke({"ask": "outside"})
    assert error == "Unhandled"
    assert answer["errorType"] == "OutsideRefused"
    assert "fence" in answer["errorMessage"]


def test_the_fence_holds_for_what_a_function_starts(cloud: TinyCloud) -> None:
    """A Python program of its own reaches no further than the function."""
    assert "the local cloud's fence refused a connection" in cloud.invoke({"ask": "outside by a child"})[1]


def test_a_function_that_runs_too_long_is_ended(cloud: TinyCloud) -> None:
    """The configured timeout holds, and the next invocation works again."""
    lambdas = cloud.client("lambda")
    lambdas.update_function_configuration(FunctionName="tiny-echo", Timeout=1)
    try:
        error, answer = cloud.invoke({"ask": "sleep", "seconds": 5})
        assert error == "Unhandled"
        assert "timed out after 1.00 seconds" in answer["errorMessage"]
    finally:
        lambdas.update_function_configuration(FunctionName="tiny-echo", Timeout=10)
    assert cloud.invoke({})[1]["said"] == "hello"


def test_what_a_function_prints_is_in_its_log_group(cloud: TinyCloud) -> None:
    """START, the output, END and REPORT, as CloudWatch Logs shows them."""
    cloud.invoke({"mark": "find me"})
    logs = cloud.client("logs")
    lines = [e["message"] for e in logs.filter_log_events(logGroupName="/aws/lambda/tiny-echo")["events"]]
    found = next(i for i, line in enumerate(lines) if "find me" in line)
    assert lines[found - 1].startswith("START RequestId: ")
    assert any(line.startswith("REPORT RequestId: ") for line in lines[found:])


def test_an_upload_reaches_the_function_through_eventbridge(cloud: TinyCloud) -> None:
    """'Object Created' carries the key as it is and the object's version."""
    bucket = cloud.outputs["Bucket"]
    version = cloud.client("s3").put_object(Bucket=bucket, Key="in/a b ü.csv", Body=b"1,2")["VersionId"]
    event = cloud.heard(lambda e: e["source"] == "aws.s3")
    assert event["detail-type"] == "Object Created"
    assert event["detail"]["object"]["key"] == "in/a b ü.csv"
    assert event["detail"]["object"]["version-id"] == version
    assert event["time"].endswith("Z")
    assert len(event["time"]) == len("2026-11-20T10:00:00Z")


def test_an_alarm_sees_its_own_dimensions_and_tells_eventbridge(cloud: TinyCloud) -> None:
    """A point of another dimension changes nothing; one of its own does, and the event has AWS's shape."""
    watch = cloud.client("cloudwatch")

    def point(who: str) -> None:
        dimensions = [{"Name": "Who", "Value": who}]
        watch.put_metric_data(
            Namespace="test", MetricData=[{"MetricName": "errors", "Dimensions": dimensions, "Value": 5}]
        )

    def state() -> str:
        return str(watch.describe_alarms(AlarmNames=["tiny-alarm"])["MetricAlarms"][0]["StateValue"])

    eventually(lambda: state() == "OK")
    point("old")
    assert state() == "OK"
    point("new")
    event = cloud.heard(
        lambda e: e["source"] == "aws.cloudwatch" and e["detail"]["state"]["value"] == "ALARM"
    )
    assert event["resources"] == ["arn:aws:cloudwatch:us-east-1:000000000000:alarm:tiny-alarm"]
    assert event["detail"]["alarmName"] == "tiny-alarm"
    assert event["detail"]["previousState"]["value"] == "OK"
    metric = event["detail"]["configuration"]["metrics"][0]["metricStat"]["metric"]
    assert metric == {"namespace": "test", "name": "errors", "dimensions": {"Who": "new"}}


def test_an_alarm_set_by_hand_tells_eventbridge_too(cloud: TinyCloud) -> None:
    """SetAlarmState is a transition like any other."""
    cloud.client("cloudwatch").set_alarm_state(
        AlarmName="tiny-alarm", StateValue="INSUFFICIENT_DATA", StateReason="a test asks"
    )
    event = cloud.heard(lambda e: e["detail"].get("state", {}).get("reason") == "a test asks")
    assert event["detail"]["state"]["value"] == "INSUFFICIENT_DATA"


def test_a_state_machine_calls_services_and_reads_what_they_answer(cloud: TinyCloud) -> None:
    """lambda:invoke, S3 with its body as text, an alarm made by a state, and a message with attributes."""
    queue = cloud.client("sqs").create_queue(QueueName="told")["QueueUrl"]
    arn = cloud.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    allow = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage"}
    policy = json.dumps({"Statement": [{**allow, "Resource": arn}]})
    cloud.client("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    cloud.client("sns").subscribe(TopicArn=cloud.outputs["Topic"], Protocol="sqs", Endpoint=arn)
    ended = cloud.run("Machine", {"hello": 1})
    assert ended["status"] == "SUCCEEDED", ended
    assert json.loads(ended["output"])["said"] == "hello"
    assert cloud.client("cloudwatch").describe_alarms(AlarmNames=["from-a-state"])["MetricAlarms"]
    messages = eventually(lambda: cloud.client("sqs").receive_message(QueueUrl=queue).get("Messages"))
    message = json.loads(messages[0]["Body"])
    assert json.loads(message["Message"]) == {"said": "hello"}
    assert message["MessageAttributes"]["kind"]["Value"] == "told"


def test_a_catch_matches_the_error_type_of_a_function(cloud: TinyCloud) -> None:
    """Catch by the exception's own name."""
    ended = cloud.run("Machine", {"ask": "fail"})
    assert json.loads(ended["output"]) == {"caught": "OutOfMilk"}


def test_the_same_start_twice_is_one_execution(cloud: TinyCloud) -> None:
    """While it runs the same name and input answer with the same execution; another input is refused."""
    states, machine = cloud.client("stepfunctions"), cloud.outputs["Machine"]
    given = {"stateMachineArn": machine, "name": "once", "input": '{"ask":"sleep","seconds":1}'}
    first, second = states.start_execution(**given), states.start_execution(**given)
    assert first["executionArn"] == second["executionArn"]
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        states.start_execution(**{**given, "input": "{}"})
    with pytest.raises(ClientError, match="InvalidName"):
        states.start_execution(stateMachineArn=machine, name="a b", input="{}")
    cloud.ended(first["executionArn"])


def test_an_aborted_execution_stays_aborted(cloud: TinyCloud) -> None:
    """What its last task still does changes nothing any more."""
    states = cloud.client("stepfunctions")
    arn = states.start_execution(
        stateMachineArn=cloud.outputs["Machine"], input='{"ask":"sleep","seconds":2}'
    )["executionArn"]
    time.sleep(0.5)
    states.stop_execution(executionArn=arn)
    time.sleep(2.5)
    assert states.describe_execution(executionArn=arn)["status"] == "ABORTED"


def test_a_machine_is_held_to_its_time_limit_and_tells_eventbridge(cloud: TinyCloud) -> None:
    """TimeoutSeconds ends an execution TIMED_OUT, and the status event says so."""
    states = cloud.client("stepfunctions")
    definition = {
        "StartAt": "A",
        "TimeoutSeconds": 1,
        "States": {"A": {"Type": "Wait", "Seconds": 4, "End": True}},
    }
    machine = states.create_state_machine(
        name="slow", definition=json.dumps(definition), roleArn=cloud.outputs["MachineRole"]
    )["stateMachineArn"]
    ended = cloud.ended(states.start_execution(stateMachineArn=machine)["executionArn"])
    assert ended["status"] == "TIMED_OUT"
    event = cloud.heard(lambda e: e["source"] == "aws.states" and e["detail"]["status"] == "TIMED_OUT")
    assert event["detail"]["executionArn"] == ended["executionArn"]


def test_numbers_and_results_may_be_expressions(cloud: TinyCloud) -> None:
    """JSONata in a task's TimeoutSeconds and in Succeed's Output."""
    states, outputs = cloud.client("stepfunctions"), cloud.outputs
    ask = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {
            "FunctionName": outputs["Function"],
            "Payload": {"ask": "sleep", "seconds": "{% $states.input.seconds %}"},
        },
        "TimeoutSeconds": "{% $states.input.limit %}",
        "Catch": [{"ErrorEquals": ["States.Timeout"], "Output": {"late": True}, "Next": "Done"}],
        "Output": {"late": False},
        "Next": "Done",
    }
    done = {"Type": "Succeed", "Output": {"was_late": "{% $states.input.late %}"}}
    definition = {"QueryLanguage": "JSONata", "StartAt": "Ask", "States": {"Ask": ask, "Done": done}}
    machine = states.create_state_machine(
        name="numbers", definition=json.dumps(definition), roleArn=outputs["MachineRole"]
    )["stateMachineArn"]
    for seconds, late in ((0, False), (3, True)):
        given = json.dumps({"seconds": seconds, "limit": 1})
        ended = cloud.ended(states.start_execution(stateMachineArn=machine, input=given)["executionArn"])
        assert json.loads(ended["output"]) == {"was_late": late}


def test_an_invalid_definition_is_refused_when_it_is_created(cloud: TinyCloud) -> None:
    """CreateStateMachine names the fault."""
    definition = '{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"}}}'
    with pytest.raises(ClientError, match=r"InvalidDefinition.*'B', which does not exist"):
        cloud.client("stepfunctions").create_state_machine(
            name="bad", definition=definition, roleArn="arn:aws:iam::000000000000:role/x"
        )


def test_a_sync_task_ends_with_its_job(cloud: TinyCloud) -> None:
    """The job is a real process of the image; the result is its description, its output is in S3."""
    ended = cloud.run("JobMachine", {"name": "job-1", "do": "work"})
    assert ended["status"] == "SUCCEEDED", ended
    assert json.loads(ended["output"])["ProcessingJobStatus"] == "Completed"
    written = cloud.client("s3").get_object(Bucket=cloud.outputs["Bucket"], Key="jobs/job-1/greeting.txt")
    assert written["Body"].read() == b"hello from the image"


def test_a_failed_job_fails_its_task_with_the_description_as_cause(cloud: TinyCloud) -> None:
    """States.TaskFailed, and the cause is the description's JSON with the reason in it."""
    ended = cloud.run("JobMachine", {"name": "job-2", "do": "fail"})
    assert (ended["status"], ended["error"]) == ("FAILED", "States.TaskFailed")
    assert "asked to fail" in json.loads(ended["cause"])["FailureReason"]


def test_waiting_executions_do_not_hold_up_the_endpoint(cloud: TinyCloud) -> None:
    """Twelve executions wait for jobs at once, and a call in between is answered before they end."""

    def one(number: int) -> str:
        return str(cloud.run("JobMachine", {"name": f"many-{number}", "do": "work"})["status"])

    with ThreadPoolExecutor(12) as pool:
        running = [pool.submit(one, number) for number in range(12)]
        time.sleep(0.5)
        cloud.client("s3").list_buckets()
        assert not all(each.done() for each in running)
        assert {each.result() for each in running} == {"SUCCEEDED"}


def test_an_event_that_a_function_cannot_handle_goes_to_its_failure_destination(cloud: TinyCloud) -> None:
    """An asynchronous invocation that fails is not lost."""
    cloud.client("lambda").invoke(FunctionName="tiny-echo", InvocationType="Event", Payload='{"ask":"fail"}')
    record: Any = cloud.heard(lambda e: True, queue="DeadLettersUrl")
    assert record["requestPayload"] == {"ask": "fail"}


def test_an_unknown_sagemaker_operation_is_an_error_that_names_it(cloud: TinyCloud) -> None:
    """Nothing answers with a made-up success."""
    with pytest.raises(ClientError, match="CreateCompilationJob"):
        cloud.client("sagemaker").create_compilation_job(
            CompilationJobName="x",
            RoleArn="arn:aws:iam::000000000000:role/x",
            OutputConfig={"S3OutputLocation": "s3://b/x"},
            StoppingCondition={"MaxRuntimeInSeconds": 60},
        )


def test_dummy_credentials_are_those_of_the_account(cloud: TinyCloud) -> None:
    """Whatever the secret is."""
    assert cloud.client("sts", secret="x").get_caller_identity()["Account"] == ACCOUNT
