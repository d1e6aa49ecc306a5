"""Objects that are sent in parts."""

from __future__ import annotations

import hashlib
import os
from typing import Any

from localcloud.durability.digests import digest_of
from localcloud.tests.integration.localcloud_process import TinyCloud
from localcloud.tests.integration.objects.calls import (
    BUCKET,
    MB,
    base,
    content,
    left_by,
    parts_of,
    refused,
    upload_of,
)


def test_a_multipart_object(s3: Any) -> None:
    """Its ETag is the MD5 of its parts' MD5s, its checksum that of their checksums; ranges and parts."""
    parts = [os.urandom(5 * MB), os.urandom(6 * MB), b"end"]
    wanted = parts_of(s3, "parts", parts, ChecksumAlgorithm="SHA256", Metadata={"who": "me"})
    assert [p["Size"] for p in s3.list_parts(**upload_of(wanted))["Parts"]] == [len(part) for part in parts]
    completed = s3.complete_multipart_upload(**wanted)
    assert s3.complete_multipart_upload(**wanted)["ETag"] == completed["ETag"]
    digests = b"".join(hashlib.md5(part).digest() for part in parts)
    assert completed["ETag"] == f'"{hashlib.md5(digests).hexdigest()}-3"'
    composite = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).digest()
    head = s3.head_object(Bucket=BUCKET, Key="parts", ChecksumMode="ENABLED")
    assert (head["ChecksumSHA256"], head["ChecksumType"]) == (f"{base(composite)}-3", "COMPOSITE")
    assert (head["ContentLength"], head["Metadata"]) == (11 * MB + 3, {"who": "me"})
    whole = b"".join(parts)
    assert content(s3, "parts") == whole
    for wanted_range, expected in (
        ("bytes=0-0", whole[:1]),
        (f"bytes={5 * MB - 10}-{5 * MB + 9}", whole[5 * MB - 10 : 5 * MB + 10]),
        ("bytes=-7", whole[-7:]),
        (f"bytes={MB}-", whole[MB:]),
    ):
        assert content(s3, "parts", Range=wanted_range) == expected
    assert content(s3, "parts", PartNumber=2) == parts[1]
    with refused("InvalidRange"):
        content(s3, "parts", Range=f"bytes={12 * MB}-")


def test_a_multipart_checksum_of_the_whole(s3: Any) -> None:
    """CRC64NVME has no composite."""
    parts = [os.urandom(5 * MB), os.urandom(100)]
    s3.complete_multipart_upload(**parts_of(s3, "whole", parts, ChecksumAlgorithm="CRC64NVME"))
    head = s3.head_object(Bucket=BUCKET, Key="whole", ChecksumMode="ENABLED")
    assert head["ChecksumCRC64NVME"] == base(digest_of("CRC64NVME", b"".join(parts)))
    assert head["ChecksumType"] == "FULL_OBJECT"


def test_what_cannot_be_completed(s3: Any) -> None:
    """Parts out of order, unknown, changed or too small; a refused upload can still be completed."""
    wanted = parts_of(s3, "refused", [os.urandom(5 * MB), os.urandom(MB), b"end"])
    first, second, third = wanted["MultipartUpload"]["Parts"]
    for code, parts in (
        ("InvalidPartOrder", [second, first]),
        ("InvalidPartOrder", [first, first]),
        ("InvalidPart", [first, {**second, "PartNumber": 4}]),
        ("InvalidPart", [first, {"PartNumber": 2, "ETag": first["ETag"]}]),
        ("EntityTooSmall", [first, second, third]),
        ("MalformedXML", []),
    ):
        with refused(code):
            s3.complete_multipart_upload(**{**wanted, "MultipartUpload": {"Parts": parts}})
    s3.complete_multipart_upload(**{**wanted, "MultipartUpload": {"Parts": [first, third]}})
    assert len(content(s3, "refused")) == 5 * MB + 3
    with refused("NoSuchUpload"):
        s3.upload_part(**upload_of(wanted), PartNumber=1, Body=b"late")


def test_an_upload_given_up_leaves_nothing(cloud: TinyCloud, s3: Any) -> None:
    """Nor does one that was completed, nor a part that was sent again."""
    wanted = parts_of(s3, "given up", [os.urandom(5 * MB), os.urandom(5 * MB)])
    named = upload_of(wanted)
    s3.upload_part(**named, PartNumber=2, Body=b"again")
    assert len(left_by(cloud)) == 2
    s3.abort_multipart_upload(**named)
    s3.complete_multipart_upload(**parts_of(s3, "not given up", [os.urandom(5 * MB), b"end"]))
    assert left_by(cloud) == []


def test_a_part_that_was_copied_is_its_own(s3: Any) -> None:
    """Of a range, and of the whole; what becomes of the source later does not matter."""
    source = os.urandom(12 * MB)
    s3.put_object(Bucket=BUCKET, Key="source", Body=source)
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key="made of it", ChecksumAlgorithm="CRC32")[
        "UploadId"
    ]
    named = {"Bucket": BUCKET, "Key": "made of it", "UploadId": upload}
    copied = {"Bucket": BUCKET, "Key": "source"}
    ranged = f"bytes=100-{6 * MB + 99}"
    answers = [
        s3.upload_part_copy(**named, PartNumber=1, CopySource=copied, CopySourceRange=ranged),
        s3.upload_part_copy(**named, PartNumber=2, CopySource=copied),
    ]
    s3.put_object(Bucket=BUCKET, Key="source", Body=b"something else")
    parts = [{"PartNumber": n, "ETag": a["CopyPartResult"]["ETag"]} for n, a in enumerate(answers, 1)]
    s3.complete_multipart_upload(**named, MultipartUpload={"Parts": parts})
    assert content(s3, "made of it") == source[100 : 6 * MB + 100] + source
    checksum = s3.head_object(**{k: named[k] for k in ("Bucket", "Key")}, ChecksumMode="ENABLED")[
        "ChecksumCRC32"
    ]
    assert checksum.endswith("-2")
