"""The events of one cloud, every part put together. Each part hands something on:

    buckets      a change of an object, to whom its bucket notifies
    bus          an event, to the targets of the rules that it matches
    targets      an event, to one target; `delivery` asks, tries, notes and keeps dead letters
    topics       a message, to the subscriptions of a topic
    invocations  an event, through a function, and what came of it to the function's `destinations`
    alarms       a change of a metric, to the bus and to the alarm's actions

What is handed on is asked for (`service_permissions`), noted (`in_flight`) and delivered, in this order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from localcloud.services.events import queues
from localcloud.services.events.alarms import Alarms
from localcloud.services.events.buckets import Buckets
from localcloud.services.events.bus import scale_schedules
from localcloud.services.events.delivery import Deliveries
from localcloud.services.events.invocations import Invocations
from localcloud.services.events.targets import Targets
from localcloud.services.events.topics import Topics

if TYPE_CHECKING:
    from localcloud.clock import Clock
    from localcloud.services.events.bus import Bus
    from localcloud.services.events.in_flight import InFlight
    from localcloud.services.events.service_permissions import ServicePermissions


class Events:
    """`install()` it before the first request, `start()` it when the cloud answers, `stop()` it before it no
    longer does."""

    def __init__(self, bus: Bus, permissions: ServicePermissions, in_flight: InFlight, clock: Clock) -> None:
        self._bus, self._permissions, self._in_flight, self._clock = bus, permissions, in_flight, clock
        self._buckets = Buckets(in_flight)
        self._invocations = Invocations(permissions, in_flight, bus, clock)
        self._topics = Topics(permissions, in_flight)
        deliveries = Deliveries(permissions, in_flight, clock, queues.put)
        self._targets = Targets(deliveries, permissions, self._invocations)
        self._alarms = Alarms(permissions, bus, clock)

    def install(self) -> None:
        """Replace what MiniStack does otherwise. No two parts replace the same."""
        if self._clock.scale < 1:
            scale_schedules(self._clock)
        for part in (
            self._permissions, self._buckets, self._bus, self._invocations, self._topics, self._targets,
            self._alarms,
        ):  # fmt: skip
            part.install()

    def start(self) -> None:
        """Hand over what an earlier process was killed at, and evaluate the alarms."""
        self._in_flight.resume(
            {
                "s3": self._buckets.notify_again,
                "lambda": self._invocations.start_again,
                "sns": self._topics.invoke_again,
                "target": self._targets.invoke,
            }
        )
        self._alarms.start()

    def stop(self) -> None:
        self._alarms.stop()
        self._in_flight.stop()
