"""Executions of the stack's state machines: one as it stands, and waiting for one to start and to end.

Waiting is a generator of steps: whoever waits may show each, and stops waiting by not asking for the next.
"""

import json
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from botocore.exceptions import ClientError

from dropforge.aws.clients import code_of
from dropforge.operations.errors import NotStarted, StillRunning
from dropforge.operations.stack import Stack

Result = TypeVar("Result")

PROCESSING_LOGS = "/aws/sagemaker/ProcessingJobs"
TRAINING_LOGS = "/aws/sagemaker/TrainingJobs"
JOB_LOGS = {
    "TrainingJobName": TRAINING_LOGS,
    "ProcessingJobName": PROCESSING_LOGS,
    "HyperParameterTuningJobName": TRAINING_LOGS,  # its trials are training jobs
}
UNDER_WAY = ("RUNNING", "PENDING_REDRIVE")


@dataclass(frozen=True)
class Step:
    """What is waited for at the moment: a state and, where it runs one, its job."""

    name: str
    job: str | None = None
    log_group: str | None = None


TO_START = Step("waiting for it to start")
Steps = Generator[Step, None, Result]


@dataclass(frozen=True)
class Waiting(Generic[Result]):
    """Something that takes its time: what it is, and its steps, which return the result."""

    what: str
    steps: Steps[Result]


@dataclass(frozen=True)
class Execution:
    """One execution as it stands. `input` and `output` are empty where they are not JSON objects."""

    arn: str
    name: str
    status: str
    started: datetime
    ended: datetime | None
    input: Mapping[str, Any]
    output: Mapping[str, Any]
    error: str | None
    cause: str

    @property
    def under_way(self) -> bool:
        return self.status in UNDER_WAY

    @property
    def succeeded(self) -> bool:
        return self.status == "SUCCEEDED"

    @property
    def reason(self) -> str:
        """Why it did not succeed: the job's own words where a job failed."""
        job = _mapping(self.cause)
        words = job.get("FailureReason") or job.get("ExitMessage") or job.get("errorMessage")
        fallback = {"TIMED_OUT": "it ran longer than its time limit", "ABORTED": "it was stopped"}
        return str(words or self.cause or fallback.get(self.status) or self.error or "no reason was given")


def execution_arn(state_machine: str, name: str) -> str:
    """The ARN of an execution, whether there is one or not."""
    return f"{state_machine.replace(':stateMachine:', ':execution:')}:{name}"


def find_execution(stack: Stack, arn: str) -> Execution | None:
    """The execution as it stands; None where there is none."""
    try:
        found = stack.client("stepfunctions").describe_execution(executionArn=arn)
    except ClientError as fault:
        if code_of(fault) == "ExecutionDoesNotExist":
            return None
        raise
    return Execution(
        arn=arn,
        name=found["name"],
        status=found["status"],
        started=found["startDate"],
        ended=found.get("stopDate"),
        input=_mapping(found.get("input")),
        output=_mapping(found.get("output")),
        error=found.get("error"),
        cause=str(found.get("cause") or ""),
    )


def until_started(stack: Stack, find: Callable[[], str | None], started: str, function: str) -> Steps[str]:
    """The ARN of an execution once `find` finds it; `function` is the one that starts it."""
    deadline = time.monotonic() + stack.start_seconds
    while time.monotonic() < deadline:
        execution = find()
        if execution:
            return execution
        yield TO_START
        time.sleep(stack.poll_seconds)
    raise NotStarted(started, stack.start_seconds, function)


def until_ended(stack: Stack, arn: str, what: str, timeout: float) -> Steps[Execution]:
    """The execution once it has ended, whatever its end."""
    deadline = time.monotonic() + timeout
    while True:
        found = find_execution(stack, arn)
        if found and not found.under_way:
            return found
        yield current_step(stack, arn) if found else TO_START
        if time.monotonic() > deadline:
            raise StillRunning(what, timeout)
        time.sleep(stack.poll_seconds)


def current_step(stack: Stack, arn: str) -> Step:
    """The state that was entered last and, if it runs one, its job."""
    history = stack.client("stepfunctions").get_execution_history(
        executionArn=arn, reverseOrder=True, maxResults=20
    )
    job: tuple[str, str] | None = None
    for event in history["events"]:
        job = job or _job(event.get("taskScheduledEventDetails", {}).get("parameters"))
        entered = event.get("stateEnteredEventDetails")
        if entered:
            return Step(entered["name"], *(job or (None, None)))
    return Step("starting")


def last_log_line(stack: Stack, step: Step) -> str:
    """The last thing that a step's job wrote; empty until there is something."""
    if not step.job or not step.log_group:
        return ""
    logs = stack.client("logs")
    try:
        streams = logs.describe_log_streams(logGroupName=step.log_group, logStreamNamePrefix=step.job)
        if not streams["logStreams"]:
            return ""
        events = logs.get_log_events(
            logGroupName=step.log_group,
            logStreamName=streams["logStreams"][-1]["logStreamName"],
            limit=1,
            startFromHead=False,
        )["events"]
    except ClientError as fault:
        if code_of(fault) == "ResourceNotFoundException":
            return ""
        raise
    return str(events[-1]["message"]).strip() if events else ""


def _job(parameters: str | None) -> tuple[str, str] | None:
    """A SageMaker job's name and log group, from what a task was given."""
    given = _mapping(parameters)
    return next(((str(given[name]), group) for name, group in JOB_LOGS.items() if name in given), None)


def _mapping(text: str | None) -> dict[str, Any]:
    try:
        value = json.loads(text or "{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
