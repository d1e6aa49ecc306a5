"""Task states by the service that their Resource names."""

from __future__ import annotations

from typing import Any

from localcloud.services.states.interpreter import states
from localcloud.services.states.interpreter.seam import state_task_service_for
from localcloud.services.states.interpreter.tasks import nested, optimised, sagemaker, sdk_task

_TASKS: dict[str, type[Any]] = {
    "aws-sdk": sdk_task.SdkTask,
    "dynamodb": optimised.Item,
    "events": optimised.PutEvents,
    "lambda": optimised.Invoke,
    "sagemaker": sagemaker.SageMakerTask,
    "sns": optimised.Publish,
    "sqs": optimised.SendMessage,
    "states": nested.StartExecution,
}


def service_task(service: str) -> Any:
    """A new Task of a service's integration; raises for one that Step Functions has not."""
    if service in _TASKS:
        return states.task(_TASKS[service])()
    state_task_service_for(service)
    return states.task(optimised.PassedOn)()


def function_task() -> Any:
    return states.task(optimised.Function)()
