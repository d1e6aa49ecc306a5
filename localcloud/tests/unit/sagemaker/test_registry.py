"""The model registry: groups, versions, approval, and the event that every change makes."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.tests.unit.sagemaker.laptop import IMAGE, ROLE, Laptop, together

EVENT = "SageMaker Model Package State Change"
GROUP_ARN = "arn:aws:sagemaker:us-east-1:000000000000:model-package/loan"


def register(laptop: Laptop, **changes: Any) -> str:
    container = {"Image": IMAGE, "ModelDataUrl": laptop.uri("model.tar.gz"), "Environment": {"A": "package"}}
    quality = {"ContentType": "application/json", "S3Uri": laptop.uri("evaluation.json")}
    request = {
        "ModelPackageGroupName": "loan",
        "InferenceSpecification": {"Containers": [container], "SupportedContentTypes": ["text/csv"]},
        "ModelApprovalStatus": "PendingManualApproval",
        "ModelMetrics": {"ModelQuality": {"Statistics": quality}},
        "CustomerMetadataProperties": {"usecase": "loan", "run": "loan-1"},
    }
    arn: str = laptop.sagemaker.create_model_package(**request | changes)["ModelPackageArn"]
    return arn


@pytest.fixture
def registry(laptop: Laptop) -> Laptop:
    laptop.sagemaker.create_model_package_group(
        ModelPackageGroupName="loan", Tags=[{"Key": "k", "Value": "v"}]
    )
    return laptop


def test_versions_count_up_and_a_deleted_number_never_comes_back(registry: Laptop) -> None:
    assert register(registry) == f"{GROUP_ARN}/1"
    registry.sagemaker.delete_model_package(ModelPackageName=register(registry))
    assert register(registry) == f"{GROUP_ARN}/3"
    found = registry.sagemaker.list_model_packages(ModelPackageGroupName="loan")["ModelPackageSummaryList"]
    assert [item["ModelPackageVersion"] for item in found] == [1, 3]


def test_versions_registered_at_once_get_different_numbers(registry: Laptop) -> None:
    together(8, lambda _: register(registry))
    found = registry.sagemaker.list_model_packages(ModelPackageGroupName="loan", MaxResults=50)
    versions = sorted(item["ModelPackageVersion"] for item in found["ModelPackageSummaryList"])
    assert versions == list(range(1, 9))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"ModelPackageGroupName": "loan"}, [1]),
        ({"ModelPackageGroupName": "loan", "ModelPackageType": "Unversioned"}, []),
        ({}, []),
        ({"ModelPackageType": "Both"}, [1]),
        ({"ModelPackageType": "Versioned", "NameContains": "LOAN"}, [1]),
        ({"ModelPackageType": "Versioned", "NameContains": "sagemaker"}, []),
    ],
)
def test_without_a_group_or_a_type_a_list_is_of_what_has_no_versions(
    registry: Laptop, query: dict[str, str], found: list[int]
) -> None:
    register(registry)
    listed = registry.sagemaker.list_model_packages(**query)["ModelPackageSummaryList"]
    assert [package["ModelPackageVersion"] for package in listed] == found


def test_a_version_is_described_with_all_that_it_was_given(registry: Laptop) -> None:
    described = registry.sagemaker.describe_model_package(ModelPackageName=register(registry))
    assert described["CustomerMetadataProperties"] == {"usecase": "loan", "run": "loan-1"}
    assert described["InferenceSpecification"]["Containers"][0]["ImageDigest"] == "sha256:" + "a" * 64
    assert described["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"].endswith("evaluation.json")
    assert described["CreatedBy"]["IamIdentity"]["Arn"] == "arn:aws:iam::000000000000:root"
    assert described["ModelPackageStatus"] == "Completed"


def test_a_request_sent_again_with_its_token_registers_once(registry: Laptop) -> None:
    assert register(registry, ClientToken="once") == register(registry, ClientToken="once")
    registry.sagemaker.create_model_package_group(ModelPackageGroupName="other")
    other = register(registry, ModelPackageGroupName="other", ClientToken="once")
    assert other.endswith(":model-package/other/1"), "the token of another group's version is not this one's"


def test_an_approval_is_recorded_and_announced_with_the_fields_that_changed(registry: Laptop) -> None:
    arn = register(registry)
    registry.sagemaker.update_model_package(
        ModelPackageArn=arn, ModelApprovalStatus="Approved", ApprovalDescription="looks right"
    )
    described = registry.sagemaker.describe_model_package(ModelPackageName=arn)
    assert described["ModelApprovalStatus"] == "Approved"
    assert described["LastModifiedBy"]["IamIdentity"]["Arn"].endswith(":root")
    created, approved = registry.details(EVENT)
    assert "UpdatedModelPackageFields" not in created
    assert approved["UpdatedModelPackageFields"] == ["ModelApprovalStatus", "ApprovalDescription"]
    assert approved["ModelPackageArn"] == arn
    assert approved["CreationTime"].endswith("Z")
    assert approved["InferenceSpecification"]["Containers"][0]["Image"] == IMAGE
    assert registry.ports.events[-1]["resources"] == [arn]
    newest = registry.sagemaker.list_model_packages(
        ModelPackageGroupName="loan", ModelApprovalStatus="Approved"
    )
    assert len(newest["ModelPackageSummaryList"]) == 1


def test_a_change_of_metadata_alone_does_not_name_the_approval(registry: Laptop) -> None:
    arn = register(registry, ModelApprovalStatus="Approved")
    registry.sagemaker.update_model_package(
        ModelPackageArn=arn,
        CustomerMetadataProperties={"note": "kept"},
        CustomerMetadataPropertiesToRemove=["run"],
        ModelLifeCycle={"Stage": "Production", "StageStatus": "Live"},
    )
    last = registry.details(EVENT)[-1]
    assert last["UpdatedModelPackageFields"] == ["ModelLifeCycle", "CustomerMetadataProperties"]
    assert last["ModelApprovalStatus"] == "Approved"
    assert last["CustomerMetadataProperties"] == {"usecase": "loan", "note": "kept"}
    assert last["ModelLifeCycle"]["Stage"] == "Production"


def test_only_an_approved_version_becomes_a_model(registry: Laptop) -> None:
    arn = register(registry)
    request = {"ModelName": "m", "ExecutionRoleArn": ROLE, "Containers": [{"ModelPackageName": arn}]}
    with pytest.raises(ClientError, match="PendingManualApproval"):
        registry.sagemaker.create_model(**request)
    registry.sagemaker.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")
    registry.sagemaker.create_model(**request)
    assert registry.sagemaker.describe_model(ModelName="m")["Containers"][0]["ModelPackageName"] == arn


def test_a_group_is_made_once_and_deleted_only_when_empty(registry: Laptop) -> None:
    with pytest.raises(ClientError, match="already exists"):
        registry.sagemaker.create_model_package_group(ModelPackageGroupName="loan")
    arn = register(registry)
    with pytest.raises(registry.sagemaker.exceptions.ConflictException):
        registry.sagemaker.delete_model_package_group(ModelPackageGroupName="loan")
    registry.sagemaker.delete_model_package(ModelPackageName=arn)
    registry.sagemaker.delete_model_package_group(ModelPackageGroupName="loan")
    assert registry.sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"] == []


def test_a_version_cannot_have_tags_of_its_own(registry: Laptop) -> None:
    with pytest.raises(ClientError, match="takes the tags of its group"):
        register(registry, Tags=[{"Key": "k", "Value": "v"}])
