"""An alarm went off: put the previous champion back where that is right, else notify people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dropforge.actions.results import Ignored, Notified, Started
from dropforge.domain import messages
from dropforge.domain.names import rollback_name, usecase_of
from dropforge.domain.rollback import Ignore, RollBack, decide

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
) -> Started | Notified | Ignored:
    name = alarm.dimensions.get("EndpointName", "")
    usecase = usecase_of(stack, name)
    endpoint = endpoints.find(name) if usecase else None
    tags = endpoints.config_tags(endpoint.config) if endpoint else {}
    decision = decide(alarm, endpoint.config if endpoint else None, tags)
    if isinstance(decision, Ignore):
        return Ignored(decision.reason)
    if usecase and isinstance(decision, RollBack):
        return _roll_back(usecase, alarm, decision, executions, stack)
    notification = messages.alarm(alarm, usecase, decision.reason)
    notifications.publish(notification)
    return Notified.of(notification)


def _roll_back(
    usecase: str, alarm: AlarmChanged, decision: RollBack, executions: Executions, stack: str
) -> Started:
    run = rollback_name(usecase, alarm.name, decision.config)
    request = {
        "usecase": usecase,
        "rollback_to": decision.to,
        "rollback_from": decision.config,
        "reason": decision.reason,
        "stack": stack,
    }
    executions.start(run, request)
    return Started(run, usecase, reason=decision.reason)
