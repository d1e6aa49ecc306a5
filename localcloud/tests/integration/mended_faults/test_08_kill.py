"""Fault 8: what was answered is lost by kill -9."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from localcloud.tests.integration.localcloud_process import TinyCloud
from localcloud.tests.integration.mended_faults.endpoints import queue, received, topic_only
from localcloud.tests.integration.plain_ministack import PlainMiniStack

if TYPE_CHECKING:
    from pathlib import Path


def test_what_was_answered_survives_a_kill(tmp_path: Path) -> None:
    """kill -9 right after the answer: the object and the message are there at the next start."""

    def body(endpoint: PlainMiniStack | TinyCloud, *arguments: str) -> bool:
        endpoint.start(*arguments)
        endpoint.client("s3").create_bucket(Bucket="kept")
        endpoint.client("s3").put_object(Bucket="kept", Key="k", Body=b"moo")
        url, _ = queue(endpoint, "kept")
        endpoint.client("sqs").send_message(QueueUrl=url, MessageBody="moo")
        assert endpoint.process is not None
        endpoint.process.kill()
        endpoint.process.wait()
        (endpoint.state / "cloud.json").unlink(missing_ok=True)  # so that the next one's is waited for
        endpoint.start(*arguments)
        try:
            found = endpoint.client("s3").get_object(Bucket="kept", Key="k")["Body"].read()
            return found == b"moo" and received(endpoint, url, 2) is not None
        except ClientError:
            return False
        finally:
            endpoint.stop()

    assert not body(PlainMiniStack(tmp_path / "plain"))
    assert body(TinyCloud(tmp_path / "state"), *topic_only(tmp_path))
