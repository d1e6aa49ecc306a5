"""How many features the columns of a contract can become, so that no selection keeps more than there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dropforge.domain.contract.sections.columns import Column
    from dropforge.domain.contract.sections.transform import Bin
    from dropforge.domain.contract.whole import Contract


def most_features(contract: Contract) -> int | None:
    """After encoding; None where only the data can tell."""
    counts = [_features_of(column, contract) for column in contract.features]
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def _features_of(column: Column, contract: Contract) -> int | None:
    own = contract.transform.columns.get(column.name)
    if column.type == "date":
        return len(own.parts) if own else 0
    bins = own.bin if own else None
    if bins is None and column.type != "category":
        return 1
    encode = (own.encode if own else None) or contract.transform.encode
    if encode == "ordinal":
        return 1
    values = len(column.values) if bins is None else _bins(bins)
    return values + 1 if values else None


def _bins(bins: Bin) -> int | None:
    return bins.quantiles or (len(bins.edges) + 1 if bins.edges else None)
