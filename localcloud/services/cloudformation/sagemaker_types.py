"""CloudFormation's AWS::SageMaker types, mapped onto the operations of the SageMaker service by their names.

`AWS::SageMaker::Thing` is CreateThing, DeleteThing and, where what changed allows it, UpdateThing; whatever
else changes replaces the resource, as on AWS. What the service does not have fails with the service's own
words, which name the operation.
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from localcloud.services.states.sdk import Caller, TaskError, operation

if TYPE_CHECKING:
    from collections.abc import Mapping

_SETTLE_SECONDS = 600.0
_GONE = ("could not find", "does not exist", "not found")


@dataclass(frozen=True)
class Kind:
    """One type: its noun, which properties an update may change, and whether it takes time to settle."""

    noun: str
    changeable: tuple[str, ...] = ()
    settles: bool = False
    ref_is_name: bool = False

    @property
    def name(self) -> str:
        return f"{self.noun}Name"

    @property
    def arn(self) -> str:
        return f"{self.noun}Arn"


KINDS = (
    Kind("ModelPackageGroup"),
    Kind("Model"),
    Kind("EndpointConfig"),
    Kind("Endpoint", ("EndpointConfigName", "DeploymentConfig"), settles=True),
    Kind("FeatureGroup", ("FeatureDefinitions",), settles=True, ref_is_name=True),
    Kind("Pipeline", ("PipelineDefinition", "PipelineDisplayName", "RoleArn"), ref_is_name=True),
)


def handlers(caller: Caller, physical_name: Any) -> dict[str, dict[str, Any]]:
    """MiniStack's table of handlers for every kind."""
    found: dict[str, dict[str, Any]] = {}
    for kind in KINDS:
        type_ = _Type(kind, caller, physical_name)
        found[f"AWS::SageMaker::{kind.noun}"] = {
            "create": type_.create,
            "update": type_.update,
            "update_with_logical_id": True,
            "delete": type_.delete,
        }
    return found


class _Type:
    def __init__(self, kind: Kind, caller: Caller, physical_name: Any) -> None:
        self._kind, self._caller, self._physical_name = kind, caller, physical_name

    def create(self, logical_id: str, properties: dict[str, Any], stack: str) -> tuple[str, dict[str, str]]:
        kind = self._kind
        # SageMaker's names know no underscores, and 63 characters are their limit.
        name = properties.get(kind.name) or self._physical_name(stack, logical_id, max_len=63)
        self._call("create", {**properties, kind.name: name})
        if kind.settles:
            self._settle(name)
        return self._told(name)

    def update(
        self,
        physical_id: str,
        old: dict[str, Any],
        new: dict[str, Any],
        stack: str,
        logical_id: str | None = None,
    ) -> tuple[str, dict[str, str]]:
        from ministack.services.cloudformation import provisioners

        kind, name = self._kind, _name_of(physical_id)
        changed = {key for key in {*old, *new} - {"Tags"} if old.get(key) != new.get(key)}
        if not changed:
            return self._told(name)
        if changed <= set(kind.changeable):
            self._call("update", {**{key: new[key] for key in changed if key in new}, kind.name: name})
            if kind.settles:
                self._settle(name)
            return self._told(name)
        if new.get(kind.name) == name:
            raise ValueError(
                "CloudFormation cannot update a stack when a custom-named resource requires replacing. "
                f"Rename {name} and update the stack again."
            )
        created = provisioners._seeded_create(self.create, logical_id or name, new, stack)
        # A stack removes the old one when the update has succeeded; a nested stack leaves that to its types.
        if provisioners._DEFERRED_PREDECESSOR_DELETES.get() is None:
            provisioners._delete_predecessor(self.delete, physical_id, old)
        return created  # type: ignore[no-any-return]

    def delete(self, physical_id: str, _: dict[str, Any]) -> None:
        name = _name_of(physical_id)
        try:
            self._call("delete", {self._kind.name: name})
            if self._kind.settles:
                self._settle(name, gone=True)
        except ValueError as error:
            if not any(word in str(error).lower() for word in _GONE):
                raise

    def _told(self, name: str) -> tuple[str, dict[str, str]]:
        kind = self._kind
        arn = str(self._call("describe", {kind.name: name})[kind.arn])
        return name if kind.ref_is_name else arn, {kind.name: name, kind.arn: arn}

    def _settle(self, name: str, *, gone: bool = False) -> None:
        """Wait until it is what it is to be; ValueError says why it is not."""
        kind, deadline = self._kind, time.monotonic() + _SETTLE_SECONDS
        while time.monotonic() < deadline:
            answer = self._call("describe", {kind.name: name})
            status = str(answer.get(f"{kind.noun}Status", ""))
            if not gone and status in ("InService", "Created"):
                return
            if "Fail" in status:
                raise ValueError(
                    f"{kind.noun} {name} is {status}: {answer.get('FailureReason', 'no reason given')}"
                )
            time.sleep(0.2)
        raise ValueError(f"{kind.noun} {name} did not settle within {_SETTLE_SECONDS:.0f} s")

    def _call(self, verb: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        action = f"{verb}{self._kind.noun}"
        model = operation("sagemaker", action)
        if model is None:
            raise ValueError(f"SageMaker has no operation {action[:1].upper()}{action[1:]}")
        try:
            return self._caller.call("sagemaker", action, typed(model.input_shape, dict(arguments)))
        except TaskError as error:
            raise ValueError(error.cause) from error


def typed(shape: Any, value: Any) -> Any:
    """A template's value as the API's: parameters and Fn::Sub make text of numbers and booleans."""
    kind = shape.type_name if shape is not None else ""
    if kind == "structure" and isinstance(value, dict):
        return {key: typed(shape.members.get(key), item) for key, item in value.items()}
    if kind == "list" and isinstance(value, list):
        return [typed(shape.member, item) for item in value]
    if kind == "map" and isinstance(value, dict):
        return {key: typed(shape.value, item) for key, item in value.items()}
    return _scalar(kind, value)


def _scalar(kind: str, value: Any) -> Any:
    if kind == "boolean":
        return value.lower() == "true" if isinstance(value, str) else value
    if kind in ("integer", "long") and isinstance(value, str):
        return int(value)
    if kind in ("float", "double") and isinstance(value, str):
        return float(value)
    if kind == "string" and isinstance(value, (bool, int, float)):
        return str(value).lower()
    return value


def _name_of(physical_id: str) -> str:
    return physical_id.rsplit("/", maxsplit=1)[-1]
