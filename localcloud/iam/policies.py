"""Policy documents, read once: a document's text is its own cache key."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from localcloud.iam.conditions import Condition, conditions_of

Document = str | Mapping[str, Any]


@dataclass(frozen=True)
class Statement:
    """One statement, and how people find it: its Sid, or else its number in the document."""

    name: str
    allows: bool
    actions: tuple[str, ...]
    but_actions: tuple[str, ...]
    resources: tuple[str, ...]
    but_resources: tuple[str, ...]
    conditions: tuple[Condition, ...]
    # Kind ("AWS", "Service", …) -> names; None where the document names no principal (an identity's policy).
    principals: Mapping[str, tuple[str, ...]] | None = None
    but_principals: Mapping[str, tuple[str, ...]] | None = None


@dataclass(frozen=True)
class Policy:
    """A document under the name that it has at its identity or resource."""

    name: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class Grants:
    """What an identity has: its own policies, what bounds it, and what its session was cut down to."""

    identity: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    session: tuple[Policy, ...] | None = None
    # Facts about the principal that conditions may ask for, such as aws:PrincipalTag/…, in lower case.
    context: Mapping[str, Any] = field(default_factory=dict)


def policy(name: str, document: Document | None) -> Policy:
    """Parse a document; one that cannot be read holds no statement, so it allows nothing."""
    if not document:
        return Policy(name, ())
    text = document if isinstance(document, str) else json.dumps(document, default=str)
    return _policy(name, text)


@functools.lru_cache(maxsize=4096)
def _policy(name: str, text: str) -> Policy:
    try:
        document = json.loads(text)
    except ValueError:
        return Policy(name, ())
    listed = _listed(document.get("Statement")) if isinstance(document, dict) else []
    given = [s for s in listed if isinstance(s, dict)]
    return Policy(name, tuple(_statement(number, s) for number, s in enumerate(given)))


def _statement(number: int, given: Mapping[str, Any]) -> Statement:
    return Statement(
        name=str(given.get("Sid") or f"statement {number + 1}"),
        allows=given.get("Effect") == "Allow",
        actions=_texts(given.get("Action")),
        but_actions=_texts(given.get("NotAction")),
        resources=_texts(given.get("Resource")),
        but_resources=_texts(given.get("NotResource")),
        conditions=conditions_of(given.get("Condition")),
        principals=_principals(given.get("Principal")),
        but_principals=_principals(given.get("NotPrincipal")),
    )


def _principals(given: Any) -> Mapping[str, tuple[str, ...]] | None:
    if given is None:
        return None
    if isinstance(given, dict):
        return {kind: _texts(names) for kind, names in given.items()}
    return {"*": _texts(given)}


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(str(item) for item in _listed(value))


def _listed(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]
