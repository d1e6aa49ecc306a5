"""Training runs, as every command shows them: one execution of the training state machine each."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from cli.aws_errors import code_of
from cli.place import Place
from cli.reports import run_metrics
from cli.show import moment

REFUSALS = {"DropRefused", "GateNotMet"}
PARALLEL = 8


@dataclass(frozen=True)
class Run:
    """One drop's way through training. `reason` says why a run was refused or failed, `settings` what was set
    for it alone."""

    usecase: str
    run: str
    status: str
    reason: str | None
    started: str | None
    ended: str | None
    metrics: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    model_package: str | None = None
    execution: str = ""

    @property
    def document(self) -> dict[str, Any]:
        """The run as JSON prints it."""
        return asdict(self)

    @property
    def ended_well(self) -> bool:
        """True when the run registered a model."""
        return self.status == "registered"

    @property
    def version(self) -> int | None:
        """The version that the run registered."""
        return int(self.model_package.rpartition("/")[2]) if self.model_package else None


def list_runs(place: Place, usecase: str | None, limit: int) -> list[Run]:
    """Runs, newest first."""
    pages = place.client("stepfunctions").get_paginator("list_executions")
    found: list[str] = []
    for page in pages.paginate(stateMachineArn=place.output("TrainingStateMachineArn")):
        names = [execution for execution in page["executions"] if is_of(execution["name"], usecase)]
        found += [execution["executionArn"] for execution in names]
        if len(found) >= limit:
            break
    with ThreadPoolExecutor(PARALLEL) as pool:
        runs = list(pool.map(lambda arn: read_run(place, arn), found[:limit]))
    return sorted(runs, key=lambda run: run.started or "", reverse=True)


def is_of(execution: str, usecase: str | None) -> bool:
    """A run is named `<usecase>-<16 hex digits>`."""
    return usecase is None or execution.rpartition("-")[0] == usecase


def execution_of(place: Place, run: str) -> str:
    """The execution of a run, whether there is one or not."""
    return f"{place.output('TrainingStateMachineArn').replace(':stateMachine:', ':execution:')}:{run}"


def exists(place: Place, execution: str) -> bool:
    """True when there is such an execution."""
    try:
        place.client("stepfunctions").describe_execution(executionArn=execution)
    except ClientError as fault:
        if code_of(fault) == "ExecutionDoesNotExist":
            return False
        raise
    return True


def read_run(place: Place, execution: str) -> Run:
    """One run, from its execution."""
    found = place.client("stepfunctions").describe_execution(executionArn=execution)
    given = _mapping(found.get("input"))
    answer = _mapping(found.get("output"))
    usecase = str(given.get("usecase") or found["name"].rpartition("-")[0])
    status = status_of(found["status"], found.get("error"))
    return Run(
        usecase=usecase,
        run=found["name"],
        status=status,
        reason=reason_of(found) if status in ("refused", "failed") else None,
        started=moment(found["startDate"]),
        ended=moment(found.get("stopDate")),
        metrics=answer.get("metrics") or run_metrics(place, usecase, found["name"], status),
        settings=given.get("settings") or {},
        model_package=answer.get("model_package_arn"),
        execution=execution,
    )


def status_of(execution_status: str, error: str | None) -> str:
    """A run's own word for how its execution stands."""
    if execution_status == "SUCCEEDED":
        return "registered"
    if execution_status in ("RUNNING", "PENDING_REDRIVE"):
        return "running"
    return "refused" if error in REFUSALS else "failed"


def reason_of(execution: dict[str, Any]) -> str:
    """Why an execution did not succeed: the job's own words where a job failed."""
    cause = str(execution.get("cause") or "")
    job = _mapping(cause)
    words = job.get("FailureReason") or job.get("ExitMessage") or job.get("errorMessage")
    fallback = {"TIMED_OUT": "it ran longer than its time limit", "ABORTED": "it was stopped"}
    return str(
        words or cause or fallback.get(execution["status"]) or execution.get("error") or "no reason was given"
    )


def _mapping(text: str | None) -> dict[str, Any]:
    try:
        value = json.loads(text or "{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
