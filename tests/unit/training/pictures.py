"""Pictures made on the spot: three classes that differ in shape and colour, and archives of them."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image as Pillow

from dropforge.domain.contract import Contract, Image, Quality

if TYPE_CHECKING:
    from collections.abc import Mapping

CLASSES = ("stripes", "rings", "blots")


def contract(**changes: object) -> Contract:
    given = {"usecase": "shapes", "problem": "image", "target": "label", "image": Image()}
    return Contract(**{**given, "quality": Quality(minimum_rows=30, minimum_class=5), **changes})  # type: ignore[arg-type]


def pixels(label: str, seed: int, size: int = 32) -> np.ndarray:
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:size, :size] / size
    shape = {
        "stripes": lambda: np.sin(20 * (x + random.uniform()) + 3 * y),
        "rings": lambda: np.sin(25 * np.hypot(x - random.uniform(0.4, 0.6), y - 0.5)),
        "blots": lambda: random.normal(size=(size, size)),
    }[label]()
    colour = random.uniform(0.3, 1, 3)
    grey = (shape[..., None] + 1.5) / 3 + random.normal(0, 0.05, (size, size, 1))
    return (grey * colour * 255).clip(0, 255).astype(np.uint8)


def picture(
    label: str = "rings", seed: int = 0, kind: str = "PNG", mode: str = "RGB", size: int = 32
) -> bytes:
    out = io.BytesIO()
    Pillow.fromarray(pixels(label, seed, size)).convert(mode).save(out, kind)
    return out.getvalue()


def archive(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, body in files.items():
            packed.writestr(name, body)
    return out.getvalue()


def drop(each: int = 20, parts: tuple[str, ...] = ()) -> dict[str, bytes]:
    """`each` pictures a class, and part where there are parts."""
    return {
        f"{part}{label}/{number}.png": picture(label, seed=1000 * index + number)
        for index, part in enumerate([f"{part}/" for part in parts] or [""])
        for label in CLASSES
        for number in range(each)
    }
