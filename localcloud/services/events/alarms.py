"""CloudWatch alarms: evaluated by metric, dimensions and missing data, with an event for each change.

MiniStack looks at every point of a metric's name whatever its dimensions, evaluates only when a point arrives
(so an alarm never goes back to OK by itself), and publishes no event. Here an alarm sees its own dimensions
only, is evaluated on every point and every few seconds, and each change of state, evaluated or set, becomes
an event in AWS's shape.

Its cost: periods are counted back from now instead of being aligned to the clock, and metric math is not
evaluated.
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

import contextlib
import json
import threading
import time
from typing import TYPE_CHECKING, Any

from localcloud.ministack.rebinding import replace
from localcloud.services.events.shapes import ALARM_DETAIL_TYPE, AlarmState, alarm_detail

if TYPE_CHECKING:
    from collections.abc import Callable

    from localcloud.clock import Clock
    from localcloud.services.events.bus import Bus
    from localcloud.services.events.service_permissions import ServicePermissions

_TICK_SECONDS = 2.0
# Every reason that an evaluation gives begins so; a reason given by a person does not.
_EVALUATED = "Threshold "
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": lambda value, limit: value >= limit,
    "GreaterThanThreshold": lambda value, limit: value > limit,
    "LessThanThreshold": lambda value, limit: value < limit,
    "LessThanOrEqualToThreshold": lambda value, limit: value <= limit,
}


class Alarms:
    """The alarms of one cloud. `install()` them before the first request."""

    def __init__(self, permissions: ServicePermissions, bus: Bus, clock: Clock) -> None:
        from ministack.services import cloudwatch

        self._cloudwatch, self._permissions = cloudwatch, permissions
        self._bus, self._clock = bus, clock
        self._states = _States(clock)
        self._act = cloudwatch._dispatch_alarm_actions
        self._stopped = threading.Event()

    def install(self) -> None:
        replace(self._cloudwatch, "_evaluate_alarm", self.evaluate)
        replace(self._cloudwatch, "_dispatch_alarm_actions", self.changed)

    def start(self) -> None:
        """Evaluate every alarm every few seconds."""
        threading.Thread(target=self._tick, name="localcloud-alarms", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()

    def _tick(self) -> None:
        from ministack.core.responses import request_scope

        while not self._stopped.wait(max(0.2, min(_TICK_SECONDS, self._clock.scaled(5)))):
            with request_scope(*self._bus.scope):
                for alarm in list(self._cloudwatch._alarms.values()):
                    self.evaluate(alarm)

    def changed(self, alarm: dict[str, Any], old_state: str, new_state: str, reason: str) -> None:
        """An alarm's state has changed, by an evaluation or by hand: put the event on the bus, and publish to
        those topics of its actions whose policies let the alarm."""
        before, now = self._states.change(alarm, old_state, new_state, reason)
        self._bus.emit(
            "aws.cloudwatch", ALARM_DETAIL_TYPE, [alarm["AlarmArn"]], alarm_detail(alarm, before, now)
        )
        actions = {"ALARM": "AlarmActions", "OK": "OKActions"}.get(new_state, "InsufficientDataActions")
        allowed = [arn for arn in alarm.get(actions) or [] if not self._refused(alarm, arn)]
        self._act({**alarm, actions: allowed}, old_state, new_state, reason)

    def _refused(self, alarm: dict[str, Any], arn: str) -> bool:
        if ":sns:" not in arn:
            return False
        source = alarm.get("AlarmArn", "")
        return self._permissions.refused("cloudwatch.amazonaws.com", "sns:Publish", arn, source) is not None

    def evaluate(self, alarm: dict[str, Any]) -> None:
        """Evaluate one alarm now and change its state if need be, unless somebody has just set it."""
        known = alarm.get("Namespace") and alarm.get("ComparisonOperator") in _COMPARE
        if not known or self._states.was_set(alarm):
            return
        # A metric that changes meanwhile is looked at again at the next tick.
        with contextlib.suppress(KeyError, RuntimeError):
            values = _values(self._cloudwatch, alarm, _period(self._clock, alarm))
            state = _state(alarm, values)
            if state is not None and state != alarm["StateValue"]:
                self._change(alarm, state, values)

    def _change(self, alarm: dict[str, Any], new: str, values: list[float | None]) -> None:
        reason, data = _reason(alarm, values)
        old = alarm["StateValue"]
        alarm.update(StateValue=new, StateReason=reason, StateReasonData=data)
        alarm["StateUpdatedTimestamp"] = int(time.time())
        self._cloudwatch._record_history(alarm["AlarmName"], old, new, reason)
        self.changed(alarm, old, new, reason)
        self._cloudwatch._evaluate_parent_alarms(alarm)


class _States:
    """What each alarm's state was before, which MiniStack overwrites before it says so, and which were set by
    hand."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last: dict[str, AlarmState] = {}
        self._set_until: dict[str, float] = {}

    def was_set(self, alarm: dict[str, Any]) -> bool:
        """Whether SetAlarmState holds the alarm: until its next regular evaluation, one period later."""
        until = self._set_until.get(alarm["AlarmArn"])
        if until is None:
            # Of an earlier life there is the reason alone.
            reason, at = alarm.get("StateReason") or "", float(alarm.get("StateUpdatedTimestamp") or 0)
            until = 0 if reason.startswith((_EVALUATED, "Unchecked")) else at + _period(self._clock, alarm)
        return time.time() < until

    def change(self, alarm: dict[str, Any], old: str, new: str, reason: str) -> tuple[AlarmState, AlarmState]:
        known = self._last.get(alarm["AlarmArn"])
        initial = "Unchecked: Initial alarm creation"
        before = known if known and known.value == old else AlarmState(old, initial, None, time.time())
        data = alarm.get("StateReasonData")
        evaluated = reason.startswith(_EVALUATED)
        if not evaluated and known and data == known.reason_data:
            data = None  # SetAlarmState without data leaves that of the evaluation before it
        now = AlarmState(new, reason, data, time.time())
        self._last[alarm["AlarmArn"]] = now
        if not evaluated:
            self._set_until[alarm["AlarmArn"]] = now.at + _period(self._clock, alarm)
        return before, now


