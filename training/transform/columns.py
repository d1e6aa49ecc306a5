"""What a fitted transform knows of each column: enough to compile it, and to name what comes out."""

from __future__ import annotations

from dataclasses import dataclass, replace

ORDINAL, WITHOUT_FIRST = "ordinal", "dummies_but_first"


@dataclass(frozen=True)
class NumberColumn:
    """A column of `numbers`: filled, then log(1 + x) if `log`, then (x - shift) / divisor."""

    name: str
    index: int
    fill: float
    log: bool = False
    shift: float = 0.0
    divisor: float = 1.0


@dataclass(frozen=True)
class BinnedColumn:
    """A column of `numbers` in bins: a value's bin is how many of the edges it reaches."""

    name: str
    index: int
    fill: float
    edges: tuple[float, ...]
    kept: tuple[int, ...] | None
    """The bins that become dummies; None is the bin's own number."""

    def label(self, which: int) -> str:
        if which == 0:
            return f"{self.name} < {_short(self.edges[0])}"
        if which == len(self.edges):
            return f"{self.name} >= {_short(self.edges[-1])}"
        return f"{self.name} {_short(self.edges[which - 1])} to {_short(self.edges[which])}"


@dataclass(frozen=True)
class CategoryColumn:
    """A category's known values; a value that is not among them is all zeros, or -1."""

    name: str
    index: int
    values: tuple[str, ...]
    missing: str | None
    """Which value a missing one counts as; None: "" stands for it among the values."""
    kept: tuple[int, ...] | None
    """The values that become dummies; None is the value's index."""

    def label(self, which: int) -> str:
        value = self.values[which]
        return f"{self.name}={value}" if value else f"{self.name} is missing"


Column = NumberColumn | BinnedColumn | CategoryColumn


@dataclass(frozen=True)
class Fitted:
    columns: tuple[Column, ...]
    """In the matrix's order."""
    number_inputs: int
    """How many columns of numbers the graph is given."""
    category_inputs: int
    """How many dictionaries of texts."""

    @property
    def names(self) -> list[str]:
        return [name for column in self.columns for name in names_of(column)]

    def only(self, kept: set[str]) -> Fitted:
        """Without the matrix columns that are not named."""
        reduced = (_reduced(column, kept) for column in self.columns)
        return replace(self, columns=tuple(column for column in reduced if column is not None))


def names_of(column: Column) -> list[str]:
    if isinstance(column, NumberColumn) or column.kept is None:
        return [column.name]
    return [column.label(which) for which in column.kept]


def _reduced(column: Column, kept: set[str]) -> Column | None:
    if isinstance(column, NumberColumn) or column.kept is None:
        return column if column.name in kept else None
    remaining = tuple(which for which in column.kept if column.label(which) in kept)
    return replace(column, kept=remaining) if remaining else None


def _short(edge: float) -> str:
    return f"{edge:.6g}"
