"""Made-up claims in the shape of the fraud use case: `python -m usecases.fraud.generate > claims.csv`.

Invented data. Fraud hangs on how bad the damage is and on a hobby or two, with some noise, so that a small
tree finds it and stays right in about nine cases of ten. What was never asked is `?`; `_c39` is empty, as in
files whose lines end in a comma. The same seed gives the same bytes. `--bad` plants rows that the contract
must find; `--unlabelled` leaves out the answer.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from usecases.table import Row, Table

if TYPE_CHECKING:
    from random import Random

COLUMNS = (
    "months_as_customer",
    "age",
    "policy_number",
    "policy_bind_date",
    "policy_state",
    "policy_csl",
    "policy_deductable",
    "policy_annual_premium",
    "umbrella_limit",
    "insured_zip",
    "insured_sex",
    "insured_education_level",
    "insured_occupation",
    "insured_hobbies",
    "insured_relationship",
    "capital-gains",
    "capital-loss",
    "incident_date",
    "incident_type",
    "collision_type",
    "incident_severity",
    "authorities_contacted",
    "incident_state",
    "incident_city",
    "incident_location",
    "incident_hour_of_the_day",
    "number_of_vehicles_involved",
    "property_damage",
    "bodily_injuries",
    "witnesses",
    "police_report_available",
    "total_claim_amount",
    "injury_claim",
    "property_claim",
    "vehicle_claim",
    "auto_make",
    "auto_model",
    "auto_year",
    "fraud_reported",
    "_c39",
)
TARGET = "fraud_reported"
OPENED = date(1990, 1, 8)
FIRST_INCIDENT = date(2015, 1, 1)
HOBBIES = (
    "chess",
    "cross-fit",
    "reading",
    "golf",
    "camping",
    "hiking",
    "movies",
    "kayaking",
    "yachting",
    "dancing",
)
OCCUPATIONS = ("sales", "tech-support", "craft-repair", "exec-managerial", "armed-forces", "adm-clerical")
EDUCATION = ("High School", "Associate", "College", "Masters", "JD", "MD", "PhD")
RELATIONS = ("own-child", "husband", "wife", "unmarried", "not-in-family", "other-relative")
MODELS = {
    "Saab": ("92x", "95"),
    "Dodge": ("RAM", "Neon"),
    "Nissan": ("Maxima", "Pathfinder"),
    "Ford": ("F150", "Fusion"),
    "Audi": ("A3", "A5"),
    "Jeep": ("Wrangler", "Grand Cherokee"),
}
CITIES = ("Columbus", "Riverwood", "Arlington", "Springfield", "Hillsdale", "Northbend", "Northbrook")
STREETS = ("Maple Drive", "Oak Ave", "River Lane", "Pine St", "Lincoln Hwy", "Apache Ridge")
COLLISIONS = ("Multi-vehicle Collision", "Single Vehicle Collision")
FAULTS = (
    lambda claim: claim | {"injury_claim": claim["injury_claim"] + 10},
    lambda claim: claim | {"umbrella_limit": -1_000_000},
    lambda claim: claim | {"age": "unknown"},
    lambda claim: claim | {TARGET: ""},
)


def _claim(number: int, draw: Random) -> Row:
    incident = draw.choices((*COLLISIONS, "Vehicle Theft", "Parked Car"), (42, 40, 9, 9))[0]
    crashed = incident in COLLISIONS
    claim = (
        _policy(number, draw)
        | _insured(draw)
        | _incident(incident, crashed, draw)
        | _amounts(crashed, draw)
        | _vehicle(draw)
    )
    return claim | {TARGET: "Y" if draw.random() < _chance(claim) else "N", "_c39": ""}


def _policy(number: int, draw: Random) -> Row:
    bound = OPENED + timedelta(days=draw.randrange(9000))
    return {
        "months_as_customer": min(479, max(0, round(draw.gauss(204, 115)))),
        "policy_number": 100_000 + number * 7,
        "policy_bind_date": f"{bound.month}/{bound.day}/{bound.year}",
        "policy_state": draw.choice(("OH", "IL", "IN")),
        "policy_csl": draw.choice(("100/300", "250/500", "500/1000")),
        "policy_deductable": draw.choice((500, 1000, 2000)),
        "policy_annual_premium": round(max(433.0, draw.gauss(1256, 244)), 2),
        "umbrella_limit": draw.randint(2, 9) * 1_000_000 if draw.random() < 0.2 else 0,
    }


def _insured(draw: Random) -> Row:
    return {
        "age": min(64, max(19, round(draw.gauss(39, 9)))),
        "insured_zip": draw.randint(430_000, 620_999),
        "insured_sex": draw.choice(("FEMALE", "MALE")),
        "insured_education_level": draw.choice(EDUCATION),
        "insured_occupation": draw.choice(OCCUPATIONS),
        "insured_hobbies": draw.choices(HOBBIES, (5, 5, *[11] * 8))[0],
        "insured_relationship": draw.choice(RELATIONS),
        "capital-gains": draw.randint(10, 1000) * 100 if draw.random() < 0.5 else 0,
        "capital-loss": -draw.randint(50, 1100) * 100 if draw.random() < 0.5 else 0,
    }


def _incident(incident: str, crashed: bool, draw: Random) -> Row:
    when = FIRST_INCIDENT + timedelta(days=draw.randrange(60))
    severities = ("Minor Damage", "Major Damage", "Total Loss", "Trivial Damage")
    return {
        "incident_date": f"{when.month}/{when.day}/{when.year}",
        "incident_type": incident,
        "collision_type": draw.choice(("Rear Collision", "Side Collision", "Front Collision"))
        if crashed
        else "?",
        "incident_severity": draw.choices(severities, (35, 33, 32, 0) if crashed else (55, 0, 0, 45))[0],
        "authorities_contacted": draw.choices(
            ("Police", "Fire", "Ambulance", "Other", "None"), (3, 2, 2, 2, 1)
        )[0],
        "incident_state": draw.choice(("NY", "SC", "WV", "VA", "NC", "PA", "OH")),
        "incident_city": draw.choice(CITIES),
        "incident_location": f"{draw.randint(1000, 9999)} {draw.choice(STREETS)}",
        "incident_hour_of_the_day": draw.randrange(24),
        "number_of_vehicles_involved": draw.choices((2, 3, 4), (1, 10, 1))[0]
        if incident == COLLISIONS[0]
        else 1,
        "property_damage": draw.choice(("?", "NO", "YES")),
        "bodily_injuries": draw.randrange(3),
        "witnesses": draw.randrange(4),
        "police_report_available": draw.choice(("?", "NO", "YES")),
    }


def _amounts(crashed: bool, draw: Random) -> Row:
    unit = draw.randint(400, 1100) * 10 if crashed else draw.randint(20, 80) * 10
    injury, property_, vehicle = (
        unit * draw.randint(0, 2),
        unit * draw.randint(0, 2),
        unit * draw.randint(4, 8),
    )
    return {
        "total_claim_amount": injury + property_ + vehicle,
        "injury_claim": injury,
        "property_claim": property_,
        "vehicle_claim": vehicle,
    }


def _vehicle(draw: Random) -> Row:
    make = draw.choice(tuple(MODELS))
    return {"auto_make": make, "auto_model": draw.choice(MODELS[make]), "auto_year": draw.randint(1995, 2015)}


def _chance(claim: Row) -> float:
    if claim["insured_hobbies"] in ("chess", "cross-fit"):
        return 0.92
    return 0.88 if claim["incident_severity"] == "Major Damage" else 0.04


TABLE = Table("fraud", __doc__, COLUMNS, TARGET, _claim, FAULTS, default_rows=1000)

if __name__ == "__main__":
    TABLE.main()
