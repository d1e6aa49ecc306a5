"""`python -m training.process.reading.unpack FILE FOLDER MEGABYTES`: Parquet → Arrow files of some rows each.

A process of its own, because a damaged file can take the process down that decodes it: a length that is
garbage is an allocation that aborts. So it takes this one, and the job can say what is wrong with the drop.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

BATCH = 100_000
REFUSED, TOO_LARGE = 3, 4
FAULTS = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError)


def main(file: str, folder: str, megabytes: str) -> int:
    """The reason of a refusal is printed."""
    size, most = 0, float(megabytes) * 1024 * 1024
    try:
        table = pl.scan_parquet(file, glob=False)
        table.collect_schema()
        batches = table.collect_batches(chunk_size=BATCH, maintain_order=True)
        for number, batch in enumerate(batches):
            size += int(batch.estimated_size())
            if size > most:
                print(size)
                return TOO_LARGE
            batch.write_ipc(Path(folder) / f"{number:08}.arrow")
        if not list(Path(folder).iterdir()):
            table.head(0).collect().write_ipc(Path(folder) / "0.arrow")
    except FAULTS as fault:
        print(str(fault).partition("\n")[0][:200])
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
