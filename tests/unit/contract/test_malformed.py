"""Whatever is wrong with a contract, it is refused in words that a person can read, and nothing else happens.

The first test breaks every single key of every whole contract in each of several ways: thousands of
contracts, none of them valid. The others change contracts at random, as mappings and as text.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from dropforge.domain.contract import (
    Contract,
    ContractError,
    contract_from_json,
    contract_to_json,
    parse_contract,
)
from dropforge.edge.contract_yaml import load_contract
from tests.unit.contract.wholes import WHOLES

KeyPath = tuple[str | int, ...]
WRONG: dict[str, Any] = {
    "a mapping with an unknown key": {"no such key": 1},
    "a null character": "a\x00b",
    "a huge number": 10**400,
    "not a number": float("nan"),
    "lists in lists": [[[[]]]],
    "nothing": None,
    "a text too long": "\n" * 5000,
}
LONGEST_MESSAGE = 1200


def key_paths(part: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    """The path of every key and item of a document."""
    below = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for key, item in below:
        yield (*path, key)
        yield from key_paths(item, (*path, key))


def broken(document: Any, path: KeyPath, value: Any) -> Any:
    document = copy.deepcopy(document)
    part = document
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    return document


def text_of(document: Any) -> str:
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True)


def assert_readable(fault: ContractError) -> None:
    assert fault.problems
    for problem in fault.problems:
        said = str(problem)
        assert said.isprintable()
        assert len(said) < LONGEST_MESSAGE
        assert "Traceback" not in said
        assert "object at 0x" not in said


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("name", WHOLES)
def test_every_key_of_every_contract_is_guarded(name: str, wrong: str) -> None:
    tried = 0
    for path in key_paths(WHOLES[name]):
        with pytest.raises(ContractError) as raised:
            parse_contract(broken(WHOLES[name], path, WRONG[wrong]))
        assert_readable(raised.value)
        tried += 1
    assert tried >= 14


def test_more_than_two_hundred_malformed_contracts_are_tried() -> None:
    assert len(WRONG) * sum(len(list(key_paths(whole))) for whole in WHOLES.values()) > 200


BASE = text_of(WHOLES["binary"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BASE + "gate: {auc: 0.7}\n", "the key 'gate' is given twice"),
        (BASE.replace("usecase: claims", "usecase: claims\nusecase: claims"), "line 2: the key 'usecase'"),
        (BASE.replace("  age:", "\tage:", 1), "not YAML"),
        (BASE.replace("usecase: claims", "usecase: &a claims"), "line 1: anchors and aliases"),
        (BASE.replace("usecase: claims", "usecase: !!python/name:os.system x"), "line 1: the tag"),
        (BASE.replace("usecase: claims", "usecase: {" * 40), "nested deeper than 12 levels"),
        (BASE.replace("confidence: 0.7", "confidence: 0.7 0.8"), "confidence: '0.7 0.8' is not a number"),
        (BASE.replace("confidence: 0.7", "confidence: 1e400"), "confidence: inf is not a finite number"),
        (BASE.replace("confidence: 0.7", "confidence: 0x10"), "confidence: '0x10' is not a number"),
        (BASE.replace("usecase: claims", "? {a: b}\n: c"), "a key is a word"),
        (BASE + "'" + "k" * 300_000 + "': 1\n", "larger than 256 KiB"),
        (BASE + "x\u0007: 1\n", "not YAML: unacceptable character"),
        (BASE + "---\nusecase: b\n", "not YAML"),
        (BASE.encode("utf-16"), "not UTF-8 text"),
        (BASE.replace("usecase: claims", "<<: {usecase: b}"), "<<: is not a known key"),
        (BASE.replace("usecase: claims", "1: 2"), "the key 1 is not text"),
    ],
)
def test_yaml_that_means_harm_or_nothing_is_refused_by_line_where_there_is_one(
    text: str | bytes, said: str
) -> None:
    with pytest.raises(ContractError) as raised:
        load_contract(text)
    assert said in str(raised.value)
    assert_readable(raised.value)


def test_a_problem_anywhere_has_the_line_of_its_key() -> None:
    broken_text = BASE.replace("max_depth: 3", "max_depth: 300")
    with pytest.raises(ContractError) as raised:
        load_contract(broken_text)
    (problem,) = raised.value.problems
    assert "max_depth: 300" in broken_text.splitlines()[(problem.line or 0) - 1]


scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12))
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | scalars, inner, max_size=3)
    ),
    max_leaves=6,
)


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A whole contract with up to three keys changed, taken out, or given a part of another contract."""
    document = copy.deepcopy(WHOLES[draw(st.sampled_from(sorted(WHOLES)))])
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(key_paths(document))))
        other = WHOLES[draw(st.sampled_from(sorted(WHOLES)))]
        document = broken(document, path, draw(anything | st.sampled_from(list(other.values()))))
        if draw(st.booleans()) and len(path) == 1:
            del document[path[0]]
    return document


def outcome_of(read: Any, given_text: Any) -> Contract | ContractError:
    try:
        contract: Contract = read(given_text)
    except ContractError as fault:
        return fault
    return contract


@settings(max_examples=300, deadline=None)
@given(mutated())
def test_a_changed_contract_is_refused_in_words_or_comes_back_the_same_from_its_json(document: Any) -> None:
    outcome = outcome_of(parse_contract, document)
    if isinstance(outcome, ContractError):
        assert_readable(outcome)
    else:
        assert contract_from_json(contract_to_json(outcome)) == outcome


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(sorted(WHOLES)),
    st.lists(
        st.tuples(st.floats(0, 1), st.sampled_from(list("{}[]:,'\"|>&*!%#\t\n- \x00é7")), st.booleans())
    ),
)
def test_a_text_with_characters_changed_is_a_contract_or_refused_in_words(
    name: str, changes: list[tuple[float, str, bool]]
) -> None:
    text = text_of(WHOLES[name])
    for where, character, replaces in changes:
        at = int(where * len(text))
        text = text[:at] + character + text[at + replaces :]
    outcome = outcome_of(load_contract, text)
    if isinstance(outcome, ContractError):
        assert_readable(outcome)
