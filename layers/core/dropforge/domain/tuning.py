"""A contract's tuning, in the words of SageMaker's CreateHyperParameterTuningJob."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dropforge.domain.contract import UPPER_LIMITS
from dropforge.domain.contract.algorithms import ALGORITHMS
from dropforge.domain.contract.fields import Number

if TYPE_CHECKING:
    from dropforge.domain.contract import Contract, Range, Tuning

STRATEGIES = {"bayesian": "Bayesian", "random": "Random", "grid": "Grid", "hyperband": "Hyperband"}
SEED = 1
SCALES = {"linear": "Linear", "log": "Logarithmic"}


def tuning_request(contract: Contract) -> dict[str, Any]:
    """What the state machine hands on; empty where the contract asks for no tuning.

    `fixed` are the hyperparameters that no trial changes, `minutes` the most that all trials take together.
    The proposals have one seed, so that the same drop is tried with the same values; what Bayesian proposes
    also hangs on which trial ended first, where several run at once.
    """
    tuning = contract.tuning
    if tuning is None:
        return {}
    return {
        "config": _config(tuning, contract),
        "fixed": {
            name: value
            for name, value in contract.algorithm.hyperparameters().items()
            if name not in tuning.ranges
        },
        "minutes": contract.resources.minutes * -(-tuning.trials // tuning.parallel),
    }


def _config(tuning: Tuning, contract: Contract) -> dict[str, Any]:
    metric = str(tuning.objective)
    stops = tuning.early_stopping and tuning.strategy != "hyperband"  # which stops trials by itself
    limits = {"MaxParallelTrainingJobs": tuning.parallel}
    if tuning.strategy != "grid":  # a grid is tried whole
        limits["MaxNumberOfTrainingJobs"] = tuning.trials
    return {
        "Strategy": STRATEGIES[tuning.strategy],
        "HyperParameterTuningJobObjective": {
            "Type": "Minimize" if metric in UPPER_LIMITS else "Maximize",
            "MetricName": f"validation:{metric}",
        },
        "ResourceLimits": limits,
        "ParameterRanges": _ranges(tuning, contract),
        "TrainingJobEarlyStoppingType": "Auto" if stops else "Off",
        "RandomSeed": SEED if contract.split.seed is None else contract.split.seed,
        **(_rungs(tuning, contract) if tuning.strategy == "hyperband" else {}),
    }


def _rungs(tuning: Tuning, contract: Contract) -> dict[str, Any]:
    """Hyperband gives most trials few rounds and the promising ones all of them."""
    tuned = tuning.ranges.get("rounds")
    rounds = tuned.max if tuned and tuned.max else contract.algorithm.parameters["rounds"]
    return {"StrategyConfig": {"HyperbandStrategyConfig": {"MinResource": 1, "MaxResource": int(rounds)}}}


def _ranges(tuning: Tuning, contract: Contract) -> dict[str, list[dict[str, Any]]]:
    fields = ALGORITHMS[contract.algorithm.name]
    found: dict[str, list[dict[str, Any]]] = {
        "IntegerParameterRanges": [],
        "ContinuousParameterRanges": [],
        "CategoricalParameterRanges": [],
    }
    for name, given in tuning.ranges.items():
        field = fields.get(name)
        whole = isinstance(field, Number) and field.whole
        if given.values:
            texts = [value if isinstance(value, str) else f"{value:.15g}" for value in given.values]
            found["CategoricalParameterRanges"].append({"Name": name, "Values": texts})
        else:
            kind = "IntegerParameterRanges" if whole else "ContinuousParameterRanges"
            found[kind].append(_span(name, given))
    return found


def _span(name: str, given: Range) -> dict[str, str]:
    low, high = (f"{limit:.15g}" for limit in (given.min or 0, given.max or 0))
    return {"Name": name, "MinValue": low, "MaxValue": high, "ScalingType": SCALES[given.scale]}
