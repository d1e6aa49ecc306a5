"""An object comes back as it was sent, and is refused where it is not what its sender says."""

from __future__ import annotations

import hashlib
import http.client
import io
import os
import urllib.request
import zlib
from typing import Any

import pytest

from localcloud.durability.digests import digest_of
from localcloud.tests.integration.localcloud_process import TinyCloud
from localcloud.tests.integration.objects.calls import BUCKET, MB, SIGNED, base, content, raw, refused


@pytest.mark.parametrize("size", [0, 1024, MB, MB + 1, 9 * MB])
def test_an_object_comes_back_as_it_was_told(s3: Any, size: int) -> None:
    """Its bytes, its length, its MD5 as ETag, its checksum, its metadata, its tags and its encryption."""
    data = os.urandom(size)
    stored = s3.put_object(
        Bucket=BUCKET,
        Key="told",
        Body=data,
        ContentType="application/x-www-form-urlencoded",
        ContentEncoding="zstd",
        Metadata={"who": "me"},
        Tagging="a=b",
        ServerSideEncryption="AES256",
    )
    found = s3.get_object(Bucket=BUCKET, Key="told", ChecksumMode="ENABLED")
    assert found["Body"].read() == data
    assert found["ETag"] == stored["ETag"] == f'"{hashlib.md5(data).hexdigest()}"'
    assert found["ChecksumCRC32"] == base(zlib.crc32(data).to_bytes(4, "big"))
    assert (found["ContentLength"], found["Metadata"], found["TagCount"]) == (size, {"who": "me"}, 1)
    assert (found["ContentType"], found["ContentEncoding"]) == ("application/x-www-form-urlencoded", "zstd")
    assert found["ServerSideEncryption"] == "AES256"


def test_an_upload_is_answered_with_its_checksum_and_has_a_type_though_none_was_told(s3: Any) -> None:
    stored = s3.put_object(Bucket=BUCKET, Key="untyped", Body=b"x", ChecksumAlgorithm="SHA256")
    assert stored["ChecksumSHA256"] == base(digest_of("SHA256", b"x"))
    assert stored["ChecksumType"] == "FULL_OBJECT"
    assert s3.get_object(Bucket=BUCKET, Key="untyped")["ContentType"] == "binary/octet-stream"


def test_what_nobody_said_how_to_encrypt_is_encrypted_by_s3_itself(s3: Any) -> None:
    stored = s3.put_object(Bucket=BUCKET, Key="plain", Body=b"x")
    copied = s3.copy_object(Bucket=BUCKET, Key="copy", CopySource=f"{BUCKET}/plain")
    found = [s3.head_object(Bucket=BUCKET, Key=key) for key in ("plain", "copy")]
    assert {answer["ServerSideEncryption"] for answer in (stored, copied, *found)} == {"AES256"}


@pytest.mark.parametrize("algorithm", ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"])
def test_a_checksum_is_compared_and_kept(s3: Any, algorithm: str) -> None:
    data = os.urandom(2 * MB)
    name, right = f"Checksum{algorithm}", base(digest_of(algorithm, data))
    s3.put_object(Bucket=BUCKET, Key="checked", Body=data, **{name: right})
    assert s3.head_object(Bucket=BUCKET, Key="checked", ChecksumMode="ENABLED")[name] == right
    with refused("BadDigest"):
        s3.put_object(Bucket=BUCKET, Key="checked", Body=data[1:], **{name: right})
    assert content(s3, "checked") == data


def test_an_md5_is_compared(s3: Any) -> None:
    data = os.urandom(2 * MB)
    right, wrong = base(hashlib.md5(data).digest()), base(hashlib.md5(b"").digest())
    s3.put_object(Bucket=BUCKET, Key="md5", Body=data, ContentMD5=right)
    with refused("BadDigest"):
        s3.put_object(Bucket=BUCKET, Key="md5", Body=data, ContentMD5=wrong)
    with refused("InvalidDigest"):
        s3.put_object(Bucket=BUCKET, Key="md5", Body=data, ContentMD5="no MD5")


@pytest.mark.parametrize("size", [1000, 3 * MB])
def test_a_framed_upload_with_its_checksum_after_it(cloud: TinyCloud, s3: Any, size: int) -> None:
    """As the AWS CLI sends it; with a wrong checksum, or cut short, it is refused."""
    data = os.urandom(size)
    chunks = [data[at : at + 70_000] for at in range(0, size, 70_000)]
    framed = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    right = base(digest_of("CRC64NVME", data))
    headers = {
        "content_encoding": "aws-chunked",
        "x_amz_content_sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "x_amz_decoded_content_length": str(size),
        "x_amz_trailer": "x-amz-checksum-crc64nvme",
    }
    ended = [f"0\r\nx-amz-checksum-crc64nvme:{value}\r\n\r\n".encode() for value in (right, "AAAAAAAAAAA=")]
    assert raw(cloud, f"/{BUCKET}/framed", framed + ended[0], **headers)[0] == 200
    assert b"BadDigest" in raw(cloud, f"/{BUCKET}/framed", framed + ended[1], **headers)[1]
    assert b"IncompleteBody" in raw(cloud, f"/{BUCKET}/framed", framed[:-10], **headers)[1]
    found = s3.get_object(Bucket=BUCKET, Key="framed", ChecksumMode="ENABLED")
    assert (found["Body"].read(), found["ChecksumCRC64NVME"]) == (data, right)
    assert not found.get("ContentEncoding")


def test_a_link_takes_a_large_object(s3: Any) -> None:
    """A presigned URL, used by whatever sends a content type of its own."""
    data = os.urandom(2 * MB)
    link = s3.generate_presigned_url("put_object", {"Bucket": BUCKET, "Key": "by link"})
    urllib.request.urlopen(urllib.request.Request(link, data, method="PUT")).read()
    assert content(s3, "by link") == data


def test_a_stream_of_unknown_length(cloud: TinyCloud, s3: Any) -> None:
    """As HTTP's own chunks."""
    data = os.urandom(3 * MB)
    connection = http.client.HTTPConnection(f"127.0.0.1:{cloud.port}")
    connection.request(
        "PUT", f"/{BUCKET}/stream", io.BytesIO(data), {"Authorization": SIGNED}, encode_chunked=True
    )
    assert connection.getresponse().status == 200
    connection.close()
    assert content(s3, "stream") == data


def test_a_read_goes_on_while_the_object_is_replaced(s3: Any) -> None:
    """And gives what was there when it began."""
    old = os.urandom(40 * MB)
    s3.put_object(Bucket=BUCKET, Key="replaced", Body=old)
    body = s3.get_object(Bucket=BUCKET, Key="replaced")["Body"]
    start = body.read(MB)
    s3.put_object(Bucket=BUCKET, Key="replaced", Body=os.urandom(40 * MB))
    s3.delete_object(Bucket=BUCKET, Key="replaced")
    assert start + body.read() == old
