"""Columns that know the answer: what gives it is told apart from what only might."""

import numpy as np
import pytest

from tests.unit.quality.conftest import ROWS, Assess, findings_of, sentences
from training.errors import Refused


def numbers(made: np.random.Generator, low: int = 0, high: int = 1000) -> np.ndarray:
    return made.integers(low, high, ROWS).astype(np.float64)


def test_two_columns_that_add_up_to_the_target_give_it_away(
    assessed: Assess, made: np.random.Generator
) -> None:
    casual, registered = numbers(made), numbers(made, 0, 4000)
    found = assessed(
        {"temp": numbers(made), "casual": casual, "registered": registered, "cnt": casual + registered},
        problem="regression",
    )
    (leak,) = findings_of(found, "leakage")
    assert leak.columns == ("casual", "registered")
    assert "casual + registered give cnt in every row" in leak.sentence
    assert (leak.severity, leak.figure, found.verdict) == ("warn", 1.0, "warned")


@pytest.mark.parametrize("parts", [1, 3, 4])
def test_sums_of_up_to_four_columns_are_found_among_others(
    assessed: Assess, made: np.random.Generator, parts: int
) -> None:
    columns = {f"part {index}": numbers(made) for index in range(parts)}
    others = {f"other {index}": numbers(made) for index in range(20)}
    found = assessed({**others, **columns, "y": sum(columns.values())}, problem="regression")
    assert {finding.columns for finding in findings_of(found, "leakage")} == {tuple(columns)}


def test_a_sum_holds_in_the_rows_that_have_all_its_parts(assessed: Assess, made: np.random.Generator) -> None:
    a, b = numbers(made), numbers(made)
    total = a + b
    a[::7], b[3::11] = np.nan, np.nan
    assert "a + b give y in every row" in sentences(
        assessed({"a": a, "b": b, "y": total}, problem="regression")
    )


def test_a_sum_that_fails_in_some_rows_is_not_reported(assessed: Assess, made: np.random.Generator) -> None:
    a, b = numbers(made), numbers(made)
    total = a + b
    total[::50] += 5000
    assert "give y" not in sentences(assessed({"a": a, "b": b, "y": total}, problem="regression"))


