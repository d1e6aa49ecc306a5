"""Where a command works: the local cloud that is running, or AWS.

With --profile, --region or --stack, AWS as boto3 finds it; else the local cloud of this checkout; else what
AWS_ENDPOINT_URL names, which is how a shell that evaluated `./dropforge env` works from anywhere. Nothing is
guessed: without any of these a command that could cost money does not run.
"""

import os
from argparse import Namespace
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cli import local
from cli.errors import UserError
from dropforge.operations.stack import Stack

DEFAULT_STACK = "dropforge"
NO_TARGET = (
    "no local cloud is running and no AWS account was named; start one with `./dropforge up`, "
    "or say where with --stack, --region or --profile"
)
POLL_SECONDS, LOCAL_POLL_SECONDS = 1.0, 0.2
"""AWS counts calls, a laptop does not."""


@dataclass(frozen=True)
class Target:
    """One cloud, and the name of one stack in it."""

    name: str
    profile: str | None = None
    region: str | None = None
    cloud: local.LocalCloud | None = None

    @cached_property
    def stack(self) -> Stack:
        """The stack, as operations take it."""
        return Stack(self.name, self.client, LOCAL_POLL_SECONDS if self.cloud else POLL_SECONDS)

    def client(self, service: str) -> Any:
        """The boto3 client of a service, made when it is first asked for."""
        if service not in self._clients:
            self._clients[service] = self.session.client(service, **self._client_options())
        return self._clients[service]

    @cached_property
    def session(self) -> Any:
        """The boto3 session; made late, because importing boto3 is most of a command's start."""
        import boto3

        if self.cloud:
            return boto3.Session(self.cloud.account, "local", region_name=self.cloud.region)
        return boto3.Session(profile_name=self.profile, region_name=self.region)

    @cached_property
    def _clients(self) -> dict[str, Any]:
        return {}

    def _client_options(self) -> dict[str, Any]:
        from botocore.config import Config

        if self.cloud:
            # A proxy of the machine must not come between two programs on it.
            config = Config(proxies={}, read_timeout=120, retries={"mode": "standard", "max_attempts": 2})
            return {"endpoint_url": self.cloud.endpoint_url, "config": config}
        return {"config": Config(retries={"mode": "standard"})}


def target_for(arguments: Namespace) -> Target:
    """The target that a command's options and this machine say."""
    given = vars(arguments)
    profile, region, stack = given.get("profile"), given.get("region"), given.get("stack")
    if profile or region or stack:
        return Target(stack or os.environ.get("DROPFORGE_STACK", DEFAULT_STACK), profile, region)
    cloud = local.running()
    if cloud:
        return Target(cloud.stack, cloud=cloud)
    if os.environ.get("AWS_ENDPOINT_URL"):
        return Target(os.environ.get("DROPFORGE_STACK", DEFAULT_STACK))
    raise UserError(NO_TARGET)


def stack_for(arguments: Namespace) -> Stack:
    """The stack of that target."""
    return target_for(arguments).stack
