"""Each use case's contract makes a model: of the made-up data, and, where it is there, of the real data.

Through the container's own jobs, as a run does: process, train, evaluate. Tuning is a job of its own and is
left out here, so bank trains with the contract's parameters.
"""

import importlib
import io
import os
from pathlib import Path
from typing import Any

import pytest

from dropforge.edge.contract_yaml import load_contract
from tests.unit.training.container import REPOSITORY, Container

FOLDER = os.environ.get("DROPFORGE_REAL_DATA", "")
real_data = pytest.mark.skipif(not FOLDER, reason="DROPFORGE_REAL_DATA does not name a folder of real data")


def container_of(usecase: str, base: Path) -> Container:
    contract = REPOSITORY / "usecases" / usecase / "contract.yaml"
    return Container(base, load_contract(contract.read_bytes()))


def made_up(usecase: str, seed: int) -> bytes:
    module: Any = importlib.import_module(f"usecases.{usecase}.generate")
    if usecase == "images":
        archive = io.BytesIO()
        module.write(archive, 240, seed)
        return archive.getvalue()
    text = io.StringIO()
    module.TABLE.write(text, module.TABLE.default_rows, seed)
    return text.getvalue().encode()


def verdict_on(container: Container, drop: bytes) -> dict[str, Any]:
    images = container.contract.image is not None
    report = container.process(drop, "drop.zip" if images else "drop.csv")
    assert report["status"] == "accepted", report
    assert container.train() == 0, container.said("failure")
    assert container.evaluate() == 0, container.said("message")
    verdict: dict[str, Any] = container.output("evaluation/verdict.json")
    return verdict


@pytest.mark.slow
@pytest.mark.parametrize("usecase", ["fraud", "bank", "bike", "images"])
def test_made_up_data_gives_a_model_that_meets_the_gate(usecase: str, tmp_path: Path) -> None:
    verdict = verdict_on(container_of(usecase, tmp_path), made_up(usecase, seed=1))
    assert verdict["passed"], verdict["sentence"]


@pytest.mark.real_data
@pytest.mark.slow
@pytest.mark.timeout(400)
@real_data
@pytest.mark.parametrize(
    ("usecase", "file", "metric", "least"),
    [
        ("bank", "bank.csv", "auc", 0.795),
        ("bike", "bike.csv", "r2", 0.80),
        ("images", "images.zip", "accuracy", 0.85),
    ],
)
def test_real_data_gives_a_model_of_reference_quality(
    usecase: str, file: str, metric: str, least: float, tmp_path: Path
) -> None:
    verdict = verdict_on(container_of(usecase, tmp_path), Path(FOLDER, file).read_bytes())
    assert verdict["passed"], verdict["sentence"]
    assert verdict["metrics"][metric] >= least


@pytest.mark.real_data
@real_data
def test_real_claims_end_by_their_own_figure(tmp_path: Path) -> None:
    """Whether a tree of depth 3 reaches 85 % on them hangs on the split; what is said must agree with it."""
    verdict = verdict_on(container_of("fraud", tmp_path), Path(FOLDER, "insurance_claims.csv").read_bytes())
    accuracy = verdict["metrics"]["accuracy"]
    assert 0.79 <= accuracy <= 0.92
    assert verdict["passed"] == (accuracy >= 0.85)
    assert f"{accuracy:.4f}" in verdict["sentence"]


@pytest.mark.real_data
@real_data
def test_the_honest_model_of_real_days_is_the_one_that_was_worked_out_by_hand(tmp_path: Path) -> None:
    """The same rows, dummies, scale and elimination as in the notes on the data."""
    container = container_of("bike", tmp_path)
    verdict = verdict_on(container, Path(FOLDER, "bike.csv").read_bytes())
    assert verdict["metrics"]["r2"] == pytest.approx(0.8337, abs=0.0002)
