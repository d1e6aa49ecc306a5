"""Where in a contract the parser is: the path, what is wrong so far, and what the other sections say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dropforge.domain.contract.fields import shown

if TYPE_CHECKING:
    from dropforge.domain.contract.problems import Problems

Path = tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """`section` gives what another section says; it is read then, if it was not before."""

    path: Path
    problems: Problems
    section: Callable[[str], Any]

    @property
    def problem(self) -> str:
        """Which kind of problem the contract is of; empty where it names none that exists."""
        return str(self.section("problem"))

    def below(self, *keys: str) -> Reading:
        return Reading((*self.path, *keys), self.problems, self.section)

    def fault(self, message: str) -> None:
        self.problems.add(self.path, message)

    def known_keys(self, value: object, known: Iterable[str]) -> dict[str, Any]:
        """The mapping's known keys; a fault for each other one, or if the value is not a mapping."""
        if isinstance(value, Mapping):
            return self.problems.known_keys(self.path, value, known)
        self.fault(f"{shown(value)} is not a mapping")
        return {}
