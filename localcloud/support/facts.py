"""The facts that lie beside the services."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDERS = ("services/sagemaker", "services/states", "lambdas", "ministack")


@dataclass(frozen=True)
class Fact:
    """A sentence, and the test that shows it; empty where none does."""

    says: str
    test: str


@dataclass(frozen=True)
class Service:
    """One service by botocore's name."""

    name: str
    title: str
    served_by: str
    supported: tuple[Fact, ...]
    differs: tuple[Fact, ...]
    missing: tuple[str, ...]

    def facts(self) -> tuple[Fact, ...]:
        return (*self.supported, *self.differs)


@cache
def services() -> dict[str, Service]:
    here = Path(__file__).resolve().parent.parent
    found: dict[str, Service] = {}
    for folder in FOLDERS:
        written = tomllib.loads((here / folder / "support.toml").read_text("utf-8"))
        for name, fields in written.items():
            found[name] = Service(
                name=name,
                title=fields["title"],
                served_by=fields["served_by"],
                supported=tuple(Fact(**fact) for fact in fields["supported"]),
                differs=tuple(Fact(**fact) for fact in fields["differs"]),
                missing=tuple(fields["missing"]),
            )
    return found
