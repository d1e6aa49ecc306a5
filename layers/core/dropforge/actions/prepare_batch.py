"""A file for inference, cut into batches for the endpoint.

What the records must look like the contract of the live model says: the one it was trained by, which may be
older than the one in force. It is pinned beside the batches, so every later step can be traced.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from dropforge.actions.contracts import contract_at
from dropforge.actions.cutter import Cutter
from dropforge.actions.pictures import cut_pictures
from dropforge.domain import keys
from dropforge.domain.contract import contract_to_json
from dropforge.domain.errors import Absent, Refused
from dropforge.domain.reading.faults import BadFile, BadRow
from dropforge.domain.reading.records import CsvRecords, JsonRecords

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dropforge.actions.results import Prepared
    from dropforge.domain.contract import Contract
    from dropforge.domain.run import InferenceRun
    from dropforge.ports import Objects

    Cut = Callable[[BinaryIO, Contract, Cutter], None]

BY_EXTENSION = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
READERS: Mapping[str, Callable[[BinaryIO, Contract], CsvRecords | JsonRecords]] = {
    "csv": CsvRecords,
    "jsonl": JsonRecords,
    "auto": CsvRecords,
}


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
    except BadFile as bad:
        raise Refused(str(bad)) from bad
    return cutter.finish()


def _cut_for(run: InferenceRun, contract: Contract) -> Cut:
    """By the file's extension; where that says nothing, by the contract's reader."""
    if contract.image is not None:
        return lambda stream, _, cutter: cut_pictures(stream, run.key, cutter)
    extension = keys.extension(run.key).rpartition(".")[2]
    kind = BY_EXTENSION.get(f".{extension}", extension if extension == "parquet" else contract.reader.format)
    if kind not in READERS:
        raise Refused(f"inference reads CSV and JSON lines, not {kind}: put the records there as one of them")
    read = READERS[kind]
    return lambda stream, contract, cutter: _cut(read(stream, contract), cutter)


def _cut(records: CsvRecords | JsonRecords, cutter: Cutter) -> None:
    cutter.header = records.header
    for number, row in enumerate(records, start=1):
        try:
            cutter.take(number, records.record(row))
        except BadRow as bad:
            cutter.quarantine(number, row.cells, str(bad))
