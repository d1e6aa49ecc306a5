"""A section: what stands under one key of the contract itself.

A section's module declares its fields, and beside them what no field can say: which problems have it, whether
a drop may set it for its own run, what it must agree on with other sections, and what the reference page says
about it. Nothing else lists sections or their keys; `whole.Contract` has an attribute for each.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dropforge.domain.contract.metrics import PROBLEMS, TABLES
from dropforge.domain.contract.parts import DECLARED

if TYPE_CHECKING:
    from dropforge.domain.contract.fields import Field
    from dropforge.domain.contract.problems import Problems
    from dropforge.domain.contract.whole import Contract

KEY = ("key", "what it may be", "default", "what for")


@dataclass(eq=False, repr=False)
class Table:
    """A table of the reference page. With `second`, a column of its own, there is no column of defaults."""

    fields: Mapping[str, Field]
    head: tuple[str, ...] = KEY
    title: str = ""
    text: str = ""
    second: Mapping[str, str] = field(default_factory=dict)


@dataclass(kw_only=True, eq=False, repr=False)
class Section:
    """`holds` is what may stand under the key. Everything else has a default that suits most sections."""

    holds: Field
    problems: tuple[str, ...] = PROBLEMS
    """The problems that have it; the contract of another one is refused."""
    refusal: str = ""
    """In which words, where `why_not` has no good ones."""
    needed: tuple[str, ...] = ()
    """The problems that cannot do without it."""
    settable: bool = False
    """Whether a drop may set it for its own run."""
    of_problem: Mapping[str, Any] = field(default_factory=dict)
    """By problem, what the schema says besides."""
    check: Callable[[Contract, Problems], None] | None = None
    """Notes what does not go together with other sections; asked when all of them are read."""
    details: str = ""
    """For the reference page: what one should know before setting it."""
    example: str = ""
    """YAML that sets it; a test reads it. A section without one is a row of the first table."""
    tables: tuple[Table, ...] = ()
    """Where the page is to show something other than a row for each key."""

    def is_needed(self, problem: str) -> bool:
        """Also where the contract does not say which problem it is."""
        return problem in self.needed or (bool(self.needed) and problem not in PROBLEMS)

    def schema_for(self, problem: str) -> Any:
        """What the schema adds for contracts of one problem: false where they do not have it."""
        return self.of_problem.get(problem, {}) if problem in self.problems else False

    def why_not(self, problem: str) -> str:
        if self.refusal:
            return self.refusal
        if self.problems == TABLES:
            return "pictures have none; the folders are the classes"
        article = "an" if self.problems[0][0] in "aeiou" else "a"
        return f"only {article} {' or '.join(self.problems)} problem has it, not {problem}"


def attribute(section: Section, *, required: bool = False) -> Any:
    """An attribute of the contract that is a section."""
    metadata = {DECLARED: section}
    if required:
        return dataclasses.field(metadata=metadata)
    return dataclasses.field(default_factory=section.holds.empty, metadata=metadata)
