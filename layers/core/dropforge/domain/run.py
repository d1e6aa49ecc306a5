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
class TrainingRun:
    """What the training state machine is started with; `data` is the key of the run's own copy of the drop,
    `settings` what was set for this run alone."""

    run: str
    usecase: str
    bucket: str
    key: str
    version_id: str
    size: int
    drop: str
    refusal: str | None
    stack: str
    prefix: str
    data: str
    settings: dict[str, str]
    contract: dict[str, Any] | None

    @classmethod
    def of(
        cls,
        created: ObjectCreated,
        contract: Contract | None,
        refusal: str | None,
        stack: str,
        settings: Mapping[str, str],
    ) -> TrainingRun:
        usecase = keys.usecase_in(created.key) or UNKNOWN
        run = run_id(usecase if contract else None, created)
        data = keys.pinned_drop(usecase, run, created.key)
        return cls(
            run=run,
            usecase=usecase,
            bucket=created.bucket,
            key=created.key,
            version_id=created.version_id,
            size=created.size,
            drop=keys.label(f"s3://{created.bucket}/{created.key}", f"s3://{created.bucket}/{data}"),
            refusal=refusal,
            stack=stack,
            prefix=keys.run_folder(usecase, run),
            data=data,
            settings=dict(settings),
            contract=_for_jobs(contract) if contract and not refusal else None,
        )


@dataclass(frozen=True)
class Served:
    """What answers: the model package (none for a model from elsewhere), its problem, and the key of the
    contract that it was trained by."""

    model: str
    problem: str
    contract: str


@dataclass(frozen=True)
class InferenceRun:
    """What the inference state machine is started with, and hands on to its functions.

    `threshold` is the use case's of today; everything about the records is the live model's.
    """

    run: str
    usecase: str
    bucket: str
    key: str
    version_id: str
    size: int
    refusal: str | None
    stack: str
    prefix: str
    review: str
    endpoint: str
    threshold: float
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
        usecase = keys.usecase_in(created.key) or UNKNOWN
        run = run_id(usecase if contract else None, created)
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
