"""Contract ↔ JSON, in the normalised form: every default filled in, every value in its one spelling.

The normalised form is itself a contract that `parse_contract` reads, so there is one grammar for both.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from dropforge.domain.contract.errors import ContractError, Problem
from dropforge.domain.contract.fields import shown
from dropforge.domain.contract.parse import parse_contract
from dropforge.domain.contract.parts.rules import rule_text

if TYPE_CHECKING:
    from dropforge.domain.contract.model import Column, ColumnTransform, Contract, Gate, Transform, Tuning

LARGEST = 1024 * 1024


def contract_to_mapping(contract: Contract) -> dict[str, Any]:
    """Plain values in a fixed order; without what the data decides and what the problem does not have."""
    mapping: dict[str, Any] = {
        "usecase": contract.usecase,
        "problem": contract.problem,
        "target": contract.target,
        "positive": contract.positive,
        **(_of_images(contract) if contract.image else _of_tables(contract)),
        "reader": _plain(contract.reader),
        "quality": _plain(contract.quality),
        "split": _plain(contract.split),
        "resample": _plain(contract.resample),
        "transform": _transform(contract.transform),
        "algorithm": _plain(contract.algorithm),
        "tuning": _tuning(contract.tuning) if contract.tuning else None,
        "gate": _gate(contract.gate),
        "confidence": contract.confidence if contract.classifies else None,
        "serving": _plain(contract.serving),
        "resources": _plain(contract.resources),
        "owners": list(contract.owners),
    }
    return {key: value for key, value in mapping.items() if value is not None}


def contract_to_json(contract: Contract) -> str:
    return json.dumps(contract_to_mapping(contract), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def contract_from_json(text: str | bytes) -> Contract:
    """The contract in a JSON document; what is no JSON, or ambiguous JSON, is a ContractError too."""
    if len(text) > LARGEST:
        raise ContractError([Problem((), f"the document is larger than {LARGEST} bytes")])
    try:
        document = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse_constant)
    except ContractError:
        raise
    except (ValueError, RecursionError) as fault:
        raise ContractError([Problem((), f"not a JSON document: {str(fault)[:200]}")]) from fault
    return parse_contract(document)


def _of_images(contract: Contract) -> dict[str, Any]:
    return {"classes": list(contract.classes) or None, "image": _plain(contract.image)}


def _of_tables(contract: Contract) -> dict[str, Any]:
    return {
        "columns": {column.name: _column(column) for column in contract.columns},
        "drop": dict(contract.drop),
        "rules": {rule.name: rule_text(rule) for rule in contract.rules},
    }


def _column(column: Column) -> dict[str, Any]:
    spec: dict[str, Any] = _plain(column)
    del spec["name"]
    return _said(spec)


def _transform(transform: Transform) -> dict[str, Any]:
    spec: dict[str, Any] = _plain(transform)
    spec["columns"] = {name: _own(own) for name, own in transform.columns.items()}
    if transform.select and transform.select.method == "rfe":
        del spec["select"]["limit"]
    return spec


def _own(own: ColumnTransform) -> dict[str, Any]:
    spec = _said(_plain(own))
    if "bin" in spec:
        spec["bin"] = _said(spec["bin"])
    return spec or {"log": False}


def _said(spec: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in spec.items() if value is not False and value != []}


def _tuning(tuning: Tuning) -> dict[str, Any]:
    spec: dict[str, Any] = _plain(tuning)
    spec["ranges"] = {
        name: {"values": list(each.values)} if each.values else _said(_plain(each))
        for name, each in tuning.ranges.items()
    }
    return spec


def _gate(gate: Gate) -> dict[str, Any]:
    spec = {"champion": _plain(gate.champion), "slices": _plain(gate.slices)}
    return {**gate.limits, **{key: value for key, value in spec.items() if value is not None}}


def _plain(part: Any) -> Any:
    """A part as mappings, lists, texts and numbers, without what it does not say."""
    if is_dataclass(part) and not isinstance(part, type):
        part = {each.name: getattr(part, each.name) for each in fields(part)}
    if isinstance(part, Mapping):
        return {key: _plain(value) for key, value in part.items() if value is not None}
    return [_plain(item) for item in part] if isinstance(part, tuple) else part


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """JSON leaves open which of two equal keys counts; here neither does."""
    document: dict[str, Any] = {}
    for key, value in pairs:
        if key in document:
            raise ContractError([Problem((), f"the key {shown(key)} is given twice")])
        document[key] = value
    return document


def _refuse_constant(name: str) -> Any:
    raise ContractError([Problem((), f"{name} is not a JSON number")])
