"""What is wrong with a contract: all of it at once, so that nobody mends it one message at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Problem:
    """One fault: the path to the key ("gate", "auc"), what is wrong, and the line where that is known."""

    path: tuple[str, ...]
    message: str
    line: int | None = None

    def at(self, line: int | None) -> Problem:
        return replace(self, line=line)

    def __str__(self) -> str:
        where = ".".join(key if key.isprintable() else repr(key)[1:-1] for key in self.path)
        said = f"{where}: {self.message}" if where else self.message
        return said if self.line is None else f"line {self.line}: {said}"


class ContractError(ValueError):
    """A contract that cannot be used; `problems` holds every reason."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(str(problem) for problem in self.problems))
