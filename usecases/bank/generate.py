"""Made-up calls in the shape of the bank use case: `python -m usecases.bank.generate > calls.csv`.

Invented data. Who subscribes hangs on the economy, on earlier campaigns and a little on the job, with much
noise (area under the curve about .8). `duration` is long where the answer was yes: it gives the answer away,
and is there to be dropped. Cells are parted by semicolons; 999 in `pdays` means never called before. The same
seed gives the same bytes. `--bad` plants rows that the contract must find; `--unlabelled` leaves out the
answer.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from usecases.table import Row, Table

if TYPE_CHECKING:
    from random import Random

COLUMNS = (
    "age",
    "job",
    "marital",
    "education",
    "default",
    "housing",
    "loan",
    "contact",
    "month",
    "day_of_week",
    "duration",
    "campaign",
    "pdays",
    "previous",
    "poutcome",
    "emp.var.rate",
    "cons.price.idx",
    "cons.conf.idx",
    "euribor3m",
    "nr.employed",
    "y",
)
TARGET = "y"
JOBS = {
    "admin.": 25,
    "blue-collar": 22,
    "technician": 16,
    "services": 10,
    "management": 7,
    "retired": 5,
    "self-employed": 4,
    "entrepreneur": 3,
    "housemaid": 3,
    "student": 2,
    "unemployed": 2,
    "unknown": 1,
}
EDUCATION = {
    "university.degree": 30,
    "high.school": 23,
    "basic.9y": 15,
    "professional.course": 13,
    "basic.4y": 10,
    "basic.6y": 5,
    "unknown": 4,
}
MONTHS = {
    "may": 33,
    "jul": 17,
    "aug": 15,
    "jun": 13,
    "nov": 10,
    "apr": 6,
    "oct": 2,
    "sep": 2,
    "mar": 1,
    "dec": 1,
}
QUIET = ("mar", "sep", "oct", "dec")
FAULTS = (
    lambda call: call | {"campaign": 0},
    lambda call: call | {"poutcome": "perhaps"},
    lambda call: call | {"euribor3m": "n/a"},
    lambda call: call | {TARGET: ""},
)


def _call(_number: int, draw: Random) -> Row:
    call = _customer(draw) | _campaign(draw) | _economy(draw)
    yes = draw.random() < _chance(call)
    call["duration"] = round(draw.lognormvariate(6.2 if yes else 5.0, 0.7))
    return call | {TARGET: "yes" if yes else "no"}


def _customer(draw: Random) -> Row:
    job = _one_of(JOBS, draw)
    age = {"retired": 64, "student": 24}.get(job, 40)
    return {
        "age": min(95, max(17, round(draw.gauss(age, 9)))),
        "job": job,
        "marital": draw.choices(("married", "single", "divorced", "unknown"), (600, 280, 115, 5))[0],
        "education": _one_of(EDUCATION, draw),
        "default": draw.choices(("no", "unknown"), (8, 2))[0],
        "housing": draw.choices(("yes", "no", "unknown"), (52, 45, 3))[0],
        "loan": draw.choices(("no", "yes", "unknown"), (82, 15, 3))[0],
        "contact": draw.choices(("cellular", "telephone"), (63, 37))[0],
        "month": _one_of(MONTHS, draw),
        "day_of_week": draw.choice(("mon", "tue", "wed", "thu", "fri")),
    }


def _campaign(draw: Random) -> Row:
    before = draw.random() < 0.14
    won = before and draw.random() < 0.25
    recently = won or (before and draw.random() < 0.03)
    return {
        "campaign": min(40, 1 + round(draw.expovariate(0.6))),
        "pdays": draw.randint(1, 25) if recently else 999,
        "previous": draw.choices((1, 2, 3, 4), (80, 13, 5, 2))[0] if before else 0,
        "poutcome": ("success" if won else "failure") if before else "nonexistent",
    }


def _economy(draw: Random) -> Row:
    """One number, from slump (0) to boom (1), moves all five."""
    season = draw.choices((0.0, 0.1, 0.3, 0.35, 0.7, 0.95, 1.0), (3, 4, 12, 12, 9, 20, 40))[0]
    return {
        "emp.var.rate": round(-3.2 + 4.6 * season, 1),
        "cons.price.idx": round(92.5 + 1.6 * season + draw.choice((-0.4, 0.0, 0.3)), 3),
        "cons.conf.idx": round(-46.0 + draw.choice((0.0, 3.5, 6.0, 9.5)), 1),
        "euribor3m": round(0.65 + 4.3 * season + draw.uniform(0, 0.06), 3),
        "nr.employed": round(4970 + 258 * season, 1),
    }


def _chance(call: Row) -> float:
    score = -0.4 - 1.0 * (call["euribor3m"] - 1.0)
    score += 2.8 * (call["poutcome"] == "success") - 0.5 * (call["poutcome"] == "failure")
    score += 1.4 * (call["contact"] == "cellular") + 1.5 * (call["month"] in QUIET)
    score += 1.2 * (call["job"] in ("student", "retired")) - 0.2 * call["campaign"]
    return 1 / (1 + math.exp(-score))


def _one_of(weights: dict[str, int], draw: Random) -> str:
    return draw.choices(tuple(weights), tuple(weights.values()))[0]


TABLE = Table("bank", __doc__, COLUMNS, TARGET, _call, FAULTS, default_rows=5000, delimiter=";")

if __name__ == "__main__":
    TABLE.main()
