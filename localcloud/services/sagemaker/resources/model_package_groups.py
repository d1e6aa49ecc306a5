"""Model package groups: one a use case, whose versions are the model packages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localcloud.api.errors import ApiError
from localcloud.services.sagemaker.context import Call, Context, Operation, now
from localcloud.services.sagemaker.listing import Listing
from localcloud.services.sagemaker.resources.identity import user_of
from localcloud.services.sagemaker.unsupported import leaves, refuse_unsupported

if TYPE_CHECKING:
    from localcloud.services.sagemaker.store import Record

KIND = "model-package-group"
_HONOURED = leaves("ModelPackageGroupName", "ModelPackageGroupDescription", "Tags")


class ModelPackageGroups:
    """Create, Describe, List and Delete."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._store = context.stores.of(KIND)
        self._listing = Listing("ModelPackageGroupSummaryList", "ModelPackageGroupName")
        self.operations: dict[str, Operation] = {
            "CreateModelPackageGroup": self.create,
            "DescribeModelPackageGroup": self.describe,
            "ListModelPackageGroups": self.page,
            "DeleteModelPackageGroup": self.delete,
        }

    def create(self, call: Call) -> Record:
        refuse_unsupported(call.action, call.payload, _HONOURED)
        name = call.payload["ModelPackageGroupName"]
        arn = self._context.arn(KIND, name)
        record = call.payload | {"ModelPackageGroupArn": arn, "ModelPackageGroupStatus": "Completed"}
        # The last version is kept here: a deleted version's number is never given again.
        record |= {"CreationTime": now(), "CreatedBy": user_of(call.caller), "LastVersion": 0}
        with self._store.lock:
            if self._store.get(name) is not None:
                raise ApiError("ValidationException", f"Model Package Group already exists: {arn}")
            self._store.put(name, record)
        return {"ModelPackageGroupArn": arn}

    def describe(self, call: Call) -> Record:
        return self.found(call.payload["ModelPackageGroupName"])

    def page(self, call: Call) -> Record:
        if call.payload.get("CrossAccountFilterOption") == "CrossAccount":
            return self._listing.page([], call.payload)
        return self._listing.page(self._store.all(), call.payload)

    def delete(self, call: Call) -> Record:
        with self._store.lock:
            record = self.found(call.payload["ModelPackageGroupName"])
            name = record["ModelPackageGroupName"]
            packages = self._context.stores.of("model-package").all()
            if any(package.get("ModelPackageGroupName") == name for package in packages):
                message = f"Model Package Group cannot be deleted because it contains Model Packages: {name}"
                raise ApiError("ConflictException", message)
            self._store.delete(name)
        return {}

    def found(self, name_or_arn: str) -> Record:
        """By name or by ARN, as the API takes both."""
        name = name_or_arn.removeprefix(self._context.arn(KIND, ""))
        record = self._store.get(name)
        if record is None:
            arn = self._context.arn(KIND, name)
            raise ApiError("ValidationException", f"ModelPackageGroup {arn} does not exist.")
        return record

    def next_version(self, name: str) -> int:
        """Take the next version's number; the caller holds the store's lock."""
        record = self._store.change(name, lambda group: group.update(LastVersion=group["LastVersion"] + 1))
        version: int = record["LastVersion"]
        return version
