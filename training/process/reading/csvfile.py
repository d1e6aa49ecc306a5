"""A CSV file: its header, then its rows block by block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dropforge.domain.reading.cells import stripped
from dropforge.domain.reading.header import check_header
from training.errors import Refused
from training.process.reading.blocks import Blocks
from training.process.reading.careful import CarefulRows
from training.process.reading.lines import Lines
from training.process.reading.whole import read_whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from dropforge.domain.contract import Contract
    from training.process.reading.drop import Drop
    from training.quarantine import Quarantine


class CsvFile:
    """`rows` counts all but blank lines, sound or not, as far as they have been read."""

    def __init__(self, drop: Drop, contract: Contract) -> None:
        self._drop = drop
        self._contract = contract
        self.decimal = contract.reader.decimal
        self.header: tuple[str, ...] = ()
        self.rows = 0

    def blocks(self, quarantine: Quarantine) -> Iterator[pl.DataFrame]:
        self.rows = 0
        reader, cut_short = self._contract.reader, None
        with self._drop.open() as stream:
            blocks = Blocks(stream, self._drop, self._contract)
            lines = Lines(blocks.next(), blocks, reader)
            self.header = tuple(stripped(lines.first_row()))
            check_header(self.header, self._contract, self._contract.columns)
            quarantine.open(self.header)
            number, block = lines.number, lines.rest() or blocks.next()
            while block:
                cells = read_whole(block, len(self.header), reader, number + 1)
                if cells is not None:
                    number, cut_short, count = number + cells.height, None, cells.height
                else:
                    lines = Lines(block, blocks, reader, number)
                    careful = CarefulRows(lines, len(self.header), reader, quarantine)
                    cells, count = careful.read(), careful.rows
                    number, cut_short = lines.number, careful.cut_short if count else cut_short
                self.rows += count
                yield cells
                block = blocks.next()
        if cut_short:
            raise Refused("truncated", f"the file ends in the middle of a row: {cut_short}")
        if self.rows == 0:
            raise Refused("empty", "the file has a header and no rows")
