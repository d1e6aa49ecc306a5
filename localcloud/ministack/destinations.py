"""Lambda's OnSuccess destinations of asynchronous invocations, which MiniStack leaves out.

What fails in the end is MiniStack's: two more tries, then the OnFailure destination or the dead-letter queue.
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

import contextvars
import json
import logging
from datetime import UTC, datetime
from typing import Any

_log = logging.getLogger("localcloud.destinations")
_asynchronous: contextvars.ContextVar[bool] = contextvars.ContextVar("asynchronous", default=False)


def install(lambda_svc: Any) -> None:
    """Tell the destination when an asynchronous invocation has succeeded."""
    invoke, execute = lambda_svc.invoke_async_with_retry, lambda_svc._execute_function_dispatch

    def invoke_noted(function: dict[str, Any], event: Any) -> Any:
        # The invocation runs in a copy of this context.
        token = _asynchronous.set(True)
        try:
            return invoke(function, event)
        finally:
            _asynchronous.reset(token)

    def execute_and_tell(
        function: dict[str, Any], config: dict[str, Any], event: Any, request: str, started: float
    ) -> Any:
        result = execute(function, config, event, request, started)
        if _asynchronous.get() and not (result or {}).get("error"):
            target = _on_success(function)
            if target:
                _send(lambda_svc, target, _document(config, event, request, (result or {}).get("body")))
        return result

    lambda_svc.invoke_async_with_retry = invoke_noted
    lambda_svc._execute_function_dispatch = execute_and_tell


def _on_success(function: dict[str, Any]) -> str | None:
    configs = function.get("event_invoke_configs") or {}
    config = function.get("event_invoke_config") or configs.get("$LATEST") or {}
    found = ((config.get("DestinationConfig") or {}).get("OnSuccess") or {}).get("Destination")
    return str(found) if found else None


def _document(config: dict[str, Any], event: Any, request: str, body: Any) -> dict[str, Any]:
    return {
        "version": "1.0",
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "requestContext": {
            "requestId": request,
            "functionArn": f"{config.get('FunctionArn', '')}:$LATEST",
            "condition": "Success",
            "approximateInvokeCount": 1,
        },
        "requestPayload": event,
        "responseContext": {"statusCode": 200, "executedVersion": config.get("Version", "$LATEST")},
        "responsePayload": body,
    }


def _send(lambda_svc: Any, target: str, document: dict[str, Any]) -> None:
    from ministack.core.arn import parse_arn
    from ministack.services import eventbridge, sns

    text, spec = json.dumps(document), parse_arn(target)
    if spec.service == "sqs":
        eventbridge._dispatch_to_sqs(spec, text)
    elif spec.service == "sns":
        sns.publish_internal(target, text)
    elif spec.service == "lambda":
        function, config, _ = lambda_svc._get_func_record_for_ref(target)
        if function and config:
            lambda_svc.invoke_async_with_retry(
                lambda_svc._execution_record_for_config(function, config), document
            )
    elif spec.service == "events":
        entry = {
            "Source": "lambda",
            "DetailType": "Lambda Function Invocation Result - Success",
            "Detail": text,
            "Resources": [target, document["requestContext"]["functionArn"]],
            "EventBusName": spec.resource.split("/", 1)[-1],
        }
        eventbridge._put_events({"Entries": [entry]})
    else:
        _log.warning("the destination %s is of no known kind", target)
