"""EventBridge: events of `aws.*` sources, S3's version id, Lambda's asynchronous retries, a target's
dead-letter queue.

MiniStack invokes a Lambda target once in a bare thread. On AWS the invocation is asynchronous: two retries,
then the function's own failure destination. And what cannot be delivered at all goes to the target's
dead-letter queue.
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

import contextvars
import json
import logging
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_log = logging.getLogger("localcloud.events")
_version_id: contextvars.ContextVar[str | None] = contextvars.ContextVar("s3_version_id", default=None)
_target: contextvars.ContextVar[dict[str, Any] | None] = contextvars.ContextVar("event_target", default=None)


def emit(
    account: str, region: str, source: str, detail_type: str, resources: list[str], detail: dict[str, Any]
) -> None:
    """Put one event on the default bus, as the AWS service of that name."""
    from ministack.core.responses import request_scope
    from ministack.services import eventbridge

    entry = {
        "Source": source,
        "DetailType": detail_type,
        "Detail": json.dumps(detail),
        "Resources": resources,
    }
    with request_scope(account, region):
        eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)


def install() -> None:
    """Mend EventBridge and the events of S3."""
    from ministack.services import eventbridge, lambda_svc, s3

    _carry_version_id(s3, eventbridge)
    _remember_target(eventbridge)
    eventbridge._dispatch_to_lambda = _to_lambda(eventbridge, lambda_svc)


def _carry_version_id(s3: Any, eventbridge: Any) -> None:
    fire: Callable[..., None] = s3._fire_s3_event
    dispatch: Callable[..., None] = eventbridge._dispatch_event

    def fire_with_version(*args: Any, **kwargs: Any) -> None:
        token = _version_id.set(kwargs.get("version_id"))
        try:
            fire(*args, **kwargs)
        finally:
            _version_id.reset(token)

    def dispatch_with_version(event: dict[str, Any], view: Any = None) -> None:
        version = _version_id.get()
        if event.get("Source") == "aws.s3":
            detail = json.loads(event["Detail"])
            if version and version != "null":
                detail["object"]["version-id"] = version
            # Events carry whole seconds.
            event, view = {**event, "Detail": json.dumps(detail), "Time": int(time.time())}, None
        # What the event starts is no longer part of this upload.
        contextvars.copy_context().run(_dispatch_plain, dispatch, event, view)

    s3._fire_s3_event = fire_with_version
    eventbridge._dispatch_event = dispatch_with_version


def _dispatch_plain(dispatch: Callable[..., None], event: dict[str, Any], view: Any) -> None:
    _version_id.set(None)
    dispatch(event, view)


def _remember_target(eventbridge: Any) -> None:
    invoke: Callable[..., None] = eventbridge._invoke_target

    def invoke_target(
        target: dict[str, Any], event: dict[str, Any], rule: dict[str, Any], view: Any = None
    ) -> None:
        token = _target.set(target)
        try:
            invoke(target, event, rule, view)
        finally:
            _target.reset(token)

    eventbridge._invoke_target = invoke_target


def _to_lambda(eventbridge: Any, lambda_svc: Any) -> Callable[[str, str], None]:
    def dispatch(arn: str, payload: str) -> None:
        function, config, name = lambda_svc._get_func_record_for_ref(arn)
        if not function or not config:
            _dead_letter(eventbridge, payload, f"there is no function {name}")
            return
        record = lambda_svc._execution_record_for_config(function, config)
        lambda_svc.invoke_async_with_retry(record, json.loads(payload))

    return dispatch


def _dead_letter(eventbridge: Any, payload: str, why: str) -> None:
    from ministack.core.arn import parse_arn

    queue = ((_target.get() or {}).get("DeadLetterConfig") or {}).get("Arn")
    _log.warning(
        "an event was not delivered: %s%s", why, "" if queue else " (and its target has no dead-letter queue)"
    )
    if queue:
        eventbridge._dispatch_to_sqs(parse_arn(queue), payload)
