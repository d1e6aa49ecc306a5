"""Functions of another package that are replaced at run time: each once, in the open.

MiniStack and moto do not have a seam for everything that this cloud does otherwise. Where there is none, the
one module that owns a function replaces it here. If two modules replaced the same function, what happens
would depend on the order of their calls, so the second is refused. `made` lists them all.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

from localcloud.errors import ReplacedTwice


@dataclass(frozen=True)
class Rebinding:
    """One name of a foreign module or class that holds a value of ours."""

    owner: object
    name: str
    by: str

    def __str__(self) -> str:
        return f"{_name_of(self.owner)}.{self.name}"


_made: dict[tuple[int, str], Rebinding] = {}


def replace(owner: object, name: str, value: object) -> Any:
    """Set a name of a foreign module or class, and return what it was before."""
    rebinding = Rebinding(owner, name, getattr(value, "__module__", type(value).__module__))
    before = _made.get((id(owner), name))
    if before is not None:
        raise ReplacedTwice(str(rebinding), before.by, rebinding.by)
    original = getattr(owner, name)
    setattr(owner, name, value)
    _made[id(owner), name] = rebinding
    return original


def made() -> list[Rebinding]:
    """Everything that was replaced in this process, in the order of time."""
    return list(_made.values())


def _name_of(owner: object) -> str:
    if isinstance(owner, ModuleType):
        return owner.__name__
    kind = owner if isinstance(owner, type) else type(owner)
    return f"{kind.__module__}.{kind.__qualname__}"