def _period(clock: Clock, alarm: dict[str, Any]) -> float:
    return clock.scaled(float(alarm.get("Period") or 60))


def _values(cloudwatch: Any, alarm: dict[str, Any], period: float) -> list[float | None]:
    """The statistic of each period, newest first; None where there is no point."""
    wanted = sorted((d["Name"], d["Value"]) for d in alarm.get("Dimensions") or [])
    points = [
        point
        for (namespace, name, _), stored in list(cloudwatch._metrics.items())
        if namespace == alarm["Namespace"] and name == alarm["MetricName"]
        for point in list(stored)
        if sorted((d["Name"], d["Value"]) for d in _dimensions(point)) == wanted
    ]
    statistic = alarm.get("ExtendedStatistic") or alarm.get("Statistic") or "Average"
    now = time.time()
    return [
        _statistic(cloudwatch, statistic, points, now - (i + 1) * period, now - i * period)
        for i in range(int(alarm.get("EvaluationPeriods") or 1))
    ]


def _dimensions(point: dict[str, Any]) -> list[dict[str, str]]:
    found = point.get("Dimensions") or []
    return [{"Name": k, "Value": v} for k, v in found.items()] if isinstance(found, dict) else found


def _statistic(cloudwatch: Any, name: str, points: list[Any], start: float, end: float) -> float | None:
    inside = [p for p in points if start < p["Timestamp"] <= end + 1]
    if not inside:
        return None
    value = cloudwatch._stat_value(cloudwatch._calc_stats(inside), name, inside)
    return None if value is None else float(value)


def _state(alarm: dict[str, Any], values: list[float | None]) -> str | None:
    """ALARM, OK, INSUFFICIENT_DATA, or None for no change."""
    missing = alarm.get("TreatMissingData") or "missing"
    compare, limit = _COMPARE[alarm["ComparisonOperator"]], float(alarm.get("Threshold") or 0)
    if all(value is None for value in values):
        return {"missing": "INSUFFICIENT_DATA", "breaching": "ALARM", "notBreaching": "OK"}.get(missing)
    breaching = sum(compare(v, limit) if v is not None else missing == "breaching" for v in values)
    needed = int(alarm.get("DatapointsToAlarm") or alarm.get("EvaluationPeriods") or 1)
    return "ALARM" if breaching >= needed else "OK"


def _reason(alarm: dict[str, Any], values: list[float | None]) -> tuple[str, str]:
    """StateReason and StateReasonData."""
    seen = [v for v in values if v is not None]
    limit = alarm.get("Threshold")
    reason = (
        f"Threshold Crossed: {len(seen)} datapoint(s) {seen} judged {alarm['ComparisonOperator']} {limit}."
        if seen
        else f"Threshold not judged: no datapoints were received for {len(values)} period(s)."
    )
    return reason, json.dumps({"version": "1.0", "recentDatapoints": seen[::-1], "threshold": limit})
