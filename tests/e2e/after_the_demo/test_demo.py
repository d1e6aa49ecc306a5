"""What a newcomer runs first."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import Demonstrated

pytestmark = pytest.mark.e2e


def test_the_demo_verifies_every_step_twice_on_the_same_state(demonstrated: Demonstrated) -> None:
    for done in demonstrated.said:
        for step in ("publish", "registered", "refuse", "approve", "predict", "low_confidence", "alarm"):
            assert step in done.stdout.lower()
