"""What a newcomer runs first."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.laptop import Laptop

pytestmark = pytest.mark.e2e


def test_the_demo_verifies_every_step_twice_on_the_same_state(tmp_path: Path) -> None:
    home = Laptop(tmp_path)

    first = home.dropforge("demo")
    second = home.dropforge("demo")

    for done in (first, second):
        for step in ("publish", "registered", "refuse", "approve", "predict", "low_confidence", "alarm"):
            assert step in done.stdout.lower()
