"""Small pictures drawn by hand: a canvas of red, green and blue, shapes with soft edges, and PNG as bytes.

Standard library only; a picture of 32 x 32 takes some milliseconds, which is enough for sample data.
"""

from __future__ import annotations

import math
import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

Colour = tuple[float, float, float]
Point = tuple[float, float]
SIGNATURE = b"\x89PNG\r\n\x1a\n"
RGB, RGBA = 2, 6


class Canvas:
    """`_on_picture` puts the unit square, in which shapes are given, somewhere on the picture."""

    def __init__(self, size: int, draw: Random) -> None:
        self.size = size
        self._pixels = _background(size, draw)
        self._scale = size * draw.uniform(0.84, 0.98)
        self._left = (size - self._scale) * draw.random()
        self._top = (size - self._scale) * draw.random()
        self._mirrored = draw.random() < 0.5

    def ring(self, centre: Point, radius: float, width: float, colour: Colour) -> None:
        x, y = self._on_picture(centre)
        far, thick = radius * self._scale, width * self._scale / 2
        self._fill(lambda px, py: thick - abs(math.hypot(px - x, py - y) - far), colour)

    def disc(self, centre: Point, radius: float, colour: Colour) -> None:
        x, y = self._on_picture(centre)
        self._fill(lambda px, py: radius * self._scale - math.hypot(px - x, py - y), colour)

    def line(self, start: Point, end: Point, width: float, colour: Colour) -> None:
        (x0, y0), (x1, y1) = self._on_picture(start), self._on_picture(end)
        dx, dy = x1 - x0, y1 - y0
        length = dx * dx + dy * dy or 1.0

        def inside(px: float, py: float) -> float:
            along = min(1.0, max(0.0, ((px - x0) * dx + (py - y0) * dy) / length))
            return width * self._scale / 2 - math.hypot(px - x0 - along * dx, py - y0 - along * dy)

        self._fill(inside, colour)

    def box(self, corner: Point, other: Point, colour: Colour) -> None:
        (x0, y0), (x1, y1) = self._on_picture(corner), self._on_picture(other)
        left, right = sorted((x0, x1))
        self._fill(lambda px, py: min(px - left, right - px, py - y0, y1 - py), colour)

    def png(self, draw: Random, noise: float, transparent: bool) -> bytes:
        """With noise, as a camera has; `transparent` gives it a fourth channel, as some files have."""
        opaque = b"\xff" if transparent else b""
        lines = [
            b"\0" + b"".join(bytes(_noisy(pixel, draw, noise)) + opaque for pixel in row)
            for row in self._pixels
        ]
        header = struct.pack(">IIBBBBB", self.size, self.size, 8, RGBA if transparent else RGB, 0, 0, 0)
        # Not packed: packed bytes differ between versions of the library.
        body = zlib.compress(b"".join(lines), 0)
        return SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")

    def _on_picture(self, point: Point) -> Point:
        across = 1 - point[0] if self._mirrored else point[0]
        return self._left + across * self._scale, self._top + point[1] * self._scale

    def _fill(self, inside: Callable[[float, float], float], colour: Colour) -> None:
        """`inside` says how many pixels within the shape a point is; at the edge colours mix."""
        for y, row in enumerate(self._pixels):
            for x, below in enumerate(row):
                share = min(1.0, max(0.0, 0.5 + inside(x + 0.5, y + 0.5)))
                if share:
                    row[x] = _mixed(below, colour, share)


def _background(size: int, draw: Random) -> list[list[Colour]]:
    """Sky above, ground below."""
    light = draw.uniform(150, 235)
    sky = (light * draw.uniform(0.85, 1), light, light * draw.uniform(0.95, 1.08))
    dark = draw.uniform(90, 150)
    ground = (dark, dark * draw.uniform(0.9, 1.05), dark * draw.uniform(0.75, 1))
    horizon = draw.uniform(0.5, 0.8) * size
    return [[ground if y > horizon else sky] * size for y in range(size)]


def _mixed(below: Colour, above: Colour, share: float) -> Colour:
    red, green, blue = (old + (new - old) * share for old, new in zip(below, above, strict=True))
    return red, green, blue


def _noisy(pixel: Colour, draw: Random, noise: float) -> list[int]:
    return [min(255, max(0, round(value + draw.gauss(0, noise)))) for value in pixel]


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
