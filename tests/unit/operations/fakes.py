"""A stack whose clients are fakes, as AWS would answer them."""

import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from dropforge.operations.executions import Waiting
from dropforge.operations.stack import Stack

TRAINING = "arn:aws:states:us-east-1:000000000000:stateMachine:dropforge-training"
OUTPUTS = {
    "DataBucket": "data",
    "TrainingStateMachineArn": TRAINING,
    "DeploymentStateMachineArn": TRAINING.replace("training", "deployment"),
    "InferenceStateMachineArn": TRAINING.replace("training", "inference"),
}


def stack_with(clients: dict[str, Any] | None = None) -> Stack:
    """A stack with the usual outputs; a client that is not given may not be asked for."""
    return Stack(
        "dropforge", {"cloudformation": FakeCloudFormation(), **(clients or {})}.__getitem__, poll_seconds=0
    )


def result_of(waiting: Waiting[Any]) -> Any:
    """What is waited for, without a look at the steps."""
    while True:
        try:
            next(waiting.steps)
        except StopIteration as finished:
            return finished.value


class FakeCloudFormation:
    """One stack; any other is not there."""

    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803 - AWS's name
        if StackName != "dropforge":
            raise client_error("ValidationError", f"Stack with id {StackName} does not exist")
        outputs = [{"OutputKey": name, "OutputValue": value} for name, value in OUTPUTS.items()]
        return {"Stacks": [{"Outputs": outputs}]}


class Pages:
    """A paginator over one page."""

    def __init__(self, answer: Callable[..., dict[str, Any]]) -> None:
        self.answer = answer

    def paginate(self, **given: Any) -> Iterator[dict[str, Any]]:
        yield self.answer(**given)


class FakeStepFunctions:
    """Executions by name, as DescribeExecution and ListExecutions tell them."""

    def __init__(self) -> None:
        self.executions: dict[str, dict[str, Any]] = {}

    def add(self, name: str, status: str, minute: int = 0, **more: Any) -> None:
        arn = f"{TRAINING.replace('stateMachine', 'execution')}:{name}"
        given = {"input": json.dumps(more.pop("input", {})), "output": json.dumps(more.pop("output", {}))}
        self.executions[arn] = {
            "executionArn": arn,
            "name": name,
            "status": status,
            "startDate": datetime(2026, 11, 21, 1, minute, tzinfo=UTC),
            **given,
            **more,
        }

    def get_paginator(self, _operation: str) -> Pages:
        return Pages(lambda **_given: {"executions": list(self.executions.values())})

    def describe_execution(self, executionArn: str) -> dict[str, Any]:  # noqa: N803 - AWS's name
        if executionArn not in self.executions:
            raise client_error("ExecutionDoesNotExist", "no such execution")
        return self.executions[executionArn]


class FakeS3:
    """Objects by key."""

    def __init__(self, objects: dict[str, bytes]) -> None:
        self.objects = objects

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803 - AWS's names
        if Key not in self.objects:
            raise client_error("NoSuchKey", "The specified key does not exist.")
        return {"Body": io.BytesIO(self.objects[Key])}

    def head_object(self, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803 - AWS's names
        if Key not in self.objects:
            raise client_error("404", "Not Found")
        return {"ContentLength": len(self.objects[Key]), "ETag": '"e"', "VersionId": "v1", "Metadata": {}}


class OneVersion:
    """A registry with one version, which a run trained; no endpoint serves it."""

    def __init__(self, package: str, run: str | None) -> None:
        self.arn = f"arn:aws:sagemaker:us-east-1:000000000000:model-package/{package}"
        self.properties = {"run": run} if run else {}

    def get_paginator(self, _operation: str) -> Pages:
        return Pages(lambda **_given: {"ModelPackageSummaryList": [{"ModelPackageArn": self.arn}]})

    def describe_model_package(self, ModelPackageName: str) -> dict[str, Any]:  # noqa: N803 - AWS's name
        return {"ModelPackageArn": ModelPackageName, "CustomerMetadataProperties": self.properties}

    def describe_endpoint(self, EndpointName: str) -> None:  # noqa: N803 - AWS's name
        raise client_error("ValidationException", f'Could not find endpoint "{EndpointName}".')


class Serving:
    """An endpoint that serves the configuration `c`; each configuration has the package of a model."""

    def __init__(self, packages: dict[str, str], tags: dict[str, str] | None = None) -> None:
        self.packages = packages
        self.tags = [{"Key": key, "Value": value} for key, value in (tags or {}).items()]

    def describe_endpoint(self, EndpointName: str) -> dict[str, Any]:  # noqa: N803 - AWS's name
        return {"EndpointName": EndpointName, "EndpointStatus": "InService", "EndpointConfigName": "c"}

    def describe_endpoint_config(self, EndpointConfigName: str) -> dict[str, Any]:  # noqa: N803 - AWS's name
        return {"EndpointConfigArn": "arn:c", "ProductionVariants": [{"ModelName": EndpointConfigName}]}

    def describe_model(self, ModelName: str) -> dict[str, Any]:  # noqa: N803 - AWS's name
        return {"PrimaryContainer": {"ModelPackageName": self.packages[ModelName]}}

    def get_paginator(self, operation: str) -> Pages:
        assert operation == "list_tags"
        return Pages(lambda **_given: {"Tags": self.tags})


def client_error(code: str, message: str, **more: Any) -> ClientError:
    """An AWS refusal."""
    return ClientError({"Error": {"Code": code, "Message": message}, **more}, "Operation")
