"""A drop that is a table → its good rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dropforge.domain.reading.faults import BadFile
from training.errors import Refused
from training.process.gather import Gathered, Reader, gather
from training.process.reading.csvfile import CsvFile
from training.process.reading.drop import CSV, JSONL, PARQUET, Drop, look_at
from training.process.reading.jsonlines import JsonLines
from training.process.reading.parquet import ParquetFile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from dropforge.domain.contract import Contract
    from training.quarantine import Quarantine

READERS: Mapping[str, Callable[[Drop, Contract], Reader]] = {
    CSV: CsvFile,
    JSONL: JsonLines,
    PARQUET: ParquetFile,
}


def read_table(path: Path, contract: Contract, quarantine: Quarantine) -> Gathered:
    drop = look_at(path, contract)
    try:
        return gather(READERS[drop.format](drop, contract), contract, quarantine)
    except BadFile as bad:
        raise Refused(bad.rule, bad.reason) from bad
