"""One local cloud with two buckets, one of them with versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from localcloud.tests.integration.localcloud_process import TinyCloud
from localcloud.tests.integration.mended_faults.endpoints import topic_only
from localcloud.tests.integration.objects.calls import BUCKET, VERSIONS

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="package")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TinyCloud]:
    folder = tmp_path_factory.mktemp("objects")
    running = TinyCloud(folder / "state", iam=True).start(*topic_only(folder))
    s3 = running.client("s3")
    for bucket in (BUCKET, VERSIONS):
        s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=VERSIONS, VersioningConfiguration={"Status": "Enabled"})
    yield running
    assert running.stop() == 0, running.log()


@pytest.fixture(autouse=True)
def _once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No client sends again what was refused."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")


@pytest.fixture
def s3(cloud: TinyCloud) -> Any:
    return cloud.client("s3")
