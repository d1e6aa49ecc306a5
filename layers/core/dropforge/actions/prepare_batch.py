"""A file of records, cut into batches that one request to the endpoint can hold.

The file is read as a stream and a batch written as soon as it is full, so memory holds one batch whatever
the size. The contract is pinned beside the batches: every later step works by the one that cut them.
"""

from __future__ import annotations

import csv
import io
import json
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO

from dropforge.actions.answers import Prepared
from dropforge.actions.contracts import contract_in_force
from dropforge.domain import keys
from dropforge.domain.contract import contract_to_json
from dropforge.domain.errors import Absent, Refused
from dropforge.domain.records import BadRow, Records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dropforge.domain.contract import Contract
    from dropforge.domain.run import InferenceRun
    from dropforge.ports import Objects

BATCH_ROWS = 500
BATCH_BYTES = 4 * 1024 * 1024
"""A request may have 6,291,456 bytes; the rest is for what JSON adds."""
MOST_BATCHES = 2000
"""A state machine remembers 25,000 events of an execution, and a batch makes about ten."""
MOST_BAD = 10_000
"""Bad rows are kept in memory until the end; a file with this many is the wrong file."""


def prepare_batch(run: InferenceRun, *, objects: Objects) -> Prepared:
    contract = contract_in_force(objects, run.usecase)
    if contract is None:
        raise Refused(f"there is no contract of use case {run.usecase!r} in force")
    objects.write(f"{run.prefix}/contract.json", contract_to_json(contract).encode(), "application/json")
    cutter = _Cutter(run, objects)
    try:
        with objects.open(run.key, run.version_id) as stream:
            _cut(stream, contract, cutter)
    except Absent:
        raise Refused(
            f"the file {run.key!r} was deleted before it could be read: put it there again"
        ) from None
    except UnicodeDecodeError as fault:
        raise Refused(f"the file is not {contract.reader.encoding} text: {fault.reason}") from fault
    return cutter.finish()


def _cut(stream: BinaryIO, contract: Contract, cutter: _Cutter) -> None:
    encoding = "utf-8-sig" if contract.reader.encoding == "utf-8" else contract.reader.encoding
    text = io.TextIOWrapper(stream, encoding=encoding, newline="")
    rows = _rows(text, contract.reader.delimiter)
    header = next(rows, None)
    if header is None:
        raise Refused("the file is empty: it has no header")
    records = Records(contract, header)
    cutter.header = header
    for number, cells in enumerate(rows, start=1):
        try:
            cutter.take(number, records.read(cells))
        except BadRow as bad:
            cutter.quarantine(number, cells, str(bad))


def _rows(text: io.TextIOWrapper, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    try:
        yield from (cells for cells in reader if cells)
    except csv.Error as fault:
        raise Refused(f"line {reader.line_num} cannot be read as CSV: {fault}") from fault


class _Cutter:
    def __init__(self, run: InferenceRun, objects: Objects) -> None:
        self.header: list[str] = []
        self._run, self._objects = run, objects
        self._lines: list[str] = []
        self._bytes = self._rows = self._batches = 0
        self._bad: list[list[str]] = []

    def take(self, row: int, instance: dict[str, str | None]) -> None:
        line = json.dumps({"row": row, "instance": instance}, ensure_ascii=False)
        size = len(line.encode())
        if size > BATCH_BYTES:
            raise BadRow(f"the row has {size} bytes; a request may have {BATCH_BYTES}")
        if self._lines and (len(self._lines) == BATCH_ROWS or self._bytes + size > BATCH_BYTES):
            self._flush()
        self._lines.append(line)
        self._bytes += size
        self._rows += 1

    def quarantine(self, row: int, cells: list[str], reason: str) -> None:
        self._bad.append([str(row), reason, *cells])
        if len(self._bad) > MOST_BAD:
            raise Refused(
                f"more than {MOST_BAD} rows cannot be predicted, the first because {self._bad[0][1]}"
            )

    def finish(self) -> Prepared:
        self._flush()
        if self._bad:
            self._write_bad()
        if not self._rows:
            raise Refused(
                f"none of the {len(self._bad)} rows can be predicted, the first because {self._bad[0][1]}"
                if self._bad
                else "the file has a header and 0 rows"
            )
        return Prepared(self._rows, self._batches, len(self._bad))

    def _flush(self) -> None:
        if not self._lines:
            return
        if self._batches == MOST_BATCHES:
            raise Refused(f"the file has more than {self._rows} rows; split it")
        body = "\n".join(self._lines).encode()
        self._objects.write(keys.part(self._run.prefix, self._batches), body, "application/jsonlines")
        self._batches += 1
        self._lines, self._bytes = [], 0

    def _write_bad(self) -> None:
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(chain([["row", "reason", *self.header]], self._bad))
        self._objects.write(
            keys.quarantined(self._run.usecase, self._run.run), out.getvalue().encode(), "text/csv"
        )
