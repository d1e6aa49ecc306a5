"""One MiniStack and one local cloud for all faults."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from localcloud.tests.integration.localcloud_process import TinyCloud
from localcloud.tests.integration.mended_faults.endpoints import topic_only
from localcloud.tests.integration.plain_ministack import PlainMiniStack

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="package")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlainMiniStack]:
    """MiniStack as it is shipped."""
    running = PlainMiniStack(tmp_path_factory.mktemp("plain")).start()
    yield running
    running.stop()


@pytest.fixture(scope="package")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TinyCloud]:
    """The local cloud, ten times as fast where it only waits."""
    folder = tmp_path_factory.mktemp("cloud")
    running = TinyCloud(folder / "state").start(*topic_only(folder), "--time-scale", "0.1")
    yield running
    assert running.stop() == 0, running.log()
