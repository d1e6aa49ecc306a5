"""EventBridge's delivery to targets: tried, tried again with back-off, and put into the target's dead-letter
queue with the attributes that AWS gives.

MiniStack drops what it cannot deliver. Here a target that cannot be had now (throttled, refusing connections,
answering 5xx) is tried again within its RetryPolicy, one that is not there goes to the dead-letter queue at
once. A Lambda function's own errors are Lambda's business: its asynchronous retries and destinations.

Its cost: events that wait for their next try are held in memory, and begin their tries anew after a kill.
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

import contextvars
import json
import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from localcloud.clock import scaled

_log = logging.getLogger("localcloud.delivery")
_ATTEMPTS, _AGE_SECONDS = 185, 86_400
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
_RETRIED_STATUS = (401, 407, 409, 429)
_REFUSED_STARTS = {
    "StateMachineDoesNotExist": "NO_RESOURCE",
    "ExecutionAlreadyExists": "RESOURCE_ALREADY_EXISTS",
    "InvalidExecutionInput": "INVALID_JSON",
}
# Notes an event on its way to a target, so that a kill does not lose it; what it returns forgets the note.
noted: Callable[[Any, Any, Any], Callable[[], None]] = lambda *_: lambda: None  # noqa: E731
_current: contextvars.ContextVar[Delivery | None] = contextvars.ContextVar("delivery", default=None)


class Undelivered(Exception):
    """One try failed. `code` is the dead-letter queue's ERROR_CODE."""

    def __init__(self, code: str, message: str, *, again: bool = False) -> None:
        super().__init__(message)
        self.code, self.message, self.again = code, message, again


@dataclass(frozen=True)
class Delivery:
    """One event on its way to one target of a rule."""

    target: dict[str, Any]
    rule_arn: str
    event: str
    send_to_queue: Callable[[str, str, dict[str, Any]], None]
    # The event and the rule as MiniStack has them.
    raw: tuple[Any, Any] = ({}, {})

    def run(self, attempt: Callable[[], None], *, aside: bool = False) -> None:
        """Try now, or in a thread where a try takes long; later tries are always in a thread."""
        if aside:
            self._in_thread(lambda: self._settle(attempt, _failure(attempt)))
            return
        failure = _failure(attempt)
        if failure is not None and failure.again:
            self._in_thread(lambda: self._settle(attempt, failure))
        elif failure is not None:
            self._give_up(failure, 0, None)

    def _in_thread(self, work: Callable[[], None]) -> None:
        context, done = contextvars.copy_context(), noted(self.target, *self.raw)

        def work_and_forget() -> None:
            context.run(work)
            done()

        threading.Thread(target=work_and_forget, name="localcloud-delivery", daemon=True).start()

    def _settle(self, attempt: Callable[[], None], failure: Undelivered | None) -> None:
        begun = time.monotonic()
        policy = self.target.get("RetryPolicy") or {}
        most = int(policy.get("MaximumRetryAttempts", _ATTEMPTS))
        age = scaled(float(policy.get("MaximumEventAgeInSeconds", _AGE_SECONDS)))
        tries = 0
        while failure is not None and failure.again:
            pause = scaled(min(_FIRST_PAUSE * 2**tries, _LONGEST_PAUSE) * random.uniform(0.8, 1.2))  # noqa: S311
            if tries >= most:
                self._give_up(failure, tries, "MaximumRetryAttempts")
                return
            if time.monotonic() + pause - begun > age:
                self._give_up(failure, tries, "MaximumEventAgeInSeconds")
                return
            time.sleep(pause)
            tries += 1
            failure = _failure(attempt)
        if failure is not None:
            self._give_up(failure, tries, None)

    def _give_up(self, failure: Undelivered, tries: int, exhausted: str | None) -> None:
        queue = (self.target.get("DeadLetterConfig") or {}).get("Arn")
        _log.warning(
            "an event was not delivered to %s: %s%s",
            self.target.get("Arn"),
            failure.message,
            "" if queue else " (and the target has no dead-letter queue)",
        )
        if not queue:
            return
        told = {
            "RULE_ARN": self.rule_arn,
            "TARGET_ARN": self.target.get("Arn", ""),
            "ERROR_CODE": failure.code,
            "ERROR_MESSAGE": failure.message,
        }
        if exhausted:
            told |= {"EXHAUSTED_RETRY_CONDITION": exhausted, "RETRY_ATTEMPTS": str(tries)}
        kind = {name: "Number" if name == "RETRY_ATTEMPTS" else "String" for name in told}
        attributes = {
            name: {"DataType": kind[name], "StringValue": value} for name, value in told.items() if value
        }
        try:
            self.send_to_queue(queue, self.event, attributes)
        except Undelivered as error:
            _log.warning("the dead-letter queue %s did not take the event: %s", queue, error.message)


def _failure(attempt: Callable[[], None]) -> Undelivered | None:
    try:
        attempt()
    except Undelivered as failure:
        return failure
    except Exception as error:  # noqa: BLE001 - whatever a service does, the event must not be lost
        return Undelivered("INTERNAL_ERROR", f"{type(error).__name__}: {error}", again=True)
    return None


