"""An endpoint `loan`, for the tests that serve: its models, its configurations, and how it is asked."""

from __future__ import annotations

import io
import json
import tarfile
from typing import TYPE_CHECKING, Any

from localcloud.tests.patience import eventually
from localcloud.tests.unit.sagemaker.laptop import IMAGE, ROLE

if TYPE_CHECKING:
    from localcloud.tests.unit.sagemaker.laptop import Laptop


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
