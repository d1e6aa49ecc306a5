"""What the jobs run on, and for how long at most."""

from __future__ import annotations

from dataclasses import dataclass

from dropforge.domain.contract.fields import Flag, Number
from dropforge.domain.contract.parts import Part, key
from dropforge.domain.contract.section import Section
from dropforge.domain.contract.sections.serving import INSTANCE


@dataclass(frozen=True)
class Resources:
    instance_type: str = key(INSTANCE)
    instances: int = key(
        Number(1, 20, whole=True, default=1, about="How many hosts train; several for xgboost only.")
    )
    volume_gb: int = key(Number(1, 16_384, whole=True, default=10, about="The disk of each host."))
    minutes: int = key(Number(1, 7_200, whole=True, default=60, about="The longest that a job may take."))
    spot: bool = key(
        Flag(
            default=False,
            about="Whether training takes spare machines: cheaper, and taken away at times. A job may wait "
            "for one for as long as it may run.",
        )
    )


RESOURCES = Section(
    holds=Part(Resources, about="What the jobs run on, and for how long at most."),
    settable=True,
    example="""
resources: {instance_type: ml.m5.2xlarge, instances: 2, volume_gb: 50, minutes: 120}
""",
)
