"""Step Functions' optimised SageMaker integration: `arn:aws:states:::sagemaker:<action>[.sync]`.

With `.sync` the task ends when the job ends: its result is the Describe answer, a job that did not complete
fails the task with States.TaskFailed and that answer as the cause, and a task that is given up on stops its
job.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from localcloud.services.states.sdk import Caller, TaskError

if TYPE_CHECKING:
    from collections.abc import Callable

_FIRST_LOOK, _LONGEST_PAUSE = 0.1, 1.0


@dataclass(frozen=True)
class Job:
    """The names of one kind of job in the API."""

    kind: str
    describe: str
    stop: str

    @property
    def name(self) -> str:
        return f"{self.kind}Name"

    @property
    def status(self) -> str:
        return f"{self.kind}Status"


JOBS = {
    "createTrainingJob": Job("TrainingJob", "describeTrainingJob", "stopTrainingJob"),
    "createProcessingJob": Job("ProcessingJob", "describeProcessingJob", "stopProcessingJob"),
    "createTransformJob": Job("TransformJob", "describeTransformJob", "stopTransformJob"),
    "createHyperParameterTuningJob": Job(
        "HyperParameterTuningJob", "describeHyperParameterTuningJob", "stopHyperParameterTuningJob"
    ),
}
REQUESTS = ("createModel", "createEndpointConfig", "createEndpoint", "updateEndpoint")
_PREFIX = "arn:aws:states:::sagemaker:"


def run(caller: Caller, resource: str, arguments: Any, given_up: Callable[[], bool]) -> dict[str, Any]:
    """Perform the task of that resource. `given_up` says that nobody waits for it any more."""
    action, _, pattern = resource.removeprefix(_PREFIX).partition(".")
    if (
        (action not in JOBS and action not in REQUESTS)
        or pattern not in ("", "sync")
        or (pattern and action in REQUESTS)
    ):
        raise TaskError("States.Runtime", f"The resource '{resource}' is not supported by Step Functions")
    answer = caller.call("sagemaker", action, arguments, optimised=True)
    if not pattern:
        return answer
    job = JOBS[action]
    return _wait(caller, job, {job.name: arguments[job.name]}, given_up)


def _wait(caller: Caller, job: Job, name: dict[str, str], given_up: Callable[[], bool]) -> dict[str, Any]:
    pause = _FIRST_LOOK
    while True:
        description = caller.call("sagemaker", job.describe, name, optimised=True)
        status = description[job.status]
        if status == "Completed":
            return description
        if status in ("Failed", "Stopped"):
            raise TaskError("States.TaskFailed", json.dumps(description))
        if given_up():
            _stop(caller, job, name)
            raise TaskError(
                "States.TaskFailed", f"{job.kind} {name[job.name]} was given up and is being stopped"
            )
        time.sleep(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE)


def _stop(caller: Caller, job: Job, name: dict[str, str]) -> None:
    """Best effort, as Step Functions does it: the job may just have ended by itself."""
    try:
        caller.call("sagemaker", job.stop, name, optimised=True)
    except TaskError:
        return
