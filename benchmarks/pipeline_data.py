"""A made-up table of 12 numbers and 8 categories, the same for the same seed: about 170 bytes a row."""

from pathlib import Path

import numpy as np
import polars as pl

NUMBERS, LEVELS = 12, (3, 5, 8, 12, 20, 30, 6, 10)
BLOCK = 500_000
CONTRACT = {
    "usecase": "bench",
    "problem": "binary",
    "target": "bought",
    "columns": {
        **{f"number_{index}": "integer" if index % 4 == 0 else "number" for index in range(NUMBERS)},
        **{f"category_{index}": "category" for index in range(len(LEVELS))},
        "bought": "category",
    },
    "quality": {"megabytes": 100_000},
    "algorithm": {"parameters": {"rounds": 100, "early_stopping": 100}},
}


def write_table(path: Path, rows: int, seed: int = 1) -> None:
    """Block by block, so that any number of rows fits."""
    generator = np.random.default_rng(seed)
    with path.open("wb") as out:
        for start in range(0, rows, BLOCK):
            frame = _block(min(BLOCK, rows - start), generator)
            frame.write_csv(out, include_header=start == 0, float_precision=3)


def wide_table(rows: int, numbers: int, categories: int, seed: int = 1) -> pl.DataFrame:
    """Typed rows with a target, for the quality report."""
    generator = np.random.default_rng(seed)
    columns = {
        f"number_{index}": generator.normal(index, 1 + index, rows).astype(np.float32)
        for index in range(numbers)
    }
    frame = pl.DataFrame(columns)
    for index in range(categories):
        frame = frame.with_columns(_level(rows, 2 + index % 20, generator).alias(f"category_{index}"))
    bought = (columns["number_1"] + generator.normal(0, 3, rows) > 1).astype(np.int8)
    return frame.with_columns(pl.Series("bought", bought).cast(pl.String))


def _block(rows: int, generator: np.random.Generator) -> pl.DataFrame:
    frame = pl.DataFrame(
        {
            f"number_{index}": generator.integers(0, 100_000, rows)
            if index % 4 == 0
            else generator.normal(1000 * (index % 4), 300, rows)
            for index in range(NUMBERS)
        }
    )
    for index, count in enumerate(LEVELS):
        frame = frame.with_columns(_level(rows, count, generator).alias(f"category_{index}"))
    drive = (pl.col("number_1") - 1000) / 300 + (pl.col("number_2") - 2000) / 600
    noise = pl.Series(generator.normal(0, 1, rows))
    return frame.with_columns((drive + noise > 0.5).cast(pl.Int8).alias("bought"))


def _level(rows: int, count: int, generator: np.random.Generator) -> pl.Series:
    names = pl.Series([f"level_{index:02}" for index in range(count)])
    return names.gather(generator.integers(0, count, rows))
