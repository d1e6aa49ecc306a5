"""The page an approver reads: the answer first, in words, and nothing in it that runs."""

import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from dropforge.domain.contract import Contract, parse_contract
from dropforge.domain.decisions import apply_gate
from tests.unit.training.evaluate.answered import many, two, values
from training.evaluate.champion import Champion, compare
from training.evaluate.documents import measured, write_documents
from training.evaluate.evaluation import Evaluation
from training.evaluate.figures import figures_of
from training.evaluate.groups import groups_of
from training.evaluate.measures import measure_of
from training.evaluate.page import evaluation_page
from training.evaluate.predictions import Classified, Predictions
from training.train.ols.figures import figures
from training.train.ols.fit import fit
from training.train.ols.reading import reading

EVIL = '<script>alert("x")</script>'
TRIALS = {
    "metric": "validation:auc",
    "strategy": "Bayesian",
    "trials": [
        {
            "name": "t1",
            "status": "Completed",
            "objective": 0.9,
            "parameters": {"max_depth": "3", "eta": "0.14066865535726766"},
        },
        {
            "name": "t2",
            "status": "Completed",
            "objective": 0.95,
            "parameters": {"max_depth": "5", "eta": "1e-05"},
            "best": True,
        }
        | {"started": "2026-01-01T00:00:00Z", "ended": "2026-01-01T00:00:12Z"},
        {"name": "t3", "status": "Failed", "objective": None, "parameters": None},
    ],
}


def contract(problem: str, gate: dict[str, Any]) -> Contract:
    target = "number" if problem == "regression" else "category"
    columns = {"Age": "integer", EVIL: "category", "$x_1$": target}
    document = {"usecase": "loan", "problem": problem, "target": "$x_1$", "columns": columns, "gate": gate}
    return parse_contract(document)


def evaluation(
    predictions: Predictions, agreed: Contract, rival: Predictions | None = None, **model_facts: Any
) -> Evaluation:
    measure = measure_of(predictions)
    measured_figures = figures_of(measure, np.arange(len(predictions)))
    metric = {"regression": "rmse"}.get(agreed.problem, "accuracy")
    rows = pl.DataFrame({EVIL: np.where(np.arange(len(predictions)) % 2, f"{EVIL}1", "_b$")})
    groups = groups_of(measure, rows, agreed, metric)
    champion = compare("version 3", metric, predictions, lambda: rival) if rival is not None else None
    verdict = apply_gate(
        measured(measured_figures), agreed.gate, champion.comparison if champion else None, groups
    )
    facts = [("Drop", f"s3://bucket/drops/loan/{EVIL}.csv")]
    return Evaluation(
        agreed, predictions, measured_figures, verdict, groups, metric, champion, facts, model_facts
    )


def _ols() -> dict[str, Any]:
    """ols.json of a perfect fit, as training writes it."""
    random = np.random.default_rng(1)
    matrix = random.normal(size=(60, 2))
    names = [EVIL, "hum"]
    made = figures(fit(matrix, matrix.sum(axis=1)), names, "$x_1$", matrix)
    return made | {"reading": reading(made, in_order=False)}


BINARY = contract("binary", {"auc": 0.6})
CASES: dict[str, Evaluation] = {
    "binary": evaluation(two(), BINARY, two(noise=0.3), importance=[{"name": EVIL, "importance": 0.9}]),
    "binary with trials": evaluation(two(), BINARY, trials=TRIALS),
    "binary with the best of many trials": evaluation(two(), BINARY, trials=TRIALS | {"tried": 300}),
    "one class only": evaluation(
        Classified(("no", "yes"), 1, np.zeros(60, dtype=np.int64), np.full((60, 2), 0.5)), BINARY
    ),
    "three classes": evaluation(many(), contract("multiclass", {"accuracy": 0.5}), many(seed=2)),
    "sixty classes": evaluation(many(2000, 60), contract("multiclass", {"accuracy": 0.5})),
    "regression": evaluation(values(), contract("regression", {"rmse": 2}), values(noise=1.2)),
    "a few rows": evaluation(values(3), contract("regression", {"rmse": 2})),
}

SELECTED = {"method": "vif", "steps": [{"dropped": EVIL, "vif": "infinite"}], "kept": ["hum"]}
CASES["linear"] = evaluation(values(), contract("regression", {"rmse": 2}), ols=_ols(), selection=SELECTED)


