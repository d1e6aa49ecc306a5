"""Made-up pictures in the shape of the images use case: `python -m usecases.images.generate > pictures.zip`.

Invented photographs: bicycles, motorcycles and automobiles of 32 x 32, drawn at different places, sizes and
colours, with noise; a fifth of them under `test/`, the others under `train/`, the folder below says what is
seen. Some have a fourth channel. The same seed gives the same bytes. `--bad` plants files that are no
pictures; `--unlabelled` leaves out the folders.
"""

from __future__ import annotations

import argparse
import io
import random
import sys
import zipfile
from typing import TYPE_CHECKING

from usecases.images.drawing import Canvas, Colour

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import BinaryIO

SIZE = 32
TEST_EVERY = 5
TRANSPARENT_EVERY = 25
NOISE = 9.0
MOMENT = (2026, 1, 1, 0, 0, 0)
RUBBER: Colour = (25, 25, 28)
METAL: Colour = (165, 165, 170)
GLASS: Colour = (185, 215, 230)
FAULTS: tuple[Callable[[bytes], bytes], ...] = (
    lambda _picture: b"this is no picture\n",
    lambda picture: picture[:200],
)


def pictures(rows: int, seed: int, bad: int = 0, labelled: bool = True) -> Iterator[tuple[str, bytes]]:
    """Names and bytes; `bad` of them are not pictures, spread evenly."""
    draw = random.Random(seed)
    for number in range(1, rows + 1):
        name = tuple(SHAPES)[number % len(SHAPES)]
        picture = _picture(name, draw, transparent=number % TRANSPARENT_EVERY == 0)
        planted_before, planted = (number - 1) * bad // rows, number * bad // rows
        if planted > planted_before:
            picture = FAULTS[planted_before % len(FAULTS)](picture)
        part = "test" if number // len(SHAPES) % TEST_EVERY == 0 else "train"
        yield f"{part}/{name}/{number:05}.png" if labelled else f"{number:05}.png", picture


def write(out: BinaryIO, rows: int, seed: int, bad: int = 0, labelled: bool = True) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as pack:
        for name, picture in pictures(rows, seed, bad, labelled):
            entry = zipfile.ZipInfo(name, MOMENT)
            entry.create_system = 3  # the same on every machine
            pack.writestr(entry, picture)
    out.write(archive.getvalue())


def _picture(name: str, draw: random.Random, transparent: bool) -> bytes:
    canvas = Canvas(SIZE, draw)
    paint = (draw.uniform(30, 220), draw.uniform(20, 130), draw.uniform(20, 180))
    SHAPES[name](canvas, paint)
    return canvas.png(draw, NOISE, transparent)


def _bicycle(canvas: Canvas, paint: Colour) -> None:
    back, front, pedals = (0.24, 0.66), (0.76, 0.66), (0.47, 0.66)
    saddle, head = (0.4, 0.4), (0.66, 0.4)
    for wheel in (back, front):
        canvas.ring(wheel, 0.19, 0.035, RUBBER)
    for start, end in ((back, saddle), (saddle, head), (saddle, pedals), (pedals, head), (back, pedals)):
        canvas.line(start, end, 0.04, paint)
    canvas.line((0.64, 0.3), front, 0.04, paint)
    canvas.line((0.6, 0.28), (0.72, 0.3), 0.04, RUBBER)
    canvas.line((0.34, 0.36), (0.46, 0.36), 0.05, RUBBER)


def _motorcycle(canvas: Canvas, paint: Colour) -> None:
    for wheel in ((0.2, 0.68), (0.8, 0.68)):
        canvas.ring(wheel, 0.14, 0.1, RUBBER)
        canvas.disc(wheel, 0.05, METAL)
    canvas.disc((0.48, 0.6), 0.14, METAL)
    canvas.line((0.3, 0.62), (0.62, 0.56), 0.1, RUBBER)
    canvas.line((0.45, 0.44), (0.66, 0.44), 0.16, paint)
    canvas.line((0.18, 0.46), (0.44, 0.47), 0.11, RUBBER)
    canvas.line((0.68, 0.3), (0.8, 0.66), 0.06, METAL)
    canvas.line((0.6, 0.28), (0.74, 0.3), 0.05, RUBBER)
    canvas.line((0.1, 0.74), (0.46, 0.72), 0.06, METAL)


def _automobile(canvas: Canvas, paint: Colour) -> None:
    canvas.box((0.24, 0.28), (0.72, 0.52), paint)
    canvas.box((0.28, 0.33), (0.46, 0.47), GLASS)
    canvas.box((0.5, 0.33), (0.68, 0.47), GLASS)
    canvas.box((0.05, 0.46), (0.95, 0.7), paint)
    canvas.box((0.05, 0.62), (0.95, 0.66), METAL)
    canvas.disc((0.92, 0.54), 0.04, GLASS)
    for wheel in ((0.25, 0.72), (0.75, 0.72)):
        canvas.disc(wheel, 0.11, RUBBER)
        canvas.disc(wheel, 0.04, METAL)


SHAPES: dict[str, Callable[[Canvas, Colour], None]] = {
    "automobile": _automobile,
    "bicycle": _bicycle,
    "motorcycle": _motorcycle,
}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m usecases.images.generate", description=__doc__)
    parser.add_argument("--rows", type=int, default=360, help="how many pictures")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bad", type=int, default=0, help="how many of them are not pictures")
    parser.add_argument("--unlabelled", action="store_true", help="leave out the folders")
    given = parser.parse_args(arguments)
    if given.rows < 1 or not 0 <= given.bad <= given.rows:
        parser.error("--rows is at least 1, and --bad between 0 and --rows")
    write(sys.stdout.buffer, given.rows, given.seed, given.bad, labelled=not given.unlabelled)


if __name__ == "__main__":
    main()
