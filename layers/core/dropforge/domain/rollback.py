"""What to do about an alarm: facts in, decision out.

Only the configuration that serves now, that replaced another, and that was not itself put back, is taken
out again. So an alarm of a fleet that is gone does nothing, and a champion that was restored is never
undone by a machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dropforge.domain.events import AlarmChanged

REPLACES = "dropforge:replaces"
RESTORED_FROM = "dropforge:restored-from"


@dataclass(frozen=True)
class RollBack:
    config: str
    to: str
    reason: str


@dataclass(frozen=True)
class Notify:
    reason: str


@dataclass(frozen=True)
class Ignore:
    reason: str


def decide(alarm: AlarmChanged, serving: str | None, tags: Mapping[str, str]) -> RollBack | Notify | Ignore:
    """`serving` is what the alarm's endpoint serves (None: there is no endpoint), `tags` are its tags."""
    if alarm.state != "ALARM":
        return Ignore(f"alarm {alarm.name} is {alarm.state}")
    if alarm.namespace == "AWS/SQS":
        return Ignore(f"alarm {alarm.name} publishes to the topic itself")
    serves = serving or "nothing"
    watched = alarm.dimensions.get("EndpointConfigName")
    if watched is None or watched != serving:
        return Notify(f"it watches configuration {watched or 'of no endpoint'}, and what serves is {serves}")
    if RESTORED_FROM in tags:
        return Notify(f"configuration {serves} was itself put back, and is not rolled back further")
    if REPLACES not in tags:
        return Notify(f"configuration {serves} replaced none, so there is none to put back")
    return RollBack(watched, tags[REPLACES], f"Alarm {alarm.name}: {alarm.reason}")
