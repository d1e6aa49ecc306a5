"""An alarm went off: put the previous champion back where that is right, else tell people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dropforge.actions.results import Ignored, Started, Told
from dropforge.domain.names import UNKNOWN, rollback_name, usecase_of
from dropforge.domain.notifications import Notification
from dropforge.domain.rollback import Leave, RollBack, decide

if TYPE_CHECKING:
    from dropforge.domain.events import AlarmChanged
    from dropforge.ports import Endpoints, Executions, Notifications


def answer_alarm(
    alarm: AlarmChanged,
    *,
    endpoints: Endpoints,
    executions: Executions,
    notifications: Notifications,
    stack: str,
) -> Started | Told | Ignored:
    name = alarm.dimensions.get("EndpointName", "")
    usecase = usecase_of(stack, name)
    endpoint = endpoints.find(name) if usecase else None
    tags = endpoints.config_tags(endpoint.config) if endpoint else {}
    decision = decide(alarm, endpoint.config if endpoint else None, tags)
    if isinstance(decision, Leave):
        return Ignored(decision.reason)
    if usecase and isinstance(decision, RollBack):
        return _roll_back(usecase, alarm, decision, executions, stack)
    message = f"Alarm {alarm.name} went off: {alarm.reason} Nothing was changed: {decision.reason}."
    notifications.tell(
        Notification(
            "alarm",
            usecase or UNKNOWN,
            message,
            {"alarm": alarm.name, "reason": alarm.reason, "since": alarm.changed, "endpoint": name or None},
        )
    )
    return Told("alarm", usecase or UNKNOWN, message)


def _roll_back(
    usecase: str, alarm: AlarmChanged, decision: RollBack, executions: Executions, stack: str
) -> Started:
    run = rollback_name(usecase, alarm.name, decision.config)
    order = {
        "usecase": usecase,
        "rollback_to": decision.to,
        "rollback_from": decision.config,
        "reason": decision.reason,
        "stack": stack,
    }
    executions.start(run, order)
    return Started(run, usecase, reason=decision.reason)
