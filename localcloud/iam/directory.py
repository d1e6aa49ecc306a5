"""What decisions need to know of the cloud that they are made for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from localcloud.iam.policies import Document, Grants
from localcloud.iam.principals import Principal


@dataclass(frozen=True)
class Guarded:
    """A resource that keeps a policy of its own; `must_agree` where that policy has the last word (KMS)."""

    document: Document | None
    must_agree: bool = False


class Directory(Protocol):
    """Every method may be called from several threads at once, and many times a request: be quick."""

    account: str
    region: str

    def caller(self, access_key: str, session_token: str | None) -> Principal:
        """Whose credentials these are. Raises UnknownCaller."""

    def grants(self, who: Principal) -> Grants:
        """The policies of a user or a role; nothing for everybody else."""

    def guard(self, resource: str) -> Guarded | None:
        """The policy of the resource itself; None where its kind has none, or where it does not exist."""

    def tags(self, resource: str) -> Mapping[str, str]:
        """The tags of a resource; none where it does not exist."""

    def trust(self, role_arn: str) -> Document | None:
        """The trust policy of a role; None where there is no such role."""

    def key_of(self, resource: str) -> str | None:
        """The ARN of the customer's key by which the resource's content is encrypted, if it is."""
