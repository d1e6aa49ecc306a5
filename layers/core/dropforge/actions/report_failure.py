"""An execution ended badly: tell people why, once and in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dropforge.actions.results import Told
from dropforge.domain.outcome import tell

if TYPE_CHECKING:
    from dropforge.domain.events import ExecutionEnded
    from dropforge.ports import Notifications


def report_failure(ended: ExecutionEnded, *, notifications: Notifications) -> Told:
    notification = tell(ended)
    notifications.tell(notification)
    return Told(notification.kind, notification.usecase, notification.message)
