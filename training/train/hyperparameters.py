"""hyperparameters.json, where every value is a text, → numbers within the contract's limits."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from dropforge.domain.contract.algorithms import ALGORITHMS
from dropforge.domain.contract.fields import InvalidError, shown
from dropforge.domain.contract.problems import nearest_name
from training.errors import JobError

if TYPE_CHECKING:
    from pathlib import Path

    from dropforge.domain.contract import Contract

SAGEMAKERS_OWN = ("sagemaker_", "_tuning_objective_metric")


def read_hyperparameters(path: Path, contract: Contract) -> dict[str, float]:
    """The contract's parameters, with the job's own over them; an unknown one is refused."""
    fields = ALGORITHMS[contract.algorithm.name]
    parameters = dict(contract.algorithm.parameters)
    for name, text in _given(path).items():
        if name.startswith(SAGEMAKERS_OWN):
            continue
        if name not in fields:
            hint = nearest_name(name, fields)
            raise JobError(f"hyperparameter {shown(name)} is not known to {contract.algorithm.name}{hint}")
        try:
            parameters[name] = fields[name].read(_number(text))
        except InvalidError as fault:
            raise JobError(f"hyperparameter {name}: {fault}") from fault
    return parameters


def _given(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    try:
        given = json.loads(path.read_bytes())
    except ValueError as fault:
        raise JobError(f"{path.name} is no JSON: {fault}") from fault
    if not isinstance(given, dict):
        raise JobError(f"{path.name} is no JSON object")
    return given


def _number(text: object) -> object:
    """Some writers quote a second time, as JSON: '"6"'."""
    if not isinstance(text, str):
        return text
    try:
        return float(text.strip('" '))
    except ValueError:
        return text
