"""Events on their way: what a service has accepted and somebody has not got yet.

MiniStack hands events over in threads: S3's notifications, asynchronous invocations, SNS's deliveries to
functions. Each is noted on the disk before whoever caused it is answered, and forgotten once its thread has
done its work. What is noted at a start was cut off by a kill and is handed over again, so everything is
handed over at least once, as on AWS.
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

import contextvars
import json
import logging
import threading
from collections.abc import Callable
from typing import Any

from localcloud.durability.tracked import current
from localcloud.durability.unit import Keeper

_log = logging.getLogger("localcloud.events")
# The event that the next thread hands over; taken once, for threads copy their maker's context.
_next: contextvars.ContextVar[list[str] | None] = contextvars.ContextVar("handing_over", default=None)


class Handover:
    """The events on their way in one cloud."""

    def __init__(self, keeper: Keeper) -> None:
        from ministack.services import eventbridge, lambda_svc, s3, sns

        self._keeper, self._stopping = keeper, False
        self._s3, self._lambda, self._sns, self._events = s3, lambda_svc, sns, eventbridge
        self._cut_off = keeper.database.pending()

    def install(self) -> None:
        self._notifications()
        self._invocations()
        self._subscriptions()
        self._targets()

    def stop(self) -> None:
        """The cloud goes down: what fails now is handed over at the next start."""
        self._stopping = True

    def _notifications(self) -> None:
        fire = self._s3._fire_s3_event_async

        def fire_noted(bucket: str, key: str, event_name: str, *args: Any, **kwargs: Any) -> None:
            if bucket not in self._s3._bucket_notifications:
                return
            value = [[bucket, key, event_name, *args], kwargs]
            self._noted("s3", value, fire, bucket, key, event_name, *args, **kwargs)

        self._s3._fire_s3_event_async = fire_noted
        self._s3.threading = _Threads(self)

    def _invocations(self) -> None:
        from localcloud.services.events import asynchronous

        invoke, send = self._lambda.invoke_async_with_retry, asynchronous.send

        def invoke_noted(func: dict[str, Any], event: Any) -> None:
            arn = (func.get("config") or func).get("FunctionArn", "")
            self._noted("lambda", [arn, event], invoke, func, event)

        def send_unless_stopping(*args: Any) -> None:
            if not self._stopping:
                send(*args)

        self._lambda.invoke_async_with_retry = invoke_noted
        asynchronous.send = send_unless_stopping
        self._lambda.threading = _Threads(self)

    def _subscriptions(self) -> None:
        """SNS makes its threads in the middle of a fan-out, so it is the thread that is noted."""

        def noted(args: tuple[Any, ...]) -> str | None:
            if not args or args[0] is not self._sns._deliver_to_lambda:
                return None
            return self._keeper.handing_over("sns", [self._where(), list(args[1:])])

        self._sns._threading = _Threads(self, noted)

    def _targets(self) -> None:
        """What an event comes to is on the disk before its sender goes on; what is tried again is noted."""
        from localcloud.services.events import delivery

        put = self._events._put_events

        def put_and_keep(*args: Any, **kwargs: Any) -> Any:
            with self._keeper.unit():
                return put(*args, **kwargs)

        self._events._put_events = put_and_keep

        def later(target: Any, event: Any, rule: Any) -> Callable[[], None]:
            identity = self._keeper.handing_over("target", [self._where(), target, event, rule])
            return lambda: self.done(identity)

        delivery.noted = later

    def _noted(self, kind: str, value: Any, call: Callable[..., None], *args: Any, **kwargs: Any) -> None:
        identity = self._keeper.handing_over(kind, [self._where(), *value])
        token = _next.set([identity])
        try:
            call(*args, **kwargs)
        finally:
            _next.reset(token)

    def done(self, identity: str) -> None:
        if not self._stopping:
            self._keeper.handed_over(identity)

    def _where(self) -> list[str]:
        from ministack.core.responses import get_account_id, get_region

        return [get_account_id(), get_region()]

    def resume(self) -> None:
        """Hand over what was cut off."""
        from ministack.core.responses import request_scope

        from localcloud.services.events import asynchronous

        token = asynchronous.cut_off.set(True)
        for event in self._cut_off:
            where, *value = json.loads(event.value)
            try:
                with request_scope(*where):
                    self._again(event.kind, value)
            except Exception:  # noqa: BLE001 - one event must not keep the others
                _log.exception("an event of %s that was cut off could not be handed over", event.kind)
            self.done(event.id)
        asynchronous.cut_off.reset(token)

    def _again(self, kind: str, value: list[Any]) -> None:
        if kind == "s3":
            args, kwargs = value
            self._s3._fire_s3_event_async(*args, **kwargs)
        elif kind == "lambda":
            function, config, _ = self._lambda._get_func_record_for_ref(value[0])
            if function and config:
                record = self._lambda._execution_record_for_config(function, config)
                self._lambda.invoke_async_with_retry(record, value[1])
        elif kind == "sns":
            deliver = (self._sns._deliver_to_lambda, *value[0])
            context = contextvars.copy_context()
            self._sns._threading.Thread(target=context.run, args=deliver, daemon=True).start()
        elif kind == "target":
            self._events._invoke_target(*value)


def _taken() -> str | None:
    waiting = _next.get()
    return waiting.pop() if waiting else None


class _Threads:
    """`threading` as a service of MiniStack sees it: the thread that hands an event over forgets it at its
    end."""

    def __init__(
        self, handover: Handover, noted: Callable[[tuple[Any, ...]], str | None] | None = None
    ) -> None:
        self._handover, self._noted = handover, noted

    def __getattr__(self, name: str) -> Any:
        return getattr(threading, name)

    def Thread(self, *, target: Any, args: Any = (), kwargs: Any = None, **more: Any) -> threading.Thread:  # noqa: N802 - its name
        identity = self._noted(args) if self._noted else _taken()
        if identity is None:
            return threading.Thread(target=target, args=args, kwargs=kwargs, **more)
        handover = self._handover
        # What is done there is no part of the piece of work that started it.
        context = getattr(target, "__self__", None)
        if isinstance(context, contextvars.Context):
            context.run(current.set, None)

        def work() -> None:
            try:
                target(*args, **(kwargs or {}))
            finally:
                handover.done(identity)

        return threading.Thread(target=work, **more)
