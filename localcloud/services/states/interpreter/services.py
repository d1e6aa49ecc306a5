"""How the tasks of an execution reach other services: the local endpoint, with the credentials of a role.

moto hands a task nothing but its role's ARN, so the ARN carries the way to the services with it.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config

Credentials = tuple[str, str, str | None]


@dataclass(eq=False)
class Services:
    """The local endpoint, and who a role is there (access key, secret key, session token)."""

    endpoint_url: str
    account: str = "000000000000"
    region: str = "us-east-1"
    credentials: Callable[[str], Credentials] | None = None
    wait_scale: float = 1.0
    _clients: dict[tuple[str, str, Credentials], Any] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def client(self, service: str, role_arn: str, region: str | None = None) -> Any:
        """A boto3 client of a service that acts as the role."""
        who: Credentials = self.credentials(role_arn) if self.credentials else (self.account, "local", None)
        key = (service, region or self.region, who)
        with self._lock:
            if key not in self._clients:
                if (
                    len(self._clients) > 256
                ):  # session credentials change; the oldest clients are not needed any more
                    self._clients.clear()
                self._clients[key] = self._new_client(*key)
            return self._clients[key]

    def _new_client(self, service: str, region: str, who: Credentials) -> Any:
        return _session().client(
            service, endpoint_url=self.endpoint_url, region_name=region,
            aws_access_key_id=who[0], aws_secret_access_key=who[1], aws_session_token=who[2],
            config=Config(
                retries={"total_max_attempts": 1}, max_pool_connections=64, read_timeout=900,
                s3={"addressing_style": "path"}, response_checksum_validation="when_required",
            ),
        )  # fmt: skip


@functools.lru_cache(maxsize=1)
def _session() -> Any:
    # One session for all: it holds the parsed models of the services.
    return boto3.session.Session()


class Role(str):
    """A role's ARN that knows the services it is used at."""

    __slots__ = ("services",)
    services: Services

    def __new__(cls, arn: str, services: Services) -> Role:
        role = super().__new__(cls, arn)
        role.services = services
        return role

    def __deepcopy__(self, memo: object) -> Role:
        return self


def client_of(role: Any, service: str, region: str | None = None) -> Any:
    if not isinstance(role, Role):
        raise TypeError(f"the role {role!r} does not belong to an execution")
    return role.services.client(service, role, region)
