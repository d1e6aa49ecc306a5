"""Endpoints: real HTTP servers, switched in one step, and back after a restart."""

from __future__ import annotations

import io
import tarfile
from collections import Counter

import pytest
from botocore.exceptions import ClientError

from localcloud.tests.patience import eventually
from localcloud.tests.unit.sagemaker.laptop import Laptop, alive, together
from localcloud.tests.unit.sagemaker.serving import (
    archive,
    deploy,
    invoke,
    make_config,
    make_model,
    settle,
    update,
)

EVENT = "SageMaker Endpoint State Change"


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


def _group_exists(laptop: Laptop, group: str) -> bool:
    return bool(laptop.logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"])


def _answers(laptop: Laptop) -> bool:
    try:
        invoke(laptop)
    except ClientError:
        return False
    return True
