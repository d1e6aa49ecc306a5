"""Made-up customers in the shape of the loan use case: `python -m usecases.loan.generate --rows 5000 >
loan.csv`.

Nobody's data: drawn from plain distributions, and the answer from a rule with a little noise, so that a sound
pipeline learns it (area under the curve about .99) and some customers stay in doubt. The same seed gives the
same bytes. `--bad` plants rows that the contract must find; `--unlabelled` leaves out the answer, as new
customers come.
"""

from __future__ import annotations

import argparse
import csv
import math
import random
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import TextIO

COLUMNS = (
    "ID",
    "Age",
    "Experience",
    "Income",
    "ZIP Code",
    "Family",
    "CCAvg",
    "Education",
    "Mortgage",
    "Personal Loan",
    "Securities Account",
    "CD Account",
    "Online",
    "CreditCard",
)
TARGET = "Personal Loan"
Customer = dict[str, Any]
FAULTS: tuple[Callable[[Customer], Customer], ...] = (
    lambda customer: customer | {"Experience": -1},
    lambda customer: customer | {"Education": 7},
    lambda customer: customer | {"Income": "n/a"},
    lambda customer: customer | {TARGET: ""},
)
"""What a planted row has wrong with it, in turn."""


def customers(rows: int, seed: int, bad: int = 0) -> Iterator[Customer]:
    """`rows` customers, `bad` of them with a fault, spread evenly."""
    draw = random.Random(seed)
    for number in range(1, rows + 1):
        customer = _customer(number, draw)
        planted_before, planted = (number - 1) * bad // rows, number * bad // rows
        yield FAULTS[planted_before % len(FAULTS)](customer) if planted > planted_before else customer


def write(out: TextIO, rows: int, seed: int, bad: int = 0, labelled: bool = True) -> None:
    columns = [column for column in COLUMNS if labelled or column != TARGET]
    writer = csv.DictWriter(out, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(customers(rows, seed, bad))


def _customer(number: int, draw: random.Random) -> Customer:
    age = draw.randint(23, 67)
    income = min(224, max(8, round(draw.lognormvariate(4.1, 0.65))))
    customer: Customer = {
        "ID": number,
        "Age": age,
        "Experience": max(0, age - draw.randint(23, 27)),
        "Income": income,
        "ZIP Code": draw.randint(90005, 96651),
        "Family": draw.choice((1, 1, 2, 2, 3, 4)),
        "CCAvg": round(min(10.0, income / 100 * draw.lognormvariate(0.6, 0.5)), 1),
        "Education": draw.choice((1, 1, 2, 3)),
        "Mortgage": draw.randint(75, 600) if draw.random() < 0.3 else 0,
        "Securities Account": int(draw.random() < 0.1),
        "CD Account": int(draw.random() < (0.15 if income > 100 else 0.03)),
        "Online": int(draw.random() < 0.6),
        "CreditCard": int(draw.random() < 0.3),
    }
    customer[TARGET] = int(draw.random() < _chance(customer))
    return customer


def _chance(customer: Customer) -> float:
    """Takes the loan: who earns much and has an education, a family or a deposit."""
    needs = 2.2 * (customer["Education"] > 1) + 1.8 * (customer["Family"] > 2) + 3.0 * customer["CD Account"]
    score = 0.3 * (customer["Income"] - 115) + 6 * (needs - 2) + 0.5 * (customer["CCAvg"] - 3)
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, score))))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m usecases.loan.generate", description=__doc__)
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bad", type=int, default=0, help="how many of the rows have a fault")
    parser.add_argument("--unlabelled", action="store_true", help="leave out the answer")
    given = parser.parse_args(arguments)
    if given.rows < 1 or not 0 <= given.bad <= given.rows:
        parser.error("--rows is at least 1, and --bad between 0 and --rows")
    write(sys.stdout, given.rows, given.seed, given.bad, labelled=not given.unlabelled)


if __name__ == "__main__":
    main()
