"""EventBridge's deliveries: asked, tried, noted and tried again with back-off, and at last put into the
target's dead-letter queue with the attributes that AWS gives.

MiniStack drops what it cannot deliver. Here a target that cannot be had now (throttled, refusing connections,
answering 5xx) is tried again within its RetryPolicy, one that is not there or may not be reached goes to the
dead-letter queue at once. A Lambda function's own errors are Lambda's business: its asynchronous retries and
destinations.

Its cost: an event that waits for its next try begins its tries anew after a kill.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from localcloud.clock import Clock
    from localcloud.services.events.in_flight import InFlight
    from localcloud.services.events.service_permissions import ServicePermissions

_log = logging.getLogger("localcloud.delivery")
_ATTEMPTS, _AGE_SECONDS = 185, 86_400
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
_SERVICE = "events.amazonaws.com"


class Undelivered(Exception):
    """One try failed. `code` is the dead-letter queue's ERROR_CODE."""

    def __init__(self, code: str, message: str, *, again: bool = False) -> None:
        super().__init__(message)
        self.code, self.message, self.again = code, message, again


def refuse(code: str, message: str) -> NoReturn:
    """No later try would help."""
    raise Undelivered(code, message)


@dataclass(frozen=True)
class Delivery:
    """One event on its way to one target of a rule."""

    target: dict[str, Any]
    rule: dict[str, Any]
    # The event as MiniStack has it, and as AWS writes it.
    event: dict[str, Any]
    text: str
    # What the target is given instead of the event.
    given: str | None = None

    @property
    def arn(self) -> str:
        return str(self.target.get("Arn", ""))

    @property
    def rule_arn(self) -> str:
        return str(self.rule.get("Arn", ""))

    @property
    def payload(self) -> str:
        return self.text if self.given is None else self.given


@dataclass(frozen=True)
class Kind:
    """A kind of target: one try to deliver to it, which raises Undelivered; why that is refused, or None;
    and whether a try may take so long that nobody should wait for it."""

    attempt: Callable[[Delivery], None]
    refused: Callable[[Delivery], str | None] = lambda _: None
    takes_long: bool = False


class Deliveries:
    """The deliveries of one cloud. `put` puts a message with attributes into a queue."""

    def __init__(
        self,
        permissions: ServicePermissions,
        in_flight: InFlight,
        clock: Clock,
        put: Callable[[str, str, dict[str, Any]], None],
    ) -> None:
        self._permissions, self._in_flight, self._clock, self._put = permissions, in_flight, clock, put

    def deliver(self, delivery: Delivery, kind: Kind) -> None:
        """Ask, try, and note what must be tried again, or takes long, before the sender goes on."""
        refusal = kind.refused(delivery)
        if refusal is not None:
            self._give_up(delivery, Undelivered("NO_PERMISSIONS", refusal))
            return
        failure = None if kind.takes_long else _failure(kind, delivery)
        if kind.takes_long or (failure is not None and failure.again):
            note = [delivery.target, delivery.event, delivery.rule]
            self._in_flight.hand_over("target", note, lambda: self._settle(delivery, kind, failure))
        elif failure is not None:
            self._give_up(delivery, failure)

    def _settle(self, delivery: Delivery, kind: Kind, failure: Undelivered | None) -> None:
        """Try until it is delivered or given up."""
        begun, tries = time.monotonic(), 0
        policy = delivery.target.get("RetryPolicy") or {}
        most = int(policy.get("MaximumRetryAttempts", _ATTEMPTS))
        age = self._clock.scaled(float(policy.get("MaximumEventAgeInSeconds", _AGE_SECONDS)))
        failure = failure or _failure(kind, delivery)
        while failure is not None and failure.again:
            pause = self._clock.scaled(_pause(tries))
            if tries >= most:
                self._give_up(delivery, failure, "MaximumRetryAttempts", tries)
                return
            if time.monotonic() + pause - begun > age:
                self._give_up(delivery, failure, "MaximumEventAgeInSeconds", tries)
                return
            time.sleep(pause)
            tries += 1
            failure = _failure(kind, delivery)
        if failure is not None:
            self._give_up(delivery, failure)

    def _give_up(
        self, delivery: Delivery, failure: Undelivered, exhausted: str | None = None, tries: int = 0
    ) -> None:
        queue = (delivery.target.get("DeadLetterConfig") or {}).get("Arn")
        lost = "" if queue else " (and the target has no dead-letter queue)"
        _log.warning("an event was not delivered to %s: %s%s", delivery.arn, failure.message, lost)
        if not queue:
            return
        refusal = self._permissions.refused(_SERVICE, "sqs:SendMessage", queue, delivery.rule_arn)
        try:
            if refusal is not None:
                refuse("NO_PERMISSIONS", refusal)
            self._put(queue, delivery.text, _attributes(delivery, failure, exhausted, tries))
        except Undelivered as error:
            _log.warning("the dead-letter queue %s did not take the event: %s", queue, error.message)


def _pause(tries: int) -> float:
    pause: float = min(_FIRST_PAUSE * 2**tries, _LONGEST_PAUSE)
    return pause * random.uniform(0.8, 1.2)  # noqa: S311 - nobody guesses it


def _failure(kind: Kind, delivery: Delivery) -> Undelivered | None:
    try:
        kind.attempt(delivery)
    except Undelivered as failure:
        return failure
    except Exception as error:  # noqa: BLE001 - whatever a service does, the event must not be lost
        return Undelivered("INTERNAL_ERROR", f"{type(error).__name__}: {error}", again=True)
    return None


def _attributes(
    delivery: Delivery, failure: Undelivered, exhausted: str | None, tries: int
) -> dict[str, dict[str, str]]:
    values = {
        "RULE_ARN": delivery.rule_arn,
        "TARGET_ARN": delivery.arn,
        "ERROR_CODE": failure.code,
        "ERROR_MESSAGE": failure.message,
    }
    attributes = {name: message_attribute(value) for name, value in values.items() if value}
    if exhausted:
        attributes["EXHAUSTED_RETRY_CONDITION"] = message_attribute(exhausted)
        attributes["RETRY_ATTEMPTS"] = message_attribute(str(tries), "Number")
    return attributes


def message_attribute(value: str, kind: str = "String") -> dict[str, str]:
    """An attribute of a queue's message."""
    return {"DataType": kind, "StringValue": value}
