"""The shapes of the events that AWS services put on the default bus. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

ALARM_DETAIL_TYPE = "CloudWatch Alarm State Change"


@dataclass(frozen=True)
class AlarmState:
    value: str
    reason: str
    reason_data: str | None
    at: float

    def as_detail(self) -> dict[str, Any]:
        moment = datetime.fromtimestamp(self.at, UTC)
        detail: dict[str, Any] = {"value": self.value, "reason": self.reason}
        if self.reason_data:
            detail["reasonData"] = self.reason_data
        detail["timestamp"] = moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}+0000"
        return detail


def alarm_detail(alarm: Mapping[str, Any], before: AlarmState, now: AlarmState) -> dict[str, Any]:
    """The detail of 'CloudWatch Alarm State Change'. `alarm` is PutMetricAlarm's or PutCompositeAlarm's
    request."""
    return {
        "alarmName": alarm["AlarmName"],
        "state": now.as_detail(),
        "previousState": before.as_detail(),
        "configuration": _configuration(alarm),
    }


def _configuration(alarm: Mapping[str, Any]) -> dict[str, Any]:
    configuration: dict[str, Any] = {}
    if alarm.get("AlarmDescription"):
        configuration["description"] = alarm["AlarmDescription"]
    if alarm.get("AlarmRule"):
        return {**configuration, "alarmRule": alarm["AlarmRule"]}
    dimensions = {d["Name"]: d["Value"] for d in alarm.get("Dimensions") or []}
    metric = {"namespace": alarm.get("Namespace"), "name": alarm.get("MetricName"), "dimensions": dimensions}
    stat = {
        "metric": metric,
        "period": alarm.get("Period", 60),
        "stat": alarm.get("ExtendedStatistic") or alarm.get("Statistic", "Average"),
    }
    # CloudWatch names the single metric of a plain alarm by an id of its own.
    return {**configuration, "metrics": [{"id": "m1", "metricStat": stat, "returnData": True}]}
