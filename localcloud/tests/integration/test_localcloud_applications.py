"""Applications that were not written for the local cloud: each deploys from its own template and runs under
the roles of that template."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from localcloud.tests.integration.localcloud_process import TinyCloud
from localcloud.tests.patience import eventually

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

APPLICATIONS = Path(__file__).parents[1] / "applications"


@pytest.fixture
def deployed(tmp_path: Path) -> Iterator[Callable[[str], TinyCloud]]:
    """Runs `python -m localcloud up --template …` for an application."""
    started: list[TinyCloud] = []

    def up(name: str) -> TinyCloud:
        template = APPLICATIONS / name / "template.yaml"
        cloud = TinyCloud(tmp_path / name, iam=True).start("--template", str(template), "--stack", "tiny")
        started.append(cloud)
        return cloud

    yield up
    for cloud in started:
        assert cloud.stop() == 0, cloud.log()


def test_orders_come_through_a_queue(deployed: Callable[[str], TinyCloud]) -> None:
    """An SQS event source in batches, partial failures, and a dead-letter queue after two receipts."""
    cloud = deployed("orders")
    sqs, outputs = cloud.client("sqs"), cloud.outputs
    orders = [{"id": str(i), "what": "milk", "many": i} for i in range(1, 8)]
    orders.append({"id": "spoilt", "what": "yoghurt", "many": 1})
    for order in orders:
        sqs.send_message(QueueUrl=outputs["Incoming"], MessageBody=json.dumps(order))

    def counted() -> dict[str, Any] | None:
        answer = cloud.client("lambda").invoke(FunctionName=outputs["Count"])
        said = json.loads(answer["Payload"].read())
        return said if said.get("orders") == 7 else None

    assert eventually(counted) == {"orders": 7, "total": 56}
    found = eventually(lambda: sqs.receive_message(QueueUrl=outputs["Spoilt"]).get("Messages"))
    assert json.loads(found[0]["Body"])["id"] == "spoilt"


def test_a_harvest_is_weighed_in_parallel_and_approved(deployed: Callable[[str], TinyCloud]) -> None:
    """A distributed Map over a file in S3, its results written to S3, and a task that waits for its token."""
    cloud = deployed("harvest")
    s3, bucket = cloud.client("s3"), cloud.outputs["Fields"]
    fields = [{"field": f"field {i}", "sacks": i} for i in range(10)]
    s3.put_object(Bucket=bucket, Key="fields.json", Body=json.dumps(fields).encode())
    ended = cloud.run("Harvest", {"key": "fields.json"})
    assert ended["status"] == "SUCCEEDED", ended
    output = json.loads(ended["output"])
    manifest_key = output["written"]["ResultWriterDetails"]["Key"]
    assert output["approval"] == {"approved": manifest_key}
    manifest = json.loads(s3.get_object(Bucket=bucket, Key=manifest_key)["Body"].read())
    written = manifest["ResultFiles"]["SUCCEEDED"]
    results = [
        json.loads(result["Output"])
        for file in written
        for result in json.loads(s3.get_object(Bucket=bucket, Key=file["Key"])["Body"].read())
    ]
    assert sum(result["kilograms"] for result in results) == 25 * 45
