"""Copies, versions, and the events that tell of them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from localcloud.tests.integration.localcloud_process import TinyCloud
from localcloud.tests.integration.objects.calls import BUCKET, MB, VERSIONS, content, parts_of, refused
from localcloud.tests.patience import eventually


def test_a_copy_is_an_object_of_its_own(s3: Any) -> None:
    """Source and copy are replaced, and deleted, without the other's noticing."""
    data = os.urandom(3 * MB)
    s3.put_object(Bucket=BUCKET, Key="original", Body=data, Metadata={"who": "me"}, Tagging="a=b")
    for key in ("copy", "other copy"):
        s3.copy_object(Bucket=BUCKET, Key=key, CopySource={"Bucket": BUCKET, "Key": "original"})
    s3.copy_object(
        Bucket=BUCKET,
        Key="original",
        CopySource={"Bucket": BUCKET, "Key": "original"},
        Metadata={"who": "you"},
        MetadataDirective="REPLACE",
    )
    assert content(s3, "original") == data
    s3.put_object(Bucket=BUCKET, Key="original", Body=b"else")
    s3.delete_object(Bucket=BUCKET, Key="other copy")
    head = s3.head_object(Bucket=BUCKET, Key="copy")
    assert (content(s3, "copy"), head["Metadata"]) == (data, {"who": "me"})
    assert s3.get_object_tagging(Bucket=BUCKET, Key="copy")["TagSet"] == [{"Key": "a", "Value": "b"}]


def test_versions(s3: Any, tmp_path: Path) -> None:
    """Each is read as it was, in ranges too; the one before is back when the newest is deleted."""
    bodies = [os.urandom(20 * MB), b"small", os.urandom(2 * MB)]
    ids = [s3.put_object(Bucket=VERSIONS, Key="v", Body=body)["VersionId"] for body in bodies]
    for version, body in zip(ids, bodies, strict=True):
        assert content(s3, "v", VERSIONS, VersionId=version) == body
    s3.download_file(VERSIONS, "v", str(tmp_path / "v"), ExtraArgs={"VersionId": ids[0]})
    assert (tmp_path / "v").read_bytes() == bodies[0]
    assert content(s3, "v", VERSIONS, VersionId=ids[0], Range="bytes=5-9") == bodies[0][5:10]
    with refused("InvalidRange"):
        content(s3, "v", VERSIONS, VersionId=ids[1], Range="bytes=5-")
    source = {"Bucket": VERSIONS, "Key": "v", "VersionId": ids[0]}
    s3.copy_object(Bucket=BUCKET, Key="of a version", CopySource=source)
    s3.delete_object(Bucket=VERSIONS, Key="v")
    s3.delete_object(Bucket=VERSIONS, Key="v", VersionId=ids[2])
    marker = s3.list_object_versions(Bucket=VERSIONS, Prefix="v")["DeleteMarkers"][0]["VersionId"]
    s3.delete_object(Bucket=VERSIONS, Key="v", VersionId=marker)
    assert content(s3, "v", VERSIONS) == b"small"
    s3.delete_object(Bucket=VERSIONS, Key="v", VersionId=ids[1])
    assert content(s3, "v", VERSIONS) == content(s3, "of a version") == bodies[0]


def test_an_object_from_before_versioning(s3: Any) -> None:
    """It is the version `null`, whatever comes after it."""
    s3.create_bucket(Bucket="later")
    old, new = os.urandom(2 * MB), os.urandom(3 * MB)
    s3.put_object(Bucket="later", Key="k", Body=old)
    s3.put_bucket_versioning(Bucket="later", VersioningConfiguration={"Status": "Enabled"})
    newer = s3.put_object(Bucket="later", Key="k", Body=new)["VersionId"]
    assert content(s3, "k", "later", VersionId="null") == old
    s3.delete_object(Bucket="later", Key="k", VersionId=newer)
    assert content(s3, "k", "later") == old


def test_an_event_tells_size_tag_and_version(cloud: TinyCloud, s3: Any) -> None:
    """Of an object in one piece, of one in parts, and of a copy."""
    s3.put_bucket_notification_configuration(
        Bucket=VERSIONS, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    sqs, events = cloud.client("sqs"), cloud.client("events")
    url = sqs.create_queue(QueueName="made")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    allowed = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [{**allowed, "Resource": arn}]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    events.put_rule(Name="made", EventPattern=json.dumps({"detail-type": ["Object Created"]}))
    events.put_targets(Rule="made", Targets=[{"Id": "queue", "Arn": arn}])
    s3.put_object(Bucket=VERSIONS, Key="one", Body=os.urandom(2 * MB))
    s3.complete_multipart_upload(**parts_of(s3, "two", [os.urandom(5 * MB), b"x"], VERSIONS))
    s3.copy_object(Bucket=VERSIONS, Key="three", CopySource={"Bucket": VERSIONS, "Key": "one"})
    heard: dict[str, Any] = {}

    def listen() -> bool:
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            detail = json.loads(message["Body"])["detail"]
            heard[detail["object"]["key"]] = detail
        return len(heard) == 3

    eventually(listen)
    reasons = {"one": "PutObject", "two": "CompleteMultipartUpload", "three": "CopyObject"}
    for key, reason in reasons.items():
        head, event = s3.head_object(Bucket=VERSIONS, Key=key), heard[key]["object"]
        assert heard[key]["reason"] == reason
        assert (event["size"], event["version-id"]) == (head["ContentLength"], head["VersionId"])
        assert event["etag"] == head["ETag"].strip('"')
