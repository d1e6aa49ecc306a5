"""The first row: does it name the contract's columns, each once?"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from dropforge.domain.contract.cells import SPACES
from dropforge.domain.contract.fields import shown
from training.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dropforge.domain.contract import Contract

DELIMITERS = {
    ",": "','",
    ";": "';'",
    "\t": "a tab",
    "|": "'|'",
    ":": "':'",
    "^": "'^'",
    "~": "'~'",
    " ": "a space",
}
MOST_NAMED = 10


def check_header(cells: list[str], contract: Contract) -> tuple[str, ...]:
    """The names in the file's order, or Refused. Dropped columns may be absent: nothing reads them."""
    names = tuple(cell.strip(SPACES) for cell in cells)
    known = {column.name for column in contract.columns} | set(contract.drop)
    _check_delimiter(names, cells, contract, known)
    if not known & set(names):
        raise Refused(
            "columns",
            f"the first row names none of the contract's columns; it begins with {_listed(names)}. "
            "Has the file no header?",
        )
    check_names(names, contract, "the header")
    return names


def check_names(names: tuple[str, ...], contract: Contract, what: str) -> None:
    """Refused unless these are the contract's columns, each once; `what` has them, for the sentence."""
    wanted = [column.name for column in contract.columns]
    known = {*wanted, *contract.drop}
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise Refused("columns", f"{what} names {_listed(twice)} more than once")
    missing = [name for name in wanted if name not in names]
    extra = [name for name in names if name not in known]
    if missing:
        also = f", and has {_listed(extra)} that the contract does not know" if extra else ""
        raise Refused("columns", f"{what} lacks {_listed(missing)}{also}")
    if extra:
        raise Refused(
            "columns", f"{what} has {_listed(extra)}, not in the contract: list it under columns or drop"
        )


def _check_delimiter(names: tuple[str, ...], cells: list[str], contract: Contract, known: set[str]) -> None:
    if len(names) > 1 or len(known) == 1 or names[0] in known:
        return
    found = {mark: sum(part.strip(SPACES) in known for part in cells[0].split(mark)) for mark in DELIMITERS}
    likely = max(found, key=lambda mark: found[mark])
    hint = f"; it looks like {DELIMITERS[likely]} is the delimiter" if found[likely] > 1 else ""
    given = DELIMITERS[contract.reader.delimiter]
    raise Refused(
        "reader.delimiter", f"the header has 1 column; expected {len(known)}, separated by {given}{hint}"
    )


def _listed(names: Iterable[str]) -> str:
    listed = list(names)
    more = f" and {len(listed) - MOST_NAMED} more" if len(listed) > MOST_NAMED else ""
    return ", ".join(shown(name) for name in listed[:MOST_NAMED]) + more
