"""For each operation: what a request must have to make sense here, and which members may be anything that the
model allows.

The model cannot say that a group has to exist or that a laptop has one instance; such members are given, and
all others are generated.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from localcloud.api.models import service_model
from localcloud.services.sagemaker.search.operations import KINDS, shape_of
from localcloud.tests.conformance import values

ROLE = "arn:aws:iam::000000000000:role/any"
IMAGE = "no/such:image"
GROUP, MODEL, CONFIG, TUNING = "fixed-group", "fixed-model", "fixed-config", "fixed-tuning"
_ARN = "arn:aws:sagemaker:us-east-1:000000000000:"
_PAGES = ("NextToken",)
_SOURCE = {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/key"}


@dataclass(frozen=True)
class Recipe:
    """`name` is the member that must be new each time; `free` are generated; `describe` tells it again, asked
    with that name or, by `told_by`, with a member of the answer."""

    given: dict[str, Any] = field(default_factory=dict)
    name: str | None = None
    free: tuple[str, ...] = ()
    describe: str | None = None
    told_by: dict[str, str] = field(default_factory=dict)


def _queries(action: str, *without: str, **given: Any) -> Recipe:
    """A list's request: every member may be anything."""
    shape = service_model("sagemaker").operation_model(action).input_shape
    assert shape is not None
    free = tuple(name for name in shape.members if name not in (*_PAGES, *without, *given))
    return Recipe(given, free=free)


