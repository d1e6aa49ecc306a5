"""Everything behind the endpoint: each starts after what it needs, and the last to start is the first to end.

Imported only when MiniStack's settings stand, because importing MiniStack reads them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from localcloud.fence import fence_env
from localcloud.front.access import Access
from localcloud.front.commit_before_reply import Kept
from localcloud.front.gateway import Gateway
from localcloud.front.server import Server
from localcloud.lambdas.runtime import runtime_dir
from localcloud.ministack.app import application
from localcloud.ministack.cloudformation import resources
from localcloud.ministack.lambdas import pool
from localcloud.ministack.logs import log_events
from localcloud.ministack.state import Durable
from localcloud.services.events.bus import Bus
from localcloud.services.events.in_flight import InFlight
from localcloud.services.events.service import Events
from localcloud.services.events.service_permissions import ServicePermissions
from localcloud.services.sagemaker.service import SageMaker
from localcloud.services.states import engine
from localcloud.services.states.executions import Executions
from localcloud.services.states.sdk import Caller
from localcloud.site import ACCOUNT, REGION, SECRET

if TYPE_CHECKING:
    from contextlib import ExitStack

    from localcloud.clock import Clock
    from localcloud.images.registry import Registry
    from localcloud.services.sagemaker.ports import Image
    from localcloud.services.states.engine import Engine
    from localcloud.site import Site


class Ports:
    """What the SageMaker service may ask of this cloud (localcloud.services.sagemaker.ports.CloudPorts)."""

    def __init__(self, endpoint_url: str, registry: Registry, access: Access | None, bus: Bus) -> None:
        self.endpoint_url, self.account, self.region = endpoint_url, ACCOUNT, REGION
        self._registry, self._access = registry, access
        self.emit = bus.emit

    def credentials_env(self, role_arn: str | None) -> dict[str, str]:
        if self._access is None:
            return {"AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": SECRET}
        return self._access.of_job(role_arn)

    def image(self, uri: str) -> Image:
        return self._registry.image(uri)

    def fence_env(self) -> dict[str, str]:
        return fence_env()


def start(site: Site, registry: Registry, clock: Clock, closing: ExitStack, *, iam: bool) -> None:
    """Answer on the site's port; `closing` ends what was started, a part of it too."""
    access = Access(site.state_dir, ACCOUNT, REGION) if iam else None
    kept = Durable(site.state_dir / "ministack")
    kept.install()
    bus = Bus(kept.keeper, ACCOUNT, REGION)
    sagemaker = SageMaker(site.state_dir, Ports(site.endpoint_url, registry, access, bus))
    permissions = ServicePermissions(access.authority if access else None)
    events = Events(bus, permissions, InFlight(kept.keeper), clock)
    gateway = Gateway(application(), sagemaker, access.guard if access else None)
    server = Server(Kept(gateway, kept.keeper), site.port)
    engine = _mend(site, clock)
    if access:
        access.install(engine.services)
        closing.callback(access.stop)
    running = Executions(engine, kept)
    events.install()
    resources.install(Caller(site.endpoint_url, ACCOUNT, REGION))
    server.start()
    kept.start()
    for stop in (kept.stop, server.stop, pool.stop):
        closing.callback(stop)
    sagemaker.start()
    closing.callback(sagemaker.stop)
    running.resume()
    closing.callback(running.stop)
    events.start()
    closing.callback(events.stop)


def _mend(site: Site, clock: Clock) -> Engine:
    """What MiniStack lacks or gets wrong, put into it; the engine that runs state machines."""
    log_events.install()
    pool.install(site.endpoint_url, runtime_dir(site.build_dir), site.build_dir / "lambda")
    return engine.install(site.endpoint_url, ACCOUNT, REGION, clock.scale)
