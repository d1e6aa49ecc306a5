"""A run: one version of one object, on its way through a state machine.

Its id is a digest of what was dropped, so the same event delivered twice, or by five deliveries at once, is
the same run: Step Functions refuses a second execution of that name.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from dropforge.domain import keys
from dropforge.domain.names import UNKNOWN, digest, endpoint_name
from dropforge.domain.tuning import tuning_request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dropforge.domain.contract import Contract
    from dropforge.domain.events import ObjectCreated


def run_id(usecase: str | None, created: ObjectCreated) -> str:
    return f"{usecase or UNKNOWN}-{digest(created.bucket, created.key, created.version)[:16]}"


@dataclass(frozen=True)
class Run:
    """What every state machine that an object starts is told of it."""

    run: str
    usecase: str
    bucket: str
    key: str
    version_id: str
    size: int
    refusal: str | None
    """Why the execution ends at once; it runs all the same, so that every object has one."""
    stack: str
    prefix: str
    """The folder in the bucket where the run keeps what it makes."""


def _known(created: ObjectCreated, contract: Contract | None) -> tuple[str, str]:
    """The use case that the key names and the run's id. Without a contract a run belongs to no use case."""
    usecase = keys.usecase_in(created.key) or UNKNOWN
    return usecase, run_id(usecase if contract else None, created)


@dataclass(frozen=True)
class TrainingRun(Run):
    """What the training state machine is started with."""

    drop: str
    """The URI of what was dropped, as labels may carry it."""
    data: str
    """The key of the run's own copy of the drop."""
    settings: dict[str, str]
    """What was set for this run alone."""
    contract: dict[str, Any] | None
    """What jobs have to know of the contract; none where the drop is refused."""

    @classmethod
    def of(
        cls,
        created: ObjectCreated,
        contract: Contract | None,
        refusal: str | None,
        stack: str,
        settings: Mapping[str, str],
    ) -> TrainingRun:
        usecase, run = _known(created, contract)
        data = keys.pinned_drop(usecase, run, created.key)
        return cls(
            run=run,
            usecase=usecase,
            bucket=created.bucket,
            key=created.key,
            version_id=created.version_id,
            size=created.size,
            refusal=refusal,
            stack=stack,
            prefix=keys.run_folder(usecase, run),
            drop=keys.label(f"s3://{created.bucket}/{created.key}", f"s3://{created.bucket}/{data}"),
            data=data,
            settings=dict(settings),
            contract=_for_jobs(contract) if contract and not refusal else None,
        )


@dataclass(frozen=True)
class Served:
    """The model that an endpoint serves, as far as predictions depend on it."""

    model: str
    """Its model package; empty for a model from elsewhere."""
    problem: str
    contract: str
    """The key of the contract that it was trained by."""


@dataclass(frozen=True)
class InferenceRun(Run):
    """What the inference state machine is started with, and hands on to its functions."""

    review: str
    """The key where the doubtful predictions go."""
    endpoint: str
    threshold: float
    """The use case's of today; everything else about the records is the live model's."""
    model: str
    problem: str
    contract: str

    @classmethod
    def of(
        cls,
        created: ObjectCreated,
        contract: Contract | None,
        refusal: str | None,
        stack: str,
        served: Served | None = None,
    ) -> InferenceRun:
        usecase, run = _known(created, contract)
        name = f"{keys.slug(created.key)}-{run[-16:-8]}"
        return cls(
            run=run,
            usecase=usecase,
            bucket=created.bucket,
            key=created.key,
            version_id=created.version_id,
            size=created.size,
            refusal=refusal,
            stack=stack,
            prefix=keys.predictions_folder(usecase, name),
            review=keys.doubtful(usecase, name),
            endpoint=endpoint_name(stack, usecase),
            threshold=contract.confidence if contract else 0.0,
            model=served.model if served else "",
            problem=served.problem if served else "",
            contract=served.contract if served else "",
        )


def _for_jobs(contract: Contract) -> dict[str, Any]:
    return {
        "problem": contract.problem,
        "resources": asdict(contract.resources),
        "hyperparameters": contract.algorithm.hyperparameters(),
        "tuning": tuning_request(contract),
        "script": contract.algorithm.entry or "",
    }
