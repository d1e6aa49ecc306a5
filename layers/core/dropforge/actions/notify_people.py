"""The first reaction to an outcome: people hear of it, in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dropforge.actions.results import Ignored, Notified
from dropforge.domain.messages import notification_for

if TYPE_CHECKING:
    from dropforge.domain.outcome import Outcome
    from dropforge.ports import Notifications


def notify_people(outcome: Outcome, *, notifications: Notifications) -> Notified | Ignored:
    notification = notification_for(outcome)
    if notification is None:
        return Ignored(f"people need not hear of {type(outcome).__name__}")
    notifications.publish(notification)
    return Notified.of(notification)
