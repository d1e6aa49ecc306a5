"""Waiting for an execution, and showing meanwhile its state, the job that runs and what that last said.

On a terminal it is one line that changes; in a log it is a line for each change, so that hours of waiting do
not fill it.
"""

import json
import sys
import time
from dataclasses import dataclass
from typing import Any, TextIO

from botocore.exceptions import ClientError

from cli.aws_errors import code_of
from cli.errors import Refused
from cli.place import Place

POLL_SECONDS = 1.0
LOCAL_POLL_SECONDS = 0.2
# Starting an execution takes an event, a function and, on AWS, up to a minute of their own delays.
START_SECONDS = 120.0
PROCESSING_LOGS = "/aws/sagemaker/ProcessingJobs"
TRAINING_LOGS = "/aws/sagemaker/TrainingJobs"
JOB_LOGS = {
    "TrainingJobName": TRAINING_LOGS,
    "ProcessingJobName": PROCESSING_LOGS,
    "HyperParameterTuningJobName": TRAINING_LOGS,  # its trials are training jobs
}


@dataclass(frozen=True)
class Step:
    """Where an execution is."""

    state: str
    job: str | None = None
    log_group: str | None = None


class Progress:
    """The line that a waiting person sees."""

    def __init__(self, what: str, stream: TextIO = sys.stderr) -> None:
        self.what = what
        self.stream = stream
        self.began = time.monotonic()
        self.shown: str | None = None

    def show(self, step: str, detail: str = "") -> None:
        """Say where things stand; `detail` alone is no news in a log."""
        elapsed = f"{time.monotonic() - self.began:.0f} s"
        line = f"{self.what}: {step} ({elapsed})"
        if self.stream.isatty():
            self.stream.write(f"\r\033[K{line}{f'  {detail}' if detail else ''}"[:160])
        elif step != self.shown:
            self.stream.write(line + "\n")
        self.shown = step
        self.stream.flush()

    def done(self) -> None:
        """Leave a clean line behind."""
        if self.stream.isatty() and self.shown is not None:
            self.stream.write("\r\033[K")
            self.stream.flush()


def wait_for_execution(place: Place, execution: str, progress: Progress, timeout: float) -> dict[str, Any]:
    """The execution's description once it has ended."""
    stepfunctions = place.client("stepfunctions")
    deadline = time.monotonic() + timeout
    while True:
        try:
            found: dict[str, Any] = stepfunctions.describe_execution(executionArn=execution)
        except ClientError as fault:
            if code_of(fault) != "ExecutionDoesNotExist":
                raise
            found = {"status": "NOT STARTED"}
        if found["status"] not in ("RUNNING", "PENDING_REDRIVE", "NOT STARTED"):
            progress.done()
            return found
        show_step(place, execution, progress, found["status"] != "NOT STARTED")
        if found["status"] == "NOT STARTED" and time.monotonic() - progress.began > START_SECONDS:
            raise Refused(
                f"nothing started {progress.what} within {START_SECONDS:.0f} s; "
                "`./dropforge logs` shows what the functions said"
            )
        if time.monotonic() > deadline:
            raise Refused(
                f"{progress.what} still runs after {timeout:.0f} s; it goes on without this command"
            )
        pause(place)


def show_step(place: Place, execution: str, progress: Progress, started: bool) -> None:
    """Show the state and the job, and on a terminal the job's last line."""
    if not started:
        progress.show("waiting for it to start")
        return
    step = current_step(place, execution)
    detail = last_log_line(place, step) if progress.stream.isatty() else ""
    progress.show(f"{step.state}, job {step.job}" if step.job else step.state, detail)


def pause(place: Place) -> None:
    """The time between two looks: AWS counts calls, a laptop does not."""
    time.sleep(LOCAL_POLL_SECONDS if place.cloud else POLL_SECONDS)


def current_step(place: Place, execution: str) -> Step:
    """The state that was entered last and, if it runs one, its job."""
    history = place.client("stepfunctions").get_execution_history(
        executionArn=execution, reverseOrder=True, maxResults=20
    )
    job: tuple[str, str] | None = None
    for event in history["events"]:
        job = job or _job(event.get("taskScheduledEventDetails", {}).get("parameters"))
        entered = event.get("stateEnteredEventDetails")
        if entered:
            return Step(entered["name"], *(job or (None, None)))
    return Step("starting")


def _job(parameters: str | None) -> tuple[str, str] | None:
    """A SageMaker job's name and log group, from what a task was given."""
    try:
        given = json.loads(parameters or "{}")
    except ValueError:
        return None
    return next(((given[name], group) for name, group in JOB_LOGS.items() if name in given), None)


def last_log_line(place: Place, step: Step) -> str:
    """The last thing that a job wrote; empty until there is something."""
    if not step.job or not step.log_group:
        return ""
    logs = place.client("logs")
    try:
        streams = logs.describe_log_streams(logGroupName=step.log_group, logStreamNamePrefix=step.job)[
            "logStreams"
        ]
        if not streams:
            return ""
        events = logs.get_log_events(
            logGroupName=step.log_group,
            logStreamName=streams[-1]["logStreamName"],
            limit=1,
            startFromHead=False,
        )["events"]
    except ClientError as fault:
        if code_of(fault) == "ResourceNotFoundException":
            return ""
        raise
    return str(events[-1]["message"]).strip() if events else ""
