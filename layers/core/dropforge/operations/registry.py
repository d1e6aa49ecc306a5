"""The versions of a use case's model, and which of them is served."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dropforge.domain.errors import Absent
from dropforge.domain.rollback import RESTORED_FROM
from dropforge.operations.errors import NoModel, NoUsecase, NoVersion
from dropforge.operations.figures import package_metrics
from dropforge.operations.stack import Stack


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
    metrics: Mapping[str, float]
    created: datetime | None
    run: str | None
    model_package: str
    page: str | None = None


@dataclass(frozen=True)
class Served:
    """The model packages that say what the others are: the one served, and the one it was put back for."""

    champion: str | None = None
    taken_out: str | None = None


def list_models(stack: Stack, usecase: str) -> list[Model]:
    """All versions, newest first."""
    try:
        packages = stack.registry.packages(stack.named(usecase))
    except Absent:
        raise NoUsecase(usecase, stack.name) from None
    served = served_by(stack, usecase)
    models = [_model(stack, usecase, package, served) for package in packages]
    return sorted(models, key=lambda model: model.version, reverse=True)


def find_version(stack: Stack, usecase: str, version: str) -> Model:
    """The version that a person named: `3`, `v3` or `latest`."""
    models = list_models(stack, usecase)
    if not models:
        raise NoModel(usecase)
    if version == "latest":
        return models[0]
    number = version.removeprefix("v")
    for model in models:
        if str(model.version) == number:
            return model
    raise NoVersion(usecase, version, ", ".join(str(model.version) for model in models))


def champion_of(stack: Stack, usecase: str) -> str | None:
    """The model package that the endpoint serves; None where there is no endpoint."""
    return served_by(stack, usecase).champion


def served_by(stack: Stack, usecase: str) -> Served:
    """What the endpoint's configuration says."""
    endpoint = stack.endpoints.find(stack.named(usecase))
    if endpoint is None or not endpoint.config:
        return Served()
    taken_out = stack.endpoints.config_tags(endpoint.config).get(RESTORED_FROM)
    return Served(
        stack.endpoints.package(endpoint.config), stack.endpoints.package(taken_out) if taken_out else None
    )


def stage_of(package: str, version: int, approval: str, served: Served) -> str:
    """What a version is to the endpoint."""
    if package == served.champion:
        return "champion"
    if approval != "Approved":
        return {"Rejected": "rejected"}.get(approval, "candidate")
    if package == served.taken_out:
        return "rolled back"
    newer = served.champion is None or version > version_of(served.champion)
    return "challenger" if newer else "previous"


def version_of(package: str) -> int:
    """The version in a model package's ARN."""
    return int(package.rpartition("/")[2])


def _model(stack: Stack, usecase: str, package: dict[str, Any], served: Served) -> Model:
    arn, approval = package["ModelPackageArn"], package.get("ModelApprovalStatus", "")
    version = int(package.get("ModelPackageVersion") or version_of(arn))
    properties = package.get("CustomerMetadataProperties", {})
    return Model(
        usecase=usecase,
        version=version,
        stage=stage_of(arn, version, approval, served),
        approval=approval,
        metrics=package_metrics(stack, package),
        created=package.get("CreationTime"),
        run=properties.get("run"),
        model_package=arn,
        page=properties.get("evaluation"),
    )
