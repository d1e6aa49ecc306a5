"""AWS's evaluation logic, one table a rule of it."""

from __future__ import annotations

from typing import Any

import pytest

from localcloud.iam import keys
from localcloud.iam.evaluate import Request, Verdict, evaluate
from localcloud.iam.policies import Grants, policy
from localcloud.iam.principals import ANONYMOUS, Principal, root, service, session

ROLE = "arn:aws:iam::000000000000:role/worker"
WHO = session(ROLE, "now")
ANN = "arn:aws:iam::000000000000:user/ann"
USER = Principal("user", ANN, "000000000000", ANN)
BUCKET = "arn:aws:s3:::data"
OBJECT = f"{BUCKET}/runs/a.csv"
KEY = "arn:aws:kms:us-east-1:000000000000:key/1"
ACCOUNT_ROOT = "arn:aws:iam::000000000000:root"


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {**allow(action, resource, **more), "Effect": "Deny"}


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def decide(
    *statements: dict[str, Any],
    action: str = "s3:GetObject",
    resource: str = OBJECT,
    who: Principal = WHO,
    boundary: list[dict[str, Any]] | None = None,
    session_policy: list[dict[str, Any]] | None = None,
    guard: list[dict[str, Any]] | None = None,
    must_agree: bool = False,
    **context: Any,
) -> Verdict:
    given = {name.replace("__", ":"): value for name, value in context.items()}
    grants = Grants(
        (policy("own", document(*statements)),),
        policy("boundary", document(*boundary)) if boundary is not None else None,
        (policy("session", document(*session_policy)),) if session_policy is not None else None,
    )
    request = Request(who, action, resource, {**keys.of_principal(who), **given}, keys.known)
    own = policy(resource, document(*guard)) if guard is not None else None
    return evaluate(request, grants, own, must_agree=must_agree)


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        (allow("s3:GetObject", OBJECT), True),
        (allow("S3:getobject", OBJECT), True),  # actions have no case
        (allow("s3:GetObject", OBJECT.upper()), False),  # resources do
        (allow("s3:Get*", f"{BUCKET}/runs/*"), True),
        (allow("s3:GetObjec?", f"{BUCKET}/run?/a.csv"), True),
        (allow(["sqs:SendMessage", "s3:GetObject"], [f"{BUCKET}/drops/*", f"{BUCKET}/runs/*"]), True),
        (allow("*"), True),
        (allow("s3:*", BUCKET), False),  # the bucket is not its objects
        (allow("s3:GetObjectVersion"), False),
        (allow("s3:GetObject", f"{BUCKET}/drops/*"), False),
        (allow("s3:GetObject", f"{BUCKET}/runs/[a].csv"), False),  # only * and ? are wildcards
        ({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, True),
        ({"Effect": "Allow", "NotAction": ["s3:Get*"], "Resource": "*"}, False),
        ({"Effect": "Allow", "Action": "s3:GetObject", "NotResource": f"{BUCKET}/drops/*"}, True),
        ({"Effect": "Allow", "Action": "s3:GetObject", "NotResource": f"{BUCKET}/runs/*"}, False),
        ({"Effect": "Allow", "Action": "s3:GetObject"}, False),  # no resource, no grant
        ({"Effect": "allow", "Action": "s3:GetObject", "Resource": "*"}, False),  # no such effect
    ],
)
def test_a_statement_allows_the_actions_and_resources_that_it_names(
    statement: dict[str, Any], allowed: bool
) -> None:
    assert decide(statement).allowed is allowed


def test_nothing_is_allowed_by_silence_and_the_reason_is_awss() -> None:
    verdict = decide(allow("s3:PutObject"))
    assert not verdict.allowed
    assert verdict.reason == "because no identity-based policy allows the s3:GetObject action"


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        ("own", "with an explicit deny in an identity-based policy"),
        ("boundary", "with an explicit deny in a permissions boundary"),
        ("session_policy", "with an explicit deny in a session policy"),
        ("guard", "with an explicit deny in a resource-based policy"),
    ],
)
def test_a_deny_anywhere_decides(policy: str, reason: str) -> None:
    """Whatever else allows."""
    refusing = deny("s3:Get*", Principal="*") if policy == "guard" else deny("s3:Get*")
    own = [allow("*")] + ([refusing] if policy == "own" else [])
    more: Any = {} if policy == "own" else {policy: [allow("*"), refusing]}
    verdict = decide(*own, **more)
    assert not verdict.allowed
    assert verdict.reason == reason


@pytest.mark.parametrize(
    ("own", "boundary", "allowed"),
    [
        ([allow("s3:*")], [allow("s3:GetObject")], True),
        ([allow("s3:*")], [allow("sqs:*")], False),
        ([], [allow("s3:*")], False),  # a boundary grants nothing
        ([allow("s3:*")], [], False),
    ],
)
def test_a_boundary_limits_and_grants_nothing(own: list[Any], boundary: list[Any], allowed: bool) -> None:
    verdict = decide(*own, boundary=boundary)
    assert verdict.allowed is allowed
    if own and not allowed:
        assert verdict.reason == "because no permissions boundary allows the s3:GetObject action"