def test_a_category_that_tells_is_found_in_a_file_whose_classes_take_turns(assessed: Assess) -> None:
    """As after balancing: one of this, one of that."""
    answer = ["yes", "no"] * (ROWS // 2)
    (leak,) = findings_of(assessed({"a": [value.upper() for value in answer], "y": answer}), "leakage")
    assert leak.columns == ("a",)
    assert leak.figure > 0.99


def test_parts_of_another_column_are_redundant_and_no_leak(
    assessed: Assess, made: np.random.Generator, answer: list[str]
) -> None:
    parts = {name: numbers(made, 10, 9000) for name in ("injury_claim", "property_claim", "vehicle_claim")}
    found = assessed({"total_claim_amount": sum(parts.values()), **parts, "fraud": answer})
    assert not findings_of(found, "leakage")
    (redundant,) = findings_of(found, "redundant")
    assert redundant.sentence.startswith(
        "injury_claim + property_claim + vehicle_claim give total_claim_amount in every row"
    )


def test_a_column_that_alone_tells_a_class_is_a_leak(
    assessed: Assess, made: np.random.Generator, answer: list[str]
) -> None:
    copy = [made.uniform(0, 1) if value == "yes" else made.uniform(2, 3) for value in answer]
    (leak,) = findings_of(assessed({"copy": copy, "y": answer}, leakage="refuse"), "leakage")
    assert (leak.columns, leak.severity, leak.figure) == (("copy",), "refuse", 1.0)


def test_a_column_that_may_be_known_too_late_is_asked_about_and_never_refused(
    assessed: Assess, made: np.random.Generator, answer: list[str]
) -> None:
    duration = [made.normal(1.6 if value == "yes" else 0) for value in answer]
    found = assessed({"duration": duration, "y": answer}, leakage="refuse")
    (suspect,) = findings_of(found, "leakage")
    assert suspect.severity == "warn"
    assert 0.8 <= suspect.figure < 0.99
    assert "is it known before the answer?" in suspect.sentence
    found.refuse_any()


def test_whether_a_value_is_missing_can_give_the_answer(
    assessed: Assess, made: np.random.Generator, answer: list[str]
) -> None:
    paid_on = [made.uniform() if value == "yes" else None for value in answer]
    (leak,) = findings_of(assessed({"paid": paid_on, "y": answer}), "leakage")
    assert leak.sentence.startswith("whether paid is missing alone tells y (AUC 1.000)")


def test_a_category_that_tells_the_class_is_a_leak_and_a_name_of_each_row_is_not(
    assessed: Assess, answer: list[str]
) -> None:
    names = [f"name {index}" for index in range(ROWS)]
    status = ["closed" if value == "yes" else "open" for value in answer]
    found = assessed({"name": names, "status": status, "y": answer}, unique="ignore")
    assert [finding.columns for finding in found.findings] == [("status",)]
    assert found.profile.strengths["name"].value == 0.5


def test_with_several_classes_a_column_is_judged_by_all_of_them(
    assessed: Assess, made: np.random.Generator
) -> None:
    classes = made.choice(["a", "b", "c"], ROWS)
    middle = {"a": 5.0, "b": 1.0, "c": 3.0}
    copy = [middle[value] + made.uniform(-0.5, 0.5) for value in classes]
    half = [middle[value] if value == "a" else made.uniform(0, 4) for value in classes]
    found = assessed({"copy": copy, "half": half, "y": [str(each) for each in classes]}, problem="multiclass")
    leaks = {finding.columns[0]: finding for finding in findings_of(found, "leakage")}
    assert leaks["copy"].figure > 0.99
    assert leaks.get("half") is None or leaks["half"].figure < 0.99


def test_a_column_that_moves_with_the_target_exactly_is_a_leak_of_a_regression(
    assessed: Assess, made: np.random.Generator
) -> None:
    price = numbers(made)
    found = assessed({"gross": price * 1.19 + 3, "other": numbers(made), "net": price}, problem="regression")
    (leak,) = findings_of(found, "leakage")
    assert (leak.columns, leak.limit) == (("gross",), 0.999)


def test_a_category_is_judged_by_the_targets_mean_in_a_regression(
    assessed: Assess, made: np.random.Generator
) -> None:
    level = made.integers(0, 5, ROWS)
    found = assessed(
        {"level": [f"L{each}" for each in level], "y": level * 100 + made.normal(size=ROWS)},
        problem="regression",
    )
    (leak,) = findings_of(found, "leakage")
    assert leak.columns == ("level",)


def test_refuse_refuses_with_the_rule_and_the_sentence_and_ignore_says_nothing(
    assessed: Assess, made: np.random.Generator
) -> None:
    casual, registered = numbers(made), numbers(made)
    columns = {"casual": casual, "registered": registered, "cnt": casual + registered}
    found = assessed(columns, problem="regression", leakage="refuse")
    assert found.verdict == "refused"
    with pytest.raises(Refused, match=r"casual \+ registered give cnt in every row") as refusal:
        found.refuse_any()
    assert refusal.value.rule == "quality.leakage"
    assert assessed(columns, problem="regression", leakage="ignore").verdict == "sound"


def test_copies_of_the_parts_do_not_multiply_what_is_said(
    assessed: Assess, made: np.random.Generator
) -> None:
    a, b = numbers(made), numbers(made)
    copies = {f"{name}{index}": values for name, values in (("a", a), ("b", b)) for index in range(20)}
    found = assessed({**copies, "y": a + b}, problem="regression")
    assert len(findings_of(found, "leakage")) == 3
