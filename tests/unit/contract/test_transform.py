"""What may become of a column depends on what it holds."""

from typing import Any

import pytest

from dropforge.domain.contract import Bin, ContractError, parse_contract
from tests.unit.contract.wholes import BINARY, changed


@pytest.mark.parametrize(
    ("name", "own", "said"),
    [
        ("nobody", {"log": True}, "is not one of the columns"),
        ("fraud", {"encode": "ordinal"}, "is the target; it is not transformed"),
        ("_c39", {"log": True}, "is not one of the columns"),
        ("job role", {"bin": {"width": 2}}, "bin: only a number has it, not 'category'"),
        ("job role", {"scale": "minmax"}, "scale: only a number or a date has it, not 'category'"),
        (
            "job role",
            {"impute": "mean"},
            "impute: of 'category' is one of category, most_frequent, not 'mean'",
        ),
        ("age", {"impute": "category"}, "impute: of 'integer' is one of median, mean"),
        ("age", {"parts": ["month"]}, "parts: only a date has it, not 'integer'"),
        ("age", {"encode": "dummies"}, "encode: only a category or bins are encoded"),
        ("when", {"scale": "minmax"}, "is a date; give its parts"),
        ("when", {"parts": ["minute"]}, "parts: 'minute' is not one of"),
        ("when", {"parts": ["month", "month"]}, "parts: 'month' is listed twice"),
        ("policy", {"scale": "minmax"}, "is 'id', which is not a feature"),
        ("age", {}, "says nothing; leave it out"),
        ("age", {"bin": {}}, "bin: names 0 of edges, quantiles and width; give one"),
        ("age", {"bin": {"width": 1, "quantiles": 4}}, "bin: names 2 of edges, quantiles and width"),
        ("age", {"bin": {"edges": [3, 1]}}, "bin.edges: 1 is not above 3, the number before it"),
        ("age", {"bin": {"edges": []}}, "bin.edges: a list is not a list of 1 to 100 numbers"),
        ("age", {"bin": {"quantiles": 1}}, "bin.quantiles: 1 is not between 2 and 100"),
        ("age", {"bin": {"width": 0}}, "bin.width: 0 is not between 1e-09"),
        ("age", 7, "7 is not a mapping"),
    ],
)
def test_what_makes_no_sense_of_a_column_is_refused(name: str, own: Any, said: str) -> None:
    with pytest.raises(ContractError) as raised:
        parse_contract(changed(BINARY, f"transform/columns/{name}", own))
    assert f"transform.columns.{name}" in str(raised.value)
    assert said in str(raised.value)


def test_a_logarithm_needs_a_column_that_is_never_negative() -> None:
    document = changed(BINARY, "columns/injury", {"type": "number", "min": -1})
    with pytest.raises(ContractError, match=r"injury\.log: needs a column that is never negative"):
        parse_contract(document)


@pytest.mark.parametrize(
    ("select", "said"),
    [
        ({"method": "rfe", "keep": 50}, "keep: 50 is more than the 10 features there can be"),
        ({"method": "rfe", "limit": 5}, "limit: belongs to vif, not to rfe"),
        ({"method": "vif", "keep": 5}, "keep: belongs to rfe, not to vif"),
        ({"keep": 5}, "method: is missing; give rfe or vif"),
        ("rfe", "'rfe' is not a mapping"),
    ],
)
def test_a_selection_that_cannot_be_made_is_refused(select: Any, said: str) -> None:
    with pytest.raises(ContractError) as raised:
        parse_contract(changed(BINARY, "transform/select", select))
    assert said in str(raised.value)


def test_a_columns_own_transform_says_only_what_differs() -> None:
    columns = parse_contract(BINARY).transform.columns
    assert columns["age"].bin == Bin(edges=(18, 30, 60))
    assert (columns["age"].scale, columns["injury"].scale) == (None, "none")
