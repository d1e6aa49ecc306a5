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
from localcloud.ministack.cloudformation import encryption
from localcloud.ministack.cloudformation import types as own_types
from localcloud.ministack.iam.credentials import Credentials
from localcloud.ministack.iam.directory import MiniStackDirectory
from localcloud.ministack.lambdas import pool
from localcloud.ministack.logs import log_events
from localcloud.ministack.s3.objects import encrypt_buckets_by_default, objects_as_files
from localcloud.ministack.state import Durable
from localcloud.ministack.stepfunctions.store import Store
from localcloud.services.cloudformation import types
from localcloud.services.events.bus import Bus
from localcloud.services.events.in_flight import InFlight
from localcloud.services.events.service import Events
from localcloud.services.events.service_permissions import ServicePermissions
from localcloud.services.sagemaker.service import SageMaker
from localcloud.services.states.durable import KeptExecutions
from localcloud.services.states.engine import Engine
from localcloud.services.states.interpreter.services import Services
from localcloud.services.states.machine_roles import MachineRoles
from localcloud.services.states.sdk import Caller
from localcloud.services.states.service import StepFunctions
from localcloud.site import ACCOUNT, REGION, SECRET

if TYPE_CHECKING:
    from contextlib import ExitStack

    from localcloud.clock import Clock
    from localcloud.images.registry import Registry
    from localcloud.services.sagemaker.ports import Image
    from localcloud.site import Site


class Ports:
    """What the SageMaker service may ask of this cloud (localcloud.services.sagemaker.ports.CloudPorts)."""

    def __init__(
        self, endpoint_url: str, registry: Registry, credentials: Credentials | None, bus: Bus
    ) -> None:
        self.endpoint_url, self.account, self.region = endpoint_url, ACCOUNT, REGION
        self._registry, self._credentials = registry, credentials
        self.emit = bus.emit

    def credentials_env(self, role_arn: str | None) -> dict[str, str]:
        if self._credentials is None:
            return {"AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": SECRET}
        return self._credentials.of_job(role_arn)

    def image(self, uri: str) -> Image:
        return self._registry.image(uri)

    def fence_env(self) -> dict[str, str]:
        return fence_env()


def start(site: Site, registry: Registry, clock: Clock, closing: ExitStack, *, iam: bool) -> None:
    """Answer on the site's port; `closing` ends what was started, a part of it too."""
    credentials = Credentials(site.state_dir, ACCOUNT) if iam else None
    kept = Durable(site.state_dir / "ministack")
    bus = Bus(kept.keeper, ACCOUNT, REGION)
    sagemaker = SageMaker(site.state_dir, Ports(site.endpoint_url, registry, credentials, bus))
    access = _access(site, credentials, sagemaker) if credentials else None
    permissions = ServicePermissions(access.authority if access else None)
    events = Events(bus, permissions, InFlight(kept.keeper), clock)
    inner = objects_as_files(application(), kept.bodies, site.state_dir / "ministack" / "replaced")
    gateway = Gateway(inner, sagemaker, access.guard if access else None)
    server = Server(Kept(gateway, kept.keeper), site.port)
    _mend(site, credentials)
    if access:
        access.start()
        closing.callback(access.stop)
        encryption.install()
    states = _step_functions(site, kept, access, credentials, clock)
    states.install()
    events.install()
    types.install(Caller(site.endpoint_url, ACCOUNT, REGION))
    kept.restore()
    encrypt_buckets_by_default()
    server.start()
    kept.start()
    for stop in (kept.stop, server.stop, pool.stop):
        closing.callback(stop)
    sagemaker.start()
    closing.callback(sagemaker.stop)
    states.start()
    closing.callback(states.stop)
    events.start()
    closing.callback(events.stop)


def _access(site: Site, credentials: Credentials, sagemaker: SageMaker) -> Access:
    directory = MiniStackDirectory(ACCOUNT, REGION, credentials, sagemaker.tags)
    return Access(site.state_dir, directory, _task_owner)


def _task_owner(token: str) -> str:
    from localcloud.services.states.interpreter import tokens  # imports moto, which takes a second

    return tokens.owner(token)


def _mend(site: Site, credentials: Credentials | None) -> None:
    """What MiniStack lacks or gets wrong, put into it."""
    log_events.install()
    own_types.install()
    of_function = credentials.of_function if credentials else None
    pool.install(site.endpoint_url, runtime_dir(site.build_dir), site.build_dir / "lambda", of_function)


def _step_functions(
    site: Site, durable: Durable, access: Access | None, credentials: Credentials | None, clock: Clock
) -> StepFunctions:
    """Without access, tasks act as the account and machines may have every role."""
    of_execution = credentials.of_execution if credentials else None
    services = Services(site.endpoint_url, ACCOUNT, REGION, of_execution, clock.scale)
    store = Store()
    keep = KeptExecutions(store, durable)
    roles = MachineRoles(access.authority) if access else None
    return StepFunctions(store, Engine(store, services, keep), keep, roles)
