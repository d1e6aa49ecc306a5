"""Everything behind the endpoint: each starts after what it needs, and the last to start is the first to end.

Imported only when MiniStack's settings stand, because importing MiniStack reads them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from localcloud import clock
from localcloud.fence import fence_env
from localcloud.lambdas.runtime import runtime_dir
from localcloud.ministack import alarms, events, lambdas, log_events, resources, states_engine
from localcloud.ministack.access import Access
from localcloud.ministack.durable import Durable
from localcloud.ministack.executions import Executions
from localcloud.ministack.gateway import Gateway
from localcloud.ministack.handover import Handover
from localcloud.ministack.inner import application
from localcloud.ministack.kept import Kept
from localcloud.ministack.server import Server
from localcloud.sagemaker.service import SageMaker
from localcloud.site import ACCOUNT, REGION, SECRET
from localcloud.states.sdk import Caller

if TYPE_CHECKING:
    from contextlib import ExitStack

    from localcloud.images.registry import Registry
    from localcloud.ministack.states_engine import Engine
    from localcloud.sagemaker.ports import Image
    from localcloud.site import Site


class Ports:
    """What the SageMaker service may ask of this cloud (localcloud.sagemaker.ports.CloudPorts)."""

    def __init__(self, endpoint_url: str, registry: Registry, access: Access | None) -> None:
        self.endpoint_url, self.account, self.region = endpoint_url, ACCOUNT, REGION
        self._registry = registry
        self._access = access

    def credentials_env(self, role_arn: str | None) -> dict[str, str]:
        if self._access is None:
            return {"AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": SECRET}
        return self._access.of_job(role_arn)

    def emit(self, source: str, detail_type: str, resources: list[str], detail: dict[str, Any]) -> None:
        events.emit(ACCOUNT, REGION, source, detail_type, resources, detail)

    def image(self, uri: str) -> Image:
        return self._registry.image(uri)

    def fence_env(self) -> dict[str, str]:
        return fence_env()


def start(site: Site, registry: Registry, closing: ExitStack, *, iam: bool) -> None:
    """Answer on the site's port; `closing` ends what was started, a part of it too."""
    access = Access(site.state_dir, ACCOUNT, REGION) if iam else None
    ports = Ports(site.endpoint_url, registry, access)
    sagemaker = SageMaker(site.state_dir, ports)
    kept = Durable(site.state_dir / "ministack")
    kept.install()
    gateway = Gateway(application(), sagemaker, access.guard if access else None)
    server = Server(Kept(gateway, kept.keeper), site.port)
    engine = _mend(site)
    if access:
        access.install(engine.services)
        closing.callback(access.stop)
    running, on_their_way = Executions(engine, kept), Handover(kept.keeper)
    on_their_way.install()
    resources.install(Caller(site.endpoint_url, ACCOUNT, REGION))
    server.start()
    kept.start()
    for stop in (kept.stop, server.stop, lambdas.stop):
        closing.callback(stop)
    sagemaker.start()
    closing.callback(sagemaker.stop)
    for again in (running, on_their_way):
        again.resume()
        closing.callback(again.stop)
    closing.callback(alarms.install(ACCOUNT, REGION, ports.emit))


def _mend(site: Site) -> Engine:
    """What MiniStack lacks or gets wrong, put into it; the engine that runs state machines."""
    events.install()
    log_events.install()
    lambdas.install(site.endpoint_url, runtime_dir(site.build_dir), site.build_dir / "lambda")
    return states_engine.install(site.endpoint_url, ACCOUNT, REGION, clock.scale())
