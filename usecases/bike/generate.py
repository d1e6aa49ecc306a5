"""Made-up days in the shape of the bike use case: `python -m usecases.bike.generate > days.csv`.

Invented data: two years, day by day. How many bicycles are hired follows the temperature, the weather and the
growth of the second year, with noise that a straight line cannot explain (R² about .85). Those who came by
chance and those who are registered add up to the count: they give the answer away, and are there to be
dropped. Season, month, weekday and weather are categories written as integers. The same seed gives the same
bytes. `--bad` plants rows that the contract must find; `--unlabelled` leaves out the answer.
"""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import TYPE_CHECKING

from usecases.table import Row, Table

if TYPE_CHECKING:
    from random import Random

COLUMNS = (
    "instant",
    "dteday",
    "season",
    "yr",
    "mnth",
    "holiday",
    "weekday",
    "workingday",
    "weathersit",
    "temp",
    "atemp",
    "hum",
    "windspeed",
    "casual",
    "registered",
    "cnt",
)
TARGET = "cnt"
FIRST = date(2018, 1, 1)
HOLIDAYS = {(1, 1), (1, 15), (2, 19), (4, 16), (5, 28), (7, 4), (9, 3), (10, 8), (11, 12), (11, 22), (12, 25)}
FAULTS = (
    lambda day: day | {"hum": 140.0},
    lambda day: day | {"season": 5},
    lambda day: day | {"dteday": "31-02-18"},
    lambda day: day | {TARGET: ""},
)


def _day(number: int, draw: Random) -> Row:
    when = FIRST + timedelta(days=number - 1)
    holiday = (when.month, when.day) in HOLIDAYS
    day: Row = {
        "instant": number,
        "dteday": f"{when:%d-%m-%y}",
        "season": _season(when),
        "yr": when.year - FIRST.year,
        "mnth": when.month,
        "holiday": int(holiday),
        "weekday": when.isoweekday() % 7,
        "workingday": int(when.isoweekday() < 6 and not holiday),
    } | _weather(when, draw)
    return day | _hired(day, draw)


def _season(when: date) -> int:
    """From spring, by the solstices and equinoxes."""
    return 1 + ((when - date(when.year, 1, 1)).days + 10) // 91 % 4


def _weather(when: date, draw: Random) -> Row:
    warmth = -math.cos(2 * math.pi * ((when - date(when.year, 1, 1)).days - 20) / 365)
    temp = min(38.0, max(-5.0, 19 + 11 * warmth + draw.gauss(0, 3.5)))
    weathersit = draw.choices((1, 2, 3), (63, 34, 3))[0]
    return {
        "weathersit": weathersit,
        "temp": round(temp, 6),
        "atemp": round(temp * 1.05 + 2 + draw.gauss(0, 0.8), 5),
        "hum": round(min(97.0, max(20.0, 45 + 12 * weathersit + draw.gauss(0, 10))), 4),
        "windspeed": round(min(34.0, max(1.5, draw.gauss(12.8, 5))), 6),
    }


def _hired(day: Row, draw: Random) -> Row:
    count = 1900 + 2000 * day["yr"] + 95 * day["temp"] - 8 * (day["hum"] - 60) - 40 * (day["windspeed"] - 13)
    count += {1: 300, 2: -200, 3: -2000}[day["weathersit"]] - 500 * day["holiday"]
    count += {1: -800, 4: 300}.get(day["season"], 0) + draw.gauss(0, 550)
    total = max(20, round(count))
    casual = round(total * min(0.6, max(0.02, draw.gauss(0.14 if day["workingday"] else 0.32, 0.05))))
    return {"casual": casual, "registered": total - casual, TARGET: total}


TABLE = Table("bike", __doc__, COLUMNS, TARGET, _day, FAULTS, default_rows=730)

if __name__ == "__main__":
    TABLE.main()
