"""What an endpoint is asked: traffic by weight, refusals, and what is captured and measured of it."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.services.sagemaker import Limits
from localcloud.tests.patience import eventually
from localcloud.tests.unit.sagemaker.laptop import Laptop, together
from localcloud.tests.unit.sagemaker.serving import deploy, invoke, make_config, make_model, settle


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
