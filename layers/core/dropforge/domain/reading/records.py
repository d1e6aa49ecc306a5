"""A file for inference → records for the endpoint, by the contract.

The server reads them once more, by the same rules; but it refuses a whole request for one bad record, and
here one bad row costs one row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

from dropforge.domain.reading.csv_rows import CsvRows, Row
from dropforge.domain.reading.faults import BadFile, BadRow
from dropforge.domain.reading.header import check_header
from dropforge.domain.reading.json_lines import JSON_SPACES, is_blank, parse_record
from dropforge.domain.reading.text import ANY_END, LINE_FEED, text_lines
from dropforge.domain.reading.values import Values

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dropforge.domain.contract import Contract

    Record = Mapping[str, Any]


class CsvRecords:
    """`header`: the names of the cells."""

    def __init__(self, stream: BinaryIO, contract: Contract) -> None:
        self._rows = CsvRows(text_lines(stream, contract.reader.encoding, ANY_END), contract.reader)
        self._values = Values(contract, contract.reader.decimal)
        header = self._rows.header()
        if header is None:
            raise BadFile("empty", "the file is empty: it has no header")
        check_header(header, contract, contract.features)
        self.header: Sequence[str] = header

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def record(self, row: Row) -> Record:
        """What the endpoint gets, or BadRow."""
        if row.fault:
            raise BadRow(row.fault)
        return self._values.passed_on(dict(zip(self.header, row.cells, strict=True)))


class JsonRecords:
    header: Sequence[str] = ("record",)

    def __init__(self, stream: BinaryIO, contract: Contract) -> None:
        self._lines = text_lines(stream, contract.reader.encoding, LINE_FEED)
        self._values = Values(contract)

    def __iter__(self) -> Iterator[Row]:
        lines = enumerate(self._lines, start=1)
        return (Row(number, [line.strip(JSON_SPACES)]) for number, line in lines if not is_blank(line))

    def record(self, row: Row) -> Record:
        """What the endpoint gets, or BadRow."""
        record = parse_record(row.cells[0])
        self._values.check_names(record)
        return self._values.passed_on(record)
