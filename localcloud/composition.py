"""Everything behind the endpoint: each starts after what it needs, and the last to start is the first to end.

Imported only when MiniStack's settings stand, because importing MiniStack reads them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from localcloud import clock
from localcloud.fence import fence_env
from localcloud.front.access import Access
from localcloud.front.commit_before_reply import Kept
from localcloud.front.gateway import Gateway
from localcloud.front.server import Server
from localcloud.lambdas.runtime import runtime_dir
from localcloud.ministack.app import application
from localcloud.ministack.cloudformation import encryption
from localcloud.ministack.cloudformation import types as own_types
from localcloud.ministack.iam.credentials import Credentials
from localcloud.ministack.iam.directory import MiniStackDirectory
from localcloud.ministack.lambdas import pool
from localcloud.ministack.logs import log_events
from localcloud.ministack.s3.objects import encrypt_buckets_by_default, objects_as_files
from localcloud.ministack.state import Durable
from localcloud.services.cloudformation import types
from localcloud.services.events import alarms, asynchronous, bus, service_permissions
from localcloud.services.events.in_flight import Handover
from localcloud.services.sagemaker.service import SageMaker
from localcloud.services.states import engine
from localcloud.services.states.executions import Executions
from localcloud.services.states.machine_roles import MachineRoles
from localcloud.services.states.sdk import Caller
from localcloud.site import ACCOUNT, REGION, SECRET

if TYPE_CHECKING:
    from contextlib import ExitStack

    from localcloud.images.registry import Registry
    from localcloud.services.sagemaker.ports import Image
    from localcloud.services.states.engine import Engine
    from localcloud.site import Site


class Ports:
    """What the SageMaker service may ask of this cloud (localcloud.services.sagemaker.ports.CloudPorts)."""

    def __init__(self, endpoint_url: str, registry: Registry, credentials: Credentials | None) -> None:
        self.endpoint_url, self.account, self.region = endpoint_url, ACCOUNT, REGION
        self._registry = registry
        self._credentials = credentials

    def credentials_env(self, role_arn: str | None) -> dict[str, str]:
        if self._credentials is None:
            return {"AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": SECRET}
        return self._credentials.of_job(role_arn)

    def emit(self, source: str, detail_type: str, resources: list[str], detail: dict[str, Any]) -> None:
        bus.emit(ACCOUNT, REGION, source, detail_type, resources, detail)

    def image(self, uri: str) -> Image:
        return self._registry.image(uri)

    def fence_env(self) -> dict[str, str]:
        return fence_env()


def start(site: Site, registry: Registry, closing: ExitStack, *, iam: bool) -> None:
    """Answer on the site's port; `closing` ends what was started, a part of it too."""
    credentials = Credentials(site.state_dir, ACCOUNT) if iam else None
    ports = Ports(site.endpoint_url, registry, credentials)
    sagemaker = SageMaker(site.state_dir, ports)
    access = _access(site, credentials, sagemaker) if credentials else None
    kept = Durable(site.state_dir / "ministack")
    inner = objects_as_files(application(), kept.bodies, site.state_dir / "ministack" / "replaced")
    gateway = Gateway(inner, sagemaker, access.guard if access else None)
    server = Server(Kept(gateway, kept.keeper), site.port)
    engine = _mend(site, credentials)
    if access:
        access.start()
        closing.callback(access.stop)
        encryption.install()
        service_permissions.install(access.authority)
        _machine_roles(access)
    running, on_their_way = Executions(engine, kept), Handover(kept.keeper)
    on_their_way.install()
    types.install(Caller(site.endpoint_url, ACCOUNT, REGION))
    kept.restore()
    encrypt_buckets_by_default()
    server.start()
    kept.start()
    for stop in (kept.stop, server.stop, pool.stop):
        closing.callback(stop)
    sagemaker.start()
    closing.callback(sagemaker.stop)
    for again in (running, on_their_way):
        again.resume()
        closing.callback(again.stop)
    closing.callback(alarms.install(ACCOUNT, REGION, ports.emit))


def _access(site: Site, credentials: Credentials, sagemaker: SageMaker) -> Access:
    directory = MiniStackDirectory(ACCOUNT, REGION, credentials, sagemaker.tags)
    return Access(site.state_dir, directory, _task_owner)


def _task_owner(token: str) -> str:
    from localcloud.services.states.interpreter import tokens  # imports moto, which takes a second

    return tokens.owner(token)


def _machine_roles(access: Access) -> None:
    from ministack.services import stepfunctions
    from ministack.services.cloudformation import provisioners

    handlers = provisioners._RESOURCE_HANDLERS  # noqa: SLF001 - MiniStack's table of types
    MachineRoles(access.authority).install(stepfunctions, handlers)


def _mend(site: Site, credentials: Credentials | None) -> Engine:
    """What MiniStack lacks or gets wrong, put into it; the engine that runs state machines."""
    from ministack.services import lambda_svc

    bus.install()
    log_events.install()
    of_function = credentials.of_function if credentials else None
    own_types.install()
    asynchronous.install(lambda_svc)
    pool.install(site.endpoint_url, runtime_dir(site.build_dir), site.build_dir / "lambda", of_function)
    made = engine.install(site.endpoint_url, ACCOUNT, REGION, clock.scale())
    if credentials:
        made.services.credentials = credentials.of_execution
    return made