def install(eventbridge: Any, lambda_svc: Any) -> None:
    """Put the deliveries into MiniStack's EventBridge."""
    _remember(eventbridge)
    targets = _Targets(eventbridge, lambda_svc)
    eventbridge._dispatch_to_lambda = _delivered(targets.to_lambda)
    eventbridge._dispatch_to_sqs = _delivered(targets.to_queue)
    eventbridge._dispatch_to_sns = _delivered(targets.to_topic)
    eventbridge._dispatch_to_stepfunctions = _delivered(targets.to_machine)
    eventbridge._dispatch_to_api_destination = _delivered(targets.to_api, aside=True)
    here = eventbridge._target_matches_request_scope

    def in_scope(spec: Any) -> bool:
        delivery = _current.get()
        if here(spec) or delivery is None:
            return bool(here(spec))
        delivery.run(lambda: _refuse("NO_RESOURCE", f"{spec} is of another account or region"))
        return False

    eventbridge._target_matches_request_scope = in_scope


def _remember(eventbridge: Any) -> None:
    """Let the deliveries know whose they are."""
    invoke: Callable[..., None] = eventbridge._invoke_target

    def invoke_target(
        target: dict[str, Any], event: dict[str, Any], rule: dict[str, Any], view: Any = None
    ) -> None:
        view = view or eventbridge._pattern_event_view(event)
        text = json.dumps(view.event_with_detail())
        token = _current.set(Delivery(target, rule.get("Arn", ""), text, _to_dead_letters, (event, rule)))
        try:
            invoke(target, event, rule, view)
        finally:
            _current.reset(token)

    eventbridge._invoke_target = invoke_target


def _delivered(send: Callable[..., None], *, aside: bool = False) -> Callable[..., None]:
    def dispatch(*arguments: Any) -> None:
        delivery = _current.get() or Delivery({}, "", "", _to_dead_letters)
        delivery.run(lambda: send(*arguments), aside=aside)

    return dispatch


class _Targets:
    """One try for each kind of target; Undelivered says what went wrong."""

    def __init__(self, eventbridge: Any, lambda_svc: Any) -> None:
        self._eventbridge, self._lambda = eventbridge, lambda_svc
        self._to_queue, self._to_topic = eventbridge._dispatch_to_sqs, eventbridge._dispatch_to_sns

    def to_lambda(self, arn: str, payload: str) -> None:
        function, config, name = self._lambda._get_func_record_for_ref(arn)
        if not function or not config:
            _refuse("NO_RESOURCE", f"there is no function {name}")
        record = self._lambda._execution_record_for_config(function, config)
        self._lambda.invoke_async_with_retry(record, json.loads(payload))

    def to_queue(self, spec: Any, payload: str, parameters: dict[str, Any] | None = None) -> None:
        from ministack.services import sqs

        queue = sqs._queue_by_arn(str(spec))
        if not queue:
            _refuse("NO_RESOURCE", f"there is no queue {spec}")
        if queue.get("is_fifo") and not (parameters or {}).get("MessageGroupId"):
            _refuse("INVALID_PARAMETER", f"the queue {spec} is FIFO and the target has no MessageGroupId")
        self._to_queue(spec, payload, parameters)

    def to_topic(self, arn: str, payload: str) -> None:
        from ministack.services import sns

        if arn not in sns._topics:
            _refuse("NO_RESOURCE", f"there is no topic {arn}")
        self._to_topic(arn, payload)

    def to_machine(self, arn: str, payload: str) -> None:
        from ministack.services import stepfunctions

        if stepfunctions._resolve_state_machine_arn(arn) is None:
            _refuse("NO_RESOURCE", f"there is no state machine {arn}")
        status, _, body = stepfunctions._start_execution({"stateMachineArn": arn, "input": payload})
        if status >= 400:
            answer = json.loads(body)
            code, said = str(answer.get("__type", "")), str(answer.get("message", ""))
            known = _REFUSED_STARTS.get(code.rsplit("#", maxsplit=1)[-1])
            raise Undelivered(known or "THROTTLING", f"{code}: {said}", again=known is None)

    def to_api(self, spec: Any, payload: str, target: dict[str, Any]) -> None:
        bridge = self._eventbridge
        name = spec.resource.split("/", 2)[1]
        place = bridge._api_destinations.get(name)
        if not place:
            _refuse("NO_RESOURCE", f"there is no API destination {name}")
        connection_name = str(place.get("ConnectionArn") or "").rsplit("/", 1)[-1]
        connection = bridge._connections.get(connection_name)
        if (
            place.get("ApiDestinationState") != "ACTIVE"
            or (connection or {}).get("ConnectionState") != "AUTHORIZED"
        ):
            raise Undelivered("SDK_CLIENT_ERROR", f"the API destination {name} is not active", again=True)
        request = bridge._build_api_destination_request(
            place, connection, target.get("HttpParameters") or {}, payload
        )
        key = (bridge.get_account_id(), bridge.get_region(), connection_name)
        try:
            status = bridge._api_destination_send_sync(
                request, bridge._connection_auth_headers(connection, key)
            )
        except Exception as error:
            raise Undelivered("CONNECTION_FAILURE", f"{name}: {error}", again=True) from error
        if not 200 <= status < 300:
            again = status in _RETRIED_STATUS or status >= 500
            raise Undelivered("ERROR_FROM_TARGET", f"{name} answered with status {status}", again=again)


def to_queue(arn: str, body: str, attributes: dict[str, Any]) -> None:
    """Put a message into a queue, or raise Undelivered."""
    from ministack.core.concurrency import esm_wake
    from ministack.services import sqs

    queue = sqs._queue_by_arn(arn)
    if not queue:
        _refuse("NO_RESOURCE", f"there is no queue {arn}")
    sqs._act_send_message(
        {"QueueUrl": queue["url"], "MessageBody": body, "MessageAttributes": attributes}, queue["url"]
    )
    esm_wake.set()


_to_dead_letters = to_queue


def _refuse(code: str, message: str) -> NoReturn:
    raise Undelivered(code, message)
