"""What a frame of cells looks like: the line of each row, then a column a cell.

A cell's column is named by its position, so that no column's name can mean anything to polars.
"""

from __future__ import annotations

LINE = "line"
CELL = "cell{}"


def cell_names(width: int) -> list[str]:
    return [CELL.format(index) for index in range(width)]
