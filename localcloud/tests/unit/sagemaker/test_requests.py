"""Every request is checked against botocore's own model, and every answer parses."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.api.models import service_model
from localcloud.services.sagemaker import ApiError, SageMaker
from localcloud.services.sagemaker.shapes import operation_model
from localcloud.tests.unit.sagemaker.laptop import IMAGE, ROLE, FakePorts, Laptop

MODEL = {"ModelName": "m", "ExecutionRoleArn": ROLE, "PrimaryContainer": {"Image": IMAGE}}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> SageMaker:
    """Not started: these requests get no further than the check."""
    return SageMaker(tmp_path_factory.mktemp("state"), FakePorts("http://127.0.0.1:1"))


@pytest.mark.parametrize(
    ("action", "payload", "code", "said"),
    [
        ("CreateModel", {}, "ValidationException", "Value null at 'modelName'"),
        ("CreateModel", MODEL | {"ModelName": "a b"}, "ValidationException", "regular expression pattern"),
        ("CreateModel", MODEL | {"ModelName": "x" * 64}, "ValidationException", "less than or equal to 63"),
        ("CreateModel", MODEL | {"ModelName": 7}, "SerializationException", "must be a string"),
        ("CreateModel", MODEL | {"Modelname": "m"}, "ValidationException", "'modelname'"),
        ("CreateModel", MODEL | {"Tags": {"a": "b"}}, "SerializationException", "must be a JSON array"),
        ("CreateModel", MODEL | {"EnableNetworkIsolation": 1}, "SerializationException", "true or false"),
        ("ListModels", {"MaxResults": 0}, "ValidationException", "greater than or equal to 1"),
        ("ListModels", {"MaxResults": True}, "SerializationException", "whole number"),
        ("ListModels", {"SortBy": "Size"}, "ValidationException", "enum value set: [Name, CreationTime]"),
        ("ListModels", {"CreationTimeAfter": "yesterday"}, "SerializationException", "a time in seconds"),
        ("ListModels", {"NextToken": "bogus"}, "ValidationException", "NextToken"),
        ("ListModels", [], "SerializationException", "not a JSON object"),
        ("CreateModel", MODEL | {"Tags": [{"Key": "k"}]}, "ValidationException", "'tags.1.member.value'"),
    ],
)
def test_a_faulty_request_is_refused_in_awss_words(
    service: SageMaker, action: str, payload: Any, code: str, said: str
) -> None:
    with pytest.raises(ApiError) as refused:
        service.handle(action, payload)
    assert refused.value.code == code
    assert said in refused.value.message


def test_all_faults_of_a_request_are_told_at_once(service: SageMaker) -> None:
    with pytest.raises(ApiError, match="2 validation errors detected"):
        service.handle("CreateEndpoint", {})


@pytest.mark.parametrize("value", ["team a", "größe", "a_b.c:d/e=f+g-h@i"])
def test_tag_values_may_hold_what_aws_lets_them(service: SageMaker, value: str) -> None:
    """The model's patterns are Java's."""
    with pytest.raises(ApiError, match="Could not find model"):
        service.handle("CreateEndpointConfig", _config("nobody") | {"Tags": [{"Key": "k", "Value": value}]})


@pytest.mark.parametrize("value", ["a|b", "{}", "100%"])
def test_customer_metadata_refuses_what_aws_refuses(service: SageMaker, value: str) -> None:
    with pytest.raises(ApiError, match="regular expression pattern"):
        service.handle("CreateModelPackage", {"CustomerMetadataProperties": {"k": value}})


def test_every_operation_that_is_here_exists_at_aws_and_every_other_is_refused_by_name(
    service: SageMaker,
) -> None:
    """Never a made-up success."""
    for action in service.operations:
        assert operation_model(action) is not None
    missing = set(service_model("sagemaker").operation_names) - set(service.operations)
    for action in missing:
        with pytest.raises(ApiError, match=f"{action} yet") as refused:
            service.handle(action, {})
        assert refused.value.code == "UnknownOperationException"
    with pytest.raises(ApiError, match="has no operation CreateMagic"):
        service.handle("CreateMagic", {})


@pytest.mark.parametrize(
    ("action", "payload", "said"),
    [
        (
            "DescribeEndpoint",
            {"EndpointName": "x"},
            'Could not find endpoint "arn:aws:sagemaker:us-east-1:000000000000:endpoint/x".',
        ),
        ("DescribeEndpointConfig", {"EndpointConfigName": "x"}, "Could not find endpoint configuration"),
        ("DescribeModel", {"ModelName": "x"}, "Could not find model"),
        ("DescribeModelPackage", {"ModelPackageName": "x"}, "does not exist"),
        ("DescribeModelPackageGroup", {"ModelPackageGroupName": "x"}, "does not exist"),
    ],
)
def test_what_does_not_exist_is_a_validation_exception_that_names_it(
    service: SageMaker, action: str, payload: dict[str, Any], said: str
) -> None:
    with pytest.raises(ApiError) as refused:
        service.handle(action, payload)
    assert refused.value.code == "ValidationException"
    assert said in refused.value.message


def test_lists_filter_order_and_page(laptop: Laptop) -> None:
    for number in range(12):
        laptop.sagemaker.create_model(**MODEL | {"ModelName": f"model-{number:02}"})
    laptop.sagemaker.create_model(**MODEL | {"ModelName": "other"})
    pages = laptop.sagemaker.get_paginator("list_models").paginate(
        NameContains="MODEL", SortBy="Name", SortOrder="Ascending", PaginationConfig={"PageSize": 5}
    )
    sizes = [[item["ModelName"] for item in page["Models"]] for page in pages]
    assert [len(page) for page in sizes] == [5, 5, 2]
    assert [name for page in sizes for name in page] == [f"model-{number:02}" for number in range(12)]
    newest = laptop.sagemaker.list_models(MaxResults=1)["Models"][0]
    assert newest["ModelName"] == "other"
    since = laptop.sagemaker.list_models(CreationTimeAfter=newest["CreationTime"])["Models"]
    assert [item["ModelName"] for item in since] == ["other"]
    assert laptop.sagemaker.list_models(CreationTimeBefore=1)["Models"] == []


def test_pages_lose_and_repeat_nothing_while_records_come_and_go(laptop: Laptop) -> None:
    names = [f"model-{number:02}" for number in range(12)]
    for name in names:
        laptop.sagemaker.create_model(**MODEL | {"ModelName": name})
    seen = []
    pages = laptop.sagemaker.get_paginator("list_models").paginate(PaginationConfig={"PageSize": 5})
    for turn, page in enumerate(pages):
        for model in page["Models"]:
            seen.append(model["ModelName"])
            laptop.sagemaker.delete_model(ModelName=model["ModelName"])
        laptop.sagemaker.create_model(**MODEL | {"ModelName": f"newer-{turn}"})
    assert seen == names[::-1]


def test_a_token_is_good_for_its_own_question_only(laptop: Laptop) -> None:
    for number in range(3):
        laptop.sagemaker.create_model(**MODEL | {"ModelName": f"model-{number}"})
    token = laptop.sagemaker.list_models(MaxResults=1)["NextToken"]
    rest = laptop.sagemaker.list_models(MaxResults=50, NextToken=token)["Models"]
    assert [model["ModelName"] for model in rest] == ["model-1", "model-0"]
    for question, more in (("list_models", {"NameContains": "m"}), ("list_endpoint_configs", {})):
        with pytest.raises(ClientError, match="Invalid NextToken"):
            getattr(laptop.sagemaker, question)(NextToken=token, **more)


def test_tags_are_added_listed_and_deleted_on_any_resource(laptop: Laptop) -> None:
    arn = laptop.sagemaker.create_model(**MODEL | {"Tags": [{"Key": "a", "Value": "1"}]})["ModelArn"]
    laptop.sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "3"}])
    laptop.sagemaker.delete_tags(ResourceArn=arn, TagKeys=["b", "none"])
    assert laptop.sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "a", "Value": "3"}]
    with pytest.raises(ClientError, match="Could not find the resource"):
        laptop.sagemaker.list_tags(ResourceArn=arn + "x")


def test_everything_acknowledged_is_there_after_a_kill(laptop: Laptop) -> None:
    """A second service on the same folder stands for a cloud that never got to say goodbye."""
    laptop.sagemaker.create_model(**MODEL)
    second = SageMaker(laptop.state, laptop.ports)
    assert second.handle("DescribeModel", {"ModelName": "m"})["ExecutionRoleArn"] == ROLE


def _config(model: str) -> dict[str, Any]:
    variant = {
        "VariantName": "v",
        "ModelName": model,
        "InitialInstanceCount": 1,
        "InstanceType": "ml.m5.large",
    }
    return {"EndpointConfigName": "c", "ProductionVariants": [variant]}


def test_a_tag_key_is_given_once_and_is_not_awss(service: SageMaker) -> None:
    tag = {"Key": "k", "Value": "v"}
    for tags, said in (([tag, tag], "Duplicate tag key"), ([tag | {"Key": "aws:k"}], "must not start")):
        with pytest.raises(ApiError, match=said):
            service.handle("CreateModel", MODEL | {"Tags": tags})
