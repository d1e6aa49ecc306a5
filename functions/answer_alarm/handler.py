"""An alarm of an endpoint changed its state."""

from __future__ import annotations

from dropforge import bootstrap
from dropforge.edge.entry import handler
from dropforge.edge.events import alarm_changed

handle = handler(alarm_changed, bootstrap.answer_alarm)
