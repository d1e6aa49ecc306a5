"""The JSON Schema of a contract, so that editors complete it and underline what is wrong while it is written.

Made from the same fields that the parser reads; `python -m dropforge.domain.contract.schema` prints it, and a
test keeps `contract.schema.json` equal to it. It cannot say what spans two keys (that the split adds up to 1,
that the target is a column): the parser alone does.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from dropforge.domain.contract.metrics import PROBLEMS
from dropforge.domain.contract.whole import SECTIONS


def schema() -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Dropforge contract",
        "type": "object",
        "required": [name for name, section in SECTIONS.items() if section.needed == PROBLEMS],
        "additionalProperties": False,
        "properties": {
            name: {"description": section.holds.about} | section.holds.schema()
            for name, section in SECTIONS.items()
        },
        "allOf": [_of(problem) for problem in PROBLEMS],
    }


def _of(problem: str) -> dict[str, Any]:
    """What holds for one problem only."""
    own = {name: section.schema_for(problem) for name, section in SECTIONS.items()}
    some = {name: section.needed for name, section in SECTIONS.items() if section.needed != PROBLEMS}
    needed = [name for name, problems in some.items() if problem in problems]
    then: dict[str, Any] = {"properties": {name: each for name, each in own.items() if each != {}}}
    if needed:
        then["required"] = needed
    return {"if": {"properties": {"problem": {"const": problem}}, "required": ["problem"]}, "then": then}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(schema(), indent=2, ensure_ascii=False) + "\n")
