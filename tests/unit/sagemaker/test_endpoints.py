"""Endpoints: real HTTP servers, switched in one step, measured, captured, and back after a restart."""

from __future__ import annotations

import contextlib
import io
import json
import tarfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.sagemaker import Limits
from tests.patience import eventually
from tests.unit.sagemaker.laptop import IMAGE, ROLE, Laptop, alive, together

EVENT = "SageMaker Endpoint State Change"


def archive(**files: bytes) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, body in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(body)
            tar.addfile(member, io.BytesIO(body))
    return packed.getvalue()


def make_model(laptop: Laptop, name: str, environment: dict[str, str] | None = None) -> None:
    url = laptop.put(f"models/{name}.tar.gz", archive(name=name.encode()))
    container = {"Image": IMAGE, "ModelDataUrl": url, "Environment": environment or {}}
    laptop.sagemaker.create_model(ModelName=name, ExecutionRoleArn=ROLE, PrimaryContainer=container)


def make_config(laptop: Laptop, name: str, *variants: dict[str, Any], **more: Any) -> None:
    base = {"InitialInstanceCount": 1, "InstanceType": "ml.m5.large", "VariantName": "AllTraffic"}
    laptop.sagemaker.create_endpoint_config(
        EndpointConfigName=name, ProductionVariants=[base | variant for variant in variants], **more
    )


def settle(laptop: Laptop, name: str = "loan") -> dict[str, Any]:
    def settled() -> Any:
        described = laptop.sagemaker.describe_endpoint(EndpointName=name)
        return described if described["EndpointStatus"] in ("InService", "Failed") else None

    described: dict[str, Any] = eventually(settled)
    return described


