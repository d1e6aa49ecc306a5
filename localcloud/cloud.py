"""The local cloud: one endpoint, one state directory, stacks deployed from templates.

    with Cloud(state_dir, port, images={"image-uri": Source(context, dockerfile)}) as cloud:
        cloud.deploy(template, "stack", {"Parameter": "value"})

It is embedded in the process that makes it. MiniStack's state is module-global, so a process makes one.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from localcloud import __version__, clock
from localcloud.build.deploy import Deployer
from localcloud.fence import fence_env
from localcloud.images.registry import Registry, Source
from localcloud.lambdas.runtime import runtime_dir
from localcloud.ministack import durable, settings
from localcloud.ministack.hooks import check_hooks
from localcloud.ministack.server import Server, check_port, free_port
from localcloud.statedir import locked

if TYPE_CHECKING:
    from pathlib import Path

    from localcloud.ministack.access import Access
    from localcloud.sagemaker.ports import Image

ACCOUNT = "000000000000"
REGION = "us-east-1"
# The access key names the account.
_SECRET = "local"  # noqa: S105 - nobody's

Report = Callable[[str], None]


class Ports:
    """What the SageMaker service may ask of this cloud (localcloud.sagemaker.ports.CloudPorts)."""

    def __init__(self, endpoint_url: str, registry: Registry, access: Access | None) -> None:
        self.endpoint_url, self.account, self.region = endpoint_url, ACCOUNT, REGION
        self._registry = registry
        self._access = access

    def credentials_env(self, role_arn: str | None) -> dict[str, str]:
        if self._access is None:
            return {"AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": _SECRET}
        return self._access.of_job(role_arn)

    def emit(self, source: str, detail_type: str, resources: list[str], detail: dict[str, Any]) -> None:
        from localcloud.ministack.events import emit

        emit(ACCOUNT, REGION, source, detail_type, resources, detail)

    def image(self, uri: str) -> Image:
        return self._registry.image(uri)

    def fence_env(self) -> dict[str, str]:
        return fence_env()


class Cloud:
    """Start it, deploy to it, stop it; stopping leaves no process and no listener."""

    def __init__(
        self,
        state_dir: Path,
        port: int = 0,
        *,
        images: Mapping[str, Source] | None = None,
        build_dir: Path | None = None,
        report: Report = print,
        time_scale: float = 1.0,
        iam: bool = True,
    ) -> None:
        clock.set_scale(time_scale)
        self.state_dir = state_dir.resolve()
        self.port = port or free_port()
        self.endpoint_url = f"http://127.0.0.1:{self.port}"
        self._build_dir = (build_dir or self.state_dir.parent / "build").resolve()
        self._report = report
        self._registry = Registry(dict(images or {}), self._build_dir, report)
        self._closing = contextlib.ExitStack()
        self._description = self.state_dir / "cloud.json"
        self._started = datetime.now(UTC)
        self._iam = iam

    def start(self) -> Cloud:
        """Build the images and answer on the port. Raises what `errors` lists."""
        check_port(self.port)
        self._registry.build_all()
        started = time.monotonic()
        try:
            self._closing.enter_context(locked(self.state_dir))
            # A cloud that was killed has left its own; nobody must take it for this one.
            self._description.unlink(missing_ok=True)
            self._start_services()
        except BaseException:
            self._closing.close()
            raise
        self._report(f"endpoint {self.endpoint_url} ready in {time.monotonic() - started:.1f} s")
        return self

    def deploy(
        self,
        template: Path,
        stack: str,
        parameters: Mapping[str, str] | None = None,
        images: Mapping[str, Source] | None = None,
    ) -> dict[str, str]:
        """Deploy or update a stack; its outputs."""
        for uri, source in (images or {}).items():
            self._registry.add(uri, source)
        self._registry.build_all()
        bucket = f"localcloud-artifacts-{ACCOUNT}-{REGION}"
        deployer = Deployer(
            self.client("cloudformation"), self.client("s3"), self._build_dir, bucket, self._report
        )
        outputs = deployer.deploy(template, stack, parameters or {})
        self._write_description(stack)
        return outputs

    def client(self, service: str) -> Any:
        """A boto3 client of this cloud."""
        return boto3.session.Session().client(  # type: ignore[call-overload]
            service,
            endpoint_url=self.endpoint_url,
            region_name=REGION,
            aws_access_key_id=ACCOUNT,
            aws_secret_access_key=_SECRET,
            config=Config(retries={"total_max_attempts": 1}, read_timeout=900),
        )

    def stop(self) -> None:
        """Save the state and end everything that was started."""
        self._description.unlink(missing_ok=True)
        self._closing.close()

    def __enter__(self) -> Cloud:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _start_services(self) -> None:
        settings.prepare(self.state_dir, self.port, ACCOUNT, REGION)
        durable.track()
        check_hooks()
        from localcloud.ministack import (
            alarms,
            events,
            executions,
            handover,
            lambdas,
            log_events,
            resources,
            states_engine,
        )
        from localcloud.ministack.access import Access
        from localcloud.ministack.gateway import Gateway
        from localcloud.ministack.inner import application
        from localcloud.sagemaker.service import SageMaker
        from localcloud.states.sdk import Caller

        access = Access(self.state_dir, ACCOUNT, REGION) if self._iam else None
        ports = Ports(self.endpoint_url, self._registry, access)
        sagemaker = SageMaker(self.state_dir, ports)
        caller = Caller(self.endpoint_url, ACCOUNT, REGION)
        kept = durable.Durable(self.state_dir / "ministack")
        kept.install()
        server = Server(
            durable.Kept(Gateway(application(), sagemaker, access.guard if access else None), kept.keeper),
            self.port,
        )
        events.install()
        log_events.install()
        lambdas.install(self.endpoint_url, runtime_dir(self._build_dir), self._build_dir / "lambda")
        engine = states_engine.install(self.endpoint_url, ACCOUNT, REGION, wait_scale=clock.scale())
        if access:
            access.install(engine.services)
            self._closing.callback(access.stop)
        running = executions.Executions(engine, kept)
        on_their_way = handover.Handover(kept.keeper)
        on_their_way.install()
        resources.install(caller)
        server.start()
        kept.start()
        # Last in, first out: nobody calls a service any more when it goes down.
        self._closing.callback(kept.stop)
        self._closing.callback(server.stop)
        self._closing.callback(lambdas.stop)
        sagemaker.start()
        self._closing.callback(sagemaker.stop)
        running.resume()
        on_their_way.resume()
        self._closing.callback(running.stop)
        self._closing.callback(on_their_way.stop)
        self._closing.callback(alarms.install(ACCOUNT, REGION, ports.emit))

    def _write_description(self, stack: str) -> None:
        described = {
            "endpoint_url": self.endpoint_url,
            "pid": os.getpid(),
            "stack": stack,
            "region": REGION,
            "account": ACCOUNT,
            "state_dir": str(self.state_dir),
            "version": __version__,
            "time_scale": clock.scale(),
            "started": self._started.isoformat(timespec="seconds"),
        }
        partial = self._description.with_suffix(".json.part")
        partial.write_text(json.dumps(described, indent=1) + "\n", "utf-8")
        partial.replace(self._description)
