"""Contract ↔ JSON, in the normalised form: every default filled in, every value in its one spelling.

The normalised form is itself a contract that `parse_contract` reads, so there is one grammar for both.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dropforge.domain.contract.errors import ContractError, Problem
from dropforge.domain.contract.fields import shown
from dropforge.domain.contract.parse import parse_contract
from dropforge.domain.contract.whole import SECTIONS

if TYPE_CHECKING:
    from dropforge.domain.contract.whole import Contract

LARGEST = 1024 * 1024


def contract_to_mapping(contract: Contract) -> dict[str, Any]:
    """Plain values in a fixed order; without what the data decides and what the problem does not have."""
    mapping = {
        name: section.holds.plain(getattr(contract, name))
        for name, section in SECTIONS.items()
        if contract.problem in section.problems
    }
    return {name: value for name, value in mapping.items() if value is not None}


def contract_to_json(contract: Contract) -> str:
    return json.dumps(contract_to_mapping(contract), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def contract_from_json(text: str | bytes) -> Contract:
    """The contract in a JSON document; what is not JSON, or ambiguous JSON, is a ContractError too."""
    if len(text) > LARGEST:
        raise ContractError([Problem((), f"the document is larger than {LARGEST} bytes")])
    try:
        document = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse_constant)
    except ContractError:
        raise
    except (ValueError, RecursionError) as fault:
        raise ContractError([Problem((), f"not a JSON document: {str(fault)[:200]}")]) from fault
    return parse_contract(document)


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
