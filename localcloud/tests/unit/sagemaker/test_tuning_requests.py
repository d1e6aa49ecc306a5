"""Tuning jobs that make no sense, or that this service does not have: refused, with the reason."""

from __future__ import annotations

from typing import Any

import pytest

from localcloud.tests.unit.sagemaker.laptop import Laptop
from localcloud.tests.unit.sagemaker.tuning import config, definition, refused

WORDS = {"CategoricalParameterRanges": [{"Name": "x", "Values": ["1", "2"]}]}


@pytest.mark.parametrize(
    ("changes", "static", "says"),
    [
        ({"ParameterRanges": {}}, {}, "at least one range"),
        ({}, {"x": "1"}, "both static and tuned"),
        (
            {"HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "loss"}},
            {},
            "objective metric loss",
        ),
        ({"Strategy": "Grid"}, {}, "CategoricalParameterRanges only"),
        ({"Strategy": "Grid", "ParameterRanges": WORDS}, {}, "must be 2"),
        ({"Strategy": "Hyperband"}, {}, "needs a MaxResource"),
        ({"Strategy": "Hyperband", "TrainingJobEarlyStoppingType": "Auto"}, {"epochs": "9"}, "must be Off"),
        ({"StrategyConfig": {"HyperbandStrategyConfig": {"MaxResource": 3}}}, {}, "not for the strategy"),
        ({"ResourceLimits": {"MaxParallelTrainingJobs": 1}}, {}, "MaxNumberOfTrainingJobs or"),
        (
            {"TuningJobCompletionCriteria": {"ConvergenceDetected": {"CompleteOnConvergence": "Enabled"}}},
            {},
            "ConvergenceDetected",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(
    laptop: Laptop, changes: dict[str, Any], static: dict[str, str], says: str
) -> None:
    assert says in refused(laptop, config() | changes, static)


def test_what_is_not_there_is_refused_by_name(laptop: Laptop) -> None:
    assert "Autotune" in refused(laptop, config(), {}, Autotune={"Mode": "Enabled"})
    several = [definition(laptop)]
    assert "TrainingJobDefinitions" in refused(laptop, config(), {}, TrainingJobDefinitions=several)
