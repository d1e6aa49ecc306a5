"""Fault 8: what was answered is lost by kill -9."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from localcloud.tests.integration.localcloud_process import TinyCloud
from localcloud.tests.integration.mended_faults.places import queue, received, topic_only
from localcloud.tests.integration.plain_ministack import PlainMiniStack

if TYPE_CHECKING:
    from pathlib import Path


def test_what_was_answered_survives_a_kill(tmp_path: Path) -> None:
    """kill -9 right after the answer: the object and the message are there at the next start."""

    def body(place: PlainMiniStack | TinyCloud, *arguments: str) -> bool:
        place.start(*arguments)
        place.client("s3").create_bucket(Bucket="kept")
        place.client("s3").put_object(Bucket="kept", Key="k", Body=b"moo")
        url, _ = queue(place, "kept")
        place.client("sqs").send_message(QueueUrl=url, MessageBody="moo")
        assert place.process is not None
        place.process.kill()
        place.process.wait()
        (place.state / "cloud.json").unlink(missing_ok=True)  # so that the next one's is waited for
        place.start(*arguments)
        try:
            found = place.client("s3").get_object(Bucket="kept", Key="k")["Body"].read()
            return found == b"moo" and received(place, url, 2) is not None
        except ClientError:
            return False
        finally:
            place.stop()

    assert not body(PlainMiniStack(tmp_path / "plain"))
    assert body(TinyCloud(tmp_path / "state"), *topic_only(tmp_path))