VARIANT = {"VariantName": "v", "ModelName": MODEL, "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
_CLUSTER = {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 10}
_ALGORITHM = {"TrainingImage": IMAGE, "TrainingInputMode": "File"}
_METRIC = {"MetricDefinitions": [{"Name": "auc", "Regex": "auc:(.+)"}]}
_CHANNELS = [{"ChannelName": "train", "DataSource": {"S3DataSource": _SOURCE}}]
_TUNING = {
    "HyperParameterTuningJobConfig": {
        "Strategy": "Random",
        "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "auc"},
        "ResourceLimits": {"MaxNumberOfTrainingJobs": 1, "MaxParallelTrainingJobs": 1},
        "ParameterRanges": {
            "IntegerParameterRanges": [{"Name": "depth", "MinValue": "1", "MaxValue": "9"}],
            "ContinuousParameterRanges": [{"Name": "eta", "MinValue": "0.1", "MaxValue": "0.9"}],
            "CategoricalParameterRanges": [{"Name": "word", "Values": ["a", "b"]}],
        },
    },
    "TrainingJobDefinition": {
        "AlgorithmSpecification": _ALGORITHM | _METRIC,
        "RoleArn": ROLE,
        "InputDataConfig": _CHANNELS,
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/out"},
        "ResourceConfig": _CLUSTER,
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
    },
}
# What the generated requests refer to.
SET_UP: list[tuple[str, dict[str, Any]]] = [
    ("CreateModelPackageGroup", {"ModelPackageGroupName": GROUP}),
    ("CreateModelPackage", {"ModelPackageGroupName": GROUP}),
    (
        "CreateModel",
        {"ModelName": MODEL, "ExecutionRoleArn": ROLE, "PrimaryContainer": {"Image": IMAGE}},
    ),
    ("CreateEndpointConfig", {"EndpointConfigName": CONFIG, "ProductionVariants": [VARIANT]}),
    ("CreateEndpoint", {"EndpointName": "fixed-endpoint", "EndpointConfigName": CONFIG}),
    ("CreateHyperParameterTuningJob", {"HyperParameterTuningJobName": TUNING} | _TUNING),
]
VALID: dict[str, Recipe] = {
    "CreateModelPackageGroup": Recipe(
        name="ModelPackageGroupName",
        free=("ModelPackageGroupDescription", "Tags"),
        describe="DescribeModelPackageGroup",
    ),
    "CreateModelPackage": Recipe(
        {"ModelPackageGroupName": GROUP},
        free=(
            *("ModelPackageDescription", "ModelPackageRegistrationType", "InferenceSpecification"),
            *("ModelApprovalStatus", "MetadataProperties", "ModelMetrics", "DriftCheckBaselines", "Domain"),
            *("CustomerMetadataProperties", "Task", "SamplePayloadUrl", "SkipModelValidation", "SourceUri"),
            *("ModelCard", "ModelLifeCycle", "AdditionalInferenceSpecifications"),
        ),
        describe="DescribeModelPackage",
        told_by={"ModelPackageName": "ModelPackageArn"},
    ),
    "UpdateModelPackage": Recipe(
        {"ModelPackageArn": f"{_ARN}model-package/{GROUP}/1"},
        free=(
            *("ModelApprovalStatus", "ApprovalDescription", "CustomerMetadataProperties", "SourceUri"),
            *("CustomerMetadataPropertiesToRemove", "InferenceSpecification", "ModelCard", "ModelLifeCycle"),
            "ModelPackageRegistrationType",
        ),
    ),
    "CreateModel": Recipe(
        {"ExecutionRoleArn": ROLE, "PrimaryContainer": {"Image": IMAGE}},
        name="ModelName",
        free=("Tags", "VpcConfig", "EnableNetworkIsolation"),
        describe="DescribeModel",
    ),
    "CreateEndpointConfig": Recipe(
        {"ProductionVariants": [VARIANT]},
        name="EndpointConfigName",
        free=("Tags", "KmsKeyId", "DataCaptureConfig"),
        describe="DescribeEndpointConfig",
    ),
    "CreateTrainingJob": Recipe(
        {
            "AlgorithmSpecification": _ALGORITHM,
            "OutputDataConfig": {"S3OutputPath": "s3://bucket/out"},
            "ResourceConfig": _CLUSTER,
            "InputDataConfig": _CHANNELS,
        },
        name="TrainingJobName",
        free=(
            *("RoleArn", "HyperParameters", "Tags", "VpcConfig", "Environment", "EnableNetworkIsolation"),
            *("EnableInterContainerTrafficEncryption", "ExperimentConfig"),
        ),
        describe="DescribeTrainingJob",
    ),
    "CreateProcessingJob": Recipe(
        {"ProcessingResources": {"ClusterConfig": _CLUSTER}, "AppSpecification": {"ImageUri": IMAGE}},
        name="ProcessingJobName",
        free=("RoleArn", "Environment", "NetworkConfig", "ExperimentConfig", "StoppingCondition", "Tags"),
        describe="DescribeProcessingJob",
    ),
    "CreateHyperParameterTuningJob": Recipe(
        _TUNING,
        name="HyperParameterTuningJobName",
        free=("Tags",),
        describe="DescribeHyperParameterTuningJob",
    ),
    "ListHyperParameterTuningJobs": _queries("ListHyperParameterTuningJobs"),
    "ListTrainingJobsForHyperParameterTuningJob": _queries(
        "ListTrainingJobsForHyperParameterTuningJob", HyperParameterTuningJobName=TUNING
    ),
    "AddTags": Recipe({"ResourceArn": f"{_ARN}model/{MODEL}"}, free=("Tags",)),
    "DeleteTags": Recipe({"ResourceArn": f"{_ARN}model/{MODEL}"}, free=("TagKeys",)),
    "ListTags": Recipe({"ResourceArn": f"{_ARN}model/{MODEL}"}, free=("MaxResults",)),
    "ListTrainingJobs": _queries("ListTrainingJobs", "WarmPoolStatusEquals", "TrainingPlanArnEquals"),
    "ListProcessingJobs": _queries("ListProcessingJobs"),
    "ListModels": _queries("ListModels"),
    "ListEndpointConfigs": _queries("ListEndpointConfigs"),
    "ListEndpoints": _queries("ListEndpoints"),
    "ListModelPackageGroups": _queries("ListModelPackageGroups"),
    "ListModelPackages": _queries("ListModelPackages", ModelPackageGroupName=GROUP),
    "DescribeModelPackage": Recipe({"ModelPackageName": f"{_ARN}model-package/{GROUP}/1"}),
    "DescribeEndpoint": Recipe({"EndpointName": "fixed-endpoint"}),
}
# Complete requests of the other operations, to be broken.
OTHERS: dict[str, dict[str, Any]] = {
    "DescribeTrainingJob": {"TrainingJobName": "x"},
    "StopTrainingJob": {"TrainingJobName": "x"},
    "DeleteTrainingJob": {"TrainingJobName": "x"},
    "DescribeProcessingJob": {"ProcessingJobName": "x"},
    "StopProcessingJob": {"ProcessingJobName": "x"},
    "DeleteProcessingJob": {"ProcessingJobName": "x"},
    "DescribeHyperParameterTuningJob": {"HyperParameterTuningJobName": "x"},
    "StopHyperParameterTuningJob": {"HyperParameterTuningJobName": "x"},
    "DeleteHyperParameterTuningJob": {"HyperParameterTuningJobName": "x"},
    "DescribeModel": {"ModelName": "x"},
    "DeleteModel": {"ModelName": "x"},
    "DescribeEndpointConfig": {"EndpointConfigName": "x"},
    "DeleteEndpointConfig": {"EndpointConfigName": "x"},
    "CreateEndpoint": {"EndpointName": "x", "EndpointConfigName": "x"},
    "UpdateEndpoint": {"EndpointName": "x", "EndpointConfigName": "x"},
    "DeleteEndpoint": {"EndpointName": "x"},
    "DescribeModelPackageGroup": {"ModelPackageGroupName": "x"},
    "DeleteModelPackageGroup": {"ModelPackageGroupName": "x"},
    "DeleteModelPackage": {"ModelPackageName": "x"},
    "Search": {
        "Resource": "Model",
        "SortBy": "ModelName",
        "SearchExpression": {"Filters": [{"Name": "ModelName", "Operator": "Equals", "Value": "x"}]},
    },
}


def requests(action: str) -> st.SearchStrategy[dict[str, Any]]:
    """Valid requests, but for the name that must be new."""
    recipe = VALID[action]
    shape = service_model("sagemaker").operation_model(action).input_shape
    assert shape is not None
    generated = {name: values.of(shape.members[name], 1) for name in recipe.free}
    needed = {name: generated.pop(name) for name in recipe.free if name in shape.required_members}
    whole = st.fixed_dictionaries(needed, optional=generated)
    return whole.map(lambda drawn: _sensible(drawn) | recipe.given)


def searches() -> st.SearchStrategy[dict[str, Any]]:
    """A search for anything by any property that a resource has."""
    return st.sampled_from(sorted(KINDS)).flatmap(_search)


def _search(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    shape = shape_of(kind)
    scalars = [name for name, member in shape.members.items() if member.type_name in ("string", "boolean")]
    operators = st.sampled_from(["Equals", "NotEquals", "Exists", "NotExists", "In"])
    condition = st.fixed_dictionaries(
        {"Name": st.sampled_from(scalars), "Operator": operators, "Value": st.text("abn12-", min_size=1)}
    )
    expression = st.fixed_dictionaries(
        {"Filters": st.lists(condition, min_size=1, max_size=3)},
        optional={"Operator": st.sampled_from(["And", "Or"])},
    )
    return st.fixed_dictionaries(
        {"Resource": st.just(kind)},
        optional={
            "SearchExpression": expression,
            "SortBy": st.sampled_from(sorted(shape.members)),
            "SortOrder": st.sampled_from(["Ascending", "Descending"]),
            "MaxResults": st.integers(1, 100),
        },
    )


def _sensible(drawn: dict[str, Any]) -> dict[str, Any]:
    """What the model allows and AWS does not: a tag given twice, a key of AWS's own."""
    if "Tags" in drawn:
        tags = {tag["Key"]: tag for tag in drawn["Tags"] if not tag["Key"].lower().startswith("aws:")}
        drawn = drawn | {"Tags": list(tags.values())}
    return drawn
