"""A second version that answers with errors is taken back by the alarm that watches it."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.tests.patience import eventually
from tests.e2e.laptop import Laptop, loan_contract, loan_rows, without_target

pytestmark = pytest.mark.e2e


def test_a_5xx_alarm_on_the_second_version_brings_the_first_one_back(laptop: Laptop, rows: Path) -> None:
    laptop.put("contracts/guarded/contract.yaml", loan_contract("guarded"))
    laptop.notified("contract_published", "guarded")
    laptop.dropforge("drop", "guarded", str(rows), "--wait")
    laptop.dropforge("approve", "guarded", "1", "--wait")
    first = _served_config(laptop)
    _register_broken_copy(laptop, "guarded")
    laptop.dropforge("approve", "guarded", "2", "--wait")
    assert _served_config(laptop) != first

    for _ in range(3):
        assert _status_of_a_request(laptop) >= 500

    eventually(lambda: _served_config(laptop) == first and _state(laptop) == "InService", "version 1")
    message = laptop.notified("rolled_back", "guarded")[0]
    assert f"{laptop.stack}-guarded-5xx" in message["message"]
    assert _status_of_a_request(laptop) == 200
    assert [model["stage"] for model in laptop.report("models", "guarded")] == ["rolled back", "champion"]


def _describe(laptop: Laptop) -> dict[str, Any]:
    return dict(laptop.client("sagemaker").describe_endpoint(EndpointName=f"{laptop.stack}-guarded"))


def _served_config(laptop: Laptop) -> str:
    return str(_describe(laptop)["EndpointConfigName"])


def _state(laptop: Laptop) -> str:
    return str(_describe(laptop)["EndpointStatus"])


def _status_of_a_request(laptop: Laptop) -> int:
    try:
        laptop.client("sagemaker-runtime").invoke_endpoint(
            EndpointName=f"{laptop.stack}-guarded", ContentType="text/csv", Body=without_target(loan_rows(1))
        )
    except ClientError as fault:
        return int(fault.response.get("OriginalStatusCode", 0))
    return 200


def _register_broken_copy(laptop: Laptop, usecase: str) -> None:
    """Version 2: version 1's archive, sound by its manifest, whose transform wants columns nobody sends."""
    sagemaker = laptop.client("sagemaker")
    group = f"{laptop.stack}-{usecase}"
    listed = sagemaker.list_model_packages(ModelPackageGroupName=group)["ModelPackageSummaryList"]
    package = sagemaker.describe_model_package(ModelPackageName=listed[0]["ModelPackageArn"])
    container = package["InferenceSpecification"]["Containers"][0]
    archive = container["ModelDataUrl"].split(f"{laptop.bucket}/")[1]
    body = laptop.client("s3").get_object(Bucket=laptop.bucket, Key=archive)["Body"].read()
    laptop.put("runs/guarded/by-hand/model.tar.gz", _broken(body))
    container["ModelDataUrl"] = f"s3://{laptop.bucket}/runs/guarded/by-hand/model.tar.gz"
    sagemaker.create_model_package(
        ModelPackageGroupName=group,
        InferenceSpecification=package["InferenceSpecification"],
        ModelMetrics=package["ModelMetrics"],
        ModelApprovalStatus="PendingManualApproval",
        CustomerMetadataProperties=package["CustomerMetadataProperties"],
    )


def _broken(archive: bytes) -> bytes:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        files = {m.name: tar.extractfile(m).read() for m in tar.getmembers() if m.isfile()}  # type: ignore[union-attr]
    name = next(name for name in files if name.endswith("transform.onnx"))
    files[name] = _graph_of_other_columns()
    manifest_name = next(name for name in files if name.endswith("manifest.json"))
    old = hashlib.sha256(_member(archive, name)).hexdigest()
    new = hashlib.sha256(files[name]).hexdigest()
    files[manifest_name] = files[manifest_name].replace(old.encode(), new.encode())
    assert json.loads(files[manifest_name])
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for member, content in files.items():
            info = tarfile.TarInfo(member)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


def _member(archive: bytes, name: str) -> bytes:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        found = tar.extractfile(name)
        assert found is not None
        return found.read()


def _graph_of_other_columns() -> bytes:
    from onnx import TensorProto, helper

    wanted = helper.make_tensor_value_info("unheard of", TensorProto.FLOAT, [None, 1])
    given = helper.make_tensor_value_info("variable", TensorProto.FLOAT, [None, 1])
    node = helper.make_node("Identity", ["unheard of"], ["variable"])
    graph = helper.make_graph([node], "other", [wanted], [given])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    return bytes(model.SerializeToString())
