"""Asynchronous invocations of functions: tried again after one and two minutes, then told where it is wanted.

MiniStack counts a throttled invocation as a try, tells every failure as the third one, keeps successes to
itself and puts its own record where AWS puts the event (a dead-letter queue). Here an event waits while its
function is busy, keeps one request id through all its tries, and ends at the function's destinations and in
its dead-letter queue as on AWS.

The pauses follow the time scale. What a function locked while it was killed does not: such locks hold for
the function's time limit, so an event that a kill cut off is not tried again before that is over.
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

import contextvars
import json
import logging
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from localcloud.clock import scaled
from localcloud.services.events import delivery

_log = logging.getLogger("localcloud.asynchronous")
_TRIES_AGAIN, _AGE_SECONDS = 2, 21_600
_PAUSE, _LONGEST_PAUSE = 60.0, 300.0
_BUSY_PAUSE = 1.0
# Set around what is handed over again after a kill; what comes of it inherits it.
cut_off: contextvars.ContextVar[bool] = contextvars.ContextVar("cut_off", default=False)
_request: contextvars.ContextVar[str | None] = contextvars.ContextVar("request", default=None)
# Sends what came of an invocation: target, the function's configuration, body, message attributes.
Send = Callable[[str, dict[str, Any], str, dict[str, Any]], None]


def install(lambda_svc: Any) -> None:
    """Take the asynchronous invocations over."""
    execute = lambda_svc._execute_function_dispatch

    def execute_as(function: Any, config: Any, event: Any, request: str, started: float) -> Any:
        return execute(function, config, event, _request.get() or request, started)

    def invoke(function: dict[str, Any], event: Any) -> None:
        context = contextvars.copy_context()
        work = Invocation(lambda_svc, function, event).run
        lambda_svc.threading.Thread(target=context.run, args=(work,), daemon=True).start()

    lambda_svc._execute_function_dispatch = execute_as
    lambda_svc.invoke_async_with_retry = invoke


class Invocation:
    """One event on its way through a function."""

    def __init__(self, lambda_svc: Any, function: dict[str, Any], event: Any) -> None:
        self._lambda, self._function, self._event = lambda_svc, function, event
        self._config: dict[str, Any] = function.get("config") or function
        configs = function.get("event_invoke_configs") or {}
        self._given: dict[str, Any] = function.get("event_invoke_config") or configs.get("$LATEST") or {}
        self._request = str(uuid.uuid4())
        self._tries = 0

    def run(self) -> None:
        """Invoke until it has succeeded or been given up, and tell."""
        from ministack.core.responses import request_scope

        _, _, _, region, account, *_ = self._config["FunctionArn"].split(":")
        with request_scope(account, region):
            result, condition = self._settle()
            self._tell(result, condition)

    def _settle(self) -> tuple[dict[str, Any], str]:
        begun, busy = time.monotonic(), 0
        most = int(self._given.get("MaximumRetryAttempts", _TRIES_AGAIN))
        age = scaled(float(self._given.get("MaximumEventAgeInSeconds") or _AGE_SECONDS))
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
        token = _request.set(self._request)
        try:
            result: dict[str, Any] = self._lambda._execute_function(self._function, self._event) or {}
        finally:
            _request.reset(token)
        self._tries += not result.get("throttle")
        return result

    def _pause(self) -> float:
        pause = scaled(min(_PAUSE * 2 ** (self._tries - 1), _LONGEST_PAUSE))
        return max(pause, float(self._config.get("Timeout") or 3)) if cut_off.get() else pause

    def _tell(self, result: dict[str, Any], condition: str) -> None:
        succeeded = condition == "Success"
        wanted = (self._given.get("DestinationConfig") or {}).get("OnSuccess" if succeeded else "OnFailure")
        if target := (wanted or {}).get("Destination"):
            send(target, self._config, json.dumps(self._document(result, condition)), {})
        dead_letters = (self._config.get("DeadLetterConfig") or {}).get("TargetArn")
        if dead_letters and not succeeded:
            send(dead_letters, self._config, json.dumps(self._event), self._attributes(result))

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
        told = (
            ("RequestID", "String", self._request),
            ("ErrorCode", "Number", "429" if result.get("throttle") else "200"),
            ("ErrorMessage", "String", str(message or "Unhandled")[:1024]),
        )
        return {name: {"DataType": kind, "StringValue": value} for name, kind, value in told}


def _send(target: str, config: dict[str, Any], text: str, attributes: dict[str, Any]) -> None:
    from ministack.services import eventbridge, lambda_svc, sns

    service, resource = target.split(":")[2], target.split(":", 5)[5]
    if service == "sqs":
        try:
            delivery.to_queue(target, text, attributes)
        except delivery.Undelivered as failure:
            _log.warning(
                "what came of an invocation of %s is lost: %s", config["FunctionName"], failure.message
            )
    elif service == "sns":
        sns.publish_internal(target, text)
    elif service == "lambda":
        function, found, _ = lambda_svc._get_func_record_for_ref(target)
        if function and found:
            record = lambda_svc._execution_record_for_config(function, found)
            lambda_svc.invoke_async_with_retry(record, json.loads(text))
    elif service == "events":
        document = json.loads(text)
        outcome = "Success" if document["requestContext"]["condition"] == "Success" else "Failure"
        entry = {
            "Source": "lambda",
            "DetailType": f"Lambda Function Invocation Result - {outcome}",
            "Detail": text,
            "Resources": [target, document["requestContext"]["functionArn"]],
            "EventBusName": resource.split("/", 1)[-1],
        }
        eventbridge._put_events({"Entries": [entry]})
    else:
        _log.warning("the destination %s is of no known kind", target)


send: Send = _send
