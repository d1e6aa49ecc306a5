"""Every other rule, each on a frame with that one fault."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from dropforge.domain.contract import Column, Contract, Quality
from tests.unit.quality.conftest import ROWS, Assess, findings_of, sentences
from training.quality import Reading, assess, document, write
from training.quality.correlation import correlations


def test_sound_rows_are_sound(assessed: Assess, made: np.random.Generator, answer: list[str]) -> None:
    found = assessed({"a": made.normal(size=ROWS), "g": made.choice(["x", "z"], ROWS).tolist(), "y": answer})
    assert (found.findings, found.verdict) == ((), "sound")
    found.refuse_any()


def test_bad_rows_and_duplicates_refuse_beyond_the_contracts_share(
    assessed: Assess, answer: list[str]
) -> None:
    reading = Reading(1000, bad=60, duplicates=90, quarantined=(("Age missing", 60),))
    found = assessed({"a": list(range(ROWS)), "y": answer}, reading=reading)
    assert [finding.rule for finding in found.findings] == ["quality.bad_rows", "quality.duplicates"]
    assert "60 of 1000 rows are bad (6 %), more than the 5 % allowed: Age missing (60)" in sentences(found)
    assert "90 of 1000 rows repeat another one (9 %), more than the 5 % allowed" in sentences(found)


def test_a_few_duplicates_are_told_and_not_refused(assessed: Assess, answer: list[str]) -> None:
    found = assessed({"a": list(range(ROWS)), "y": answer}, reading=Reading(41188, duplicates=12))
    assert (found.verdict, findings_of(found, "duplicates")[0].severity) == ("warned", "warn")


def test_rows_and_classes_too_few_are_refused_with_their_figures(assessed: Assess) -> None:
    classes = ["yes", *["no"] * 8] * 3 + ["no", "yes", "no"]
    found = assessed({"a": [n % 7 for n in range(30)], "y": classes}, minimum_rows=50, minimum_class=5)
    assert [finding.severity for finding in found.findings] == ["refuse", "refuse"]
    assert "30 good rows, fewer than the 50" in sentences(found)
    assert "class 'yes' has 4 rows, fewer than the 5" in sentences(found)


def test_missing_values_beyond_the_contracts_share_are_refused(assessed: Assess, answer: list[str]) -> None:
    gaps = [None if index % 5 < 2 else index % 13 for index in range(ROWS)]
    assert not findings_of(assessed({"a": gaps, "y": answer}), "nulls")
    (refused,) = findings_of(assessed({"a": gaps, "y": answer}, nulls=0.3), "nulls")
    assert (refused.severity, refused.figure) == ("refuse", pytest.approx(0.4))
    assert "a has no value in 160 of 400 rows (40 %), more than the 30 % allowed" in refused.sentence


def test_a_column_without_a_value_or_with_one_value_is_constant(assessed: Assess, answer: list[str]) -> None:
    columns = {"_c39": [None] * ROWS, "same": [7] * ROWS, "word": ["x"] * ROWS, "y": answer}
    found = assessed(columns, types={"_c39": "number"})
    assert [finding.columns[0] for finding in findings_of(found, "constant")] == ["_c39", "same", "word"]
    assert "_c39 has no value in any row" in sentences(found)
    assert not assessed(columns, types={"_c39": "number"}, constant="ignore").findings


def test_one_value_and_gaps_may_say_something(assessed: Assess, answer: list[str]) -> None:
    assert not findings_of(
        assessed({"a": [1 if index % 3 else None for index in range(ROWS)], "y": answer}), "constant"
    )


def test_whole_numbers_and_words_different_in_every_row_name_the_row(
    assessed: Assess, made: np.random.Generator, answer: list[str]
) -> None:
    columns = {
        "instant": made.permutation(ROWS), "dteday": [f"day {index}" for index in range(ROWS)],
        "amount": made.normal(size=ROWS), "y": answer,
    }  # fmt: skip
    found = assessed(columns, types={"instant": "integer"}, unique="refuse")
    assert [finding.columns for finding in findings_of(found, "unique")] == [("instant",), ("dteday",)]
    assert found.verdict == "refused"


def test_columns_that_move_together_are_redundant(
    assessed: Assess, made: np.random.Generator, answer: list[str]
) -> None:
    temp = made.normal(size=ROWS)
    columns = {"temp": temp, "atemp": 3 * temp + made.normal(0, 0.1, ROWS), "cold": -temp, "y": answer}
    found = assessed(columns)
    assert {finding.columns for finding in findings_of(found, "redundant")} == {
        ("temp", "atemp"), ("temp", "cold"), ("atemp", "cold"),
    }  # fmt: skip
    assert "temp and cold move against each other (r -1.000)" in sentences(found)


def test_correlation_is_of_the_rows_that_have_both_values(
    assessed: Assess, made: np.random.Generator, answer: list[str]
) -> None:
    a, b = made.normal(size=ROWS), made.normal(size=ROWS)
    b += 0.7 * a
    a[::3], b[1::4] = np.nan, np.nan
    both = ~np.isnan(a) & ~np.isnan(b)
    matrix = assessed({"a": a, "b": b, "y": answer}).profile.correlations.matrix
    assert matrix[0, 1] == pytest.approx(np.corrcoef(a[both], b[both])[0, 1], abs=1e-5)


def test_a_great_many_redundant_pairs_end_in_one_sentence(
    assessed: Assess, made: np.random.Generator, answer: list[str]
) -> None:
    temp = made.normal(size=ROWS)
    found = assessed({**{f"t{n}": temp + made.normal(0, 0.01, ROWS) for n in range(12)}, "y": answer})
    assert len(findings_of(found, "redundant")) == 31
    assert "36 more pairs of columns move together, among " in sentences(found)


def test_too_much_work_is_done_on_every_nth_row(made: np.random.Generator) -> None:
    rows = pl.DataFrame({"a": made.normal(size=1000), "b": made.normal(size=1000)}).lazy()
    found = correlations(rows, {"a": (0, 1), "b": (0, 1)}, 1000, most_work=1000)
    assert found.rows == 250


def test_figures_of_a_column_are_those_of_numpy(
    assessed: Assess, made: np.random.Generator, answer: list[str]
) -> None:
    values = made.gamma(2, 100, ROWS).astype(np.float32)
    (figure,) = assessed({"a": values, "y": answer}).profile.figures
    assert figure.numbers is not None
    assert figure.numbers.mean == pytest.approx(values.mean())
    assert figure.numbers.sd == pytest.approx(values.std(), rel=1e-5)
    assert (figure.numbers.min, figure.numbers.max) == (values.min(), values.max())
    assert sum(figure.numbers.histogram.counts) == ROWS
    assert figure.numbers.histogram.counts == tuple(np.histogram(values, bins=24)[0])


def test_dates_are_told_by_their_span_and_may_all_differ(assessed: Assess, answer: list[str]) -> None:
    days = [
        f"20{10 + index // 300}-{1 + index // 28 % 12:02}-{1 + index % 28:02}T00:00:00"
        for index in range(ROWS)
    ]
    found = assessed({"day": days, "y": answer}, types={"day": "date"})
    (figure,) = found.profile.figures
    assert figure.dates is not None
    assert (figure.dates.first, figure.dates.last) == ("2010-01-01", "2011-12-28")
    assert sum(figure.dates.histogram.counts) == ROWS
    assert not findings_of(found, "unique")


def test_pictures_are_judged_by_their_classes_alone() -> None:
    rows = pl.DataFrame({"image_000": [0.5] * 40, "label": ["car"] * 38 + ["bike"] * 2})
    contract = Contract("case", "image", "label", quality=Quality(minimum_rows=10, minimum_class=3))
    found = assess(rows, contract, Reading(40))
    assert [finding.rule for finding in found.findings] == ["quality.minimum_class"]
    assert document(found)["columns"] == []


def test_no_rows_at_all_are_refused_for_being_too_few(tmp_path: Path) -> None:
    rows = pl.DataFrame({"a": [], "y": []}, schema={"a": pl.Float32, "y": pl.String})
    contract = Contract("case", "binary", "y", (Column("a", "number"), Column("y", "category")))
    for number in (Reading(0), Reading(9, bad=9)):
        found = assess(rows, contract, number)
        write(found, tmp_path)
        assert found.verdict == "refused"
    regression = Contract("case", "regression", "a", (Column("a", "number"), Column("y", "category")))
    write(assess(rows, regression, Reading(0)), tmp_path)
