"""Who calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["root", "user", "role", "service", "anonymous"]


@dataclass(frozen=True)
class Principal:
    """`arn` is what AWS shows of the caller; `identity` is whose policies count, such as a session's role."""

    kind: Kind
    arn: str
    account: str
    identity: str
    # The access key of a session, by which its own policies are found.
    session_key: str = ""

    @property
    def name(self) -> str:
        return self.identity.rsplit("/", 1)[-1]


class UnknownCaller(Exception):
    """The credentials of a request belong to nobody: AWS's code and text."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message = code, message


def root(account: str) -> Principal:
    arn = f"arn:aws:iam::{account}:root"
    return Principal("root", arn, account, arn)


def service(name: str, account: str) -> Principal:
    """An AWS service at work by itself, for example `events.amazonaws.com`."""
    return Principal("service", name, account, name)


def session(role_arn: str, session_name: str) -> Principal:
    """A role taken on: `arn:aws:sts::…:assumed-role/<role>/<session>`."""
    account = role_arn.split(":")[4]
    name = role_arn.rsplit("/", 1)[-1]
    arn = f"arn:aws:sts::{account}:assumed-role/{name}/{session_name}"
    return Principal("role", arn, account, role_arn)


ANONYMOUS = Principal("anonymous", "anonymous", "", "anonymous")
