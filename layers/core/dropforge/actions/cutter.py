"""Records, cut into batches that one request to the endpoint can hold, each written as soon as it is full: so
memory holds one batch, whatever the size of the file."""

from __future__ import annotations

import csv
import io
import json
from itertools import chain
from typing import TYPE_CHECKING, Any

from dropforge.actions.results import Prepared
from dropforge.domain import keys
from dropforge.domain.errors import Refused
from dropforge.domain.reading.faults import BadRow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dropforge.domain.run import InferenceRun
    from dropforge.ports import Objects

BATCH_ROWS = 500
BATCH_BYTES = 4 * 1024 * 1024
"""A request may have 6,291,456 bytes; the rest is for what JSON adds."""
MOST_BATCHES = 2000
"""A state machine remembers 25,000 events of an execution, and a batch makes about ten."""
MOST_BAD = 10_000
"""Bad rows are kept in memory until the end; a file with this many is the wrong file."""


class Cutter:
    """`header` names the cells of a bad row."""

    def __init__(self, run: InferenceRun, objects: Objects) -> None:
        self.header: Sequence[str] = ()
        self._run, self._objects = run, objects
        self._lines: list[str] = []
        self._bytes = self._rows = self._batches = 0
        self._bad: list[list[str]] = []

    def take(self, row: int, instance: Mapping[str, Any], **facts: str) -> None:
        """`facts` are kept with the record and not sent: the name of a picture's file."""
        line = json.dumps({"row": row, **facts, "instance": instance}, ensure_ascii=False)
        size = len(line.encode())
        if size > BATCH_BYTES:
            raise BadRow(f"the record has {size} bytes; a request may have {BATCH_BYTES}")
        if self._lines and (len(self._lines) == BATCH_ROWS or self._bytes + size > BATCH_BYTES):
            self._flush()
        self._lines.append(line)
        self._bytes += size
        self._rows += 1

    def quarantine(self, row: int, cells: Sequence[str], reason: str) -> None:
        self._bad.append([str(row), reason, *cells])
        if len(self._bad) > MOST_BAD:
            raise Refused(
                f"more than {MOST_BAD} records cannot be predicted, the first because {self._bad[0][1]}"
            )

    def finish(self) -> Prepared:
        self._flush()
        if self._bad:
            self._write_bad()
        if not self._rows:
            raise Refused(
                f"none of the {len(self._bad)} records can be predicted, the first because {self._bad[0][1]}"
                if self._bad
                else "the file holds 0 records: there is nothing to predict"
            )
        return Prepared(self._rows, self._batches, len(self._bad))

    def _flush(self) -> None:
        if not self._lines:
            return
        if self._batches == MOST_BATCHES:
            raise Refused(f"the file has more than {self._rows} records that fit into requests; split it")
        body = "\n".join(self._lines).encode()
        self._objects.write(keys.part(self._run.prefix, self._batches), body, "application/jsonlines")
        self._batches += 1
        self._lines, self._bytes = [], 0

    def _write_bad(self) -> None:
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(chain([["row", "reason", *self.header]], self._bad))
        key = keys.quarantined(self._run.usecase, self._run.run)
        self._objects.write(key, out.getvalue().encode(), "text/csv")
