"""Whatever is thrown at the contract's readers, they answer with a Contract or a ContractError."""

import string
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from dropforge.domain.contract import (
    Contract,
    ContractError,
    category_text,
    contract_from_json,
    contract_to_json,
    parse_contract,
    parse_number,
)
from dropforge.domain.contract.algorithms import XGBOOST
from dropforge.domain.contract.metrics import MEASURED
from dropforge.domain.contract.whole import SECTIONS
from dropforge.edge.contract_yaml import load_contract

BOUNDED = settings(max_examples=60, deadline=None)
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20))
keys = st.one_of(st.text(max_size=9), scalars)
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(st.text(max_size=9), scalars), inner, max_size=4),
    ),
    max_leaves=12,
)
names = st.text(string.ascii_letters + " äß-_", min_size=1, max_size=12).map(str.strip).filter(bool)
columns = st.dictionaries(names, st.sampled_from(["integer", "number", "category"]), min_size=1, max_size=6)


def attempt(read: Callable[[], Contract]) -> Contract | ContractError:
    try:
        return read()
    except ContractError as fault:
        return fault


@BOUNDED
@given(
    st.dictionaries(st.one_of(st.sampled_from(sorted(SECTIONS)), st.text(max_size=9)), anything, max_size=8)
)
def test_any_mapping_is_a_contract_or_a_list_of_problems(document: dict[str, Any]) -> None:
    outcome = attempt(lambda: parse_contract(document))
    assert isinstance(outcome, Contract) or (outcome.problems and str(outcome).isprintable())


@BOUNDED
@given(
    columns,
    st.dictionaries(st.sampled_from(sorted(MEASURED["binary"])), st.floats(0, 1), min_size=1),
    st.dictionaries(st.sampled_from(sorted(set(XGBOOST) - {"class_weight"})), st.just(1), max_size=4),
    st.floats(0, 1),
)
def test_json_gives_back_the_same_contract(
    columns: dict[str, str], gate: dict[str, float], parameters: dict[str, int], confidence: float
) -> None:
    contract = parse_contract(
        {
            "usecase": "any",
            "problem": "binary",
            "target": "the target",
            "columns": columns | {"the target": "category", "one feature": "number"},
            "gate": gate,
            "algorithm": {"parameters": parameters},
            "confidence": confidence,
        }
    )
    assert contract_from_json(contract_to_json(contract)) == contract


@BOUNDED
@given(st.one_of(st.text(max_size=200), st.binary(max_size=200)))
def test_any_text_is_yaml_of_a_contract_or_a_contract_error(text: str | bytes) -> None:
    outcome = attempt(lambda: load_contract(text))
    assert isinstance(outcome, Contract) or outcome.problems


@BOUNDED
@given(scalars)
def test_a_categorys_text_is_its_own_spelling(value: object) -> None:
    text = category_text(value)
    assert text is None or category_text(text) == text


@BOUNDED
@given(st.floats(-1e30, 1e30))
def test_a_number_reads_the_same_as_text(number: float) -> None:
    assert parse_number(repr(number)) == parse_number(number) == number