def test_a_sessions_policy_limits_the_role() -> None:
    assert decide(allow("s3:*"), session_policy=[allow("s3:GetObject")]).allowed
    verdict = decide(allow("s3:*"), session_policy=[allow("s3:PutObject")])
    assert verdict.reason == "because no session policy allows the s3:GetObject action"


@pytest.mark.parametrize(
    ("principal", "allowed"),
    [
        ("*", True),
        ({"AWS": "*"}, True),
        ({"AWS": ROLE}, True),
        ({"AWS": WHO.arn}, True),
        ({"AWS": "arn:aws:iam::000000000000:role/other"}, False),
        ({"AWS": "arn:aws:iam::000000000000:role/*"}, False),  # no wildcards in principals
        ({"AWS": ACCOUNT_ROOT}, False),  # the account hands over to its identities' policies
        ({"AWS": "000000000000"}, False),
        ({"Service": "events.amazonaws.com"}, False),
    ],
)
def test_a_resources_policy_allows_whom_it_names(principal: Any, allowed: bool) -> None:
    assert decide(guard=[allow("s3:GetObject", OBJECT, Principal=principal)]).allowed is allowed


def test_a_boundary_holds_for_a_role_that_a_resource_names_but_not_for_the_session_itself() -> None:
    for principal, allowed in ((ROLE, False), (WHO.arn, True)):
        guard = [allow("s3:GetObject", OBJECT, Principal={"AWS": principal})]
        assert decide(guard=guard, boundary=[allow("sqs:*")]).allowed is allowed


def test_not_principal_denies_everybody_else() -> None:
    guard = [{"Effect": "Deny", "NotPrincipal": {"AWS": ROLE}, "Action": "s3:*", "Resource": "*"}]
    assert decide(allow("s3:*"), guard=guard).allowed
    assert not decide(allow("s3:*"), guard=guard, who=USER).allowed


@pytest.mark.parametrize(
    ("guard", "own", "allowed"),
    [
        ([allow("kms:*", Principal={"AWS": ACCOUNT_ROOT})], [allow("kms:Decrypt", KEY)], True),
        ([allow("kms:*", Principal={"AWS": ACCOUNT_ROOT})], [], False),
        ([allow("kms:*", Principal={"AWS": ROLE})], [], True),
        ([allow("kms:*", Principal={"AWS": USER.arn})], [allow("kms:Decrypt", KEY)], False),
        ([], [allow("kms:*")], False),
    ],
)
def test_a_key_is_used_only_where_its_policy_agrees(guard: list[Any], own: list[Any], allowed: bool) -> None:
    verdict = decide(*own, action="kms:Decrypt", resource=KEY, guard=guard, must_agree=True)
    assert verdict.allowed is allowed


def test_a_service_needs_the_resources_policy() -> None:
    queue = "arn:aws:sqs:us-east-1:000000000000:q"
    sns = service("sns.amazonaws.com", "000000000000")
    statement = allow("sqs:SendMessage", queue, Principal={"Service": "sns.amazonaws.com"})
    given: dict[str, Any] = {"action": "sqs:SendMessage", "resource": queue}
    assert decide(guard=[statement], who=sns, **given).allowed
    assert not decide(guard=[], who=sns, **given).allowed
    assert not decide(guard=[statement], who=service("events.amazonaws.com", "000000000000"), **given).allowed


def test_anonymous_callers_are_everybody_and_nobody_else() -> None:
    assert decide(guard=[allow("s3:GetObject", OBJECT, Principal="*")], who=ANONYMOUS).allowed
    assert not decide(guard=[allow("s3:GetObject", OBJECT, Principal={"AWS": ROLE})], who=ANONYMOUS).allowed


def test_root_may_everything_but_what_a_resource_denies() -> None:
    who = root("000000000000")
    assert decide(who=who).allowed
    assert not decide(who=who, guard=[deny("s3:*", Principal="*")]).allowed


def test_the_statement_that_decided_is_named() -> None:
    assert decide(allow("s3:PutObject"), allow("s3:*", Sid="ReadRuns")).statement == "own/ReadRuns"
    assert decide(allow("s3:PutObject"), allow("s3:*")).statement == "own/statement 2"


@pytest.mark.parametrize("broken", ["", "{", "[]", '{"Statement": "no"}', '{"Statement": [1]}', None])
def test_a_document_that_cannot_be_read_allows_nothing(broken: str | None) -> None:
    request = Request(WHO, "s3:GetObject", OBJECT, {})
    assert not evaluate(request, Grants((policy("broken", broken),)), None).allowed
