"""Who trains and who tests: the shares, the seed, time, groups, balance; and no row on two sides."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import train_test_split

from dropforge.domain.contract import Contract, contract_to_mapping, parse_contract
from tests.unit.training.container import Another, Container, loan_csv
from tests.unit.training.small import SMALL, part, small, text
from training.process.dividing import PARTS, TEST, TRAIN, divide, seed_of
from training.process.gather import Gathered
from training.process.resample import resampled

REGRESSION: dict[str, Any] = {
    "usecase": "small",
    "problem": "regression",
    "target": "y",
    "columns": {"when": {"type": "date", "format": "%d.%m.%Y"}, "who": "id", "n": "number", "y": "number"},
    "algorithm": {"name": "linear"},
    "quality": {"minimum_rows": 10, "duplicates": 1},
}
THIRTY = {"train": 0.7, "validation": 0, "test": 0.3}


def measured(count: int = 200) -> bytes:
    """Rows whose time runs against the file's order, of 20 people."""
    days = [f"{1 + n % 28:02}.{12 - n // 28 % 12:02}.{2030 - n // 336}" for n in range(count)]
    lines = [f"{day},p{n * 7 % 20},{n},{n / 4}" for n, day in enumerate(days)]
    return text(lines, "when,who,n,y")


def regression(split: dict[str, Any], **changes: Any) -> Contract:
    dated = {"columns": {"when": {"parts": ["year"]}}}
    return parse_contract(REGRESSION | {"split": split, "transform": dated} | changes)


@pytest.mark.parametrize(("count", "seed"), [(730, 333), (200, 7), (101, 0)])
def test_without_classes_the_parts_are_those_of_train_test_split(
    count: int, seed: int, another: Another
) -> None:
    """510 of 730 rows for 70 and 30 percent: a row that neither share takes tests."""
    container = another(regression({**THIRTY, "seed": seed}))
    container.process(measured(count))
    learned, held_out = train_test_split(range(count), train_size=0.7, test_size=0.3, random_state=seed)
    found = {name: set(part(container, name)["n"].cast(int)) for name in PARTS}
    assert found["train"] == set(learned)
    assert found["test"] >= set(held_out)
    assert len(found["train"]) == {730: 510, 200: 140, 101: 70}[count]
    assert not found["validation"]
    assert part(container, "validation").schema == part(container, "train").schema


def test_by_time_the_oldest_rows_train_and_the_newest_test(another: Another) -> None:
    container = another(
        regression({"by": "time", "column": "when", "train": 0.6, "validation": 0.2, "test": 0.2})
    )
    report = container.process(measured())
    ages = [part(container, name)["when"] for name in PARTS]
    assert [len(age) for age in ages] == [120, 40, 40]
    assert ages[0].max() <= ages[1].min() <= ages[1].max() <= ages[2].min()  # type: ignore[operator]
    assert report["status"] == "accepted"


def test_a_time_may_be_a_number_and_a_row_without_one_is_bad(another: Another) -> None:
    container = another(regression({"by": "time", "column": "n", **THIRTY}))
    report = container.process(measured() + b"01.01.2020,p1,,3\n")
    assert report["quarantined"] == {"n missing": 1}
    assert part(container, "train")["n"].max() < part(container, "test")["n"].min()  # type: ignore[operator]


def test_no_group_is_on_two_sides(another: Another) -> None:
    """The group's column is not a feature, so its rows are known by their numbers."""
    container = another(
        regression({"by": "group", "column": "who", "train": 0.6, "validation": 0.2, "test": 0.2})
    )
    container.process(measured())
    people = [{int(n) * 7 % 20 for n in part(container, name)["n"]} for name in PARTS]
    assert all(people)
    assert sum(map(len, people)) == len(set().union(*people)) == 20


def test_too_few_groups_are_refused(another: Another) -> None:
    container = another(regression({"by": "group", "column": "who"}))
    lines = [f"01.01.2020,same,{n},{n}" for n in range(50)]
    report = container.process(text(lines, "when,who,n,y"))
    assert (report["status"], report["rule"]) == ("refused", "split")
    assert "too few different ones" in report["reason"]


def test_the_seed_is_the_contracts_or_comes_from_the_drop() -> None:
    assert seed_of(small(split={"seed": 11}), "one") == 11
    assert seed_of(small(), "one") == seed_of(small(), "one") != seed_of(small(), "another")


