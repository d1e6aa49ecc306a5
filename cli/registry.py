"""The versions of a use case's model, and which of them is served."""

from dataclasses import asdict, dataclass
from typing import Any

from botocore.exceptions import ClientError

from cli.aws_errors import code_of
from cli.errors import UserError
from cli.place import Place
from cli.reports import package_metrics
from cli.show import moment


@dataclass(frozen=True)
class Model:
    """One version. Its stage says what it is to the endpoint:

    champion: served now; challenger: approved later than the champion; previous: approved and replaced;
    rolled back: approved, served, and taken out for the champion; candidate: waits for a decision; rejected.
    `page` is where its evaluation can be read.
    """

    usecase: str
    version: int
    stage: str
    approval: str
    metrics: dict[str, float]
    created: str | None
    run: str | None
    model_package: str
    page: str | None = None

    @property
    def document(self) -> dict[str, Any]:
        """The version as JSON prints it."""
        return asdict(self)


def list_models(place: Place, usecase: str) -> list[Model]:
    """All versions, newest first."""
    sagemaker = place.client("sagemaker")
    pages = sagemaker.get_paginator("list_model_packages")
    try:
        packages = [
            package["ModelPackageArn"]
            for page in pages.paginate(ModelPackageGroupName=place.named(usecase))
            for package in page["ModelPackageSummaryList"]
        ]
    except ClientError as fault:
        if code_of(fault) in ("ValidationException", "ResourceNotFound"):
            raise UserError(
                f"there is no use case {usecase} in stack {place.stack}; "
                f"publish its contract with `./dropforge publish`"
            ) from None
        raise
    served = served_by(place, usecase)
    found = [sagemaker.describe_model_package(ModelPackageName=package) for package in packages]
    models = [_model(place, usecase, package, served) for package in found]
    return sorted(models, key=lambda model: model.version, reverse=True)


@dataclass(frozen=True)
class Served:
    """The model packages that say what the others are: the one served, and the one it was put back for."""

    champion: str | None = None
    taken_out: str | None = None


def champion_of(place: Place, usecase: str) -> str | None:
    """The model package that the endpoint serves; nothing where there is no endpoint."""
    return served_by(place, usecase).champion


def served_by(place: Place, usecase: str) -> Served:
    """What the endpoint's configuration says."""
    sagemaker = place.client("sagemaker")
    try:
        endpoint = sagemaker.describe_endpoint(EndpointName=place.named(usecase))
    except ClientError as fault:
        if code_of(fault) in ("ValidationException", "ResourceNotFound"):
            return Served()
        raise
    config = endpoint.get("EndpointConfigName")
    return Served(served_package(place, config), served_package(place, _taken_out(sagemaker, config)))


def _taken_out(sagemaker: Any, config: str | None) -> str | None:
    """The configuration that a roll-back took out for this one."""
    if not config:
        return None
    arn = sagemaker.describe_endpoint_config(EndpointConfigName=config)["EndpointConfigArn"]
    tags = sagemaker.list_tags(ResourceArn=arn)["Tags"]
    return next((tag["Value"] for tag in tags if tag["Key"] == "dropforge:restored-from"), None)


def served_package(place: Place, config: str | None) -> str | None:
    """The model package behind an endpoint configuration."""
    if not config:
        return None
    sagemaker = place.client("sagemaker")
    variants = sagemaker.describe_endpoint_config(EndpointConfigName=config)["ProductionVariants"]
    model = sagemaker.describe_model(ModelName=variants[0]["ModelName"])
    containers = [model["PrimaryContainer"]] if "PrimaryContainer" in model else model.get("Containers", [])
    return next((container.get("ModelPackageName") for container in containers), None)


def find_version(place: Place, usecase: str, version: str) -> Model:
    """The version that a person named: `3`, `v3` or `latest`."""
    models = list_models(place, usecase)
    if not models:
        raise UserError(f"{usecase} has no model yet; drop a file with `./dropforge drop {usecase} FILE`")
    if version == "latest":
        return models[0]
    number = version.removeprefix("v")
    for model in models:
        if str(model.version) == number:
            return model
    known = ", ".join(str(model.version) for model in models)
    raise UserError(f"{usecase} has no version {version}; there are {known}")


def _model(place: Place, usecase: str, package: dict[str, Any], served: Served) -> Model:
    version = int(package.get("ModelPackageVersion") or package["ModelPackageArn"].rpartition("/")[2])
    approval = package.get("ModelApprovalStatus", "")
    return Model(
        usecase=usecase,
        version=version,
        stage=stage_of(package["ModelPackageArn"], version, approval, served),
        approval=approval,
        metrics=package_metrics(place, package),
        created=moment(package.get("CreationTime")),
        run=package.get("CustomerMetadataProperties", {}).get("run"),
        model_package=package["ModelPackageArn"],
        page=package.get("CustomerMetadataProperties", {}).get("evaluation"),
    )


def stage_of(package: str, version: int, approval: str, served: Served) -> str:
    """What a version is to the endpoint."""
    if package == served.champion:
        return "champion"
    if approval != "Approved":
        return {"Rejected": "rejected"}.get(approval, "candidate")
    if package == served.taken_out:
        return "rolled back"
    newer = served.champion is None or version > int(served.champion.rpartition("/")[2])
    return "challenger" if newer else "previous"
