"""What the endpoint runs on."""

from __future__ import annotations

from dataclasses import dataclass

from dropforge.domain.contract.fields import Number, Text
from dropforge.domain.contract.parts import Part, key
from dropforge.domain.contract.section import Section

INSTANCE = Text(
    r"ml\.[a-z0-9-]{1,32}\.[a-z0-9]{1,32}",
    "an instance type such as ml.m5.large",
    default="ml.m5.large",
    about="The instance type, such as ml.m5.large.",
)


@dataclass(frozen=True)
class Serving:
    instance_type: str = key(INSTANCE)
    instances: int = key(Number(1, 100, whole=True, default=1, about="How many instances."))
    capture: int = key(
        Number(0, 100, whole=True, default=100, about="The percentage of requests that is recorded.")
    )
    latency_ms: int = key(
        Number(1, 60_000, whole=True, default=1000, about="A response slower than this raises the alarm.")
    )


SERVING = Section(
    holds=Part(Serving, about="What the endpoint runs on, and the share of requests it records."),
    example="""
serving: {instance_type: ml.m5.xlarge, instances: 2, capture: 20, latency_ms: 200}
""",
)