def deploy(laptop: Laptop, *variants: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An endpoint `loan` on a configuration `one`."""
    make_config(laptop, "one", *(variants or ({"ModelName": "first"},)), **more)
    laptop.sagemaker.create_endpoint(EndpointName="loan", EndpointConfigName="one")
    return settle(laptop)


def update(laptop: Laptop, model: str, config: str = "two") -> dict[str, Any]:
    make_config(laptop, config, {"ModelName": model})
    laptop.sagemaker.update_endpoint(EndpointName="loan", EndpointConfigName=config)
    assert laptop.sagemaker.describe_endpoint(EndpointName="loan")["EndpointStatus"] in (
        "Updating",
        "InService",
    )
    return settle(laptop)


def invoke(laptop: Laptop, body: str = "1,2", **more: Any) -> dict[str, Any]:
    more = {"ContentType": "text/csv", "Accept": "application/json"} | more
    answer = laptop.runtime.invoke_endpoint(EndpointName="loan", Body=body.encode(), **more)
    said: dict[str, Any] = json.loads(answer["Body"].read())
    return {**answer, **said}


@pytest.fixture
def served(laptop: Laptop) -> Laptop:
    make_model(laptop, "first")
    return laptop


def test_an_endpoint_serves_its_unpacked_model(served: Laptop) -> None:
    described = deploy(served)
    assert described["EndpointStatus"] == "InService", described.get("FailureReason")
    assert described["EndpointConfigName"] == "one"
    (variant,) = described["ProductionVariants"]
    assert (variant["CurrentInstanceCount"], variant["CurrentWeight"]) == (1, 1.0)
    answer = invoke(served, CustomAttributes="trace-7")
    assert (answer["model"], answer["body"]) == ("first", "1,2")
    assert (answer["accept"], answer["custom"]) == ("application/json", "trace-7")
    assert (answer["ContentType"], answer["InvokedProductionVariant"]) == ("application/json", "AllTraffic")
    group = "/aws/sagemaker/Endpoints/loan"
    assert eventually(lambda: _group_exists(served, group))
    assert eventually(lambda: "serving first" in served.log_lines(group, "AllTraffic/i-"))


def test_the_events_status_is_upper_snake(served: Laptop) -> None:
    deploy(served)
    details = served.details(EVENT)
    assert [detail["EndpointStatus"] for detail in details] == ["CREATING", "IN_SERVICE"]
    assert details[-1]["EndpointConfigName"] == "one"
    assert details[-1]["ProductionVariants"][0]["DesiredInstanceCount"] == 1.0
    assert isinstance(details[-1]["LastModifiedTime"], int)


def test_an_update_switches_without_an_unanswered_request_and_ends_the_old_server(served: Laptop) -> None:
    deploy(served)
    old = invoke(served)["pid"]
    make_model(served, "second")
    make_config(served, "two", {"ModelName": "second"})
    seen: list[str] = []

    def call(number: int) -> None:
        """Three callers that never pause, until each has seen the new model a while."""
        mine = Counter[str]()
        while mine["second"] < 50:
            mine[invoke(served)["model"]] += 1
        seen.extend(mine)

    served.sagemaker.update_endpoint(EndpointName="loan", EndpointConfigName="two")
    together(3, call)
    assert seen.count("second") == 3
    assert "first" in seen
    assert settle(served)["EndpointConfigName"] == "two"
    eventually(lambda: not alive(old))


def test_an_update_that_does_not_come_up_leaves_the_old_configuration_in_service(served: Laptop) -> None:
    deploy(served)
    make_model(served, "broken", {"BROKEN": "yes"})
    described = update(served, "broken")
    assert (described["EndpointStatus"], described["EndpointConfigName"]) == ("InService", "one")
    assert "did not pass the ping health check" in described["FailureReason"]
    assert "cannot load the model" in described["FailureReason"]
    assert "PendingDeploymentSummary" not in described
    assert invoke(served)["model"] == "first"
    make_model(served, "second")
    described = update(served, "second", "three")
    assert described["EndpointConfigName"] == "three"
    assert "FailureReason" not in described


def test_an_endpoint_that_never_comes_up_is_failed_with_the_logs_last_lines(laptop: Laptop) -> None:
    make_model(laptop, "first", {"BROKEN": "yes"})
    described = deploy(laptop)
    assert described["EndpointStatus"] == "Failed"
    assert "cannot load the model: it is broken" in described["FailureReason"]
    with pytest.raises(ClientError, match="status Failed"):
        laptop.sagemaker.update_endpoint(EndpointName="loan", EndpointConfigName="one")
    laptop.sagemaker.delete_endpoint(EndpointName="loan")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (archive(**{"../evil": b"x"}), "leaves its folder"),
        (b"not an archive", "cannot be unpacked"),
        (None, "Failed to download model data"),
    ],
)
def test_a_hostile_or_missing_archive_fails_the_endpoint(
    laptop: Laptop, body: bytes | None, said: str
) -> None:
    make_model(laptop, "first")
    if body is None:
        laptop.s3.delete_object(Bucket=laptop.bucket, Key="models/first.tar.gz")
    else:
        laptop.put("models/first.tar.gz", body)
    described = deploy(laptop)
    assert described["EndpointStatus"] == "Failed"
    assert said in described["FailureReason"]


def test_a_link_in_an_archive_is_refused(laptop: Laptop) -> None:
    make_model(laptop, "first")
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        link = tarfile.TarInfo("passwords")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    laptop.put("models/first.tar.gz", packed.getvalue())
    assert "neither a file nor a folder" in deploy(laptop)["FailureReason"]


def test_traffic_is_shared_by_weight_and_a_variant_can_be_named(served: Laptop) -> None:
    make_model(served, "second")
    deploy(
        served,
        {"ModelName": "first", "VariantName": "A", "InitialVariantWeight": 3.0},
        {"ModelName": "second", "VariantName": "B", "InitialVariantWeight": 1.0},
    )
    seen = Counter(invoke(served)["InvokedProductionVariant"] for _ in range(200))
    assert 110 < seen["A"] < 190
    assert {invoke(served, TargetVariant="B")["model"] for _ in range(5)} == {"second"}
    with pytest.raises(ClientError, match="Variant C of endpoint loan not found"):
        invoke(served, TargetVariant="C")


def test_every_instance_is_a_process_and_takes_its_turn(served: Laptop) -> None:
    described = deploy(served, {"ModelName": "first", "InitialInstanceCount": 2})
    assert described["ProductionVariants"][0]["CurrentInstanceCount"] == 2
    assert len({invoke(served)["pid"] for _ in range(6)}) == 2


def test_more_instances_than_a_laptop_has_room_for_are_a_limit_exceeded(served: Laptop) -> None:
    most = Limits().instances_per_variant
    with pytest.raises(served.sagemaker.exceptions.ResourceLimitExceeded):
        make_config(served, "big", {"ModelName": "first", "InitialInstanceCount": most + 1})


def test_many_callers_at_once_are_all_answered(served: Laptop) -> None:
    deploy(served)
    answers: list[str] = []
    together(16, lambda number: answers.extend(invoke(served, f"{number}")["body"] for _ in range(5)))
    assert Counter(answers) == Counter({str(number): 5 for number in range(16)})


@pytest.mark.parametrize(
    ("body", "status", "said"), [("bad", 400, "no such column"), ("fault", 500, "it broke")]
)
def test_a_containers_error_is_a_model_error_with_the_original(
    served: Laptop, body: str, status: int, said: str
) -> None:
    deploy(served)
    with pytest.raises(served.runtime.exceptions.ModelError) as failed:
        invoke(served, body)
    answer = failed.value.response
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 424
    assert answer["OriginalStatusCode"] == status
    assert said in answer["OriginalMessage"]
    assert f"error ({status}) from primary" in answer["Error"]["Message"]
    assert answer["LogStreamArn"].endswith("log-group:/aws/sagemaker/Endpoints/loan")


def test_what_is_not_there_or_too_large_is_a_validation_error(served: Laptop) -> None:
    with pytest.raises(
        served.runtime.exceptions.ValidationError, match=r"Endpoint loan of account .* not found"
    ):
        invoke(served)
    deploy(served)
    with pytest.raises(served.runtime.exceptions.ValidationError, match="at most 6291456"):
        invoke(served, "x" * 6_291_457)


@pytest.mark.parametrize(
    ("member", "value"),
    [("InferenceId", "i" * 65), ("CustomAttributes", "c" * 1025), ("TargetVariant", "no_such")],
)
def test_what_the_model_forbids_of_an_invocation_is_refused(laptop: Laptop, member: str, value: str) -> None:
    """Before it is asked whether there is such an endpoint."""
    named = f"at '{member[0].lower()}{member[1:]}' failed to satisfy constraint"
    with pytest.raises(laptop.runtime.exceptions.ValidationError, match=named):
        invoke(laptop, **{member: value})


def test_an_operation_of_a_runtime_that_is_not_there_is_named(laptop: Laptop) -> None:
    with pytest.raises(ClientError, match="does not have SageMaker InvokeEndpointAsync yet"):
        laptop.runtime.invoke_endpoint_async(EndpointName="loan", InputLocation="s3://bucket/key")


def test_a_server_that_dies_is_started_again(served: Laptop) -> None:
    deploy(served)
    first = invoke(served)["pid"]
    with pytest.raises(ClientError):
        invoke(served, "die")
    eventually(lambda: _answers(served))
    assert invoke(served)["pid"] != first


def test_deleting_ends_the_server_and_the_name_is_free_again(served: Laptop) -> None:
    deploy(served)
    pid = invoke(served)["pid"]
    served.sagemaker.delete_endpoint(EndpointName="loan")
    eventually(lambda: served.sagemaker.list_endpoints()["Endpoints"] == [])
    assert not alive(pid)
    assert not list((served.state / "endpoints/loan").iterdir())
    served.sagemaker.create_endpoint(EndpointName="loan", EndpointConfigName="one")
    assert settle(served)["EndpointStatus"] == "InService"


def test_an_endpoint_in_progress_or_existing_is_left_alone(served: Laptop) -> None:
    make_config(served, "one", {"ModelName": "first"})
    served.sagemaker.create_endpoint(EndpointName="loan", EndpointConfigName="one")
    if served.sagemaker.describe_endpoint(EndpointName="loan")["EndpointStatus"] == "Creating":
        with pytest.raises(ClientError, match="Cannot update in-progress endpoint"):
            served.sagemaker.delete_endpoint(EndpointName="loan")
    settle(served)
    for name in ("loan", "LOAN"):
        with pytest.raises(ClientError, match=r"already existing endpoint .*endpoint/loan"):
            served.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName="one")
    with pytest.raises(ClientError, match="Could not find endpoint configuration"):
        served.sagemaker.update_endpoint(EndpointName="loan", EndpointConfigName="nobody")


def test_after_a_restart_the_endpoint_serves_again_even_without_all_it_was_made_of(
    served: Laptop,
) -> None:
    deploy(served)
    pid = invoke(served)["pid"]
    served.sagemaker.delete_model(ModelName="first")
    served.sagemaker.delete_endpoint_config(EndpointConfigName="one")
    served.s3.delete_object(Bucket=served.bucket, Key="models/first.tar.gz")
    served.stop()
    assert not alive(pid)
    served.start()
    assert settle(served)["EndpointStatus"] == "InService"
    assert invoke(served)["model"] == "first"


def test_stopping_the_cloud_leaves_no_process(served: Laptop) -> None:
    deploy(served, {"ModelName": "first", "InitialInstanceCount": 2})
    pids = {invoke(served)["pid"] for _ in range(4)}
    served.stop()
    assert not any(alive(pid) for pid in pids)
    served.start()


def test_captured_exchanges_are_json_lines_in_awss_form(served: Laptop) -> None:
    capture = {
        "EnableCapture": True,
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": served.uri("capture"),
        "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
        "CaptureContentTypeHeader": {"CsvContentTypes": ["text/csv"]},
    }
    described = deploy(served, DataCaptureConfig=capture)
    assert described["DataCaptureConfig"]["CaptureStatus"] == "Started"
    invoke(served, "1,2", InferenceId="answer-1", CustomAttributes="trace-7")
    with pytest.raises(ClientError):
        invoke(served, "bad")
    prefix = f"capture/loan/AllTraffic/{datetime.now(UTC):%Y/%m/%d}/"
    (key,) = eventually(lambda: served.keys(prefix))
    assert key.endswith(".jsonl")
    (line,) = served.get(key).decode().splitlines()
    record = json.loads(line)
    assert record["eventVersion"] == "0"
    assert record["captureData"]["endpointInput"] == {
        "observedContentType": "text/csv",
        "mode": "INPUT",
        "data": "1,2",
        "encoding": "CSV",
    }
    assert record["captureData"]["endpointOutput"]["encoding"] == "BASE64"
    about = record["eventMetadata"]
    assert (about["inferenceId"], about["customAttributes"]) == ("answer-1", ["trace-7"])
    assert about["inferenceTime"].endswith("Z")


def test_no_capture_is_made_at_zero_percent_and_what_waits_is_written_at_the_stop(served: Laptop) -> None:
    capture = {"EnableCapture": True, "DestinationS3Uri": served.uri("capture")}
    capture |= {"CaptureOptions": [{"CaptureMode": "InputAndOutput"}]}
    make_config(
        served, "none", {"ModelName": "first"}, DataCaptureConfig=capture | {"InitialSamplingPercentage": 0}
    )
    deploy(served, DataCaptureConfig=capture | {"InitialSamplingPercentage": 100})
    invoke(served)
    served.sagemaker.update_endpoint(EndpointName="loan", EndpointConfigName="none")
    assert settle(served)["EndpointConfigName"] == "none"
    invoke(served)
    served.stop()
    lines = [line for key in served.keys("capture/") for line in served.get(key).splitlines()]
    assert len(lines) == 1
    served.start()


def test_metrics_have_both_sets_of_dimensions_and_zeros_for_what_went_well(served: Laptop) -> None:
    names = {"EndpointName": "measured", "VariantName": "AllTraffic", "EndpointConfigName": "one"}
    make_config(served, "one", {"ModelName": "first"})
    served.sagemaker.create_endpoint(EndpointName="measured", EndpointConfigName="one")
    settle(served, "measured")
    for body in (b"1", b"2", b"fault"):
        with contextlib.suppress(ClientError):
            served.runtime.invoke_endpoint(EndpointName="measured", Body=body)
    for count in (2, 3):
        about = [{"Name": name, "Value": value} for name, value in list(names.items())[:count]]
        # Figures come in batches.
        eventually(partial(_has_samples, served, "Invocation5XXErrors", about, 3))
        assert _statistics(served, "Invocation5XXErrors", about)["Sum"] == 1.0
        assert _statistics(served, "Invocations", about)["Sum"] == 3.0
        assert _statistics(served, "Invocation4XXErrors", about)["Sum"] == 0.0
        latency = _statistics(served, "ModelLatency", about)
        assert 50 < latency["Average"] < 1_000_000, "microseconds"


def _has_samples(laptop: Laptop, name: str, dimensions: list[dict[str, str]], count: int) -> bool:
    return bool(_statistics(laptop, name, dimensions).get("SampleCount") == count)


def _statistics(laptop: Laptop, name: str, dimensions: list[dict[str, str]]) -> dict[str, Any]:
    now = datetime.now(UTC)
    found = laptop.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/SageMaker",
        MetricName=name,
        Dimensions=dimensions,
        StartTime=now - timedelta(minutes=5),
        EndTime=now + timedelta(minutes=1),
        Period=3600,
        Statistics=["Sum", "SampleCount", "Average"],
    )["Datapoints"]
    return found[0] if found else {}


def _group_exists(laptop: Laptop, group: str) -> bool:
    return bool(laptop.logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"])


def _answers(laptop: Laptop) -> bool:
    try:
        invoke(laptop)
    except ClientError:
        return False
    return True
