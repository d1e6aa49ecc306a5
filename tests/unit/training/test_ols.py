"""The least squares report: the figures are statsmodels' own, and the reading says what they mean."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from dropforge.domain.contract import contract_to_json, parse_contract
from tests.unit.training.container import REPOSITORY
from tests.unit.training.learning import Job, contract_of, learned
from training.kernels import INSTRUCTIONS, PROCESSOR
from training.train.ols.figures import figures
from training.train.ols.fit import fit
from training.train.ols.reading import reading
from training.train.ols.summary import summary

REAL = os.environ.get("DROPFORGE_REAL_DATA", "")
KEYS = {
    "target", "observations", "df_model", "df_residuals", "r2", "adjusted_r2", "f", "f_p", "log_likelihood",
    "aic", "bic", "residual_deviation", "omnibus", "omnibus_p", "durbin_watson", "jarque_bera",
    "jarque_bera_p", "skew", "kurtosis", "condition_number", "coefficients", "vif", "selection", "reading",
}  # fmt: skip


def remarks(
    matrix: np.ndarray[Any, Any], labels: np.ndarray[Any, Any], in_order: bool = True
) -> dict[str, tuple[str, str]]:
    names = [f"c{index}" for index in range(matrix.shape[1])]
    found = figures(fit(matrix, labels), names, "y", matrix)
    json.dumps(found, allow_nan=False)
    return {part["subject"]: (part["kind"], part["sentence"]) for part in reading(found, in_order)}


def drawn(rows: int = 300, columns: int = 3) -> tuple[np.ndarray[Any, Any], np.random.Generator]:
    draw = np.random.default_rng(0)
    return draw.normal(size=(rows, columns)), draw


def test_a_sound_model_reads_as_one() -> None:
    matrix, draw = drawn()
    said = remarks(matrix, matrix @ [3, 2, 1] + draw.normal(size=300))
    assert {kind for kind, _ in said.values()} == {"good"}
    assert set(said) == {"fit", "significance", "normality", "autocorrelation", "collinearity"}
    assert said["fit"][1].startswith("The columns explain 93.")


def test_a_perfect_fit_is_a_warning_and_its_noise_is_not_read() -> None:
    matrix, _ = drawn()
    said = remarks(matrix, matrix[:, 0] + 2 * matrix[:, 2])
    assert said["fit"][0] == "bad"
    assert said["fit"][1].startswith("A perfect fit: R² is 1.000. Some columns give 'y' exactly")
    assert "'c0'" in said["fit"][1]
    assert "'c2'" in said["fit"][1]
    assert not {"significance", "normality", "autocorrelation", "coefficients"} & set(said)


def test_noise_explains_nothing() -> None:
    matrix, draw = drawn()
    said = remarks(matrix, draw.normal(size=300))
    assert said["fit"][0] == "bad"
    assert said["significance"] == ("bad", said["significance"][1])
    assert "not better than the mean alone" in said["significance"][1]
    assert said["coefficients"][1].startswith("3 coefficients may as well be 0")


def test_skewed_errors_are_told() -> None:
    matrix, draw = drawn()
    kind, sentence = remarks(matrix, matrix @ [3, 2, 1] + draw.exponential(2, 300))["normality"]
    assert kind == "warn"
    assert sentence.startswith("The errors are not normally distributed (skew 1.")


@pytest.mark.parametrize(("weight", "side"), [(1, "the same side"), (-1, "the other side")])
def test_errors_that_follow_one_another_are_told(weight: float, side: str) -> None:
    matrix, draw = drawn()
    errors = np.zeros(300)
    for index in range(1, 300):
        errors[index] = 0.9 * weight * errors[index - 1] + draw.normal()
    kind, sentence = remarks(matrix, matrix @ [3, 2, 1] + errors)["autocorrelation"]
    assert kind == "warn"
    assert side in sentence


def test_of_rows_as_they_were_drawn_durbin_watson_does_not_vouch_for_anything(tmp_path: Path) -> None:
    """The errors of a day follow those of the day before; a random split shuffles the days."""
    linear = {"name": "linear"}
    said = {}
    for by, more in (("random", {}), ("time", {"column": "day"})):
        job = learned(tmp_path / by, contract_of("regression", algorithm=linear, split={"by": by, **more}))
        parts = job.document("ols.json")["reading"]
        said[by] = next(part for part in parts if part["subject"] == "autocorrelation")
    assert said["random"]["kind"] == "note"
    assert "Split by time to see" in said["random"]["sentence"]
    assert said["time"]["kind"] == "good"
    assert said["time"]["sentence"].startswith("In the order of the file the errors do not follow")


def test_columns_that_add_up_and_columns_that_nearly_do_are_told_apart() -> None:
    matrix, draw = drawn()
    labels = matrix @ [3, 2, 1] + draw.normal(size=300)
    exact = remarks(np.column_stack([matrix, matrix[:, 0] - matrix[:, 1]]), labels)
    assert exact["collinearity"][0] == "bad"
    assert "3 columns can be had exactly from the others: c0, c1, c3" in exact["collinearity"][1]
    assert exact["condition"][0] == "warn"
    nearly = remarks(np.column_stack([matrix, matrix[:, 0] + 0.1 * draw.normal(size=300)]), labels)
    assert nearly["collinearity"][0] == "warn"
    assert "VIF above 10" in nearly["collinearity"][1]


def test_more_columns_than_rows_and_too_few_rows_are_told() -> None:
    matrix, draw = drawn(rows=20, columns=30)
    assert remarks(matrix, draw.normal(size=20))["rows"][0] == "bad"
    matrix, draw = drawn(rows=40, columns=10)
    assert remarks(matrix, draw.normal(size=40))["rows"][0] == "warn"


def test_a_target_of_one_value_is_told() -> None:
    matrix, _ = drawn()
    assert remarks(matrix, np.full(300, 5.0))["fit"][0] == "bad"


def test_the_summary_holds_no_clock_and_any_name() -> None:
    matrix, draw = drawn()
    text = summary(fit(matrix, draw.normal(size=300)), ["a", "<b>", "%s {0}"], "y")
    assert "Date:" not in text
    assert "Time:" not in text
    assert "OLS Regression Results" in text
    assert "%s {0}" in text


def test_the_job_writes_the_report_with_every_figure_and_its_selection(tmp_path: Path) -> None:
    contract = contract_of(
        "regression", algorithm={"name": "linear"}, transform={"select": {"method": "rfe", "keep": 6}}
    )
    job = learned(tmp_path, contract)
    found = job.document("ols.json")
    assert set(found) == KEYS
    assert [c["name"] for c in found["coefficients"]] == ["const", *job.document("names.json")]
    assert set(found["coefficients"][0]) == {"name", "coefficient", "std_err", "t", "p", "low", "high"}
    assert found["selection"] == job.document("selection.json")
    assert found["df_model"] == 6
    assert "R-squared" in (job.model / "ols.txt").read_text(encoding="utf-8")


def test_a_ridge_has_coefficients_and_no_report_that_would_not_hold(tmp_path: Path) -> None:
    job = learned(tmp_path, contract_of("regression", algorithm={"name": "linear"}), alpha=5)
    assert job.document("training.json")["penalty"] == 5
    assert not (job.model / "ols.json").exists()


BIKE = {
    "usecase": "bike",
    "problem": "regression",
    "target": "cnt",
    "algorithm": {"name": "linear"},
    "split": {"train": 0.7, "validation": 0, "test": 0.3, "seed": 333},
}
CATEGORIES = ("season", "mnth", "weekday", "weathersit")


def bike(columns: dict[str, str], transform: dict[str, Any], folder: Path) -> Path:
    """bike.csv through the image's own entry point, process and then train; the model's folder."""
    file = Path(REAL, "bike.csv")
    header = file.read_text(encoding="utf-8").splitlines()[0].split(",")
    dropped = {name: "not in the recipe" for name in header if name not in columns}
    contract = parse_contract({**BIKE, "columns": columns, "drop": dropped, "transform": transform})
    job = Job(folder, contract)
    for path, body in (
        ("contract/contract.json", contract_to_json(contract)),
        ("drop/bike.csv", file.read_text()),
    ):
        target = folder / "processing" / "input" / path
        target.parent.mkdir(parents=True)
        target.write_text(body, encoding="utf-8")
    run(folder, "process")
    output = folder / "processing" / "output"
    for name in ("train", "validation", "transform", "baseline"):
        job.folder(name).parent.mkdir(parents=True, exist_ok=True)
        (output / name).rename(job.folder(name))
    job.folder("contract").mkdir()
    (job.folder("contract") / "contract.json").write_text(contract_to_json(contract), encoding="utf-8")
    run(folder, "train")
    return job.model


def run(folder: Path, verb: str) -> None:
    environment = {
        **os.environ,
        "SAGEMAKER_BASE_DIR": str(folder),
        "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY}/layers/core",
    }
    done = subprocess.run(
        [sys.executable, "-m", "training", verb], env=environment, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()


real = [
    pytest.mark.real_data,
    pytest.mark.skipif(not REAL, reason="DROPFORGE_REAL_DATA does not name a folder of real data"),
]


class TestBike:
    pytestmark = real

    def test_the_table_with_casual_and_registered_is_reproduced(self, tmp_path: Path) -> None:
        """R² 1.000 of 510 rows, and a warning of a perfect fit. Which columns RFE keeps of those that explain
        nothing is rounding noise, and the condition number with them: 4.63e+04 on the wide kernels that
        `training.kernels` asks for, 3.73e+04 on others."""
        columns = {
            **dict.fromkeys(CATEGORIES, "category"),
            "casual": "number",
            "registered": "number",
            "cnt": "number",
        }
        model = bike(columns, {"select": {"method": "rfe", "keep": 15}}, tmp_path)
        found = json.loads((model / "ols.json").read_text(encoding="utf-8"))
        assert (found["observations"], found["df_model"], found["df_residuals"]) == (510, 15, 494)
        assert f"{found['r2']:.3f}" == f"{found['adjusted_r2']:.3f}" == "1.000"
        wide = PROCESSOR.exists() and all(name in PROCESSOR.read_text() for name in INSTRUCTIONS)
        assert f"{found['condition_number']:.3g}" == ("4.63e+04" if wide else "3.73e+04")
        coefficients = {c["name"]: c["coefficient"] for c in found["coefficients"]}
        assert coefficients["casual"] == pytest.approx(1, abs=1e-9)
        assert coefficients["registered"] == pytest.approx(1, abs=1e-9)
        fit = next(part for part in found["reading"] if part["subject"] == "fit")
        assert fit["kind"] == "bad"
        assert fit["sentence"].startswith("A perfect fit: R² is 1.000. Some columns give 'cnt' exactly")
        text = (model / "ols.txt").read_text(encoding="utf-8")
        assert "No. Observations:                 510" in text

    def test_the_honest_model_is_reproduced(self, tmp_path: Path) -> None:
        numbers = ("yr", "holiday", "workingday", "temp", "atemp", "hum", "windspeed", "cnt")
        columns = {**dict.fromkeys(CATEGORIES, "category"), **dict.fromkeys(numbers, "number")}
        transform = {
            "encode": "dummies_but_first",
            "scale": "minmax",
            "select": {"method": "rfe", "keep": 15},
        }
        model = bike(columns, transform, tmp_path)
        found = json.loads((model / "ols.json").read_text(encoding="utf-8"))
        kept = "yr workingday temp atemp hum windspeed mnth_3 mnth_9 mnth_10 weekday_6"
        kept += " season_2 season_3 season_4 weathersit_2 weathersit_3"
        assert {name.replace("=", "_") for name in found["vif"]} == set(kept.split())
        assert f"{found['r2']:.4f}" == "0.8417"
        assert f"{found['adjusted_r2']:.4f}" == "0.8369"
        assert found["vif"]["temp"] == pytest.approx(57.9, abs=0.1)
        assert found["vif"]["atemp"] == pytest.approx(53.4, abs=0.1)
        rows = pl.read_parquet(tmp_path / "processing" / "output" / "test" / "rows.parquet")
        assert rows.height == 220
