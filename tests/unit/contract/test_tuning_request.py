"""A contract's tuning becomes the request that SageMaker takes."""

from __future__ import annotations

from typing import Any

import botocore.session
from botocore.validate import ParamValidator

from dropforge.domain.contract import parse_contract
from dropforge.domain.tuning import tuning_request


def request(tuning: dict[str, Any] | None, problem: str = "binary", **more: Any) -> dict[str, Any]:
    target = {"y": "category"} if problem == "binary" else {"y": "number"}
    document = {"usecase": "bank", "problem": problem, "target": "y", "columns": {"age": "number", **target}}
    tuned = {"tuning": tuning} if tuning else {}
    return tuning_request(parse_contract({**document, **tuned, **more}))


def test_without_tuning_nothing_is_asked() -> None:
    assert request(None) == {}


def test_whole_numbers_others_and_words_go_where_sagemaker_wants_them() -> None:
    ranges = {
        "max_depth": {"min": 2, "max": 8},
        "eta": {"min": 0.01, "max": 0.3, "scale": "log"},
        "class_weight": {"values": ["none", "balanced"]},
    }
    config = request({"ranges": ranges, "trials": 6, "parallel": 3})["config"]

    assert config["ParameterRanges"] == {
        "IntegerParameterRanges": [
            {"Name": "max_depth", "MinValue": "2", "MaxValue": "8", "ScalingType": "Linear"}
        ],
        "ContinuousParameterRanges": [
            {"Name": "eta", "MinValue": "0.01", "MaxValue": "0.3", "ScalingType": "Logarithmic"}
        ],
        "CategoricalParameterRanges": [{"Name": "class_weight", "Values": ["none", "balanced"]}],
    }
    assert config["ResourceLimits"] == {"MaxParallelTrainingJobs": 3, "MaxNumberOfTrainingJobs": 6}


def test_an_error_is_made_small_and_any_other_metric_large() -> None:
    ranges = {"max_depth": {"min": 2, "max": 8}}

    binary = request({"ranges": ranges})["config"]["HyperParameterTuningJobObjective"]
    regression = request({"ranges": ranges}, "regression")["config"]["HyperParameterTuningJobObjective"]

    assert binary == {"Type": "Maximize", "MetricName": "validation:auc"}
    assert regression == {"Type": "Minimize", "MetricName": "validation:rmse"}


def test_a_grid_is_tried_whole() -> None:
    tuning = {"strategy": "grid", "ranges": {"max_depth": {"values": [2, 3, 4]}}}
    config = request(tuning)["config"]

    assert config["ParameterRanges"]["CategoricalParameterRanges"] == [
        {"Name": "max_depth", "Values": ["2", "3", "4"]}
    ]
    assert "MaxNumberOfTrainingJobs" not in config["ResourceLimits"]


def test_hyperband_knows_how_many_rounds_there_are() -> None:
    ranges = {"max_depth": {"min": 2, "max": 8}}
    rounds = {"parameters": {"rounds": 90}}

    config = request({"strategy": "hyperband", "ranges": ranges}, algorithm=rounds)["config"]

    assert config["StrategyConfig"]["HyperbandStrategyConfig"] == {"MinResource": 1, "MaxResource": 90}


def test_what_is_tuned_is_not_fixed_as_well() -> None:
    asked = request({"ranges": {"eta": {"min": 0.1, "max": 0.3}}})

    assert "eta" not in asked["fixed"]
    assert asked["fixed"]["max_depth"] == "6"


def test_sagemakers_own_model_takes_the_configuration() -> None:
    for strategy in ("bayesian", "random", "grid", "hyperband"):
        ranges = {"max_depth": {"values": [2, 4]} if strategy == "grid" else {"min": 2, "max": 4}}
        tuning = {"strategy": strategy, "early_stopping": strategy != "hyperband", "ranges": ranges}
        model = botocore.session.get_session().get_service_model("sagemaker")
        shape = model.shape_for("HyperParameterTuningJobConfig")

        report = ParamValidator().validate(request(tuning)["config"], shape)

        assert not report.has_errors(), report.generate_report()
