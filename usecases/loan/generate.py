"""Made-up customers in the shape of the loan use case: `python -m usecases.loan.generate --rows 5000 >
loan.csv`.

Invented data: drawn from plain distributions, and the answer from a rule with a little noise, so that a sound
pipeline learns it (area under the curve about .99) and some customers stay in doubt. The same seed gives the
same bytes. `--bad` plants rows that the contract must find; `--unlabelled` leaves out the answer, as new
customers come.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from usecases.table import Row, Table

if TYPE_CHECKING:
    from random import Random

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
FAULTS = (
    lambda customer: customer | {"Experience": -1},
    lambda customer: customer | {"Education": 7},
    lambda customer: customer | {"Income": "n/a"},
    lambda customer: customer | {TARGET: ""},
)


def _customer(number: int, draw: Random) -> Row:
    age = draw.randint(23, 67)
    income = min(224, max(8, round(draw.lognormvariate(4.1, 0.65))))
    customer: Row = {
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


def _chance(customer: Row) -> float:
    """Takes the loan: who earns much and has an education, a family or a deposit."""
    needs = 2.2 * (customer["Education"] > 1) + 1.8 * (customer["Family"] > 2) + 3.0 * customer["CD Account"]
    score = 0.3 * (customer["Income"] - 115) + 6 * (needs - 2) + 0.5 * (customer["CCAvg"] - 3)
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, score))))


TABLE = Table("loan", __doc__, COLUMNS, TARGET, _customer, FAULTS, default_rows=5000)

if __name__ == "__main__":
    TABLE.main()
