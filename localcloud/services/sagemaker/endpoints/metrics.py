"""Counts invocations and puts them into CloudWatch, under the names and dimensions that AWS has.

Every figure is put twice: by endpoint and variant, and with the endpoint configuration as a third
dimension, which is what an alarm needs that must look at the new fleet only. A request that went well
counts as 0 errors, so that an average is a rate. The cost: AWS puts once a minute, we once a second, so
that an alarm reacts while one watches.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from localcloud.services.sagemaker.context import log

if TYPE_CHECKING:
    from localcloud.services.sagemaker.runtime.clients import Clients

INTERVAL_SECONDS = 1.0
NAMESPACE = "AWS/SageMaker"
_UNITS = {"ModelLatency": "Microseconds", "OverheadLatency": "Microseconds"}


@dataclass(frozen=True)
class Served:
    """Whom a figure is about."""

    endpoint: str
    variant: str
    config: str

    def dimensions(self) -> list[list[dict[str, str]]]:
        two = [
            {"Name": "EndpointName", "Value": self.endpoint},
            {"Name": "VariantName", "Value": self.variant},
        ]
        return [two, [*two, {"Name": "EndpointConfigName", "Value": self.config}]]


@dataclass
class _Figures:
    count: int = 0
    total: float = 0.0
    lowest: float = float("inf")
    highest: float = float("-inf")

    def add(self, value: float) -> None:
        self.count += 1
        self.total += value
        self.lowest = min(self.lowest, value)
        self.highest = max(self.highest, value)

    def as_statistics(self) -> dict[str, float]:
        return {"SampleCount": self.count, "Sum": self.total, "Minimum": self.lowest, "Maximum": self.highest}


class Meter:
    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._lock = threading.Lock()
        self._figures: dict[tuple[Served, str], _Figures] = defaultdict(_Figures)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sagemaker-metrics", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join(timeout=5)

    def count(self, served: Served, status: int, model_seconds: float, total_seconds: float) -> None:
        """One invocation; status is the container's, 0 where it gave no answer."""
        values = {
            "Invocations": 1.0,
            "Invocation4XXErrors": 1.0 if 400 <= status < 500 else 0.0,
            "Invocation5XXErrors": 1.0 if status >= 500 or status == 0 else 0.0,
            "InvocationModelErrors": 0.0 if 200 <= status < 300 else 1.0,
            "ModelLatency": model_seconds * 1e6,
            "OverheadLatency": max(0.0, total_seconds - model_seconds) * 1e6,
        }
        with self._lock:
            for name, value in values.items():
                self._figures[(served, name)].add(value)

    def flush(self) -> None:
        with self._lock:
            figures, self._figures = self._figures, defaultdict(_Figures)
        time = datetime.now(UTC)
        data = [
            _datum(name, dimensions, figure, time)
            for (served, name), figure in figures.items()
            for dimensions in served.dimensions()
        ]
        try:
            for start in range(0, len(data), 500):
                self._clients.of("cloudwatch").put_metric_data(
                    Namespace=NAMESPACE, MetricData=data[start : start + 500]
                )
        except (BotoCoreError, ClientError) as error:
            log.warning("%d metrics were lost: %s", len(data), error)

    def _run(self) -> None:
        while not self._stopped.wait(INTERVAL_SECONDS):
            self.flush()
        self.flush()


def _datum(name: str, dimensions: list[dict[str, str]], figure: _Figures, time: datetime) -> dict[str, Any]:
    return {
        "MetricName": name,
        "Dimensions": dimensions,
        "Timestamp": time,
        "Unit": _UNITS.get(name, "None"),
        "StatisticValues": figure.as_statistics(),
    }
