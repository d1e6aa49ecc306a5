"""Model packages: the versions of a group, their approval, and the event that every change of them makes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from localcloud.api.errors import ApiError
from localcloud.services.sagemaker.context import Call, Context, Operation, now
from localcloud.services.sagemaker.listing import Listing
from localcloud.services.sagemaker.ports import ImageUnavailable
from localcloud.services.sagemaker.resources.identity import user_of
from localcloud.services.sagemaker.unsupported import leaves, refuse_other_values, refuse_unsupported

if TYPE_CHECKING:
    from localcloud.services.sagemaker.resources.model_package_groups import ModelPackageGroups
    from localcloud.services.sagemaker.store import Record

KIND = "model-package"
EVENT = "SageMaker Model Package State Change"
_HONOURED = leaves(
    *(
        "ModelPackageGroupName",
        "ModelPackageDescription",
        "ModelPackageRegistrationType",
        "InferenceSpecification",
    ),
    *(
        "ModelApprovalStatus",
        "MetadataProperties",
        "ModelMetrics",
        "DriftCheckBaselines",
        "CustomerMetadataProperties",
    ),
    *(
        "Domain",
        "Task",
        "SamplePayloadUrl",
        "SkipModelValidation",
        "SourceUri",
        "ModelCard",
        "ModelLifeCycle",
    ),
    *("ClientToken", "AdditionalInferenceSpecifications", "CertifyForMarketplace", "Tags"),
)
# Members of an update that replace the record's own, and the name by which the event calls each.
_REPLACED = {
    "ModelApprovalStatus": "ModelApprovalStatus",
    "ApprovalDescription": "ApprovalDescription",
    "ModelLifeCycle": "ModelLifeCycle",
    "InferenceSpecification": "InferenceSpecification",
    "SourceUri": "sourceUri",
    "ModelCard": "ModelCard",
    "ModelPackageRegistrationType": "ModelPackageRegistrationType",
}
_UPDATABLE = leaves(
    *("ModelPackageArn", "CustomerMetadataProperties", "CustomerMetadataPropertiesToRemove", "ClientToken"),
    *("AdditionalInferenceSpecificationsToAdd", *_REPLACED),
)
_EVENT_MEMBERS = [
    "ModelPackageGroupName",
    "ModelPackageVersion",
    "ModelPackageArn",
    "ModelPackageDescription",
    "InferenceSpecification",
    "ModelPackageStatus",
    "ModelPackageStatusDetails",
    "CertifyForMarketplace",
    "ModelApprovalStatus",
    "ApprovalDescription",
    "MetadataProperties",
    "ModelMetrics",
    "ModelLifeCycle",
    "CustomerMetadataProperties",
    "DriftCheckBaselines",
    "SourceUri",
    "ModelPackageRegistrationType",
]
_MOST_PROPERTIES = 50


class ModelPackages:
    """Create, Describe, List, Update and Delete."""

    def __init__(self, context: Context, groups: ModelPackageGroups) -> None:
        self._context = context
        self._groups = groups
        self._store = context.stores.of(KIND)
        self._listing = Listing("ModelPackageSummaryList", "ModelPackageName")
        self.operations: dict[str, Operation] = {
            "CreateModelPackage": self.create,
            "DescribeModelPackage": self.describe,
            "ListModelPackages": self.page,
            "UpdateModelPackage": self.update,
            "DeleteModelPackage": self.delete,
        }

    def create(self, call: Call) -> Record:
        payload = call.payload
        self._check(call)
        group = self._groups.found(payload["ModelPackageGroupName"])["ModelPackageGroupName"]
        with self._store.lock:
            if earlier := self._made_by(payload.get("ClientToken"), group):
                return {"ModelPackageArn": earlier["ModelPackageArn"]}
            version = self._groups.next_version(group)
            record = self._record(payload, group, version, call.caller)
            self._store.put(f"{group}/{version}", record)
        self._emit(record, [])
        return {"ModelPackageArn": record["ModelPackageArn"]}

    def describe(self, call: Call) -> Record:
        return self.found(call.payload["ModelPackageName"])

    def page(self, call: Call) -> Record:
        query, records = call.payload, self._store.all()
        usual = "Versioned" if "ModelPackageGroupName" in query else "Unversioned"
        if query.get("ModelPackageType", usual) == "Unversioned":
            records = []
        if "ModelPackageGroupName" in query:
            group = self._groups.found(query["ModelPackageGroupName"])["ModelPackageGroupName"]
            records = [record for record in records if record["ModelPackageGroupName"] == group]
        approval = query.get("ModelApprovalStatus")
        records = [record for record in records if approval in (None, record["ModelApprovalStatus"])]
        return self._listing.page(records, query)

    def update(self, call: Call) -> Record:
        payload = call.payload
        refuse_unsupported(call.action, payload, _UPDATABLE)
        changed = [event_name for name, event_name in _REPLACED.items() if name in payload]
        if "CustomerMetadataProperties" in payload or "CustomerMetadataPropertiesToRemove" in payload:
            changed.append("CustomerMetadataProperties")
        with self._store.lock:
            key = self._key(self.found(payload["ModelPackageArn"]))
            record = self._store.change(key, lambda package: _apply(package, payload, call.caller))
        self._emit(record, changed)
        return {"ModelPackageArn": record["ModelPackageArn"]}

    def delete(self, call: Call) -> Record:
        with self._store.lock:
            self._store.delete(self._key(self.found(call.payload["ModelPackageName"])))
        return {}

    def found(self, name: str) -> Record:
        record = self._store.get(name.removeprefix(self._context.arn(KIND, "")))
        if record is None:
            arn = name if name.startswith("arn:") else self._context.arn(KIND, name)
            raise ApiError("ValidationException", f"ModelPackage {arn} does not exist.")
        return record

    def container(self, name: str) -> Record:
        """What CreateModel runs for a package. A package that nobody has approved cannot be used."""
        record = self.found(name)
        status = record["ModelApprovalStatus"]
        if status != "Approved":
            message = (
                f"Cannot use model package {record['ModelPackageArn']}: its ModelApprovalStatus is {status}."
            )
            raise ApiError("ValidationException", message)
        containers = record.get("InferenceSpecification", {}).get("Containers", [])
        if len(containers) != 1:
            arn = record["ModelPackageArn"]
            message = f"Model package {arn} has {len(containers)} containers, localcloud runs one."
            raise ApiError("ValidationException", message)
        container: Record = containers[0]
        return container

    def _check(self, call: Call) -> None:
        payload = call.payload
        refuse_unsupported(call.action, payload, _HONOURED)
        if payload.get("Tags"):
            message = (
                "Tags cannot be supplied with ModelPackageGroupName: a version takes the tags of its group."
            )
            raise ApiError("ValidationException", message)
        if "ModelPackageGroupName" not in payload:
            message = "localcloud has versioned model packages only: ModelPackageGroupName must be set."
            raise ApiError("ValidationException", message)
        refuse_other_values(
            call.action, "CertifyForMarketplace", payload.get("CertifyForMarketplace"), (False,)
        )

    def _record(self, payload: Record, group: str, version: int, caller: str) -> Record:
        arn, time = self._context.arn(KIND, f"{group}/{version}"), now()
        record: Record = {
            "ModelApprovalStatus": "PendingManualApproval",
            "CertifyForMarketplace": False,
        } | payload
        record |= {"ModelPackageGroupName": group, "ModelPackageVersion": version, "ModelPackageArn": arn}
        # A version has no name of its own, yet DescribeModelPackage must give one. This is a name that the
        # API takes back (as VersionedArnOrName), as AWS's SDK does when it refreshes or deletes a package.
        record |= {
            "ModelPackageName": f"{group}/{version}",
            "CreationTime": time,
            "CreatedBy": user_of(caller),
        }
        record |= {"ModelPackageStatus": "Completed"}
        record["ModelPackageStatusDetails"] = {"ValidationStatuses": [], "ImageScanStatuses": []}
        for container in record.get("InferenceSpecification", {}).get("Containers", []):
            self._add_digest(container)
        return record

    def _add_digest(self, container: Record) -> None:
        """AWS resolves the image when a version is registered; one that it cannot find fails when it is
        run."""
        if "ImageDigest" in container or not container.get("Image"):
            return
        try:
            container["ImageDigest"] = self._context.ports.image(container["Image"]).digest
        except ImageUnavailable:
            return

    def _made_by(self, token: str | None, group: str) -> Record | None:
        """A request that is sent again with its ClientToken makes nothing new."""
        if token is None:
            return None
        made = (record for record in self._store.all() if record["ModelPackageGroupName"] == group)
        return next((record for record in made if record.get("ClientToken") == token), None)

    def _key(self, record: Record) -> str:
        return f"{record['ModelPackageGroupName']}/{record['ModelPackageVersion']}"

    def _emit(self, record: Record, changed: list[str]) -> None:
        detail: dict[str, Any] = {
            name: record[name] for name in _EVENT_MEMBERS if record.get(name) is not None
        }
        for name in ("CreationTime", "LastModifiedTime"):
            if name in record:
                detail[name] = datetime.fromtimestamp(record[name], UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        detail.setdefault("CustomerMetadataProperties", {})
        if changed:
            detail["UpdatedModelPackageFields"] = changed
        self._context.emit(EVENT, record["ModelPackageArn"], detail)


def _apply(package: Record, update: Record, caller: str) -> None:
    for name in _REPLACED:
        if name in update:
            package[name] = update[name]
    properties = package.get("CustomerMetadataProperties", {}) | update.get("CustomerMetadataProperties", {})
    for name in update.get("CustomerMetadataPropertiesToRemove", []):
        properties.pop(name, None)
    if len(properties) > _MOST_PROPERTIES:
        message = f"A model package cannot have more than {_MOST_PROPERTIES} CustomerMetadataProperties."
        raise ApiError("ValidationException", message)
    package["CustomerMetadataProperties"] = properties
    if added := update.get("AdditionalInferenceSpecificationsToAdd"):
        package["AdditionalInferenceSpecifications"] = (
            package.get("AdditionalInferenceSpecifications", []) + added
        )
    package |= {"LastModifiedTime": now(), "LastModifiedBy": user_of(caller)}
