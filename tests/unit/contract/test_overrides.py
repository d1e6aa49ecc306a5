"""Settings of one run are laid over its contract and held to the contract's own rules."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dropforge.domain.contract import Contract, ContractError, parse_contract
from dropforge.domain.overrides import LONGEST, overridden, read_pairs, read_settings, settings_text
from tests.unit.contract.wholes import BINARY, REGRESSION, SCRIPT

CONTRACT = parse_contract(BINARY)


def test_model_is_short_for_the_algorithms_parameters_and_the_rest_stays() -> None:
    run = overridden(CONTRACT, {"model.max_depth": "4", "gate.accuracy": "0.9", "split.seed": "3"})
    assert run.algorithm.parameters == {**CONTRACT.algorithm.parameters, "max_depth": 4}
    assert run.gate.limits == {**CONTRACT.gate.limits, "accuracy": 0.9}
    assert run.split.seed == 3
    assert (run.columns, run.rules, run.transform) == (CONTRACT.columns, CONTRACT.rules, CONTRACT.transform)


def test_without_settings_the_contract_is_the_same() -> None:
    assert overridden(CONTRACT, read_settings("")) is CONTRACT


def test_another_algorithm_has_its_own_parameters() -> None:
    without = parse_contract(
        {key: value for key, value in BINARY.items() if key not in ("tuning", "resources")}
    )
    run = overridden(without, {"algorithm.name": "random_forest", "model.trees": "50"})
    assert run.algorithm.parameters["trees"] == 50
    assert "eta" not in run.algorithm.parameters


def test_null_takes_a_part_out() -> None:
    assert overridden(CONTRACT, {"tuning": "null"}).tuning is None
    assert overridden(parse_contract(REGRESSION), {"split.seed": "null"}).split.seed is None


@pytest.mark.parametrize(
    ("text", "value"),
    [("3", 3), ("relu", "relu"), ("1e-3", 0.001), ('"7"', "7"), ("a=b", "a=b"), ("", "")],
)
def test_a_value_is_read_as_yaml_would(text: str, value: Any) -> None:
    run = overridden(parse_contract(SCRIPT), {"model.layers": text})
    assert run.algorithm.parameters["layers"] == value


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("model.max_depth=100", "algorithm.parameters.max_depth: 100 is not between 1 and 20"),
        ("model.depth=4", "algorithm.parameters.depth: is not a known key; did you mean 'max_depth'?"),
        ("gate.rmse=4", "gate.rmse: is not measured for a binary problem"),
        ("gate=0.9", "gate: 0.9 is not a mapping"),
        ("split.seed.low=1", "split.seed.low: seed is 3 and has no parts"),
        ("columns.age=number", "columns.age: cannot be set for one run"),
        ("target=age", "target: cannot be set for one run"),
        ("modle.eta=1", "modle.eta: cannot be set for one run; did you mean 'model'?"),
        ("model.max_depth", "'model.max_depth' is not KEY=VALUE"),
        ("=4", "'=4' is not KEY=VALUE"),
        ("model=4", "model: names no parameter; give model.NAME"),
        ("gate..auc=1", "gate..auc: has an empty part"),
        ("gate.auc=.9;gate.auc=.8", "gate.auc: is set twice"),
        ("gate.slices=[", "gate.slices: '[' is not JSON"),
        ("gate.slices=" + "[" * 1900, "gate.slices: '[[[["),
        ("split.train=0.9", "split: train, validation and test add up to 1.3, not 1"),
        ("gate.auc=" + "9" * 400, "gate.auc: a huge number is not between 0 and 1"),
        ("x" * 3000, "the settings take more than 2048 characters"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(setting: str, said: str) -> None:
    with pytest.raises(ContractError) as raised:
        overridden(CONTRACT, read_settings(setting))
    assert str(raised.value).startswith(said)


def test_more_than_metadata_holds_is_refused_before_it_is_sent() -> None:
    with pytest.raises(ContractError, match="at most 2048 fit"):
        settings_text({"model.x": "ä" * 1000})


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(["model.a", "gate.b", "tuning.ä;="]), st.text(max_size=30)))
def test_settings_go_through_metadata_unchanged(given_settings: dict[str, str]) -> None:
    """As ASCII, which is all that a header carries; spaces at the ends do not count."""
    pairs = {name.replace("=", ""): value.strip() for name, value in given_settings.items()}
    text = settings_text(pairs)
    assert text.isascii()
    assert text.isprintable()
    assert read_settings(text) == pairs


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60) | st.text('model.gate=;%[]{}"0123456789e-', max_size=LONGEST))
def test_any_text_is_a_contract_or_a_contract_error(text: str) -> None:
    outcome: Contract | ContractError
    try:
        outcome = overridden(CONTRACT, read_settings(text))
    except ContractError as fault:
        outcome = fault
    assert isinstance(outcome, Contract) or outcome.problems


def test_pairs_from_a_command_line_are_read_alike() -> None:
    assert read_pairs(["model.max_depth = 4", "gate.auc=.9"]) == {"model.max_depth": "4", "gate.auc": ".9"}
