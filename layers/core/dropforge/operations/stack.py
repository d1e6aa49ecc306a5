"""The stack that an operation works on: its name, clients of its cloud, and what it says of itself."""

from dataclasses import dataclass
from functools import cached_property

from dropforge.aws.clients import Clients, code_of
from dropforge.aws.s3 import S3Objects
from dropforge.aws.sagemaker import ModelRegistry, SageMakerEndpoints
from dropforge.domain.names import endpoint_name
from dropforge.operations.errors import NoFunction, NoOutput, NoStack


@dataclass
class Stack:
    """One deployed stack. What it says of itself is asked for once, when it is first needed."""

    name: str
    client: Clients
    poll_seconds: float = 1.0
    """Between two looks at something that is waited for: AWS counts calls."""
    start_seconds: float = 120.0
    """How long an execution may take to start: an event, a function and, on AWS, up to a minute of delays."""

    @cached_property
    def outputs(self) -> dict[str, str]:
        """The stack's outputs by name."""
        from botocore.exceptions import ClientError

        try:
            stacks = self.client("cloudformation").describe_stacks(StackName=self.name)["Stacks"]
        except ClientError as fault:
            if code_of(fault) == "ValidationError":
                raise NoStack(self.name) from None
            raise
        return {output["OutputKey"]: output["OutputValue"] for output in stacks[0].get("Outputs", [])}

    def output(self, name: str) -> str:
        """One output of the stack."""
        if name not in self.outputs:
            raise NoOutput(self.name, name)
        return self.outputs[name]

    @cached_property
    def functions(self) -> dict[str, str]:
        """The stack's functions: logical id to physical name."""
        pages = self.client("cloudformation").get_paginator("list_stack_resources")
        return {
            resource["LogicalResourceId"]: resource["PhysicalResourceId"]
            for page in pages.paginate(StackName=self.name)
            for resource in page["StackResourceSummaries"]
            if resource["ResourceType"] == "AWS::Lambda::Function"
        }

    def function(self, named: str) -> str:
        """The physical name of a function, by its logical id, its folder or its deployed name."""
        for logical, physical in self.functions.items():
            folder = physical.removeprefix(f"{self.name}-").replace("-", "_")
            if named in (logical, physical, folder, folder.replace("_", "-")):
                return physical
        raise NoFunction(named, ", ".join(sorted(self.functions)))

    @property
    def bucket(self) -> str:
        """The name of the data bucket."""
        return self.output("DataBucket")

    @property
    def objects(self) -> S3Objects:
        """The data bucket."""
        return S3Objects(self.bucket, self.client)

    @property
    def registry(self) -> ModelRegistry:
        return ModelRegistry(self.client)

    @property
    def endpoints(self) -> SageMakerEndpoints:
        return SageMakerEndpoints(self.client)

    def uri(self, key: str) -> str:
        """The S3 URI of a key in the data bucket."""
        return f"s3://{self.bucket}/{key}"

    def named(self, usecase: str) -> str:
        """The name of a use case's endpoint and model package group."""
        return endpoint_name(self.name, usecase)
