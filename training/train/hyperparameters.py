"""hyperparameters.json, where every value is a text, → values within the contract's limits."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dropforge.domain.contract import algorithms
from dropforge.domain.contract.fields import InvalidError, shown
from dropforge.domain.contract.problems import nearest_name
from training.errors import JobError

if TYPE_CHECKING:
    from pathlib import Path

    from dropforge.domain.contract import Contract

SAGEMAKERS_OWN = ("sagemaker_", "_tuning_objective_metric", "sagemaker-")


def read_hyperparameters(path: Path, contract: Contract) -> dict[str, float | str]:
    """The contract's parameters, with the job's own over them; an unknown one is refused."""
    parameters = dict(contract.algorithm.parameters)
    given = {name: text for name, text in _given(path).items() if not name.startswith(SAGEMAKERS_OWN)}
    if contract.algorithm.name == algorithms.SCRIPT:
        return parameters | {name: _plain(text) for name, text in given.items()}
    fields = algorithms.parameters_of(contract.algorithm.name, contract.problem)
    for name, text in given.items():
        if name not in fields:
            hint = nearest_name(name, fields)
            raise JobError(f"hyperparameter {shown(name)} is not known to {contract.algorithm.name}{hint}")
        try:
            parameters[name] = fields[name].read(_plain(text))
        except InvalidError as fault:
            raise JobError(f"hyperparameter {name}: {fault}") from fault
    return parameters


def _given(path: Path) -> dict[str, object]:
    if not path.exists():
        return {}
    try:
        given = json.loads(path.read_bytes())
    except ValueError as fault:
        raise JobError(f"{path.name} is not JSON: {fault}") from fault
    if not isinstance(given, dict):
        raise JobError(f"{path.name} is not a JSON object")
    return given


def _plain(text: object) -> Any:
    """A number where it reads as one. Some writers quote a second time, as JSON: '"6"'."""
    if not isinstance(text, str):
        return text
    bare = text.strip('" ')
    try:
        return float(bare)
    except ValueError:
        return bare
