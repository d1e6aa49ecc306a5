"""CloudFormation types that MiniStack lacks: its table gets SageMaker's and the composite alarm."""

# ruff: noqa: SLF001 - private names of MiniStack are what is joined here

from __future__ import annotations

from typing import Any

from localcloud.ministack.rebinding import replace
from localcloud.services.cloudformation import sagemaker_types
from localcloud.services.states.sdk import Caller, TaskError

COMPOSITE_ALARM = "AWS::CloudWatch::CompositeAlarm"
NAMES = frozenset({COMPOSITE_ALARM, *(f"AWS::SageMaker::{kind.noun}" for kind in sagemaker_types.KINDS)})
_COMPOSITE = (
    "ActionsEnabled",
    "AlarmActions",
    "AlarmDescription",
    "AlarmRule",
    "InsufficientDataActions",
    "OKActions",
    "Tags",
)


def install(caller: Caller) -> None:
    """Add the types. Unknown types fail in MiniStack with their name."""
    from ministack.services.cloudformation import provisioners, stacks

    added = sagemaker_types.handlers(caller, provisioners._physical_name)
    added[COMPOSITE_ALARM] = _composite_alarm(caller, provisioners)
    for name, handler in added.items():
        provisioners._RESOURCE_HANDLERS.setdefault(name, handler)

    def in_thread(name: str) -> bool:
        """These ask this very endpoint, so they must not hold up its event loop."""
        return name in added or bool(own(name))

    own = replace(stacks, "_runs_on_worker_thread", in_thread)


def _composite_alarm(caller: Caller, provisioners: Any) -> dict[str, Any]:
    def put(name: str, properties: dict[str, Any]) -> tuple[str, dict[str, str]]:
        call("putCompositeAlarm", {"AlarmName": name, **_composite_given(properties)})
        found = call("describeAlarms", {"AlarmNames": [name], "AlarmTypes": ["CompositeAlarm"]})
        return name, {"Arn": found["CompositeAlarms"][0]["AlarmArn"]}

    def call(action: str, arguments: dict[str, Any]) -> dict[str, Any]:
        try:
            return caller.call("cloudwatch", action, arguments)
        except TaskError as error:
            raise ValueError(error.cause) from error

    def create(logical_id: str, properties: dict[str, Any], stack: str) -> tuple[str, dict[str, str]]:
        name = properties.get("AlarmName") or provisioners._physical_name(stack, logical_id, max_len=255)
        return put(name, properties)

    def update(
        physical_id: str, old: dict[str, Any], new: dict[str, Any], stack: str, logical_id: str | None = None
    ) -> tuple[str, dict[str, str]]:
        if old.get("AlarmName") != new.get("AlarmName"):
            created = create(logical_id or physical_id, new, stack)
            if provisioners._DEFERRED_PREDECESSOR_DELETES.get() is None:
                provisioners._delete_predecessor(delete, physical_id, old)
            return created
        return put(physical_id, new)

    def delete(physical_id: str, _: dict[str, Any]) -> None:
        call("deleteAlarms", {"AlarmNames": [physical_id]})

    return {"create": create, "update": update, "update_with_logical_id": True, "delete": delete}


def _composite_given(properties: dict[str, Any]) -> dict[str, Any]:
    unknown = sorted(set(properties) - {*_COMPOSITE, "AlarmName"})
    if unknown:
        raise ValueError(f"AWS::CloudWatch::CompositeAlarm: {', '.join(unknown)} is not supported locally")
    given = {key: properties[key] for key in _COMPOSITE if key in properties}
    if "ActionsEnabled" in given:
        given["ActionsEnabled"] = str(given["ActionsEnabled"]).lower() == "true"
    return given
