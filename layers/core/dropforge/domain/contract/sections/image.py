"""What every picture is scaled to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dropforge.domain.contract.fields import Number
from dropforge.domain.contract.metrics import IMAGE as PICTURES
from dropforge.domain.contract.parts import Part, key
from dropforge.domain.contract.section import Section

if TYPE_CHECKING:
    from dropforge.domain.contract.reading import Reading


@dataclass(frozen=True)
class Image:
    height: int = key(Number(8, 512, whole=True, default=32, about="Pixels."))
    width: int = key(Number(8, 512, whole=True, default=32, about="Pixels."))


class ImagePart(Part):
    """Pictures are scaled even where the contract does not say so."""

    def absent(self, reading: Reading) -> Any:
        return self.take({}, reading) if reading.problem == PICTURES else None


IMAGE = Section(
    holds=ImagePart(Image, optional=True, about="To what size every picture is brought."),
    problems=(PICTURES,),
    details="""\
Pictures come as a .zip in which the folder is the class, below `train/`, `validation/` and `test/` where the
parts are given; or as a manifest of S3 keys.""",
    example="""
image: {height: 32, width: 32}
""",
)
