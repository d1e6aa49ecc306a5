"""A file for inference, cut into batches for the endpoint.

What the records must look like the contract of the live model says: the one it was trained by, which may be
older than the one in force. It is pinned beside the batches, so every later step can be traced.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, BinaryIO

from dropforge.actions.contracts import contract_at
from dropforge.actions.cutter import Cutter
from dropforge.actions.pictures import cut_pictures
from dropforge.domain import keys
from dropforge.domain.contract import contract_to_json
from dropforge.domain.errors import Absent, Refused
from dropforge.domain.records import BadRow, JsonRecords, Records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dropforge.actions.answers import Prepared
    from dropforge.domain.contract import Contract
    from dropforge.domain.run import InferenceRun
    from dropforge.ports import Objects

    Cut = Callable[[BinaryIO, Contract, Cutter], None]

BY_EXTENSION = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
LONGEST_LINE = 1024 * 1024


def prepare_batch(run: InferenceRun, *, objects: Objects) -> Prepared:
    contract = contract_at(objects, run.contract)
    if contract is None:
        raise Refused(f"the contract of the live model of {run.usecase!r} is not at {run.contract} any more")
    objects.write(f"{run.prefix}/contract.json", contract_to_json(contract).encode(), "application/json")
    cut, cutter = _cut_for(run, contract), Cutter(run, objects)
    try:
        with objects.open(run.key, run.version_id) as stream:
            cut(stream, contract, cutter)
    except Absent:
        raise Refused(
            f"the file {run.key!r} was deleted before it could be read: put it there again"
        ) from None
    except UnicodeDecodeError as fault:
        raise Refused(f"the file is not {contract.reader.encoding} text: {fault.reason}") from fault
    return cutter.finish()


def _cut_for(run: InferenceRun, contract: Contract) -> Cut:
    """By the file's extension; where that says nothing, by the contract's reader."""
    if contract.image is not None:
        return lambda stream, _, cutter: cut_pictures(stream, run.key, cutter)
    extension = keys.extension(run.key).rpartition(".")[2]
    named = {"csv": _cut_csv, "jsonl": _cut_lines, "auto": _cut_csv}
    kind = BY_EXTENSION.get(f".{extension}", extension if extension == "parquet" else contract.reader.format)
    if kind not in named:
        raise Refused(f"inference reads CSV and JSON lines, not {kind}: put the records there as one of them")
    return named[kind]


def _text(stream: BinaryIO, contract: Contract) -> io.TextIOWrapper:
    encoding = "utf-8-sig" if contract.reader.encoding == "utf-8" else contract.reader.encoding
    return io.TextIOWrapper(stream, encoding=encoding, newline="")


def _cut_csv(stream: BinaryIO, contract: Contract, cutter: Cutter) -> None:
    rows = _rows(_text(stream, contract), contract)
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


def _rows(text: io.TextIOWrapper, contract: Contract) -> Iterator[list[str]]:
    form = contract.reader
    reader = csv.reader(text, delimiter=form.delimiter, quotechar=form.quote, strict=True)
    try:
        yield from (cells for cells in reader if cells)
    except csv.Error as fault:
        raise Refused(f"line {reader.line_num} cannot be read as CSV: {fault}") from fault


def _cut_lines(stream: BinaryIO, contract: Contract, cutter: Cutter) -> None:
    records, text, number = JsonRecords(contract), _text(stream, contract), 0
    cutter.header = ("record",)
    while line := text.readline(LONGEST_LINE + 1):
        if not line.strip():
            continue
        number += 1
        if len(line) > LONGEST_LINE:
            raise Refused(f"record {number} is longer than {LONGEST_LINE} characters: are these JSON lines?")
        try:
            cutter.take(number, records.read(line))
        except BadRow as bad:
            cutter.quarantine(number, [line.strip()], str(bad))
