"""What to do about an alarm: facts in, decision out.

Only the configuration that serves now, that replaced another, and that was not itself put back, is taken out again.
So an alarm of a fleet that is gone does nothing, and a champion that was restored is never undone by a machine.
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
class Tell:
    reason: str


@dataclass(frozen=True)
class Leave:
    reason: str


def decide(alarm: AlarmChanged, serving: str | None, tags: Mapping[str, str]) -> RollBack | Tell | Leave:
    """`serving` is the configuration the alarm's endpoint serves (None: no endpoint), `tags` are that one's."""
    if alarm.state != "ALARM":
        return Leave(f"alarm {alarm.name} is {alarm.state}")
    if alarm.namespace == "AWS/SQS":
        return Leave(f"alarm {alarm.name} tells the topic itself")
    watched = alarm.dimensions.get("EndpointConfigName")
    if serving is None or watched is None:
        return Tell("it watches no endpoint configuration that serves, so there is nothing to roll back")
    if watched != serving:
        return Tell(
            f"it watches configuration {watched}, and {serving} serves, so there is nothing to roll back"
        )
    if RESTORED_FROM in tags:
        return Tell(f"configuration {serving} was itself put back, and is not rolled back further")
    if REPLACES not in tags:
        return Tell(f"configuration {serving} replaced none, so there is none to put back")
    return RollBack(serving, tags[REPLACES], f"Alarm {alarm.name}: {alarm.reason}")
