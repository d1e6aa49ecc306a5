"""Which use case it is, what kind of problem, and whose."""

from __future__ import annotations

from dropforge.domain.contract.fields import Several, Text, Word
from dropforge.domain.contract.metrics import PROBLEMS
from dropforge.domain.contract.section import Section

USECASE = Section(
    holds=Text(
        r"[a-z][a-z0-9-]{0,27}",
        "a name of at most 28 lower-case letters, digits and dashes",
        default="",
        about="The use case's name; its files go under drops/NAME/.",
        allowed="lower-case letters, digits and dashes, at most 28",
        otherwise="required",
    ),
    needed=PROBLEMS,
)
PROBLEM = Section(
    holds=Word(
        PROBLEMS,
        default="",
        about="What kind of answer the model gives.",
        otherwise="required",
    ),
    needed=PROBLEMS,
)
OWNERS = Section(
    holds=Several(
        Text(r"[^@\s]{1,64}@[^@\s]{1,255}", "an e-mail address"),
        20,
        default=(),
        about="Who is notified: e-mail addresses.",
        allowed="a list of e-mail addresses",
        otherwise="nobody",
    )
)
