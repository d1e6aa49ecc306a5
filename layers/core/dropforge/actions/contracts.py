"""The contract in force of a use case, as the last valid publication left it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dropforge.domain import keys
from dropforge.domain.contract import contract_from_json
from dropforge.domain.errors import Absent

if TYPE_CHECKING:
    from dropforge.domain.contract import Contract
    from dropforge.ports import Objects


def contract_in_force(objects: Objects, usecase: str | None) -> Contract | None:
    if usecase is None:
        return None
    try:
        return contract_from_json(objects.read(keys.published_contract(usecase)))
    except Absent:
        return None
