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

from localcloud import __version__
from localcloud.clock import Clock
from localcloud.deploy.deployer import Deployer
from localcloud.front.server import check_port, free_port
from localcloud.images.registry import Registry, Source
from localcloud.ministack import settings, state
from localcloud.ministack.hooks import check_hooks
from localcloud.site import ACCOUNT, REGION, SECRET, Site
from localcloud.statedir import locked

if TYPE_CHECKING:
    from pathlib import Path

Report = Callable[[str], None]


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
        self._clock = Clock(time_scale)
        state_dir = state_dir.resolve()
        build_dir = (build_dir or state_dir.parent / "build").resolve()
        self._site = Site(port or free_port(), state_dir, build_dir)
        self._report = report
        self._registry = Registry(dict(images or {}), build_dir, report)
        self._closing = contextlib.ExitStack()
        self._description = state_dir / "cloud.json"
        self._started = datetime.now(UTC)
        self._iam = iam

    @property
    def endpoint_url(self) -> str:
        return self._site.endpoint_url

    def start(self) -> Cloud:
        """Build the images and answer on the port. Raises what `errors` lists."""
        check_port(self._site.port)
        self._registry.build_all()
        started = time.monotonic()
        try:
            self._closing.enter_context(locked(self._site.state_dir))
            # A cloud that was killed has left its own; nobody must take it for this one.
            self._description.unlink(missing_ok=True)
            self._start_services()
        except BaseException:
            self._closing.close()
            raise
        self._report(f"endpoint {self.endpoint_url} ready in {time.monotonic() - started:.1f} s")
        return self

    def deploy(
        self, template: Path, stack: str, parameters: Mapping[str, str] | None = None
    ) -> dict[str, str]:
        """Deploy or update a stack; its outputs. What changed of the images' sources is built first."""
        self._registry.build_all()
        bucket = f"localcloud-artifacts-{ACCOUNT}-{REGION}"
        deployer = Deployer(
            self.client("cloudformation"), self.client("s3"), self._site.build_dir, bucket, self._report
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
            aws_secret_access_key=SECRET,
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
        settings.prepare(self._site.state_dir, self._site.port, ACCOUNT, REGION)
        state.track()
        check_hooks()
        from localcloud import composition

        composition.start(self._site, self._registry, self._clock, self._closing, iam=self._iam)

    def _write_description(self, stack: str) -> None:
        described = {
            "endpoint_url": self.endpoint_url,
            "pid": os.getpid(),
            "stack": stack,
            "region": REGION,
            "account": ACCOUNT,
            "state_dir": str(self._site.state_dir),
            "version": __version__,
            "time_scale": self._clock.scale,
            "started": self._started.isoformat(timespec="seconds"),
        }
        partial = self._description.with_suffix(".json.part")
        partial.write_text(json.dumps(described, indent=1) + "\n", "utf-8")
        partial.replace(self._description)
