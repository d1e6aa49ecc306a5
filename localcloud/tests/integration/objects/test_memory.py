"""No object is held in the cloud's memory."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from localcloud.tests.integration.localcloud_process import TinyCloud
from localcloud.tests.integration.objects.calls import MB, VERSIONS, Memory

_KEY = {"Bucket": VERSIONS, "Key": "big"}
# Of 300 MB.
_AT_MOST = 100


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("big") / "big"
    with file.open("wb") as stream:
        stream.writelines(os.urandom(MB) for _ in range(300))
    return file


def sha(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def test_an_upload_in_parts_and_a_download_in_ranges(
    cloud: TinyCloud, s3: Any, big: Path, tmp_path: Path
) -> None:
    """As boto3 does both, ten at a time."""
    memory = Memory(cloud)
    s3.upload_file(str(big), VERSIONS, "big")
    assert memory.grown() < _AT_MOST
    memory = Memory(cloud)
    s3.download_file(VERSIONS, "big", str(tmp_path / "back"))
    assert memory.grown() < _AT_MOST
    assert sha(tmp_path / "back") == sha(big)


def test_one_request_there_and_one_back(cloud: TinyCloud, s3: Any, big: Path) -> None:
    memory, seen = Memory(cloud), hashlib.sha256()
    with big.open("rb") as file:
        s3.put_object(**_KEY, Body=file)
    for piece in s3.get_object(**_KEY)["Body"].iter_chunks(MB):
        seen.update(piece)
    assert memory.grown() < _AT_MOST
    assert seen.hexdigest() == sha(big)


def test_copies_and_versions(cloud: TinyCloud, s3: Any, big: Path) -> None:
    """In one piece and in parts; a newer version pushes the large one aside, and is taken away again."""
    s3.upload_file(str(big), VERSIONS, "big")
    memory = Memory(cloud)
    s3.copy_object(Bucket=VERSIONS, Key="copy", CopySource=_KEY)
    s3.copy(_KEY, VERSIONS, "copied in parts")
    newer = s3.put_object(**_KEY, Body=b"newer")["VersionId"]
    s3.delete_object(**_KEY, VersionId=newer)
    assert memory.grown() < _AT_MOST
    assert s3.head_object(**_KEY)["ContentLength"] == 300 * MB
