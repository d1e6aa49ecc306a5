"""All servers of one endpoint configuration: started together, switched to together, ended together.

Blue/green is two of these side by side. A fleet's blueprint is plain JSON, kept in the endpoint's record.
"""

from __future__ import annotations

import itertools
import random
import shutil
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from localcloud.services.sagemaker.context import Context, log
from localcloud.services.sagemaker.endpoints.server import Server, ServerPlan
from localcloud.services.sagemaker.ports import ImageUnavailable
from localcloud.services.sagemaker.runtime.data import DataError, download_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from localcloud.services.sagemaker.store import Record

_RESTART_PAUSE_SECONDS = (0.0, 1.0, 2.0, 5.0, 15.0)


class FleetFailed(Exception):
    """The reason, as it goes into FailureReason."""


@dataclass
class Variant:
    plan: ServerPlan
    weight: float
    servers: list[Server]
    turns: Iterator[int]

    @property
    def name(self) -> str:
        return self.plan.variant


class Fleet:
    def __init__(self, context: Context, endpoint: str, blueprint: Record) -> None:
        self._context = context
        self._endpoint = endpoint
        self._blueprint = blueprint
        self.config_name: str = blueprint["EndpointConfigName"]
        self.capture: Record | None = blueprint.get("DataCaptureConfig")
        self.variants: dict[str, Variant] = {}
        self._folder = fleet_folder(context, endpoint, blueprint)
        self._ended = threading.Event()

    def start(self) -> None:
        """Bring every server up. Raises FleetFailed, with everything that had been started ended again."""
        try:
            for variant in self._blueprint["Variants"]:
                self.variants[variant["VariantName"]] = self._variant(variant)
            for item in self.variants.values():
                self._start_variant(item)
        except (FleetFailed, DataError, ImageUnavailable) as error:
            self.end()
            raise FleetFailed(str(error)[:1024]) from error
        threading.Thread(
            target=self._keep_alive, name=f"sagemaker-keep-{self._endpoint}", daemon=True
        ).start()

    def pick(self, variant_name: str | None) -> tuple[Variant, Server | None]:
        """A variant by weight, or the one asked for (KeyError); its next server, None where none is ready."""
        if variant_name is not None:
            variant = self.variants[variant_name]
        elif len(self.variants) == 1:
            variant = next(iter(self.variants.values()))
        else:
            choices = list(self.variants.values())
            weights = [item.weight for item in choices]
            (variant,) = random.choices(choices, weights)  # noqa: S311 - a share of traffic, no secret
        ready = [server for server in variant.servers if server.ready]
        return variant, ready[next(variant.turns) % len(ready)] if ready else None

    def counts(self) -> dict[str, int]:
        return {name: len(variant.servers) for name, variant in self.variants.items()}

    def end(self) -> None:
        self._ended.set()
        threads = [threading.Thread(target=server.end, daemon=True) for server in self._servers()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        shutil.rmtree(self._folder, ignore_errors=True)

    def kill(self) -> None:
        self._ended.set()
        for server in self._servers():
            server.kill()

    def _servers(self) -> list[Server]:
        return [server for variant in self.variants.values() for server in variant.servers]

    def _variant(self, item: Record) -> Variant:
        image = self._context.ports.image(item["Image"])
        plan = ServerPlan(
            endpoint=self._endpoint,
            variant=item["VariantName"],
            image_uri=item["Image"],
            role_arn=item["RoleArn"],
            model_data=item.get("ModelDataUrl"),
            environment=item["Environment"],
            isolated=item["Isolated"],
            startup_seconds=item["StartupSeconds"],
        )
        servers = [
            Server(self._context, plan, image, self._folder / f"{plan.variant}-{number}")
            for number in range(1, item["InstanceCount"] + 1)
        ]
        return Variant(plan, item["Weight"], servers, itertools.count())

    def _archive(self, plan: ServerPlan) -> Path | None:
        """The variant's model, brought from S3 once: a restart finds it here, as AWS's instance has it."""
        if not plan.model_data:
            return None
        archive = self._folder / f"{plan.variant}.tar.gz"
        if not archive.exists():
            part = archive.with_suffix(".part")
            download_file(self._context.clients.of("s3", plan.role_arn), plan.model_data, part)
            part.replace(archive)
        return archive

    def _start_variant(self, variant: Variant) -> None:
        archive = self._archive(variant.plan)
        for server in variant.servers:
            server.load(archive)
            server.start()
        for server in variant.servers:
            if reason := server.wait_until_ready():
                raise FleetFailed(_unhealthy(variant.name, reason, server))

    def _keep_alive(self) -> None:
        """A server that dies while the fleet serves is started again, as AWS puts a new instance in its
        place."""
        falls: dict[Server, int] = {}
        while not (self._ended.wait(0.5) or self._context.stopping.is_set()):
            for server in self._servers():
                if server.dead and not self._ended.is_set():
                    falls[server] = falls.get(server, -1) + 1
                    self._start_again(server, falls[server])

    def _start_again(self, server: Server, falls: int) -> None:
        server.ready = False
        pause = _RESTART_PAUSE_SECONDS[min(falls, len(_RESTART_PAUSE_SECONDS) - 1)]
        log.warning("a server of endpoint %s ended by itself; starting it again", self._endpoint)
        if self._ended.wait(pause):
            return
        try:
            server.stop_process()
            server.start()
            if server.wait_until_ready() is not None:
                # Dead for good, so that the next round starts it again.
                server.kill()
        except Exception:  # noqa: BLE001 - whatever it was, the next round tries again
            log.exception("a server of endpoint %s could not be started again", self._endpoint)
        if self._ended.is_set():
            # The fleet was ended while we were at it.
            server.kill()


def fleet_folder(context: Context, endpoint: str, plan: Record) -> Path:
    folder: Path = context.state_dir / "endpoints" / endpoint / plan["Id"]
    return folder


def blueprint(fleet_id: str, config: Record, containers: dict[str, dict[str, Any]]) -> Record:
    """Everything a fleet needs, so that deleting the model or the configuration later does not matter."""
    variants = []
    for variant in config["ProductionVariants"]:
        container = containers[variant["VariantName"]]
        variants.append(
            {
                "VariantName": variant["VariantName"],
                "Weight": variant["InitialVariantWeight"],
                "InstanceCount": variant["InitialInstanceCount"],
                "StartupSeconds": variant.get("ContainerStartupHealthCheckTimeoutInSeconds", 240),
                "Image": container["Image"],
                "ModelDataUrl": container.get("ModelDataUrl"),
                "Environment": container.get("Environment", {}),
                "RoleArn": container["RoleArn"],
                "Isolated": container["Isolated"],
            }
        )
    return {
        "Id": fleet_id,
        "EndpointConfigName": config["EndpointConfigName"],
        "DataCaptureConfig": config.get("DataCaptureConfig"),
        "Started": time.time(),
        "Variants": variants,
    }


def _unhealthy(variant: str, reason: str, server: Server) -> str:
    tail = list(server.stream.tail)[-5:] if server.stream else []
    said = f" Last log lines: {' | '.join(tail)}" if tail else ""
    return (
        f"The primary container for production variant {variant} did not pass the ping health check: "
        f"{reason}. Please check CloudWatch logs for this endpoint.{said}"
    )
