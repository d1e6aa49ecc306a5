"""Contracts in the bucket: the one in force of a use case, as the last valid publication left it, and those
that runs have pinned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dropforge.domain import keys
from dropforge.domain.contract import contract_from_json
from dropforge.domain.errors import Absent

if TYPE_CHECKING:
    from dropforge.domain.contract import Contract
    from dropforge.ports import Objects


def contract_in_force(objects: Objects, usecase: str | None) -> Contract | None:
    return None if usecase is None else contract_at(objects, keys.published_contract(usecase))


def contract_at(objects: Objects, key: str) -> Contract | None:
    try:
        return contract_from_json(objects.read(key))
    except Absent:
        return None
