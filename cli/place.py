"""Where a command works: the local cloud that is running, or AWS.

With --profile, --region or --stack, AWS as boto3 finds it; else the local cloud of this checkout; else what
AWS_ENDPOINT_URL names, which is how a shell that evaluated `./dropforge env` works from anywhere. Nothing is
guessed: without any of these a command that could cost money does not run.
"""

import os
from argparse import Namespace
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cli import local
from cli.errors import UserError

DEFAULT_STACK = "dropforge"
NO_PLACE = (
    "no local cloud is running and no AWS account was named; start one with `./dropforge up`, "
    "or say where with --stack, --region or --profile"
)


@dataclass
class Place:
    """One cloud and one stack in it. Clients are made when they are first asked for."""

    stack: str
    profile: str | None = None
    region: str | None = None
    cloud: local.LocalCloud | None = None
    _clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """The boto3 client of a service."""
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

    def _client_options(self) -> dict[str, Any]:
        from botocore.config import Config

        if self.cloud:
            # A proxy of the machine must not come between two programs on it.
            config = Config(proxies={}, read_timeout=120, retries={"mode": "standard", "max_attempts": 2})
            return {"endpoint_url": self.cloud.endpoint_url, "config": config}
        return {"config": Config(retries={"mode": "standard"})}

    @cached_property
    def outputs(self) -> dict[str, str]:
        """The stack's outputs by name."""
        from botocore.exceptions import ClientError

        try:
            stacks = self.client("cloudformation").describe_stacks(StackName=self.stack)["Stacks"]
        except ClientError as fault:
            if fault.response["Error"]["Code"] == "ValidationError":
                raise UserError(
                    f"there is no stack {self.stack} here; deploy it or name another with --stack"
                ) from None
            raise
        return {output["OutputKey"]: output["OutputValue"] for output in stacks[0].get("Outputs", [])}

    def output(self, name: str) -> str:
        """One output of the stack."""
        if name not in self.outputs:
            raise UserError(
                f"stack {self.stack} has no output {name}; deploy this version's template.yaml to it"
            )
        return self.outputs[name]

    @cached_property
    def functions(self) -> dict[str, str]:
        """The stack's functions: logical id to physical name."""
        pages = (
            self.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=self.stack)
        )
        return {
            resource["LogicalResourceId"]: resource["PhysicalResourceId"]
            for page in pages
            for resource in page["StackResourceSummaries"]
            if resource["ResourceType"] == "AWS::Lambda::Function"
        }

    @property
    def bucket(self) -> str:
        """The data bucket."""
        return self.output("DataBucket")

    def named(self, usecase: str) -> str:
        """The name of a use case's endpoint and model package group."""
        return f"{self.stack}-{usecase}"


def place_for(arguments: Namespace) -> Place:
    """The place that a command's options and this machine say."""
    given = vars(arguments)
    profile, region, stack = given.get("profile"), given.get("region"), given.get("stack")
    if profile or region or stack:
        return Place(stack or os.environ.get("DROPFORGE_STACK", DEFAULT_STACK), profile, region)
    cloud = local.running()
    if cloud:
        return Place(cloud.stack, cloud=cloud)
    if os.environ.get("AWS_ENDPOINT_URL"):
        return Place(os.environ.get("DROPFORGE_STACK", DEFAULT_STACK))
    raise UserError(NO_PLACE)