@pytest.mark.parametrize(("method", "ratio"), [("over", 1.0), ("over", 0.5), ("under", 1.0), ("under", 0.5)])
def test_only_the_training_part_is_balanced(
    method: str, ratio: float, container: Container, another: Another
) -> None:
    body = loan_csv(2000)
    container.process(body)
    plain = {name: part(container, name) for name in PARTS}
    changed = parse_contract(
        contract_to_mapping(container.contract) | {"resample": {"method": method, "ratio": ratio}}
    )
    balanced = another(changed)
    report = balanced.process(body)
    found = {name: part(balanced, name) for name in PARTS}
    assert found["test"].equals(plain["test"])
    assert found["validation"].equals(plain["validation"])
    counts = dict(found["train"]["Personal Loan"].value_counts().iter_rows())
    assert counts["1"] / counts["0"] == pytest.approx(ratio, abs=0.01)
    assert report["rows"]["resampled"] == found["train"].height
    assert found["train"].unique().join(plain["train"], on=plain["train"].columns, how="anti").height == 0
    twin = another(changed)
    twin.process(body)
    assert part(twin, "train").equals(found["train"])


def test_copies_are_removed_before_the_split_so_none_is_on_both_sides(another: Another) -> None:
    """The same rows twice, in other spellings even, and then resampled: no row of one part is in another."""
    columns = {"n": "number", "c": "category", "y": {"type": "category", "values": [0, 1]}}
    once = [f"{n},{'ab'[n % 2]},{int(n % 3 == 0)}" for n in range(120)]
    again = [f" {n}.0 ,{'ab'[n % 2]} ,{int(n % 3 == 0)}.0" for n in range(120)]
    container = another(small(columns=columns, resample={"method": "over"}))
    report = container.process(text([*once, *again]))
    assert report["rows"]["duplicates"] == 120
    sides = [set(part(container, name).iter_rows()) for name in PARTS]
    assert all(sides)
    assert sum(map(len, sides)) == len(set().union(*sides)) == 120


groups = st.lists(st.tuples(st.integers(0, 6), st.sampled_from("ab")), min_size=40, max_size=120)


@settings(max_examples=60, deadline=None)
@given(groups, st.integers(0, 1000), st.booleans())
def test_equal_features_are_never_parted(found: list[tuple[int, str]], seed: int, stratify: bool) -> None:
    contract = small(split={"stratify": stratify})
    values = pl.DataFrame(
        {
            "n": pl.Series([n for n, _ in found], dtype=pl.Float32),
            "c": pl.Series([c for _, c in found]).cast(pl.Categorical),
            "y": pl.Series([str(index % 2) for index in range(len(found))]).cast(pl.Categorical),
        }
    )
    parts = divide(Gathered(values, None, len(found), 0), contract, seed)
    of_features: dict[tuple[int, str], set[int]] = {}
    for row, part_of_row in zip(found, parts.tolist(), strict=True):
        of_features.setdefault(row, set()).add(part_of_row)
    assert all(len(found_in) == 1 for found_in in of_features.values())


@given(st.lists(st.sampled_from("aabc"), min_size=3, max_size=60), st.sampled_from([0.25, 0.5, 1.0]))
def test_balance_is_reached_between_all_classes(found: list[str], ratio: float) -> None:
    target = pl.Series(found)
    sizes = sorted(count for _, count in target.value_counts().iter_rows())
    for method in ("over", "under"):
        contract = small(resample={"method": method, "ratio": ratio})
        indices = resampled(target, contract.resample, 1)
        assert indices is not None
        assert (np.diff(indices) >= 0).all()
        counts = [count for _, count in target[indices].value_counts().iter_rows()]
        assert min(counts) >= ratio * max(counts)
        if method == "under":
            assert len(set(indices.tolist())) == len(indices)
            assert min(counts) == sizes[0]
        else:
            assert set(indices.tolist()) == set(range(len(found)))


def test_a_column_only_of_the_split_is_not_a_feature(another: Another) -> None:
    columns = {"k": "id"} | SMALL["columns"]
    container = another(small(columns=columns, split={"by": "group", "column": "k", "seed": 3}))
    lines = [f"k{n % 30},{n % 10},{'abcdefg'[n % 7]},{n * 7 % 3 % 2}" for n in range(60)]
    container.process(text(lines, "k,n,c,y"))
    assert part(container, "train").columns == ["n", "c", "y"]
    assert {TRAIN, TEST} == {0, 2}
