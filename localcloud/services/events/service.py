"""The events of one cloud, every part put together: who notifies whom, and what is replaced in MiniStack.

                   buckets ─┐            ┌─ invocations ── destinations
    services, alarms ── bus ┴─ targets ──┤
                                         └─ queues, topics ── invocations of functions, machines, APIs

Each handing over is asked for (`service_permissions`), noted (`in_flight`) and delivered, in this order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from localcloud.services.events import bus, queues
from localcloud.services.events.alarms import Alarms
from localcloud.services.events.buckets import Buckets
from localcloud.services.events.delivery import Deliveries
from localcloud.services.events.in_flight import InFlight
from localcloud.services.events.invocations import Invocations
from localcloud.services.events.service_permissions import ServicePermissions
from localcloud.services.events.targets import Targets
from localcloud.services.events.topics import Topics

if TYPE_CHECKING:
    from localcloud.clock import Clock
    from localcloud.durability.unit import Keeper
    from localcloud.iam.authority import Authority


class Events:
    """`install()` it before the first request, `start()` it when the cloud answers, `stop()` it before it no
    longer does."""

    def __init__(
        self, keeper: Keeper, authority: Authority | None, clock: Clock, account: str, region: str
    ) -> None:
        self._clock = clock
        self._permissions = permissions = ServicePermissions(authority)
        self._in_flight = in_flight = InFlight(keeper)
        self._buckets = Buckets(in_flight)
        self.bus = bus.Bus(keeper, self._buckets, account, region)
        self._invocations = Invocations(permissions, in_flight, self.bus, clock)
        self._topics = Topics(permissions, in_flight)
        deliveries = Deliveries(permissions, in_flight, clock, queues.put)
        self._targets = Targets(deliveries, permissions, self._invocations)
        self._alarms = Alarms(permissions, self.bus, clock, account, region)

    def install(self) -> None:
        """Replace what MiniStack does otherwise. No two parts replace the same."""
        if self._clock.scale < 1:
            bus.scale_schedules(self._clock)
        for part in (
            self._permissions, self._buckets, self.bus, self._invocations, self._topics, self._targets,
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
