"""A gate names what its problem is measured by, and groups that are there."""

from typing import Any

import pytest

from dropforge.domain.contract import ContractError, parse_contract
from tests.unit.contract.wholes import BINARY, changed


@pytest.mark.parametrize("named", ["champion", "slices"])
def test_a_gate_that_names_no_limit_still_asks_for_more_than_guessing(named: str) -> None:
    """Where nothing is live yet, a comparison alone would let any model pass."""
    asked = {"champion": {"margin": 0.01}, "slices": {"columns": ["job role"]}}
    contract = parse_contract(changed(BINARY, "gate", {named: asked[named]}))
    assert contract.gate.limits == {"auc": 0.5}


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("gate", {}, "gate: names no metric; give a limit, such as auc: 0.5"),
        ("gate", 0.9, "gate: 0.9 is not a mapping"),
        ("gate/auk", 0.9, "gate.auk: is not a known key; did you mean 'auc'?"),
        ("gate/r2", 0.9, "gate.r2: is not measured for a binary problem"),
        ("gate/champion", True, "gate.champion: True is not a mapping"),
        ("gate/champion/metric", "rmse", "gate.champion.metric: 'rmse' is not measured for a binary problem"),
        ("gate/champion/metric", ["auc"], "gate.champion.metric: a list is not measured"),
        ("gate/champion/margin", -1, "gate.champion.margin: -1 is not between 0"),
        ("gate/slices", {}, "gate.slices.columns: is missing"),
        ("gate/slices/columns", "job", "gate.slices.columns: 'job' is not a list"),
        ("gate/slices/columns", [], "gate.slices.columns: a list of 0; 1 to 20 are allowed"),
        ("gate/slices/columns", ["age"], "gate.slices.columns: 'age' is not a category beside the target"),
        ("gate/slices/columns", ["fraud"], "gate.slices.columns: 'fraud' is not a category beside"),
        ("gate/slices/metric", "mae", "gate.slices.metric: 'mae' is not measured for a binary problem"),
        ("gate/slices/minimum", 1, "gate.slices.minimum: 1 is not between 2"),
    ],
)
def test_a_gate_that_nobody_could_pass_or_fail_is_refused(path: str, value: Any, said: str) -> None:
    with pytest.raises(ContractError) as raised:
        parse_contract(changed(BINARY, path, value))
    assert any(str(problem).startswith(said) for problem in raised.value.problems), str(raised.value)
