"""A JSON text → a record. JSON lines have one a line, and only a line feed ends a line."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from dropforge.domain.contract.fields import shown
from dropforge.domain.reading.cells import SPACES
from dropforge.domain.reading.faults import BadRow, NotJson

LONGEST_REASON = 100
JSON_SPACES = " \t\n\r"
"""What may stand around a JSON text; other spaces are a fault of it."""
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def parse_json(text: str) -> Any:
    """What the text says, or BadRow: each name once, no NaN or infinity, and only whole characters.

    Looking for names that come twice takes half as long again as reading. So it is done only where there are
    more colons than names were read, because of such a name or of a colon in a text.
    """
    try:
        found = _QUICK.decode(text)
        if text.count(":") != _pairs(found):
            found = _CAREFUL.decode(text)
        if _SURROGATE.search(text):
            json.dumps(found, ensure_ascii=False).encode()
    except json.JSONDecodeError as fault:
        raise NotJson(fault.msg, fault.pos + 1) from fault
    except UnicodeEncodeError as fault:
        raise BadRow("holds half of a character, which is not text") from fault
    except (ValueError, RecursionError) as fault:
        raise BadRow(f"cannot be read: {str(fault)[:LONGEST_REASON]}") from fault
    return found


def parse_record(line: str) -> dict[str, Any]:
    record = parse_json(line)
    if not isinstance(record, dict):
        raise BadRow(f"is not a JSON object but {shown(record)}")
    return record


def is_blank(line: str) -> bool:
    return not line.strip(SPACES)


def _pairs(found: Any) -> int:
    """How many names were read, as long as they are those of a record or of a list of records in it."""
    if not isinstance(found, dict):
        return 0
    lists = (value for value in found.values() if isinstance(value, list))
    return len(found) + sum(len(item) for items in lists for item in items if isinstance(item, dict))


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) != len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise BadRow(f"names {shown(repeated)} more than once")
    return record


def _refuse_constant(word: str) -> NoReturn:
    raise BadRow(f"has {word}, which is not a JSON number; write null for a missing value")


_QUICK = json.JSONDecoder(parse_constant=_refuse_constant)
_CAREFUL = json.JSONDecoder(object_pairs_hook=_each_once, parse_constant=_refuse_constant)
