"""What was answered of an object is there after kill -9, and is not read into memory."""

from __future__ import annotations

import hashlib
import http.client
import itertools
import os
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from localcloud.tests.integration.localcloud_process import TinyCloud
from localcloud.tests.integration.mended_faults.endpoints import topic_only
from localcloud.tests.integration.objects.calls import (
    BUCKET,
    MB,
    SIGNED,
    VERSIONS,
    Memory,
    content,
    left_by,
    parts_of,
    upload_of,
)

pytestmark = pytest.mark.thorough


@pytest.fixture
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TinyCloud]:
    folder = tmp_path_factory.mktemp("mortal")
    cloud = TinyCloud(folder / "state").start(*topic_only(folder))
    s3 = cloud.client("s3")
    for bucket in (BUCKET, VERSIONS):
        s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=VERSIONS, VersioningConfiguration={"Status": "Enabled"})
    yield cloud
    assert cloud.stop() == 0, cloud.log()


def kill(cloud: TinyCloud) -> None:
    assert cloud.process is not None
    cloud.process.kill()
    cloud.process.wait()
    (cloud.state / "cloud.json").unlink(missing_ok=True)


def start(cloud: TinyCloud) -> Any:
    cloud.start(*topic_only(cloud.state.parent))
    return cloud.client("s3")


def test_large_objects_are_there_and_not_in_memory(mortal: TinyCloud) -> None:
    """Killed right after the answer; 250 MB of objects make the next process no larger."""
    s3 = mortal.client("s3")
    empty = Memory(mortal).now()
    one, two, older = (os.urandom(50 * MB) for _ in range(3))
    version = s3.put_object(Bucket=VERSIONS, Key="one", Body=older)["VersionId"]
    s3.put_object(Bucket=VERSIONS, Key="one", Body=one)
    s3.copy_object(Bucket=BUCKET, Key="copy", CopySource={"Bucket": VERSIONS, "Key": "one"})
    s3.put_object(Bucket=BUCKET, Key="three", Body=two)
    parts = parts_of(s3, "two", [two[: 8 * MB], two[8 * MB :]], ChecksumAlgorithm="SHA256")
    tag = s3.complete_multipart_upload(**parts)["ETag"]
    kill(mortal)
    s3 = start(mortal)
    assert Memory(mortal).now() < empty + 30
    assert (content(s3, "one", VERSIONS), content(s3, "copy")) == (one, one)
    assert content(s3, "one", VERSIONS, VersionId=version) == older
    head = s3.head_object(Bucket=BUCKET, Key="two", ChecksumMode="ENABLED")
    assert (content(s3, "two"), head["ETag"], head["ChecksumType"]) == (two, tag, "COMPOSITE")
    assert content(s3, "two", PartNumber=1) == two[: 8 * MB]
    assert left_by(mortal) == []


def test_parts_of_an_unfinished_upload_are_there(mortal: TinyCloud) -> None:
    """Large and small ones; what is uploaded after the kill goes with what was before."""
    s3 = mortal.client("s3")
    parts = [os.urandom(5 * MB), os.urandom(6 * MB), b"end"]
    wanted = parts_of(s3, "unfinished", parts, ChecksumAlgorithm="SHA256", Metadata={"who": "me"})
    given_up = parts_of(s3, "given up", [os.urandom(5 * MB)])
    s3.abort_multipart_upload(**upload_of(given_up))
    kill(mortal)
    s3 = start(mortal)
    uploads = s3.list_multipart_uploads(Bucket=BUCKET)["Uploads"]
    assert [upload["Key"] for upload in uploads] == ["unfinished"]
    assert [part["Size"] for part in s3.list_parts(**upload_of(wanted))["Parts"]] == [5 * MB, 6 * MB, 3]
    changed = s3.upload_part(**upload_of(wanted), PartNumber=2, Body=os.urandom(5 * MB) + b"changed")
    wanted["MultipartUpload"]["Parts"][1] = {"PartNumber": 2, "ETag": changed["ETag"]}
    s3.complete_multipart_upload(**wanted)
    found = content(s3, "unfinished")
    assert (found[: 5 * MB], found[10 * MB :]) == (parts[0], b"changedend")
    assert s3.head_object(Bucket=BUCKET, Key="unfinished")["Metadata"] == {"who": "me"}
    assert left_by(mortal) == []
    kill(mortal)
    assert "Uploads" not in start(mortal).list_multipart_uploads(Bucket=BUCKET)


def test_an_upload_that_is_cut_off_changes_nothing(mortal: TinyCloud) -> None:
    """Killed while a large object comes in: the one before is there, and no file is left."""
    s3 = mortal.client("s3")
    s3.put_object(Bucket=BUCKET, Key="cut", Body=b"before")
    connection = http.client.HTTPConnection(f"127.0.0.1:{mortal.port}")
    connection.putrequest("PUT", f"/{BUCKET}/cut")
    connection.putheader("Authorization", SIGNED)
    connection.putheader("Content-Length", str(20 * MB))
    connection.endheaders()
    connection.send(os.urandom(10 * MB))
    assert len(left_by(mortal)) == 1
    kill(mortal)
    connection.close()
    assert len(left_by(mortal)) == 1
    assert content(start(mortal), "cut") == b"before"
    assert left_by(mortal) == []


@pytest.mark.parametrize("bucket", [BUCKET, VERSIONS])
def test_an_object_that_is_replaced_is_one_or_the_other(mortal: TinyCloud, bucket: str) -> None:
    """Killed at any moment: the bytes are those that the ETag tells."""
    last = {"answered": 0}

    def replace(s3: Any, first: int) -> None:
        for number in itertools.count(first):
            size = MB + 1 if number % 7 == 0 else 1000
            try:
                s3.put_object(Bucket=bucket, Key="k", Body=f"{number}:".encode().ljust(size, b"."))
            except Exception:  # noqa: BLE001 - the cloud is dead, whatever the client calls it
                return
            last["answered"] = number

    s3 = mortal.client("s3")
    for turn in range(3):
        writer = threading.Thread(target=replace, args=(s3, last["answered"] + 1))
        writer.start()
        writer.join(0.5 + turn / 10)
        kill(mortal)
        writer.join()
        s3 = start(mortal)
        body = content(s3, "k", bucket)
        assert int(body.partition(b":")[0]) in (last["answered"], last["answered"] + 1)
        tag = s3.head_object(Bucket=bucket, Key="k")["ETag"]
        assert tag == f'"{hashlib.md5(body).hexdigest()}"'
