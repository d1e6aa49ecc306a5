"""Fault 10: every interface is bound, unless the environment says otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from localcloud.tests.integration.localcloud_process import TinyCloud
from localcloud.tests.integration.mended_faults.endpoints import topic_only
from localcloud.tests.integration.plain_ministack import PlainMiniStack
from localcloud.tests.integration.sockets import family, listeners

if TYPE_CHECKING:
    import pytest

RECORDER = Path(__file__).with_name("recorder")


def test_the_endpoint_is_for_this_machine_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing asks for an address other than 127.0.0.1, in an environment that says nothing of addresses."""

    def body(server: PlainMiniStack | TinyCloud, *arguments: str) -> bool:
        asked = server.state.with_suffix(".asked")
        monkeypatch.setenv("ASKED_TO_BIND", str(asked))
        server.start(*arguments)
        server.stop()
        return set(asked.read_text().split()) == {"127.0.0.1"}

    monkeypatch.delenv("BIND_HOST", raising=False)
    monkeypatch.setenv("PYTHONPATH", str(RECORDER))
    assert not body(PlainMiniStack(tmp_path / "plain", settings={"BIND_HOST": None}))
    here = TinyCloud(tmp_path / "state", packages=(RECORDER,))
    assert body(here, *topic_only(tmp_path))


def test_all_that_the_cloud_listens_on_is_of_this_machine(cloud: TinyCloud) -> None:
    """What the kernel says of the cloud and of all that it started."""
    assert cloud.process is not None
    assert {address for address, _ in listeners(family(cloud.process.pid))} == {"127.0.0.1"}
