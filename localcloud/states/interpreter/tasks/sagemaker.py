"""`arn:aws:states:::sagemaker:<action>[.sync]`.

With `.sync` the task ends when the job ends: its result is the Describe answer; a job that did not
complete fails the task with States.TaskFailed and that answer as the cause; a task that is given up
stops its job.
"""

# ruff: noqa: SLF001 - private names of moto are what this package is about

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from localcloud.states.interpreter.faults import TASK_FAILED, failure
from localcloud.states.interpreter.history import to_json
from localcloud.states.interpreter.seam import ResourceCondition, StateTaskServiceCallback
from localcloud.states.interpreter.tasks.calls import v1_cause, v1_name
from localcloud.states.interpreter.tasks.waiting import Waits
from localcloud.states.jobs import JOBS, REQUESTS

_PENDING = ("InProgress", "Stopping", "Pending", "Initializing")


class SageMakerTask(Waits, StateTaskServiceCallback):  # type: ignore[misc]
    def __init__(self) -> None:
        # moto makes the endpoint of a wait only where tokens are supported; `.waitForTaskToken` itself
        # is refused below.
        super().__init__({ResourceCondition.Sync, ResourceCondition.WaitForTaskToken})

    def _validate_service_integration_is_supported(self) -> None:
        action, condition = self.resource.api_action, self.resource.condition
        wanted = (
            action in JOBS
            if condition == ResourceCondition.Sync
            else condition is None and action in (*JOBS, *REQUESTS)
        )
        if not wanted:
            raise ValueError(
                f"The resource provided {self.resource.resource_arn} is not recognized. The value is not a "
                "valid resource ARN, or the resource is not available in this region."
            )

    def _get_supported_parameters(self) -> None:
        return None

    def _client_error(self, error: ClientError) -> tuple[str, str]:
        return v1_name(error, "SageMaker", *self._api()), v1_cause(error, "AmazonSageMaker")

    def _found(self, env: Any, parameters: Any) -> Any:
        """A job of that name is this task's: its name had been free when the task was begun."""
        job = JOBS[self.resource.api_action]
        try:
            described = self._call(
                env, self._eval_state_credentials(env), env.aws_execution_details.region, "sagemaker",
                job.describe, {job.name: parameters[job.name]},
            )  # fmt: skip
        except ClientError:
            return None
        return {f"{job.kind}Arn": described.get(f"{job.kind}Arn")}

    def _build_sync_resolver(
        self, env: Any, resource_runtime_part: Any, normalised_parameters: Any, state_credentials: Any
    ) -> Any:
        env.stack.pop()
        name = JOBS[self.resource.api_action].name
        return _Awaited(
            self, env, resource_runtime_part.region, {name: normalised_parameters[name]}, state_credentials
        )


class _Awaited:
    """A job that a task waits for."""

    def __init__(
        self, task: SageMakerTask, env: Any, region: str, name: dict[str, str], credentials: Any
    ) -> None:
        self._task, self._env, self._region, self._name, self._credentials = (
            task,
            env,
            region,
            name,
            credentials,
        )
        self._job = JOBS[task.resource.api_action]

    def __call__(self) -> dict[str, Any] | None:
        description = self._ask(self._job.describe)
        status = description[self._job.status]
        if status in _PENDING:
            return None
        for key in ("SdkHttpMetadata", "SdkResponseMetadata"):
            description.pop(key, None)
        if status == "Completed":
            return description
        error = failure(self._env, TASK_FAILED, to_json(description))
        error.failure_event.event_details["taskFailedEventDetails"] |= {
            "resource": self._task._get_sfn_resource(), "resourceType": self._task._get_sfn_resource_type(),
        }  # fmt: skip
        raise error

    def give_up(self) -> None:
        self._ask(self._job.stop)

    def _ask(self, action: str) -> dict[str, Any]:
        return self._task._call(self._env, self._credentials, self._region, "sagemaker", action, self._name)
