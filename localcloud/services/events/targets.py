"""The targets of EventBridge's rules and schedules: what each kind needs, and one try to deliver to it."""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from localcloud.ministack.rebinding import replace
from localcloud.services.events.delivery import Delivery, Kind, Undelivered, refuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from localcloud.services.events.delivery import Deliveries
    from localcloud.services.events.invocations import Invocations
    from localcloud.services.events.service_permissions import ServicePermissions

_RETRIED_STATUS = (401, 407, 409, 429)
_REFUSED_STARTS = {
    "StateMachineDoesNotExist": "NO_RESOURCE",
    "ExecutionAlreadyExists": "RESOURCE_ALREADY_EXISTS",
    "InvalidExecutionInput": "INVALID_JSON",
}


class Targets:
    """The targets in one cloud."""

    def __init__(
        self, deliveries: Deliveries, permissions: ServicePermissions, invocations: Invocations
    ) -> None:
        from ministack.services import eventbridge

        self._eventbridge, self._invocations = eventbridge, invocations
        self._deliveries, self._permissions = deliveries, permissions
        # By service; two of EventBridge's own kinds of resource can be targets.
        self._kinds = {
            "lambda": Kind(self._to_function, self._by_policy("lambda:InvokeFunction")),
            "sqs": Kind(self._to_queue, self._by_policy("sqs:SendMessage")),
            "sns": Kind(self._to_topic, self._by_policy("sns:Publish")),
            "states": Kind(self._to_machine, self._by_role),
            "events:api-destination": Kind(self._to_api, takes_long=True),
            "events:event-bus": Kind(self._to_bus),
        }

    def install(self) -> None:
        replace(self._eventbridge, "_invoke_target", self.invoke)

    def invoke(
        self, target: dict[str, Any], event: dict[str, Any], rule: dict[str, Any], view: Any = None
    ) -> None:
        """Deliver an event to one target of a rule that it matched, or of a schedule."""
        view = view or self._eventbridge._pattern_event_view(event)
        text = json.dumps(view.event_with_detail())
        delivery = Delivery(target, rule, event, text, self._given(target, rule, view, text))
        self._deliveries.deliver(delivery, self._kind(delivery.arn))

    def _given(self, target: dict[str, Any], rule: dict[str, Any], view: Any, text: str) -> str | None:
        if target.get("InputTransformer"):
            return str(self._eventbridge._apply_input_transformer(target["InputTransformer"], rule, view))
        if target.get("Input"):
            return str(target["Input"])
        return _part(text, target["InputPath"]) if target.get("InputPath") else None

    def _kind(self, arn: str) -> Kind:
        from ministack.core.arn import ArnParseError, parse_arn

        try:
            spec = parse_arn(arn)
        except ArnParseError:
            return _impossible("INVALID_PARAMETER", f"{arn} is not an ARN")
        if not self._eventbridge._target_matches_request_scope(spec):
            return _impossible("NO_RESOURCE", f"{arn} is of another account or region")
        name = f"events:{spec.resource.split('/')[0]}" if spec.service == "events" else spec.service
        unknown = _impossible("INVALID_PARAMETER", f"this cloud cannot deliver to targets such as {arn}")
        return self._kinds.get(name, unknown)

    def _by_policy(self, action: str) -> Callable[[Delivery], str | None]:
        """Asks the policy of the target."""

        def refused(delivery: Delivery) -> str | None:
            return self._permissions.refused("events.amazonaws.com", action, delivery.arn, delivery.rule_arn)

        return refused

    def _by_role(self, delivery: Delivery) -> str | None:
        role = str(delivery.target.get("RoleArn") or "")
        return self._permissions.start_refused(role, delivery.arn, delivery.rule_arn)

    # ---- One try for each kind

    def _to_function(self, delivery: Delivery) -> None:
        if not self._invocations.start_by_arn(delivery.arn, json.loads(delivery.payload)):
            refuse("NO_RESOURCE", f"there is no function {delivery.arn}")

    def _to_queue(self, delivery: Delivery) -> None:
        from ministack.core.arn import parse_arn
        from ministack.services import sqs

        parameters = delivery.target.get("SqsParameters") or {}
        queue = sqs._queue_by_arn(delivery.arn)
        if not queue:
            refuse("NO_RESOURCE", f"there is no queue {delivery.arn}")
        if queue.get("is_fifo") and not parameters.get("MessageGroupId"):
            text = f"the queue {delivery.arn} is FIFO and the target has no MessageGroupId"
            refuse("INVALID_PARAMETER", text)
        self._eventbridge._dispatch_to_sqs(parse_arn(delivery.arn), delivery.payload, parameters)

    def _to_topic(self, delivery: Delivery) -> None:
        from ministack.services import sns

        if delivery.arn not in sns._topics:
            refuse("NO_RESOURCE", f"there is no topic {delivery.arn}")
        try:
            sns.publish_internal(delivery.arn, delivery.payload, "EventBridge Notification")
        except sns.SnsPublishError as error:
            refuse("INVALID_PARAMETER", str(error))

    def _to_machine(self, delivery: Delivery) -> None:
        from ministack.services import stepfunctions

        if stepfunctions._resolve_state_machine_arn(delivery.arn) is None:
            refuse("NO_RESOURCE", f"there is no state machine {delivery.arn}")
        request = {"stateMachineArn": delivery.arn, "input": delivery.payload}
        status, _, body = stepfunctions._start_execution(request)
        if status >= 400:
            answer = json.loads(body)
            code, message = str(answer.get("__type", "")), str(answer.get("message", ""))
            known = _REFUSED_STARTS.get(code.rsplit("#", maxsplit=1)[-1])
            raise Undelivered(known or "THROTTLING", f"{code}: {message}", again=known is None)

    def _to_bus(self, delivery: Delivery) -> None:
        from ministack.core.arn import parse_arn

        path = set(delivery.event.get("_DispatchPath") or [])
        self._eventbridge._dispatch_to_event_bus(
            parse_arn(delivery.arn), delivery.event, delivery.rule, path, delivery.given
        )

    def _to_api(self, delivery: Delivery) -> None:
        name = delivery.arn.split("/")[1]
        destination, connection_name, connection = self._api_destination(name)
        parameters = delivery.target.get("HttpParameters") or {}
        parameters = self._eventbridge._resolve_http_parameters(parameters, json.loads(delivery.text))
        request = self._eventbridge._build_api_destination_request(
            destination, connection, parameters, delivery.payload
        )
        status = self._sent(name, request, connection_name, connection)
        if not 200 <= status < 300:
            again = status in _RETRIED_STATUS or status >= 500
            raise Undelivered("ERROR_FROM_TARGET", f"{name} answered with status {status}", again=again)

    def _api_destination(self, name: str) -> tuple[dict[str, Any], str, dict[str, Any]]:
        destination = self._eventbridge._api_destinations.get(name)
        if not destination:
            refuse("NO_RESOURCE", f"there is no API destination {name}")
        connection_name = str(destination.get("ConnectionArn") or "").rsplit("/", 1)[-1]
        connection = self._eventbridge._connections.get(connection_name) or {}
        states = destination.get("ApiDestinationState"), connection.get("ConnectionState")
        if states != ("ACTIVE", "AUTHORIZED"):
            raise Undelivered("SDK_CLIENT_ERROR", f"the API destination {name} is not active", again=True)
        return destination, connection_name, connection

    def _sent(self, name: str, request: Any, connection_name: str, connection: dict[str, Any]) -> int:
        from ministack.core.responses import get_account_id, get_region

        key = (get_account_id(), get_region(), connection_name)
        try:
            headers = self._eventbridge._connection_auth_headers(connection, key)
            return int(self._eventbridge._api_destination_send_sync(request, headers))
        except Exception as error:
            raise Undelivered("CONNECTION_FAILURE", f"{name}: {error}", again=True) from error


def _part(text: str, path: str) -> str | None:
    """What a path such as `$.detail.object` finds in an event; None where it finds nothing."""
    value = json.loads(text)
    try:
        for name in filter(None, path.strip("$.").split(".")):
            value = value[name]
    except (KeyError, TypeError, IndexError):
        return None
    return json.dumps(value)


def _impossible(code: str, message: str) -> Kind:
    """A target that nothing can be delivered to."""
    return Kind(lambda _: refuse(code, message))
