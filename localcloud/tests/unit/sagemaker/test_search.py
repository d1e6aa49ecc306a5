"""Search over jobs, the registry, models and endpoints."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.services.sagemaker.context import now
from localcloud.tests.unit.sagemaker.laptop import IMAGE, ROLE, Laptop
from localcloud.tests.unit.sagemaker.tuning import config, ended, start, tune


@pytest.fixture
def jobs(laptop: Laptop) -> Laptop:
    """Three finished jobs as the service would have left them, without running any."""
    store = laptop.service._context.stores.of("training-job")
    for number, (auc, depth, team) in enumerate([(0.7, "4", "a"), (0.8, "12", "a"), (0.9, "6", "b")]):
        name = f"job-{number}"
        source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://b/{name}"}}
        record: dict[str, Any] = {
            "TrainingJobName": name,
            "TrainingJobArn": f"arn:aws:sagemaker:us-east-1:000000000000:training-job/{name}",
            "TrainingJobStatus": "Completed",
            "HyperParameters": {"max_depth": depth},
            "FinalMetricDataList": [{"MetricName": "validation:auc", "Value": auc, "Timestamp": now()}],
            "InputDataConfig": [
                {"ChannelName": "train", "DataSource": source},
                {"ChannelName": "test", "DataSource": {"S3DataSource": {"S3Uri": "s3://b/test"}}},
            ],
            "CreationTime": 1_700_000_000.0 + number,
            "LastModifiedTime": 1_700_000_100.5 + number,
            "Tags": [{"Key": "team", "Value": team}],
        }
        if number == 1:
            record["FailureReason"] = "none really"
        store.put(name, record)
    return laptop


def found(laptop: Laptop, **query: Any) -> list[str]:
    results = laptop.sagemaker.search(Resource="TrainingJob", **query)["Results"]
    return [item["TrainingJob"]["TrainingJobName"] for item in results]


def matching(laptop: Laptop, name: str, operator: str | None, value: str | None) -> list[str]:
    given = {"Name": name, "Operator": operator, "Value": value}
    condition = {key: item for key, item in given.items() if item is not None}
    return found(laptop, SearchExpression={"Filters": [condition]}, SortOrder="Ascending")


@pytest.mark.parametrize(
    ("name", "operator", "value", "wanted"),
    [
        ("TrainingJobName", None, "job-1", "1"),
        ("TrainingJobName", "NotEquals", "job-1", "02"),
        ("TrainingJobName", "Contains", "job", "012"),
        ("TrainingJobName", "In", "job-0, job-2,other", "02"),
        ("Metrics.validation:auc", "GreaterThan", "0.75", "12"),
        ("Metrics.validation:auc", "LessThanOrEqualTo", "0.8", "01"),
        ("Metrics.none", "Exists", None, ""),
        ("HyperParameters.max_depth", "GreaterThanOrEqualTo", "6", "12"),
        ("Tags.team", "Equals", "a", "01"),
        ("FailureReason", "Exists", None, "1"),
        ("FailureReason", "NotExists", None, "02"),
        ("CreationTime", "LessThan", "2023-11-14T22:13:21", "0"),
        ("InputDataConfig.DataSource.S3DataSource.S3Uri", "Contains", "job-2", "2"),
    ],
)
def test_each_operator_finds_what_it_says(
    jobs: Laptop, name: str, operator: str | None, value: str | None, wanted: str
) -> None:
    assert matching(jobs, name, operator, value) == [f"job-{number}" for number in wanted]


def test_conditions_are_joined_by_and_or_or_and_nested(jobs: Laptop) -> None:
    first = {"Name": "TrainingJobName", "Value": "job-0"}
    team = {"Name": "Tags.team", "Value": "b"}
    assert found(jobs, SearchExpression={"Filters": [first, team]}) == []
    assert found(jobs, SearchExpression={"Filters": [first, team], "Operator": "Or"}) == ["job-2", "job-0"]
    both = {"SubExpressions": [{"Filters": [first]}, {"Filters": [team]}], "Operator": "Or"}
    assert found(jobs, SearchExpression=both) == ["job-2", "job-0"]


def test_nested_filters_speak_of_one_item_of_a_list(jobs: Laptop) -> None:
    uri = {"Name": "InputDataConfig.DataSource.S3DataSource.S3Uri", "Operator": "Contains", "Value": "job-1"}
    for channel, wanted in (("train", ["job-1"]), ("test", [])):
        filters = [{"Name": "InputDataConfig.ChannelName", "Value": channel}, uri]
        nested = {"NestedPropertyName": "InputDataConfig", "Filters": filters}
        assert found(jobs, SearchExpression={"NestedFilters": [nested]}) == wanted


def test_results_are_newest_first_sorted_by_any_property_paged_and_counted(jobs: Laptop) -> None:
    assert found(jobs) == ["job-2", "job-1", "job-0"]
    assert found(jobs, SortBy="HyperParameters.max_depth", SortOrder="Ascending") == [
        "job-0",
        "job-2",
        "job-1",
    ]
    pages = list(
        jobs.sagemaker.get_paginator("search").paginate(
            Resource="TrainingJob", PaginationConfig={"PageSize": 2}
        )
    )
    assert [len(page["Results"]) for page in pages] == [2, 1]
    assert pages[0]["TotalHits"] == {"Value": 3, "Relation": "EqualTo"}


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ({"Filters": [{"Name": "Colour", "Value": "red"}]}, "Unknown property name: Colour"),
        ({"Filters": [{"Name": "TrainingJobName"}]}, "Value must be set"),
        (
            {"Filters": [{"Name": "TrainingJobName", "Operator": "LessThan", "Value": "x"}]},
            "not supported for",
        ),
        (
            {"Filters": [{"Name": "TrainingJobName", "Operator": "Contains", "Value": "x"}] * 2},
            "'CONTAINS' operator usage limit of 1 exceeded.",
        ),
    ],
)
def test_an_expression_that_cannot_be_is_refused(jobs: Laptop, expression: dict[str, Any], said: str) -> None:
    with pytest.raises(ClientError, match=said) as refused:
        found(jobs, SearchExpression=expression)
    assert refused.value.response["Error"]["Code"] == "ValidationException"


def test_the_registry_and_models_can_be_searched_and_what_is_not_here_is_refused_by_name(
    laptop: Laptop,
) -> None:
    sagemaker = laptop.sagemaker
    tags = [{"Key": "team", "Value": "a"}]
    sagemaker.create_model_package_group(ModelPackageGroupName="loan", Tags=tags)
    sagemaker.create_model_package(ModelPackageGroupName="loan", ModelApprovalStatus="Approved")
    sagemaker.create_model_package(ModelPackageGroupName="loan")
    sagemaker.create_model(ModelName="m", ExecutionRoleArn=ROLE, PrimaryContainer={"Image": IMAGE})
    (group,) = sagemaker.search(Resource="ModelPackageGroup")["Results"]
    assert group["ModelPackageGroup"]["Tags"] == tags
    approved = {"Filters": [{"Name": "ModelApprovalStatus", "Value": "Approved"}]}
    (package,) = sagemaker.search(Resource="ModelPackage", SearchExpression=approved)["Results"]
    assert package["ModelPackage"]["ModelPackageVersion"] == 1
    (model,) = sagemaker.search(Resource="Model")["Results"]
    assert model["Model"]["Model"]["ModelName"] == "m"
    assert sagemaker.search(Resource="Endpoint")["Results"] == []
    with pytest.raises(ClientError, match="Search with Resource=Experiment"):
        sagemaker.search(Resource="Experiment")


def test_tuning_jobs_are_found_by_what_they_were_asked_for_and_what_came_of_them(laptop: Laptop) -> None:
    """By the strategy in their configuration, their state and their tags; the best trial is told too."""
    tune(laptop, "random", config(most=1), mode="ok")
    start(laptop, "tagged", config(most=1), {"mode": "ok"}, Tags=[{"Key": "team", "Value": "a"}])
    ended(laptop, "tagged")

    def names(name: str, value: str) -> list[str]:
        asked = {"Filters": [{"Name": name, "Operator": "Equals", "Value": value}]}
        results = laptop.sagemaker.search(
            Resource="HyperParameterTuningJob", SearchExpression=asked, SortOrder="Ascending"
        )["Results"]
        jobs = [each["HyperParameterTuningJob"] for each in results]
        assert all(job["BestTrainingJob"]["TrainingJobStatus"] == "Completed" for job in jobs)
        return [job["HyperParameterTuningJobName"] for job in jobs]

    assert names("HyperParameterTuningJobStatus", "Completed") == ["random", "tagged"]
    assert names("HyperParameterTuningJobConfig.Strategy", "Random") == ["random", "tagged"]
    assert names("Tags.team", "a") == ["tagged"]
    assert names("HyperParameterTuningJobStatus", "Failed") == []
