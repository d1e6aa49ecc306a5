"""A block of CSV without any odd line, read at once.

polars reads a million lines in the time Python reads fifty thousand, but says nothing of a row that lacks
cells and knows no line's number. So a block is given to it only if counting shows that nothing can be odd:
polars refuses a row with too many cells, so with as many delimiters as all rows have together no row has
too few. Quotes count as regular if each one opens or closes a whole cell, or is doubled within one.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from training.process.reading.blocks import BOM
from training.process.reading.frames import LINE, cell_names

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dropforge.domain.contract import Reader


def read_whole(block: bytes, width: int, reader: Reader, number: int) -> pl.DataFrame | None:
    """The cells of a block whose first line has this number; None if a line may be odd."""
    if b"\r" in block:
        block = block.replace(b"\r\n", b"\n")
    if width == 1 or b"\r" in block or block.startswith(BOM):
        return None
    codes = np.frombuffer(block if block.endswith(b"\n") else block + b"\n", np.uint8)
    ends, marks = codes == ord("\n"), codes == ord(reader.delimiter)
    quoted = bool(reader.quote) and reader.quote.encode() in block
    if quoted:
        inside = _inside_quotes(codes, reader)
        if inside is None or (ends & inside).any():
            return None
        marks &= ~inside
    rows = int(np.count_nonzero(ends))
    if np.count_nonzero(marks) != rows * (width - 1):
        return None
    cells = parsed(codes.tobytes(), cell_names(width), reader, quoted)
    if cells is None or cells.height != rows:
        return None
    return cells.insert_column(0, pl.int_range(number, number + rows, eager=True).alias(LINE))


def parsed(text: bytes, names: list[str], reader: Reader, quoted: bool) -> pl.DataFrame | None:
    """Every cell as text; None where polars finds a row too long."""
    try:
        return pl.read_csv(
            io.BytesIO(text),
            has_header=False,
            schema=dict.fromkeys(names, pl.String),
            separator=reader.delimiter,
            quote_char=reader.quote if quoted else None,
        )
    except (pl.exceptions.ComputeError, pl.exceptions.SchemaError):
        return None


def _inside_quotes(codes: NDArray[np.uint8], reader: Reader) -> NDArray[np.bool_] | None:
    """Which bytes are inside of a quoted cell; None where a quote stands where none belongs."""
    quotes = codes == ord(reader.quote)
    marks = np.flatnonzero(quotes)
    if len(marks) % 2:
        return None
    borders = (codes == ord("\n")) | (codes == ord(reader.delimiter)) | quotes
    opens, closes = marks[0::2], marks[1::2]
    if not borders[opens[opens > 0] - 1].all() or not borders[closes + 1].all():
        return None
    inside: NDArray[np.bool_] = (np.cumsum(quotes, dtype=np.uint8) & 1).astype(bool)
    return inside
