"""Training rows and a contract → what the transform has to know: fills, limits, edges and values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from polars.selectors import by_name

from dropforge.domain.contract import ColumnTransform
from training.errors import Refused
from training.features import MISSING_CATEGORY, category_columns, frame_number, number_sources
from training.transform.columns import (
    ORDINAL,
    WITHOUT_FIRST,
    BinnedColumn,
    CategoryColumn,
    Column,
    Fitted,
    NumberColumn,
)

if TYPE_CHECKING:
    from dropforge.domain.contract import Bin, Contract, Transform
    from dropforge.domain.contract import Column as ContractColumn
    from training.features import Source

MOST_VALUES = 1000
NOTHING = ColumnTransform()


def learn(contract: Contract, rows: pl.LazyFrame) -> Fitted:
    sources, categories = number_sources(contract), category_columns(contract)
    numbers = _learn_numbers(sources, contract.transform, rows)
    values = [
        _learn_category(index, column, contract.transform, rows) for index, column in enumerate(categories)
    ]
    plain = [column for column in numbers if isinstance(column, NumberColumn)]
    binned = [column for column in numbers if isinstance(column, BinnedColumn)]
    columns: list[Column] = [*plain, *binned, *values]
    return Fitted(tuple(columns), len(sources), len(categories))


def _learn_numbers(
    sources: list[Source], transform: Transform, rows: pl.LazyFrame
) -> list[NumberColumn | BinnedColumn]:
    """Two passes over the rows: the fills, and then the figures of the filled columns."""
    if not sources:
        return []
    values = rows.select(frame_number(source).alias(str(index)) for index, source in enumerate(sources))
    fills = _fills(sources, transform, values)
    filled = values.select(pl.col(str(index)).fill_null(fill) for index, fill in enumerate(fills))
    figures = filled.select(
        figure
        for index, source in enumerate(sources)
        for figure in _figures(str(index), _own(source, transform))
    )
    found = figures.collect(engine="streaming").row(0, named=True)
    return [_number(index, source, fills[index], transform, found) for index, source in enumerate(sources)]


def _fills(sources: list[Source], transform: Transform, values: pl.LazyFrame) -> list[float]:
    wanted = [_own(source, transform).impute or transform.impute for source in sources]
    expressions = [_fill(pl.col(str(index)), how) for index, how in enumerate(wanted)]
    row = values.select(expressions).collect(engine="streaming").row(0)
    for source, fill in zip(sources, row, strict=True):
        if fill is None:
            raise Refused("columns", f"{source.name} has no value in any row of the training part: drop it")
    return [float(np.float32(fill)) for fill in row]


def _fill(values: pl.Expr, how: str) -> pl.Expr:
    if how == "most_frequent":
        return values.drop_nulls().mode().min()
    if how == "zero":
        return pl.when(values.count() > 0).then(pl.lit(0.0)).alias(values.meta.output_name())
    return values.mean() if how == "mean" else values.median()


def _figures(name: str, own: ColumnTransform) -> list[pl.Expr]:
    values = pl.col(name).cast(pl.Float64)
    taken = values.clip(lower_bound=0).log1p() if own.log else values
    figures = [
        values.min().alias(f"{name} least"),
        values.max().alias(f"{name} most"),
        taken.min().alias(f"{name} min"),
        taken.max().alias(f"{name} max"),
        taken.mean().alias(f"{name} mean"),
        taken.std(ddof=0).alias(f"{name} std"),
    ]
    if own.bin is not None and own.bin.quantiles is not None:
        count = own.bin.quantiles
        figures += [values.quantile(k / count, "linear").alias(f"{name} q{k}") for k in range(1, count)]
    return figures


def _number(
    index: int, source: Source, fill: float, transform: Transform, found: dict[str, Any]
) -> NumberColumn | BinnedColumn:
    own = _own(source, transform)
    figures = {key.split(" ", 1)[1]: value for key, value in found.items() if key.startswith(f"{index} ")}
    if own.bin is not None:
        edges = _edges(source.name, own.bin, figures)
        kept = _kept(range(len(edges) + 1), own.encode or transform.encode)
        return BinnedColumn(source.name, index, fill, edges, kept)
    if own.log and figures["least"] < 0:
        raise Refused(
            "transform.columns",
            f"{source.name} has the value {figures['least']:.6g}, and a logarithm needs 0 or more",
        )
    shift, divisor = _scale(own.scale or transform.scale, figures)
    return NumberColumn(source.name, index, fill, own.log, shift, divisor)


def _scale(how: str, figures: dict[str, float]) -> tuple[float, float]:
    """A column of one value is moved to 0 and not divided."""
    if how == "minmax":
        return figures["min"], (figures["max"] - figures["min"]) or 1.0
    if how == "standard":
        return figures["mean"], figures["std"] or 1.0
    return 0.0, 1.0


def _edges(name: str, how: Bin, figures: dict[str, float]) -> tuple[float, ...]:
    if how.width is not None:
        first, last = (np.floor(figures[end] / how.width) for end in ("least", "most"))
        if last - first > MOST_VALUES:
            raise Refused(
                "transform.columns",
                f"{name} would have {last - first + 1:.0f} bins of width {how.width:.6g}; "
                f"at most {MOST_VALUES} are allowed",
            )
        edges = [(first + step) * how.width for step in range(1, int(last - first) + 1)]
    elif how.quantiles is not None:
        edges = [figures[f"q{k}"] for k in range(1, how.quantiles)]
    else:
        edges = list(how.edges)
    different = sorted({float(np.float32(edge)) for edge in edges})
    if not different:
        raise Refused("transform.columns", f"{name} falls into one bin: drop it, or bin it otherwise")
    return tuple(different)


def _learn_category(
    index: int, column: ContractColumn, transform: Transform, rows: pl.LazyFrame
) -> CategoryColumn:
    own = transform.columns.get(column.name, NOTHING)
    counts = _counts(column, rows)
    found = sorted((value for value in counts if value), key=_order)
    values = [value for value in column.values if value in counts] or found
    if len(values) > MOST_VALUES:
        raise Refused(
            "columns",
            f"{column.name} has {len(values)} different values; a category has at most {MOST_VALUES}: "
            "drop it, or make it a string",
        )
    if not values:
        raise Refused("columns", f"{column.name} has no value in any row of the training part: drop it")
    missing = None
    if "most_frequent" in (own.impute, None if own.impute else transform.missing):
        missing = max(values, key=lambda value: counts[value])
    elif MISSING_CATEGORY in counts:
        values = [*values, MISSING_CATEGORY]
    kept = _kept(range(len(values)), own.encode or transform.encode)
    return CategoryColumn(column.name, index, tuple(values), missing, kept)


def _counts(column: ContractColumn, rows: pl.LazyFrame) -> dict[str, int]:
    text = by_name(column.name).fill_null(MISSING_CATEGORY).alias("value")
    counted = rows.select(text).group_by("value").len().collect(engine="streaming")
    return dict(counted.iter_rows())


def _kept(indices: range, encode: str) -> tuple[int, ...] | None:
    if encode == ORDINAL:
        return None
    return tuple(indices[1:] if encode == WITHOUT_FIRST and len(indices) > 1 else indices)


def _order(value: str) -> tuple[int, float, str]:
    """Numbers by size, then texts."""
    try:
        return (0, float(value), value)
    except ValueError:
        return (1, 0.0, value)


def _own(source: Source, transform: Transform) -> ColumnTransform:
    return transform.columns.get(source.column.name, NOTHING)
