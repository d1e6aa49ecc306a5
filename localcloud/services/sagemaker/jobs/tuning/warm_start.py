"""What a tuning job learns from earlier ones, its parents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localcloud.api.errors import ApiError
from localcloud.services.sagemaker.jobs.tuning.trials import trials_of

if TYPE_CHECKING:
    from localcloud.services.sagemaker.context import Context
    from localcloud.services.sagemaker.store import Record, Store

IDENTICAL = "IdenticalDataAndAlgorithm"
_NAME = "HyperParameterTuningJobName"
_ENDED = ("Completed", "Stopped", "Failed")


def parents_of(record: Record) -> list[str]:
    """The names of a job's parents."""
    given = record.get("WarmStartConfig", {}).get("ParentHyperParameterTuningJobs", [])
    return [parent[_NAME] for parent in given if _NAME in parent]


def is_identical(record: Record) -> bool:
    """Whether the parents did the same with the same data, so that their results compare with the job's."""
    return bool(record.get("WarmStartConfig", {}).get("WarmStartType") == IDENTICAL)


def check(request: Record, store: Store) -> None:
    """Parents have ended and had the objective, identical ones also image and data. Raises ApiError."""
    for name in parents_of(request):
        parent = store.get(name)
        if parent is None:
            raise ApiError("ValidationException", f"The parent tuning job {name} does not exist.")
        status = parent["HyperParameterTuningJobStatus"]
        if status not in _ENDED:
            raise _unfit(name, f"is in status {status}, not in one of {', '.join(_ENDED)}")
        if _objective(parent) != _objective(request):
            raise _unfit(name, "has another objective")
        if is_identical(request) and _same(parent) != _same(request):
            raise _unfit(name, f"has another image or other input data, which {IDENTICAL} does not allow")


def trials_of_parents(context: Context, record: Record, store: Store) -> list[Record]:
    """Every trial of every parent that is still there."""
    parents = [parent for name in parents_of(record) if (parent := store.get(name)) is not None]
    return [
        trial | {"TuningJobName": parent[_NAME]}
        for parent in parents
        for trial in trials_of(context, parent["HyperParameterTuningJobArn"])
    ]


def _objective(record: Record) -> Record:
    objective: Record = record["HyperParameterTuningJobConfig"]["HyperParameterTuningJobObjective"]
    return objective


def _same(record: Record) -> tuple[str | None, list[Record]]:
    definition = record["TrainingJobDefinition"]
    return definition["AlgorithmSpecification"].get("TrainingImage"), definition.get("InputDataConfig", [])


def _unfit(name: str, why: str) -> ApiError:
    return ApiError("ValidationException", f"The parent tuning job {name} {why}.")
