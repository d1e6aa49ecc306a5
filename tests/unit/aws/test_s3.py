"""The data bucket as the actions see it."""

from __future__ import annotations

from typing import Any

import pytest

from dropforge.aws.s3 import S3Objects
from dropforge.domain.errors import Absent
from tests.unit.aws.conftest import BUCKET

KEY = "drops/loan/ünïcödé and spaces.csv"


def test_what_is_written_reads_back(s3: Any) -> None:
    objects = S3Objects(BUCKET)

    objects.write(KEY, b"abc", "text/csv")

    assert objects.read(KEY) == b"abc"
    assert s3.head_object(Bucket=BUCKET, Key=KEY)["ContentType"] == "text/csv"


def test_head_tells_size_and_newest_version(s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"old")
    newest = s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"newer")["VersionId"]

    stored = S3Objects(BUCKET).head(KEY)

    assert (stored.size, stored.version_id) == (5, newest)


def test_head_tells_the_metadata_of_the_version_that_was_asked_for(s3: Any) -> None:
    first = s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"a", Metadata={"set": "model.eta=0.2"})["VersionId"]
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"b")

    objects = S3Objects(BUCKET)

    assert objects.head(KEY, first).metadata == {"set": "model.eta=0.2"}
    assert objects.head(KEY).metadata == {}


def test_copy_and_open_take_the_version_that_was_asked_for(s3: Any) -> None:
    first = s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"first")["VersionId"]
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"second")
    objects = S3Objects(BUCKET)

    objects.copy(KEY, first, "runs/loan/x/drop/drop.csv")

    assert objects.read("runs/loan/x/drop/drop.csv") == b"first"
    with objects.open(KEY, first) as stream:
        assert stream.read() == b"first"


def test_a_copy_leaves_the_tags_behind(s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"a", Tagging="team=lending")

    S3Objects(BUCKET).copy(KEY, "", "runs/copy")

    assert s3.get_object_tagging(Bucket=BUCKET, Key="runs/copy")["TagSet"] == []


def test_open_streams_lines(s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"a\nb\n")

    with S3Objects(BUCKET).open(KEY, "") as stream:
        assert list(stream) == [b"a\n", b"b\n"]


@pytest.mark.parametrize("version", ["", "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e"])
def test_what_is_not_there_is_absent(s3: Any, version: str) -> None:
    objects = S3Objects(BUCKET)
    if version:
        s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"there, in another version")

    with pytest.raises(Absent):
        objects.copy(KEY, version, "elsewhere")
    with pytest.raises(Absent):
        objects.open(KEY, version)


def test_reading_what_is_not_there_is_absent(s3: Any) -> None:
    with pytest.raises(Absent, match="drops/none"):
        S3Objects(BUCKET).read("drops/none")
    with pytest.raises(Absent):
        S3Objects(BUCKET).head("drops/none")
