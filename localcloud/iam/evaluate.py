"""AWS's evaluation logic for one account: a pure function of a request and the policies that touch it.

A Deny anywhere decides. Otherwise the resource's own policy may allow a principal that it names, or the
identity's policies may allow, within the boundary and the session's policies. Where the resource's policy
must agree as well (a KMS key), naming the account's root hands the decision over to identities.

Not modelled: service control policies and access across accounts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from localcloud.iam.conditions import Unknown
from localcloud.iam.patterns import filled, matches, matches_action
from localcloud.iam.policies import Grants, Policy, Statement
from localcloud.iam.principals import Principal

IDENTITY, BOUNDARY, SESSION, RESOURCE = (
    "identity-based policy",
    "permissions boundary",
    "session policy",
    "resource-based policy",
)


@dataclass(frozen=True)
class Request:
    """One question. The context's keys are in lower case; a value may be a text or a list of texts."""

    principal: Principal
    action: str
    resource: str
    context: Mapping[str, Any]
    # Which condition keys this cloud fills in where they apply, and so may be absent with a meaning.
    known: Callable[[str], bool] = lambda _: True


@dataclass(frozen=True)
class Verdict:
    """`statement` is "policy/Sid" of what decided, and empty where nothing matched. `reason` continues AWS's
    sentence "… is not authorized to perform: … on resource: …".
    """

    allowed: bool
    kind: str
    statement: str
    reason: str = ""
    problems: tuple[str, ...] = ()


@dataclass
class _Search:
    """What was found on the way that a decision has to mention."""

    request: Request
    problems: list[str]

    def first(
        self, policies: Iterable[Policy], allows: bool, names: Callable[[Statement], bool] | None = None
    ) -> str | None:
        """ "policy/Sid" of the first statement with that effect that matches the request."""
        for policy in policies:
            for statement in policy.statements:
                if (
                    statement.allows == allows
                    and (names is None or names(statement))
                    and self._matches(statement, policy)
                ):
                    return f"{policy.name}/{statement.name}"
        return None

    def _matches(self, statement: Statement, policy: Policy) -> bool:
        if not (_action(statement, self.request.action) and _resource(statement, self.request)):
            return False
        context, known = self.request.context, self.request.known
        try:
            return all(condition.holds(context, known) for condition in statement.conditions)
        except Unknown as error:
            self.problems.append(f"{policy.name}/{statement.name}: localcloud does not know {error}")
            return not statement.allows  # what is not understood never allows


def evaluate(
    request: Request, grants: Grants, resource: Policy | None, *, must_agree: bool = False
) -> Verdict:
    """Decide a request. `must_agree`: the resource's own policy has to allow as well."""
    search = _Search(request, [])
    verdict = _denied(search, grants, resource) or _allowed(search, grants, resource, must_agree)
    if not search.problems:
        return verdict
    return Verdict(verdict.allowed, verdict.kind, verdict.statement, verdict.reason, tuple(search.problems))


def _denied(search: _Search, grants: Grants, resource: Policy | None) -> Verdict | None:
    own: list[tuple[str, Iterable[Policy]]] = [
        (IDENTITY, grants.identity),
        (BOUNDARY, [grants.boundary] if grants.boundary else []),
        (SESSION, grants.session or ()),
    ]
    for kind, policies in own:
        if found := search.first(policies, allows=False):
            return Verdict(False, kind, found, f"with an explicit deny in {_a(kind)}")
    if resource and (
        found := search.first([resource], False, lambda s: _names(s, search.request.principal, True))
    ):
        return Verdict(False, RESOURCE, found, f"with an explicit deny in {_a(RESOURCE)}")
    return None


def _allowed(search: _Search, grants: Grants, resource: Policy | None, must_agree: bool) -> Verdict:
    who = search.request.principal
    if who.kind == "root":
        return Verdict(True, IDENTITY, "the account's root")
    direct = _direct(search, resource, who)
    if who.kind in ("service", "anonymous"):
        return direct or _nobody(search, RESOURCE)
    if must_agree and not direct and not _delegates(search, resource):
        return _nobody(search, RESOURCE)
    if direct and _unbounded(search, resource, who):
        return direct
    found = search.first(grants.identity, allows=True)
    own = Verdict(True, IDENTITY, found) if found else direct
    if own is None:
        return _nobody(search, IDENTITY)
    return _limited(search, grants) or own


def _limited(search: _Search, grants: Grants) -> Verdict | None:
    """What the boundary and the session's policies do not let through."""
    if grants.boundary and not search.first([grants.boundary], allows=True):
        return _nobody(search, BOUNDARY)
    if grants.session is not None and not search.first(grants.session, allows=True):
        return _nobody(search, SESSION)
    return None


def _direct(search: _Search, resource: Policy | None, who: Principal) -> Verdict | None:
    """The resource's policy allows this very principal (the account's root stands for no one else)."""
    if resource is None:
        return None
    found = search.first([resource], True, lambda s: _names(s, who, False))
    return Verdict(True, RESOURCE, found) if found else None


def _delegates(search: _Search, resource: Policy | None) -> bool:
    account = search.request.principal.account
    names = (account, f"arn:aws:iam::{account}:root")
    return resource is not None and bool(
        search.first([resource], True, lambda s: any(n in names for n in (s.principals or {}).get("AWS", ())))
    )


def _unbounded(search: _Search, resource: Policy | None, who: Principal) -> bool:
    """A resource's policy that names the session or the user itself goes past boundaries."""
    return resource is not None and bool(
        search.first([resource], True, lambda s: who.arn in (s.principals or {}).get("AWS", ()))
    )


def _nobody(search: _Search, kind: str) -> Verdict:
    return Verdict(False, kind, "", f"because no {kind} allows the {search.request.action} action")


def _a(kind: str) -> str:
    return ("an " if kind[0] in "aeiou" else "a ") + kind


def _action(statement: Statement, action: str) -> bool:
    if statement.actions:
        return any(matches_action(pattern, action) for pattern in statement.actions)
    return bool(statement.but_actions) and not any(matches_action(p, action) for p in statement.but_actions)


def _resource(statement: Statement, request: Request) -> bool:
    if statement.resources:
        return any(_fits(pattern, request) for pattern in statement.resources)
    if statement.but_resources:
        return not any(_fits(pattern, request) for pattern in statement.but_resources)
    return statement.principals is not None  # a trust policy names no resource


def _fits(pattern: str, request: Request) -> bool:
    text = filled(pattern, request.context)
    return text is not None and matches(text, request.resource)


def _names(statement: Statement, who: Principal, with_account: bool) -> bool:
    """Whether the statement is about the principal; naming an account counts for a Deny only."""
    if statement.but_principals is not None:
        return not _listed(statement.but_principals, who, True)
    return statement.principals is not None and _listed(statement.principals, who, with_account)


def _listed(principals: Mapping[str, tuple[str, ...]], who: Principal, with_account: bool) -> bool:
    everybody = "*" in principals.get("*", ()) or "*" in principals.get("AWS", ())
    if everybody or who.kind == "anonymous":
        return everybody
    if who.kind == "service":
        return who.identity in principals.get("Service", ())
    names = principals.get("AWS", ())
    if who.arn in names or who.identity in names:
        return True
    return with_account and any(n in (who.account, f"arn:aws:iam::{who.account}:root") for n in names)
