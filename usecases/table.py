"""Rows made up by a generator, written as CSV: the command line that the table generators share.

Standard library only, because generators run wherever Python does. The same seed gives the same bytes, and a
planted fault spoils its own row alone: the others stay what they were.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import TextIO

Row = dict[str, Any]


@dataclass(frozen=True)
class Table:
    """`draw` makes the row of a number; each of `faults` spoils a row in a way that the contract finds."""

    usecase: str
    about: str | None
    columns: tuple[str, ...]
    target: str
    draw: Callable[[int, random.Random], Row]
    faults: tuple[Callable[[Row], Row], ...]
    default_rows: int
    delimiter: str = ","

    def rows(self, rows: int, seed: int, bad: int = 0) -> Iterator[Row]:
        """`rows` rows, `bad` of them with a fault, each fault in turn, spread evenly."""
        draw = random.Random(seed)
        for number in range(1, rows + 1):
            row = self.draw(number, draw)
            planted_before, planted = (number - 1) * bad // rows, number * bad // rows
            yield self.faults[planted_before % len(self.faults)](row) if planted > planted_before else row

    def write(self, out: TextIO, rows: int, seed: int, bad: int = 0, labelled: bool = True) -> None:
        columns = [column for column in self.columns if labelled or column != self.target]
        writer = csv.DictWriter(
            out, columns, extrasaction="ignore", lineterminator="\n", delimiter=self.delimiter
        )
        writer.writeheader()
        writer.writerows(self.rows(rows, seed, bad))

    def main(self, arguments: Sequence[str] | None = None) -> None:
        parser = argparse.ArgumentParser(
            prog=f"python -m usecases.{self.usecase}.generate", description=self.about
        )
        parser.add_argument("--rows", type=int, default=self.default_rows)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--bad", type=int, default=0, help="how many of the rows have a fault")
        parser.add_argument("--unlabelled", action="store_true", help=f"leave out {self.target}")
        given = parser.parse_args(arguments)
        if given.rows < 1 or not 0 <= given.bad <= given.rows:
            parser.error("--rows is at least 1, and --bad between 0 and --rows")
        self.write(sys.stdout, given.rows, given.seed, given.bad, labelled=not given.unlabelled)
