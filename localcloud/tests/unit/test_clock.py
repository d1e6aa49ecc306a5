"""The time scale, and what is watched for changes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from localcloud.clock import Clock
from localcloud.deploy.watch import Watch
from localcloud.errors import CloudError

if TYPE_CHECKING:
    from pathlib import Path


def test_the_scale_shortens_waiting() -> None:
    """A minute at 0.1 is six seconds; without a scale it is a minute."""
    assert Clock().scaled(60) == 60
    assert Clock(0.1).scaled(60) == pytest.approx(6)


@pytest.mark.parametrize("factor", [0.0, -1.0, 10.0])
def test_a_senseless_scale_is_refused(factor: float) -> None:
    """Time neither stands still nor goes slower."""
    with pytest.raises(CloudError, match="time scale"):
        Clock(factor)


def test_a_change_of_code_is_seen_once(tmp_path: Path) -> None:
    """The template and the folders that it names are looked at; what else lies beside them is not."""
    (tmp_path / "code").mkdir()
    handler = tmp_path / "code" / "handler.py"
    handler.write_text("1")
    (tmp_path / "template.yaml").write_text(
        "Resources: {F: {Type: AWS::Serverless::Function, Properties: {CodeUri: code/}}}"
    )
    watch = Watch(tmp_path / "template.yaml")
    (tmp_path / "beside.txt").write_text("x")
    assert not watch.changed()
    handler.write_text("22")
    os.utime(handler, (1, 1))
    assert watch.changed()
    assert not watch.changed()
