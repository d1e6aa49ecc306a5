"""The first row: does it name the contract's columns, each once?"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from dropforge.domain.contract.fields import shown
from dropforge.domain.reading.cells import SPACES
from dropforge.domain.reading.faults import BadFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dropforge.domain.contract import Column, Contract

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


def check_header(names: Sequence[str], contract: Contract, wanted: Sequence[Column]) -> None:
    """Of a file: a drop must have all columns, a file for inference the features. Dropped columns may be
    absent, since nothing reads them."""
    known = _known(contract)
    _check_delimiter(names, contract, known)
    if not known & set(names):
        raise BadFile(
            "columns",
            f"the first row names none of the contract's columns; it begins with {_listed(names)}. "
            "Has the file no header?",
        )
    check_names(names, contract, wanted, "the header")


def check_names(names: Sequence[str], contract: Contract, wanted: Sequence[Column], what: str) -> None:
    """BadFile unless these are the wanted columns, each once, and others of the contract; `what` has them,
    for the sentence."""
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        raise BadFile("columns", f"{what} names {_listed(repeated)} more than once")
    known, named = _known(contract), set(names)
    missing = [column.name for column in wanted if column.name not in named]
    extra = [name for name in names if name not in known]
    if missing:
        also = f", and has {_listed(extra)} that the contract does not know" if extra else ""
        raise BadFile("columns", f"{what} lacks {_listed(missing)}{also}")
    if extra:
        raise BadFile(
            "columns", f"{what} has {_listed(extra)}, not in the contract: list it under columns or drop"
        )


def looks_like_header(cells: Sequence[str], contract: Contract) -> bool:
    """More names of columns than anything else: no row of values looks so."""
    known = _known(contract)
    return sum(cell.strip(SPACES) in known for cell in cells) * 2 > len(cells)


def _known(contract: Contract) -> set[str]:
    return {column.name for column in contract.columns} | set(contract.drop)


def _check_delimiter(names: Sequence[str], contract: Contract, known: set[str]) -> None:
    if len(names) > 1 or len(known) == 1 or names[0] in known:
        return
    found = {mark: sum(part.strip(SPACES) in known for part in names[0].split(mark)) for mark in DELIMITERS}
    likely = max(found, key=lambda mark: found[mark])
    hint = f"; it looks like {DELIMITERS[likely]} is the delimiter" if found[likely] > 1 else ""
    given = DELIMITERS[contract.reader.delimiter]
    raise BadFile(
        "reader.delimiter", f"the header has 1 column; expected {len(known)}, separated by {given}{hint}"
    )


def _listed(names: Iterable[str]) -> str:
    listed = list(names)
    more = f" and {len(listed) - MOST_NAMED} more" if len(listed) > MOST_NAMED else ""
    return ", ".join(shown(name) for name in listed[:MOST_NAMED]) + more
