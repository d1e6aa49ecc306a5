"""Where MiniStack calls our Step Functions instead of its own: all of it, and each name once.

Beside the door there are three who call Step Functions inside MiniStack: EventBridge and its pipes start
executions, CloudFormation makes and changes machines, and the start of the process brings records back.
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from localcloud.ministack.rebinding import replace
from localcloud.ministack.stepfunctions.store import Answer, Members

_MACHINE = "AWS::StepFunctions::StateMachine"


class Service(Protocol):
    """Our Step Functions, as MiniStack calls it."""

    async def handle_request(
        self, method: str, path: str, headers: Any, body: bytes, query: Any
    ) -> Answer: ...
    def start_execution(self, data: Members) -> Answer: ...
    def update_machine(self, data: Members) -> Answer: ...
    def machine_made(self, arn: str) -> None:
        """CloudFormation has made a machine; raises what AWS refuses it for."""

    def refused_definition(self, definition: Any) -> str | None:
        """Why AWS would not take the definition, or None."""

    def load(self, data: Any) -> None:
        """Take over the records of an earlier process."""


def install(service: Service) -> None:
    from ministack.services import stepfunctions
    from ministack.services.cloudformation import provisioners

    replace(stepfunctions, "handle_request", service.handle_request)
    replace(stepfunctions, "_start_execution", service.start_execution)
    replace(stepfunctions, "_update_state_machine", service.update_machine)
    # Creating and updating ask it, between their other checks.
    replace(stepfunctions, "_validate_definition_jsonata", service.refused_definition)
    replace(stepfunctions, "load_persisted_state", service.load)
    handlers = provisioners._RESOURCE_HANDLERS
    own = handlers[_MACHINE]
    handlers[_MACHINE] = {**own, "create": _create(own["create"], service)}


def _create(create: Callable[..., Any], service: Service) -> Callable[..., Any]:
    def created(logical_id: str, properties: dict[str, Any], stack: str) -> Any:
        answer = create(logical_id, properties, stack)
        service.machine_made(answer[0])
        return answer

    return created
