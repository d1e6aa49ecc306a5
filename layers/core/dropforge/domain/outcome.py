"""How an execution ended, as typed facts.

The facts are what the execution was given and what it found out: its input, overlaid with its output where
it succeeded, or its error and cause where it did not. `messages` makes sentences of them, and whatever else
wants to know of an end (`actions.report_outcome`) reads the same facts. A cause is the one sentence that
state machines word themselves, because AWS's own console shows it.

A new state machine is one entry in MACHINES.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, fields
from typing import TYPE_CHECKING, Any

from dropforge.domain import keys
from dropforge.domain.errors import BadEvent
from dropforge.domain.names import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dropforge.domain.events import ExecutionEnded


@dataclass(frozen=True)
class Registered:
    """A run made a model version that passed its gate. It waits for approval."""

    run: str
    usecase: str
    version: int
    model_package_arn: str
    metrics: Mapping[str, float | None]
    drop: str
    """The URI of what was dropped."""
    bucket: str
    prefix: str
    """The run's folder in the bucket."""

    @property
    def evaluation(self) -> str:
        """The URI of the folder that holds the evaluation and its page."""
        return f"s3://{self.bucket}/{keys.evaluation(self.prefix)}/"


@dataclass(frozen=True)
class Deployed:
    """The endpoint serves an approved version."""

    usecase: str
    version: int
    model_package_arn: str
    endpoint: str
    endpoint_config: str
    replaced: str
    """The configuration that served before; empty for a use case's first."""


@dataclass(frozen=True)
class RolledBack:
    """An alarm went off, and the endpoint serves the configuration again that the bad one had replaced."""

    usecase: str
    endpoint: str
    endpoint_config: str
    replaced: str
    """The configuration that was taken out."""
    reason: str = ""


@dataclass(frozen=True)
class Superseded:
    """The configuration to be rolled back no longer served, so nothing was done."""

    usecase: str
    endpoint: str
    endpoint_config: str


@dataclass(frozen=True)
class FilePredicted:
    """A file of records has its predictions. The doubtful ones went to people while it ran."""

    run: str
    usecase: str
    rows: int
    doubtful: int
    quarantined: int
    predictions: str
    """The URI of the table."""


@dataclass(frozen=True)
class Unsuccessful:
    """The execution was refused by a rule of ours, or it failed, ran out of time or was stopped."""

    machine: Machine
    run: str
    usecase: str
    execution: str
    status: str
    error: str
    cause: str
    source: str
    """The URI of the file that it was about; empty where it was about none."""

    @property
    def is_refusal(self) -> bool:
        return self.error in self.machine.refusals


Outcome = Registered | Deployed | RolledBack | Superseded | FilePredicted | Unsuccessful


@dataclass(frozen=True)
class Machine:
    """What has to be known of a state machine to speak of how its executions ended."""

    noun: str
    """What people call one execution of it, at the beginning of a sentence."""
    kind: str
    """Its notifications are of the kinds `<kind>_refused` and `<kind>_failed`."""
    refusals: frozenset[str] = frozenset()
    """The errors of Fail states that a rule of ours leads to; every other error is a fault."""
    successes: Mapping[str, type[Any]] = field(default_factory=dict)
    """The `status` that each of its Succeed states puts out, and the facts that come with it."""


MACHINES: Mapping[str, Machine] = {
    "training": Machine("Run", "run", frozenset({"DropRefused", "GateNotMet"}), {"registered": Registered}),
    "deployment": Machine(
        "Deployment",
        "deployment",
        successes={"deployed": Deployed, "rolled_back": RolledBack, "superseded": Superseded},
    ),
    "inference": Machine(
        "Inference run", "inference", frozenset({"InferenceRefused"}), {"predicted": FilePredicted}
    ),
}


def outcome_of(ended: ExecutionEnded) -> Outcome:
    machine = MACHINES.get(ended.machine)
    if machine is None:
        raise _bad("stateMachineArn", f"names {ended.machine!r}, which is not one of {', '.join(MACHINES)}")
    return _success(ended, machine) if ended.status == "SUCCEEDED" else _unsuccessful(ended, machine)


def _success(ended: ExecutionEnded, machine: Machine) -> Outcome:
    status = ended.output.get("status")
    kind = machine.successes.get(str(status))
    if kind is None:
        known = ", ".join(machine.successes)
        raise _bad("output.status", f"is {status!r}, and {ended.machine} succeeds with one of {known}")
    facts = {**ended.input, **ended.output}
    required = [entry.name for entry in fields(kind) if entry.default is MISSING]
    if missing := [name for name in required if name not in facts]:
        raise _bad(f"output.{missing[0]}", f"is missing from a {ended.machine} that ended {status!r}")
    outcome: Outcome = kind(**{name.name: facts[name.name] for name in fields(kind) if name.name in facts})
    return outcome


def _unsuccessful(ended: ExecutionEnded, machine: Machine) -> Unsuccessful:
    bucket, key = ended.input.get("bucket"), ended.input.get("key")
    return Unsuccessful(
        machine=machine,
        run=ended.name,
        usecase=str(ended.input.get("usecase") or ended.name.rsplit("-", 1)[0] or UNKNOWN),
        execution=ended.execution_arn,
        status=ended.status,
        error=ended.error,
        cause=ended.cause,
        source=f"s3://{bucket}/{key}" if bucket and key else "",
    )


def _bad(path: str, problem: str) -> BadEvent:
    return BadEvent("Step Functions Execution Status Change", f"detail.{path}", problem)
