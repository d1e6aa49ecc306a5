"""What things are called. Names carry the stack, so that policies and rules can say `<stack>-*`.

SageMaker allows 63 characters. The longest name made of both words is an endpoint configuration's,
`<stack>-<usecase>-v<version>-<digest>` and, when a try was repeated, `-r3-d1`: what is left is for stack
and use case. A job's is `<usecase>-<sixteen digits>-evaluate` with `-r3-l2-d1`, which leaves 28 characters.
"""

from __future__ import annotations

import re
from hashlib import sha256

USECASE = re.compile(r"[a-z][a-z0-9-]{0,27}")
UNKNOWN = "unknown"
LONGEST = 63
VERSION_AND_DIGEST = len("-v99999-0123456789ab-r3-d1")
LONGEST_STACK_AND_USECASE = LONGEST - VERSION_AND_DIGEST - 1


def is_usecase(name: str) -> bool:
    return USECASE.fullmatch(name) is not None


def endpoint_name(stack: str, usecase: str) -> str:
    """The name of a use case's endpoint, and of its model package group."""
    return f"{stack}-{usecase}"


def usecase_of(stack: str, name: str) -> str | None:
    """The use case whose endpoint or group bears this name; None for another stack's."""
    usecase = name.removeprefix(f"{stack}-")
    return usecase if usecase != name and is_usecase(usecase) else None


def too_long(stack: str, usecase: str) -> str | None:
    """Why this use case cannot live in this stack, or None."""
    length = len(stack) + len(usecase)
    if length <= LONGEST_STACK_AND_USECASE:
        return None
    return (
        f"usecase: {usecase} has {len(usecase)} characters and the stack's name {stack} {len(stack)}; "
        f"together they may have {LONGEST_STACK_AND_USECASE}, as SageMaker allows {LONGEST} for a name made "
        "of both"
    )


def deployment_name(usecase: str, version: int, package: str, decided: str) -> str:
    """One approval's deployment: the same for a second delivery, another when it is approved again later."""
    return f"{usecase}-v{version}-{digest(package, decided)[:12]}"


def rollback_name(usecase: str, alarm: str, config: str) -> str:
    return f"{usecase}-rollback-{digest(alarm, config)[:12]}"


def digest(*parts: str) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()
