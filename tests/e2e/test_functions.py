"""Every sample in events/ runs through the real Lambda API and ends in an answer, not in a fault."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.laptop import ROOT, Laptop

pytestmark = pytest.mark.e2e

SAMPLES = sorted((ROOT / "events").glob("*.json"))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_invoke_answers_every_sample_and_answers_it_again_alike(laptop: Laptop, sample: Path) -> None:
    function = next(
        path.parent.name
        for path in ROOT.glob("functions/*/handler.py")
        if sample.stem.startswith(path.parent.name)
    )

    first = json.loads(laptop.dropforge("invoke", function, str(sample)).stdout)
    second = json.loads(laptop.dropforge("invoke", function, str(sample)).stdout)

    assert first == second
    assert "errorType" not in first
