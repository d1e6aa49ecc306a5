"""Endpoints: the API's operations. What happens after the answer is in deployment.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from localcloud.api.errors import ApiError
from localcloud.services.sagemaker.context import Call, Context, Operation, now
from localcloud.services.sagemaker.endpoints.fleet import blueprint
from localcloud.services.sagemaker.listing import Listing
from localcloud.services.sagemaker.unsupported import (
    Honoured,
    leaves,
    refuse_other_values,
    refuse_unsupported,
)

if TYPE_CHECKING:
    from localcloud.services.sagemaker.endpoints.deployment import Deployments
    from localcloud.services.sagemaker.resources.endpoint_configs import EndpointConfigs
    from localcloud.services.sagemaker.resources.models import Models
    from localcloud.services.sagemaker.store import Record

KIND = "endpoint"
_DEPLOYMENT: Honoured = {
    "BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": leaves("Type", "WaitIntervalInSeconds")},
}
_CREATE: Honoured = leaves("EndpointName", "EndpointConfigName", "Tags") | {"DeploymentConfig": _DEPLOYMENT}
_UPDATE: Honoured = leaves("EndpointName", "EndpointConfigName") | {"DeploymentConfig": _DEPLOYMENT}
_BUSY = ("Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting")


class Endpoints:
    """Create, Describe, List, Update and Delete."""

    def __init__(
        self, context: Context, configs: EndpointConfigs, models: Models, deployments: Deployments
    ) -> None:
        self._context = context
        self._configs = configs
        self._models = models
        self._deployments = deployments
        self._store = context.stores.of(KIND)
        self._listing = Listing("Endpoints", "EndpointName", "EndpointStatus", newest_first=True)
        self.operations: dict[str, Operation] = {
            "CreateEndpoint": self.create,
            "DescribeEndpoint": self.describe,
            "ListEndpoints": self.page,
            "UpdateEndpoint": self.update,
            "DeleteEndpoint": self.delete,
        }

    def create(self, call: Call) -> Record:
        payload = call.payload
        refuse_unsupported(call.action, payload, _CREATE)
        _check_deployment(call)
        name, time = payload["EndpointName"], now()
        arn = self._context.arn(KIND, name)
        plan = self._blueprint(payload["EndpointConfigName"])
        record = {
            "EndpointName": name,
            "EndpointArn": arn,
            "EndpointConfigName": payload["EndpointConfigName"],
        }
        record |= {"EndpointStatus": "Creating", "CreationTime": time, "LastModifiedTime": time}
        record |= {"Tags": payload.get("Tags", []), "Fleet": plan}
        with self._store.lock:
            self._check_name(name)
            self._store.put(name, record)
        self._deployments.create(name)
        return {"EndpointArn": arn}

    def describe(self, call: Call) -> Record:
        return self._found(call.payload["EndpointName"])

    def page(self, call: Call) -> Record:
        return self._listing.page(self._store.all(), call.payload)

    def update(self, call: Call) -> Record:
        payload = call.payload
        refuse_unsupported(call.action, payload, _UPDATE)
        _check_deployment(call)
        with self._store.lock:
            record = self._settled(payload["EndpointName"])
            if record["EndpointStatus"] == "Failed":
                message = f'Cannot update endpoint "{record["EndpointArn"]}" in status Failed: delete it.'
                raise ApiError("ValidationException", message)
            plan = self._blueprint(payload["EndpointConfigName"])
            pending = {"EndpointStatus": "Updating", "LastModifiedTime": now(), "PendingFleet": plan}
            pending["PendingDeploymentSummary"] = _summary(plan)
            if "DeploymentConfig" in payload:
                pending["LastDeploymentConfig"] = payload["DeploymentConfig"]
            self._store.change(payload["EndpointName"], lambda endpoint: endpoint.update(pending))
        self._deployments.update(payload["EndpointName"])
        return {"EndpointArn": record["EndpointArn"]}

    def delete(self, call: Call) -> Record:
        with self._store.lock:
            record = self._settled(call.payload["EndpointName"])
            deleting = {"EndpointStatus": "Deleting", "LastModifiedTime": now()}
            self._store.change(record["EndpointName"], lambda endpoint: endpoint.update(deleting))
        self._deployments.delete(record["EndpointName"])
        return {}

    def _check_name(self, name: str) -> None:
        """AWS: the name is case-insensitive in CreateEndpoint, and its case matters everywhere else."""
        for other in self._store.all():
            if other["EndpointName"].lower() == name.lower():
                message = f'Cannot create already existing endpoint "{other["EndpointArn"]}".'
                raise ApiError("ValidationException", message)

    def _found(self, name: str) -> Record:
        record = self._store.get(name)
        if record is None:
            arn = self._context.arn(KIND, name)
            raise ApiError("ValidationException", f'Could not find endpoint "{arn}".')
        return record

    def _settled(self, name: str) -> Record:
        record = self._found(name)
        if record["EndpointStatus"] in _BUSY:
            raise ApiError(
                "ValidationException", f'Cannot update in-progress endpoint "{record["EndpointArn"]}".'
            )
        return record

    def _blueprint(self, config_name: str) -> Record:
        config = self._configs.found(config_name)
        containers: dict[str, dict[str, Any]] = {}
        for variant in config["ProductionVariants"]:
            model = self._models.found(variant["ModelName"])
            running_as = {"RoleArn": model["ExecutionRoleArn"], "Isolated": model["EnableNetworkIsolation"]}
            containers[variant["VariantName"]] = self._models.container(variant["ModelName"]) | running_as
        return blueprint(uuid4().hex[:12], config, containers)


def _check_deployment(call: Call) -> None:
    routing = call.payload.get("DeploymentConfig", {}).get("BlueGreenUpdatePolicy", {})
    kind = routing.get("TrafficRoutingConfiguration", {}).get("Type")
    refuse_other_values(call.action, "TrafficRoutingConfiguration.Type", kind, ("ALL_AT_ONCE",))


def _summary(plan: Record) -> Record:
    variants = [
        {
            "VariantName": item["VariantName"],
            "DesiredWeight": item["Weight"],
            "DesiredInstanceCount": item["InstanceCount"],
        }
        for item in plan["Variants"]
    ]
    return {
        "EndpointConfigName": plan["EndpointConfigName"],
        "ProductionVariants": variants,
        "StartTime": now(),
    }
