"""CloudWatch alarms: evaluated by metric, dimensions and missing data, and told to EventBridge.

MiniStack looks at every point of a metric's name whatever its dimensions, judges only when a point arrives
(so an alarm never goes back to OK by itself), and publishes no event. Here an alarm sees its own dimensions
only, is judged on every point and every few seconds, and each change of state, judged or set, becomes an
event in AWS's shape.

Its cost: periods are counted back from now instead of being aligned to the clock, and metric math is not
evaluated.
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable
from typing import Any

from localcloud.clock import scaled
from localcloud.services.events.shapes import ALARM_DETAIL_TYPE, AlarmState, alarm_detail

_TICK_SECONDS = 2.0
# Every reason that an evaluation gives begins so; a reason given by a person does not.
_JUDGED = "Threshold "
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": lambda value, limit: value >= limit,
    "GreaterThanThreshold": lambda value, limit: value > limit,
    "LessThanThreshold": lambda value, limit: value < limit,
    "LessThanOrEqualToThreshold": lambda value, limit: value <= limit,
}

Emit = Callable[[str, str, list[str], dict[str, Any]], None]


def install(account: str, region: str, emit: Emit) -> Callable[[], None]:
    """Mend the alarms; returns what stops the ticking."""
    from ministack.services import cloudwatch

    states = _States()
    dispatch = cloudwatch._dispatch_alarm_actions

    def evaluate(alarm: dict[str, Any]) -> None:
        if not states.was_set(alarm):
            _evaluate(cloudwatch, alarm)

    def dispatch_and_tell(alarm: dict[str, Any], old_state: str, new_state: str, reason: str) -> None:
        before, now = states.change(alarm, old_state, new_state, reason)
        emit("aws.cloudwatch", ALARM_DETAIL_TYPE, [alarm["AlarmArn"]], alarm_detail(alarm, before, now))
        dispatch(alarm, old_state, new_state, reason)

    cloudwatch._evaluate_alarm = evaluate
    cloudwatch._dispatch_alarm_actions = dispatch_and_tell
    return _tick(cloudwatch, evaluate, account, region)


class _States:
    """What each alarm's state was before, which MiniStack overwrites before it tells, and which were set by
    hand."""

    def __init__(self) -> None:
        self._last: dict[str, AlarmState] = {}
        self._set_until: dict[str, float] = {}

    def was_set(self, alarm: dict[str, Any]) -> bool:
        """Whether SetAlarmState holds the alarm: until its next regular evaluation, one period later."""
        until = self._set_until.get(alarm["AlarmArn"])
        if until is None:
            # Of an earlier life there is the reason alone.
            reason, at = alarm.get("StateReason") or "", float(alarm.get("StateUpdatedTimestamp") or 0)
            until = 0 if reason.startswith((_JUDGED, "Unchecked")) else at + _period(alarm)
        return time.time() < until

    def change(self, alarm: dict[str, Any], old: str, new: str, reason: str) -> tuple[AlarmState, AlarmState]:
        known = self._last.get(alarm["AlarmArn"])
        initial = "Unchecked: Initial alarm creation"
        before = known if known and known.value == old else AlarmState(old, initial, None, time.time())
        data = alarm.get("StateReasonData")
        judged = reason.startswith(_JUDGED)
        if not judged and known and data == known.reason_data:
            data = None  # SetAlarmState without data leaves that of the evaluation before it
        now = AlarmState(new, reason, data, time.time())
        self._last[alarm["AlarmArn"]] = now
        if not judged:
            self._set_until[alarm["AlarmArn"]] = now.at + _period(alarm)
        return before, now


def _period(alarm: dict[str, Any]) -> float:
    return scaled(float(alarm.get("Period") or 60))


def _tick(
    cloudwatch: Any, evaluate: Callable[[dict[str, Any]], None], account: str, region: str
) -> Callable[[], None]:
    from ministack.core.responses import request_scope

    stopped = threading.Event()

    def run() -> None:
        while not stopped.wait(max(0.2, min(_TICK_SECONDS, scaled(5)))):
            with request_scope(account, region):
                for alarm in list(cloudwatch._alarms.values()):
                    evaluate(alarm)

    threading.Thread(target=run, name="localcloud-alarms", daemon=True).start()
    return stopped.set


def _evaluate(cloudwatch: Any, alarm: dict[str, Any]) -> None:
    """Judge one alarm now and change its state if need be."""
    if not alarm.get("Namespace") or alarm.get("ComparisonOperator") not in _COMPARE:
        return
    with contextlib.suppress(
        KeyError, RuntimeError
    ):  # a metric that changes meanwhile is judged at the next tick
        values = _values(cloudwatch, alarm)
        verdict = _verdict(alarm, values)
        if verdict is not None and verdict != alarm["StateValue"]:
            _change(cloudwatch, alarm, verdict, values)


def _values(cloudwatch: Any, alarm: dict[str, Any]) -> list[float | None]:
    """The statistic of each period, newest first; None where there is no point."""
    wanted = sorted((d["Name"], d["Value"]) for d in alarm.get("Dimensions") or [])
    points = [
        point
        for (namespace, name, _), stored in list(cloudwatch._metrics.items())
        if namespace == alarm["Namespace"] and name == alarm["MetricName"]
        for point in list(stored)
        if sorted((d["Name"], d["Value"]) for d in _dimensions(point)) == wanted
    ]
    period = scaled(float(alarm.get("Period") or 60))
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


def _verdict(alarm: dict[str, Any], values: list[float | None]) -> str | None:
    """ALARM, OK, INSUFFICIENT_DATA, or None for no change."""
    missing = alarm.get("TreatMissingData") or "missing"
    compare, limit = _COMPARE[alarm["ComparisonOperator"]], float(alarm.get("Threshold") or 0)
    if all(value is None for value in values):
        return {"missing": "INSUFFICIENT_DATA", "breaching": "ALARM", "notBreaching": "OK"}.get(missing)
    breaching = sum(compare(v, limit) if v is not None else missing == "breaching" for v in values)
    needed = int(alarm.get("DatapointsToAlarm") or alarm.get("EvaluationPeriods") or 1)
    return "ALARM" if breaching >= needed else "OK"


def _change(cloudwatch: Any, alarm: dict[str, Any], new: str, values: list[float | None]) -> None:
    seen = [v for v in values if v is not None]
    limit = alarm.get("Threshold")
    reason = (
        f"Threshold Crossed: {len(seen)} datapoint(s) {seen} judged {alarm['ComparisonOperator']} {limit}."
        if seen
        else f"Threshold not judged: no datapoints were received for {len(values)} period(s)."
    )
    old, alarm["StateValue"], alarm["StateReason"] = alarm["StateValue"], new, reason
    alarm["StateReasonData"] = json.dumps(
        {"version": "1.0", "recentDatapoints": seen[::-1], "threshold": limit}
    )
    alarm["StateUpdatedTimestamp"] = int(time.time())
    cloudwatch._record_history(alarm["AlarmName"], old, new, reason)
    cloudwatch._dispatch_alarm_actions(alarm, old, new, reason)
    cloudwatch._evaluate_parent_alarms(alarm)
