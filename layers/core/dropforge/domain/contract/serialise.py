"""Contract ↔ JSON, in the normalised form: every default filled in, every value in its one spelling.

The normalised form is itself a contract that `parse_contract` reads, so there is one grammar for both.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from dropforge.domain.contract import sections
from dropforge.domain.contract.errors import ContractError, Problem
from dropforge.domain.contract.fields import shown
from dropforge.domain.contract.parse import parse_contract

if TYPE_CHECKING:
    from dropforge.domain.contract.model import Column, Contract

LARGEST = 1024 * 1024


def contract_to_mapping(contract: Contract) -> dict[str, Any]:
    """Plain values in a fixed order; `positive` is left out where the data decides it."""
    mapping: dict[str, Any] = {
        "usecase": contract.usecase,
        "problem": contract.problem,
        "target": contract.target,
        "positive": contract.positive,
        "columns": {column.name: _column(column) for column in contract.columns},
        "drop": dict(contract.drop),
        "reader": _fields(contract.reader, sections.READER) | {"nulls": list(contract.reader.nulls)},
        "quality": _fields(contract.quality, sections.QUALITY),
        "split": _fields(contract.split, sections.SPLIT),
        "algorithm": {"name": contract.algorithm.name, "parameters": dict(contract.algorithm.parameters)},
        "gate": dict(contract.gate.limits),
        "confidence": contract.confidence,
        "serving": asdict(contract.serving),
        "resources": asdict(contract.resources),
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


def _fields(part: object, fields: sections.Fields) -> dict[str, Any]:
    return {name: getattr(part, name) for name in fields}


def _column(column: Column) -> dict[str, Any]:
    spec: dict[str, Any] = {"type": column.type, "min": column.min, "max": column.max}
    spec |= {"values": list(column.values) or None}
    spec |= {"required": column.required or None, "unique": column.unique or None}
    return {key: value for key, value in spec.items() if value is not None}


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
