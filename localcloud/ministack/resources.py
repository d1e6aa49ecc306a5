"""CloudFormation types that MiniStack lacks and templates of machine-learning stacks need."""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

from typing import Any

from localcloud.states.sdk import Caller, TaskError


def install(caller: Caller) -> None:
    """Add the types. Unknown types fail in MiniStack with their name."""
    from ministack.services.cloudformation import provisioners

    provisioners._RESOURCE_HANDLERS.setdefault(
        "AWS::SageMaker::ModelPackageGroup", _model_package_group(caller)
    )


def _model_package_group(caller: Caller) -> dict[str, Any]:
    def create(_: str, properties: dict[str, Any], __: str) -> tuple[str, dict[str, str]]:
        answer = caller.call("sagemaker", "createModelPackageGroup", properties)
        arn = answer["ModelPackageGroupArn"]
        return arn, {"ModelPackageGroupArn": arn}

    def delete(physical_id: str, _: dict[str, Any]) -> None:
        try:
            caller.call(
                "sagemaker",
                "deleteModelPackageGroup",
                {"ModelPackageGroupName": physical_id.rsplit("/", maxsplit=1)[-1]},
            )
        except TaskError:
            return  # it is gone already

    return {"create": create, "delete": delete}
