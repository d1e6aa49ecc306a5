"""Asynchronous invocations of functions: tried again after one and two minutes, and then reported to where
the function wants it.

MiniStack counts a throttled invocation as a try, tells every failure as the third one, keeps successes to
itself and puts its own record where AWS puts the event (a dead-letter queue). Here an event waits while its
function is busy, keeps one request id through all its tries, and ends at the function's destinations and in
its dead-letter queue as on AWS.

The pauses follow the time scale. What a function locked while it was killed does not: such locks hold for
the function's time limit, so an event that a kill cut off is not tried again before that is over.
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

import json
import time
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from localcloud.ministack.rebinding import replace
from localcloud.services.events.delivery import message_attribute
from localcloud.services.events.destinations import Destinations

if TYPE_CHECKING:
    from localcloud.clock import Clock
    from localcloud.services.events.bus import Bus
    from localcloud.services.events.in_flight import InFlight
    from localcloud.services.events.service_permissions import ServicePermissions

_TRIES_AGAIN, _AGE_SECONDS = 2, 21_600
_PAUSE, _LONGEST_PAUSE = 60.0, 300.0
_BUSY_PAUSE = 1.0


class Invocations:
    """The asynchronous invocations of one cloud."""

    def __init__(self, permissions: ServicePermissions, in_flight: InFlight, bus: Bus, clock: Clock) -> None:
        from ministack.services import lambda_svc

        self.lambda_svc, self.in_flight, self.clock = lambda_svc, in_flight, clock
        self._destinations = Destinations(permissions, bus, self.start_by_arn)

    def install(self) -> None:
        replace(self.lambda_svc, "invoke_async_with_retry", self.start)

    def start(self, function: dict[str, Any], event: Any) -> None:
        """Note the event, and invoke the function in a thread until it has succeeded or is given up."""
        arn = (function.get("config") or function).get("FunctionArn", "")
        self.in_flight.hand_over("lambda", [arn, event], Invocation(self, function, event).run)

    def start_by_arn(self, arn: str, event: Any) -> bool:
        """The same; False where there is no such function."""
        function, config, _ = self.lambda_svc._get_func_record_for_ref(arn)
        if not function or not config:
            return False
        self.start(self.lambda_svc._execution_record_for_config(function, config), event)
        return True

    def start_again(self, arn: str, event: Any) -> None:
        self.start_by_arn(arn, event)

    def report(self, destination: str, config: dict[str, Any], value: Any, attributes: Any) -> None:
        """Send what came of an invocation, unless it failed because the cloud goes down."""
        if not self.in_flight.stopping:
            self._destinations.send(destination, config, json.dumps(value), attributes)


class Invocation:
    """One event on its way through a function."""

    def __init__(self, all_of_them: Invocations, function: dict[str, Any], event: Any) -> None:
        self._all, self._function, self._event = all_of_them, function, event
        self._config: dict[str, Any] = function.get("config") or function
        configs = function.get("event_invoke_configs") or {}
        self._settings: dict[str, Any] = function.get("event_invoke_config") or configs.get("$LATEST") or {}
        self._request = str(uuid.uuid4())
        self._tries = 0

    def run(self) -> None:
        """Invoke until it has succeeded or been given up, and report."""
        from ministack.core.responses import request_scope

        _, _, _, region, account, *_ = self._config["FunctionArn"].split(":")
        with request_scope(account, region):
            result, condition = self._settle()
            self._report(result, condition)

    def _settle(self) -> tuple[dict[str, Any], str]:
        begun, busy = time.monotonic(), 0
        scaled = self._all.clock.scaled
        most = int(self._settings.get("MaximumRetryAttempts", _TRIES_AGAIN))
        age = scaled(float(self._settings.get("MaximumEventAgeInSeconds") or _AGE_SECONDS))
        while True:
            result = self._execute()
            if not result.get("error"):
                return result, "Success"
            if result.get("throttle") and self._function.get("concurrency") != 0:
                pause, busy = scaled(min(_BUSY_PAUSE * 2**busy, _LONGEST_PAUSE)), busy + 1
            elif result.get("throttle") or self._tries > most:
                return result, "RetriesExhausted"
            else:
                pause = self._pause()
            if time.monotonic() + pause - begun > age:
                return result, "EventAgeExceeded"
            time.sleep(pause)

    def _execute(self) -> dict[str, Any]:
        """One try, as `_execute_function` does it but with the request id of all tries."""
        lambda_svc, name = self._all.lambda_svc, self._config["FunctionName"]
        slot, limit = lambda_svc._acquire_execution_slot(self._function, self._config)
        if slot is None:
            lambda_svc._emit_lambda_metrics(name, duration_ms=0.0, error=False, throttle=True)
            message = f"Rate Exceeded: the concurrency of the {limit} is used up"
            return {"error": True, "throttle": True, "body": {"message": message}}
        try:
            result: dict[str, Any] = lambda_svc._execute_function_dispatch(
                self._function, self._config, self._event, self._request, time.time()
            )
        finally:
            lambda_svc._release_execution_slot(slot)
        self._tries += not result.get("throttle")
        return result

    def _pause(self) -> float:
        pause = self._all.clock.scaled(min(_PAUSE * 2 ** (self._tries - 1), _LONGEST_PAUSE))
        limit = float(self._config.get("Timeout") or 3)
        return max(pause, limit) if self._all.in_flight.was_cut_off else pause

    def _report(self, result: dict[str, Any], condition: str) -> None:
        succeeded = condition == "Success"
        wanted = (self._settings.get("DestinationConfig") or {}).get(
            "OnSuccess" if succeeded else "OnFailure"
        )
        if destination := (wanted or {}).get("Destination"):
            self._all.report(destination, self._config, self._document(result, condition), {})
        dead_letters = (self._config.get("DeadLetterConfig") or {}).get("TargetArn")
        if dead_letters and not succeeded:
            self._all.report(dead_letters, self._config, self._event, self._attributes(result))

    def _document(self, result: dict[str, Any], condition: str) -> dict[str, Any]:
        failed = (
            {} if condition == "Success" else {"functionError": result.get("function_error") or "Unhandled"}
        )
        return {
            "version": "1.0",
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "requestContext": {
                "requestId": self._request,
                "functionArn": f"{self._config['FunctionArn']}:$LATEST",
                "condition": condition,
                "approximateInvokeCount": self._tries,
            },
            "requestPayload": self._event,
            "responseContext": {
                "statusCode": 200,
                "executedVersion": self._config.get("Version", "$LATEST"),
                **failed,
            },
            "responsePayload": result.get("body"),
        }

    def _attributes(self, result: dict[str, Any]) -> dict[str, Any]:
        body = result.get("body")
        message = body.get("errorMessage") or body.get("message") if isinstance(body, dict) else body
        return {
            "RequestID": message_attribute(self._request),
            "ErrorCode": message_attribute("429" if result.get("throttle") else "200", "Number"),
            "ErrorMessage": message_attribute(str(message or "Unhandled")[:1024]),
        }
