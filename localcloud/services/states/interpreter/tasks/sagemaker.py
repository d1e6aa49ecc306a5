"""`arn:aws:states:::sagemaker:<action>[.sync]`.

With `.sync` the task ends when the job ends: its result is the Describe answer; a job that did not
complete fails the task with States.TaskFailed and that answer as the cause; a task that is given up
stops its job.
"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from localcloud.services.states.interpreter.seam import ResourceCondition, StateTaskServiceCallback
from localcloud.services.states.interpreter.tasks.awaited import Awaited, Work
from localcloud.services.states.interpreter.tasks.calls import v1_cause, v1_name
from localcloud.services.states.interpreter.tasks.waiting import Waits
from localcloud.services.states.jobs import JOBS, REQUESTS

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
        job = JOBS[self.resource.api_action]
        work = Work("sagemaker", job.describe, job.stop, job.status, _PENDING, "Completed")
        name = {job.name: normalised_parameters[job.name]}
        return Awaited(self, env, resource_runtime_part.region, state_credentials, work, name)
