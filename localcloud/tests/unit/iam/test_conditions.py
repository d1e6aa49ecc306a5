"""Condition blocks: each operator with what holds and what does not, and what is not known."""

from __future__ import annotations

from typing import Any

import pytest

from localcloud.iam import keys
from localcloud.iam.evaluate import Request, Verdict, evaluate
from localcloud.iam.policies import Grants, policy
from localcloud.iam.principals import session

WHO = session("arn:aws:iam::000000000000:role/worker", "now")
RULE = "arn:aws:events:us-east-1:000000000000:rule/shop-sold"


def decide(condition: dict[str, Any], effect: str = "Allow", resource: str = "*", **context: Any) -> Verdict:
    statement = {"Effect": effect, "Action": "*", "Resource": resource, "Condition": condition}
    always = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    statements = [statement] if effect == "Allow" else [always, statement]
    given = {name.replace("__", ":").replace("_S_", "/"): value for name, value in context.items()}
    request = Request(WHO, "sns:Publish", "arn:aws:sns:us-east-1:000000000000:t", given, keys.known)
    return evaluate(request, Grants((policy("own", {"Statement": statements}),)), None)


@pytest.mark.parametrize(
    ("operator", "wanted", "given", "holds"),
    [
        ("StringEquals", "a", "a", True),
        ("StringEquals", ["a", "b"], "b", True),
        ("StringEquals", "a", "A", False),
        ("StringEquals", "a*", "ab", False),
        ("StringNotEquals", ["a", "b"], "c", True),
        ("StringNotEquals", ["a", "b"], "b", False),
        ("StringEqualsIgnoreCase", "a", "A", True),
        ("StringNotEqualsIgnoreCase", "a", "A", False),
        ("StringLike", ["x", "/aws/*"], "/aws/sagemaker", True),
        ("StringLike", "a?c", "abbc", False),
        ("StringNotLike", "a*", "bc", True),
        ("Bool", "false", "false", True),
        ("Bool", False, "false", True),
        ("Bool", "false", "true", False),
        ("NumericEquals", "3", "3.0", True),
        ("NumericLessThan", 10, "9", True),
        ("NumericLessThanEquals", 10, "11", False),
        ("NumericGreaterThan", 10, "9", False),
        ("NumericGreaterThanEquals", "10", "10", True),
        ("NumericNotEquals", "10", "ten", True),
        ("DateLessThan", "2030-01-01T00:00:00Z", "2026-11-20T10:00:00Z", True),
        ("DateGreaterThan", "2030-01-01", "2026-11-20T10:00:00Z", False),
        ("DateEquals", "1700000000", "2023-11-14T22:13:20Z", True),
        ("IpAddress", "10.0.0.0/8", "10.1.2.3", True),
        ("IpAddress", ["192.168.0.0/16", "::1"], "10.1.2.3", False),
        ("NotIpAddress", "10.0.0.0/8", "127.0.0.1", True),
        ("BinaryEquals", "QUJD", "QUJD", True),
        ("ArnEquals", RULE, RULE, True),
        ("ArnLike", RULE.replace("sold", "*"), RULE, True),
        ("ArnLike", "arn:aws:events:*:*:rule/*", RULE, True),
        ("ArnLike", "arn:aws:events:*", RULE, False),  # an ARN has six parts
        ("ArnNotLike", "arn:aws:events:*:*:rule/shop-*", RULE, False),
    ],
)
def test_an_operator_holds_or_not(operator: str, wanted: Any, given: str, holds: bool) -> None:
    assert decide({operator: {"aws:SourceArn": wanted}}, aws__sourcearn=given).allowed is holds


@pytest.mark.parametrize(
    ("operator", "holds"),
    [
        ("StringEquals", False),
        ("StringLike", False),
        ("ArnLike", False),
        ("Bool", False),
        ("StringEqualsIfExists", True),
        ("BoolIfExists", True),
        ("StringNotEquals", True),
        ("StringNotLike", True),
        ("ForAllValues:StringEquals", True),
        ("ForAnyValue:StringEquals", False),
        ("ForAnyValue:StringNotEquals", False),
    ],
)
def test_a_key_that_the_request_does_not_have(operator: str, holds: bool) -> None:
    assert decide({operator: {"aws:SourceArn": "a"}}).allowed is holds


@pytest.mark.parametrize(
    ("wanted", "given", "holds"), [("true", None, True), ("true", "x", False), ("false", "x", True)]
)
def test_null_asks_whether_a_key_is_there(wanted: str, given: str | None, holds: bool) -> None:
    context = {} if given is None else {"aws__sourceaccount": given}
    assert decide({"Null": {"aws:SourceAccount": wanted}}, **context).allowed is holds


@pytest.mark.parametrize(
    ("operator", "given", "holds"),
    [
        ("ForAllValues:StringEquals", ["team", "stage"], True),
        ("ForAllValues:StringEquals", ["team", "cost"], False),
        ("ForAllValues:StringLike", ["team"], True),
        ("ForAnyValue:StringEquals", ["cost", "stage"], True),
        ("ForAnyValue:StringEquals", ["cost"], False),
    ],
)
def test_keys_with_many_values(operator: str, given: list[str], holds: bool) -> None:
    assert decide({operator: {"aws:TagKeys": ["team", "stage"]}}, aws__tagkeys=given).allowed is holds


def test_every_operator_and_every_key_must_hold() -> None:
    both = {"ArnLike": {"aws:SourceArn": RULE}, "StringEquals": {"aws:SourceAccount": "000000000000"}}
    assert decide(both, aws__sourcearn=RULE, aws__sourceaccount="000000000000").allowed
    assert not decide(both, aws__sourcearn=RULE, aws__sourceaccount="1").allowed
    assert not decide(both, aws__sourcearn=RULE).allowed


def test_names_of_keys_have_no_case() -> None:
    assert decide({"StringEquals": {"AWS:sourceACCOUNT": "1"}}, aws__sourceaccount="1").allowed


@pytest.mark.parametrize(
    "condition",
    [{"StringEquals": {"acme:Moon": "full"}}, {"StringResembles": {"aws:SourceAccount": "1"}}],
    ids=["key", "operator"],
)
@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_what_is_not_known_is_never_an_allow(condition: dict[str, Any], effect: str) -> None:
    """It is told as well."""
    verdict = decide(condition, effect, aws__sourceaccount="1")
    assert not verdict.allowed
    assert "localcloud does not know the condition" in verdict.problems[0]


@pytest.mark.parametrize(
    ("pattern", "holds"),
    [
        ("arn:aws:sns:us-east-1:${aws:PrincipalAccount}:t", True),
        ("arn:aws:sns:us-east-1:${aws:SourceAccount}:t", False),  # no such value: no match
        ("arn:aws:sns:us-east-1:${aws:SourceAccount, '000000000000'}:t", True),
        ("arn:aws:sns:us-east-1:000000000000:${*}", False),
    ],
)
def test_policy_variables(pattern: str, holds: bool) -> None:
    assert decide({}, resource=pattern, aws__principalaccount="000000000000").allowed is holds


def test_a_variables_value_is_not_a_pattern() -> None:
    assert not decide(
        {"StringLike": {"aws:SourceArn": "${aws:username}"}}, aws__sourcearn="ab", aws__username="a*"
    ).allowed


@pytest.mark.parametrize(("secure", "allowed"), [("true", True), ("false", False)])
def test_the_templates_deny_of_plain_http(secure: str, allowed: bool) -> None:
    condition = {"Bool": {"aws:SecureTransport": "false"}}
    assert decide(condition, "Deny", aws__securetransport=secure).allowed is allowed
