"""Which tuning jobs a laptop can run: the rest is refused by name, and what AWS refuses in AWS's sense."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localcloud.api.errors import ApiError
from localcloud.services.sagemaker.context import Call
from localcloud.services.sagemaker.jobs.training.request import check as check_training
from localcloud.services.sagemaker.jobs.tuning.optimiser import Strategy
from localcloud.services.sagemaker.jobs.tuning.ranges import Choice, combinations, tunables
from localcloud.services.sagemaker.unsupported import Honoured, leaves, refuse_unsupported

if TYPE_CHECKING:
    from collections.abc import Sequence

    from localcloud.services.sagemaker.jobs.tuning.ranges import Tunable
    from localcloud.services.sagemaker.store import Record

MOST_RESOURCE = 20_000
# Where AWS looks for Hyperband's MaxResource among the static hyperparameters.
_EPOCHS = ("epochs", "numepochs", "n-epochs", "n_epochs", "num_epochs")
_DEFINITION: Honoured = {
    **leaves("DefinitionName", "StaticHyperParameters", "RoleArn", "InputDataConfig", "VpcConfig"),
    **leaves("OutputDataConfig", "ResourceConfig", "StoppingCondition", "EnableNetworkIsolation"),
    **leaves("EnableInterContainerTrafficEncryption", "EnableManagedSpotTraining", "CheckpointConfig"),
    **leaves("Environment"),
    "AlgorithmSpecification": leaves("TrainingImage", "TrainingInputMode", "MetricDefinitions"),
}
_HONOURED: Honoured = {
    **leaves("HyperParameterTuningJobName", "WarmStartConfig", "Tags"),
    "HyperParameterTuningJobConfig": {
        **leaves("Strategy", "HyperParameterTuningJobObjective", "ResourceLimits", "RandomSeed"),
        **leaves("TrainingJobEarlyStoppingType", "StrategyConfig"),
        "ParameterRanges": leaves(
            "IntegerParameterRanges", "ContinuousParameterRanges", "CategoricalParameterRanges"
        ),
        "TuningJobCompletionCriteria": leaves("TargetObjectiveMetricValue", "BestObjectiveNotImproving"),
    },
    "TrainingJobDefinition": _DEFINITION,
}
# What a trial has of the definition as it is.
_NOT_AS_IT_IS = ("DefinitionName", "StaticHyperParameters", "CheckpointConfig")
_OF_A_TRIAL = tuple(name for name in _DEFINITION if name not in _NOT_AS_IT_IS)


def check(call: Call) -> None:
    """Raises ApiError for a job that cannot be run."""
    refuse_unsupported(call.action, call.payload, _HONOURED)
    config = call.payload["HyperParameterTuningJobConfig"]
    definition = call.payload.get("TrainingJobDefinition")
    if definition is None:
        raise _refused("TrainingJobDefinition must be set.")
    ranges = tunables(config.get("ParameterRanges", {}))
    if not ranges:
        raise _refused("ParameterRanges must have at least one range.")
    _check_objective(config, definition)
    _check_names(ranges, definition)
    _check_limits(config, ranges)
    _check_hyperband(config, definition)
    trial = trial_request(definition, "trial", {each.name: "0" for each in ranges}, [])
    check_training(Call(call.action, trial, call.caller))


def trial_request(definition: Record, name: str, tuned: dict[str, str], tags: Sequence[Record]) -> Record:
    """The training job of one trial. Trials have checkpoints of their own."""
    trial = {member: definition[member] for member in _OF_A_TRIAL if member in definition}
    static = definition.get("StaticHyperParameters", {})
    trial |= {"TrainingJobName": name, "HyperParameters": static | tuned, "Tags": list(tags)}
    if config := definition.get("CheckpointConfig"):
        trial["CheckpointConfig"] = config | {"S3Uri": f"{config['S3Uri'].rstrip('/')}/{name}"}
    return trial


def strategy_of(config: Record, definition: Record, tried: int) -> Strategy:
    """How to look for better ones. After a restart a seed is moved on, so that it leads to new proposals."""
    seed = config.get("RandomSeed")
    hyperband = config.get("StrategyConfig", {}).get("HyperbandStrategyConfig", {})
    return Strategy(
        name=config["Strategy"],
        maximize=config["HyperParameterTuningJobObjective"]["Type"] == "Maximize",
        parallel=config["ResourceLimits"]["MaxParallelTrainingJobs"] > 1,
        seed=None if seed is None else (seed + tried) % 2**32,
        least_resource=hyperband.get("MinResource", 1),
        most_resource=_most_resource(hyperband, definition) or MOST_RESOURCE,
    )


def _check_objective(config: Record, definition: Record) -> None:
    objective = config.get("HyperParameterTuningJobObjective")
    if objective is None:
        raise _refused("HyperParameterTuningJobObjective must be set.")
    defined = definition["AlgorithmSpecification"].get("MetricDefinitions", [])
    if objective["MetricName"] not in [item["Name"] for item in defined]:
        raise _refused(
            f"The objective metric {objective['MetricName']} is not one of the MetricDefinitions, "
            "which a custom algorithm has to give."
        )


def _check_names(ranges: Sequence[Tunable], definition: Record) -> None:
    static = definition.get("StaticHyperParameters", {})
    both = [each.name for each in ranges if each.name in static]
    if both:
        raise _refused(f"The hyperparameters {both} are both static and tuned.")


def _check_limits(config: Record, ranges: Sequence[Tunable]) -> None:
    limits = config["ResourceLimits"]
    most = limits.get("MaxNumberOfTrainingJobs")
    if config["Strategy"] == "Grid":
        if not all(isinstance(each, Choice) for each in ranges):
            raise _refused("The Grid strategy takes CategoricalParameterRanges only.")
        count = combinations(ranges)
        if most not in (None, count):
            raise _refused(f"MaxNumberOfTrainingJobs must be {count}, the number of combinations, or absent.")
    elif most is None and "MaxRuntimeInSeconds" not in limits:
        raise _refused("MaxNumberOfTrainingJobs or MaxRuntimeInSeconds must be set.")


def _check_hyperband(config: Record, definition: Record) -> None:
    given = config.get("StrategyConfig", {}).get("HyperbandStrategyConfig")
    if config["Strategy"] != "Hyperband":
        if given is not None:
            raise _refused(f"HyperbandStrategyConfig is not for the strategy {config['Strategy']}.")
        return
    if config.get("TrainingJobEarlyStoppingType") == "Auto":
        raise _refused("TrainingJobEarlyStoppingType must be Off with Hyperband, which stops jobs itself.")
    most = _most_resource(given or {}, definition)
    if most is None:
        raise _refused(
            f"Hyperband needs a MaxResource, or one of {', '.join(_EPOCHS)} among StaticHyperParameters."
        )
    if not (given or {}).get("MinResource", 1) <= most <= MOST_RESOURCE:
        raise _refused(f"Hyperband's MaxResource must be at least MinResource and at most {MOST_RESOURCE}.")


def _most_resource(hyperband: Record, definition: Record) -> int | None:
    if "MaxResource" in hyperband:
        return int(hyperband["MaxResource"])
    static = definition.get("StaticHyperParameters", {})
    found = (static[name] for name in _EPOCHS if str(static.get(name, "")).isdecimal())
    return next(map(int, found), None)


def _refused(message: str) -> ApiError:
    return ApiError("ValidationException", message)