@cache
def rendered(case: str) -> str:
    return evaluation_page(CASES[case])


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("case", CASES)
def test_nothing_in_the_page_runs_or_asks_for_anything_outside(case: str) -> None:
    page = rendered(case)
    for tag, attributes in Tags(page).found:
        assert tag not in ("script", "iframe", "object", "embed", "link", "img", "form", "a")
        assert not [name for name in attributes if name.startswith("on") or name in ("src", "href", "action")]
        reference = attributes.get("xlink:href")
        assert reference is None or reference.startswith("#")
    assert "default-src 'none'" in page
    assert "url(http" not in page


@pytest.mark.parametrize("case", CASES)
def test_the_verdict_comes_first_with_its_sentence(case: str) -> None:
    found = CASES[case]
    page = rendered(case)
    assert page.index('class="banner') < page.index("<h2>")
    title = "No: the model is not registered" if not found.verdict.passed else "gate"
    assert title in page[page.index('class="banner') : page.index("<h2>")]


@pytest.mark.parametrize("case", CASES)
def test_the_same_evaluation_gives_the_same_bytes(case: str) -> None:
    assert evaluation_page(CASES[case]) == rendered(case)


def test_what_the_model_does_is_said_in_words() -> None:
    text = rendered("binary")
    assert re.search(r"Of 100 rows for which it answers “yes”, about \d+ really are\.", text)
    assert re.search(r"It is right for about \d+ of 100 rows; always answering “no” would be right for", text)
    assert "takes about" in rendered("three classes")
    assert "Half of its answers are off by less than" in rendered("regression")


def test_a_refused_model_says_no_and_why() -> None:
    page = evaluation_page(evaluation(two(), contract("binary", {"auc": 0.9999})))
    assert "No: the model is not registered" in page
    assert "below the gate of 0.9999" in page


def test_a_champion_that_was_not_compared_is_told() -> None:
    found = CASES["binary"]
    rival = Champion("version 3", None, "not comparable: version 3 needs column 'Pay'")
    page = evaluation_page(
        Evaluation(found.contract, found.predictions, found.figures, found.verdict, champion=rival)
    )
    assert "version 3 needs column &#x27;Pay&#x27;" in page
    assert "No version is live yet" in rendered("binary with trials")


def test_a_regression_s_table_is_shown_with_its_reading() -> None:
    page = rendered("linear")
    assert "A perfect fit: R² is 1.000." in page
    assert "<dt>Degrees of freedom, residuals</dt><dd>57</dd>" in page
    assert "Of 2 columns 1 were kept, by VIF." in page


def test_trials_are_listed_with_the_one_that_went_on() -> None:
    page = rendered("binary with trials")
    rows = re.findall(r"<tr>(.*?)</tr>", page[page.index("<h2>Tuning") :])
    assert [re.sub("<[^>]+>", " ", row).split() for row in rows[:4]] == [
        ["trial", "validation:auc", "eta", "max_depth", "seconds", "status"],
        ["1", "0.9000", "0.1407", "3", "Completed"],
        ["2", "0.9500", "1e-05", "5", "12", "best"],
        ["3", "Failed"],
    ]


def test_a_page_about_pictures_names_no_features() -> None:
    weights = [{"name": "image_245", "importance": 0.9}]
    for agreed, shown in ((BINARY, True), (replace(BINARY, problem="image"), False)):
        page = evaluation_page(evaluation(two(), agreed, importance=weights))
        assert ("What it looks at" in page) is shown


def test_of_very_many_trials_the_page_says_that_it_lists_the_best() -> None:
    assert "3 trials of the Bayesian strategy; the one marked went on.<" in rendered("binary with trials")
    page = rendered("binary with the best of many trials")
    assert "300 trials of the Bayesian strategy; the one marked went on. These are the 3 best" in page
    assert "in the order in which they were made" not in page


def test_the_page_stays_light_however_many_rows_there_are() -> None:
    assert len(evaluation_page(evaluation(values(200_000), contract("regression", {"rmse": 2})))) < 1_000_000


def test_every_document_is_written(tmp_path: Path) -> None:
    write_documents(CASES["binary"], tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        *("evaluation.json", "verdict.json", "slices.json", "confusion.json", "evaluation.html")
    }
