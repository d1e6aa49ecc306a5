"""Training runs: one execution of the training state machine each."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dropforge.domain.outcome import MACHINES
from dropforge.operations.executions import Execution, execution_arn, find_execution
from dropforge.operations.figures import read_verdict
from dropforge.operations.registry import version_of
from dropforge.operations.stack import Stack

TRAINING = MACHINES["training"]
PARALLEL = 8


@dataclass(frozen=True)
class Run:
    """One drop's way through training. `reason` says why a run was refused or failed, `settings` what was set
    for it alone."""

    usecase: str
    run: str
    status: str
    reason: str | None
    started: datetime
    ended: datetime | None
    metrics: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    model_package: str | None = None
    execution: str = ""

    @property
    def ended_well(self) -> bool:
        """True when the run registered a model."""
        return self.status == "registered"

    @property
    def version(self) -> int | None:
        """The version that the run registered."""
        return version_of(self.model_package) if self.model_package else None


def list_runs(stack: Stack, usecase: str | None, limit: int) -> list[Run]:
    """Runs, newest first."""
    pages = stack.client("stepfunctions").get_paginator("list_executions")
    names: list[str] = []
    for page in pages.paginate(stateMachineArn=_training(stack)):
        listed = (execution["name"] for execution in page["executions"])
        names += [name for name in listed if is_run_of(name, usecase)]
        if len(names) >= limit:
            break
    with ThreadPoolExecutor(PARALLEL) as pool:
        found = pool.map(lambda name: find_run(stack, name), names[:limit])
        runs = [run for run in found if run]
    return sorted(runs, key=lambda run: run.started, reverse=True)


def find_run(stack: Stack, run: str) -> Run | None:
    """A run by its name."""
    found = find_execution(stack, execution_arn(_training(stack), run))
    return run_of(stack, found) if found else None


def is_run_of(name: str, usecase: str | None) -> bool:
    """A run is named `<usecase>-<16 hex digits>`."""
    return usecase is None or name.rpartition("-")[0] == usecase


def training_execution(stack: Stack, run: str) -> str:
    """The ARN of a run's execution, whether there is one or not."""
    return execution_arn(_training(stack), run)


def run_of(stack: Stack, execution: Execution) -> Run:
    """An execution of the training state machine as a run."""
    given, answer = execution.input, execution.output
    usecase = str(given.get("usecase") or execution.name.rpartition("-")[0])
    status = _status_of(execution)
    return Run(
        usecase=usecase,
        run=execution.name,
        status=status,
        reason=execution.reason if status in ("refused", "failed") else None,
        started=execution.started,
        ended=execution.ended,
        metrics=answer.get("metrics") or _metrics_at_gate(stack, usecase, execution.name, status),
        settings=given.get("settings") or {},
        model_package=answer.get("model_package_arn"),
        execution=execution.arn,
    )


def _training(stack: Stack) -> str:
    return stack.output("TrainingStateMachineArn")


def _metrics_at_gate(stack: Stack, usecase: str, run: str, status: str) -> dict[str, Any]:
    """What the gate saw in a run that it refused; other unfinished runs have no figures yet."""
    return dict(read_verdict(stack, usecase, run).get("metrics", {})) if status == "refused" else {}


def _status_of(execution: Execution) -> str:
    """A run's own word for how its execution stands."""
    if execution.succeeded:
        return "registered"
    if execution.under_way:
        return "running"
    return "refused" if execution.error in TRAINING.refusals else "failed"
