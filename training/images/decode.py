"""The bytes of a picture → pixels of the size that the contract asks for.

Nobody vouches for the bytes. A few hundred of them can declare a picture of gigabytes, so its size is read
from the header first and nothing is decoded that is larger than MOST_PIXELS.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image as Pillow
from PIL import ImageOps, UnidentifiedImageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dropforge.domain.contract import Image

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP")
MOST_PIXELS = 16_777_216
"""4096 x 4096: about 70 MB while it is decoded."""
WHITE = (255, 255, 255)


class BrokenPicture(Exception):
    """Bytes that are not a picture we can read; the message completes "the picture …"."""


def pixels(body: bytes, size: Image) -> NDArray[np.uint8]:
    """height x width x 3, of the first frame; BrokenPicture where there is none."""
    try:
        with Pillow.open(io.BytesIO(body), formats=FORMATS) as picture:
            _check_size(picture)
            upright = ImageOps.exif_transpose(picture)
            scaled = _rgb(upright).resize((size.width, size.height), Pillow.Resampling.BILINEAR)
            return np.asarray(scaled, dtype=np.uint8)
    except BrokenPicture:
        raise
    except UnidentifiedImageError:
        raise BrokenPicture(f"is not in one of the formats {', '.join(FORMATS)}") from None
    except Exception as fault:  # a decoder raises anything on bytes made to break it
        raise BrokenPicture(f"cannot be decoded: {str(fault)[:100] or type(fault).__name__}") from fault


def _check_size(picture: Pillow.Image) -> None:
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise BrokenPicture(f"has {width} x {height} pixels, more than {MOST_PIXELS} in all")


def _rgb(picture: Pillow.Image) -> Pillow.Image:
    """Three channels. What lies under a transparent pixel is arbitrary, so it becomes white."""
    if picture.mode.startswith("I"):
        deep = np.asarray(picture).astype(np.int64)
        return Pillow.fromarray((deep.clip(0, 65535) >> 8).astype(np.uint8)).convert("RGB")
    if picture.has_transparency_data:
        layered = picture.convert("RGBA")
        flat = Pillow.new("RGB", layered.size, WHITE)
        flat.paste(layered, mask=layered.getchannel("A"))
        return flat
    return picture.convert("RGB")
