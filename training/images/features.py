"""Pixels → the vector that a model sees: the shapes in a picture (HOG), its colours, and where they are.

The picture is cut into GRID x GRID cells whatever its size, so every picture problem has the same WIDTH of
columns. The cost: pictures whose classes differ in small things need finer cells than these, or another
algorithm.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from training.images.decode import pixels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dropforge.domain.contract import Image

GRID = 4
ORIENTATIONS = 9
BLOCK = 2
BINS = 16
CHANNELS = 3
WIDTH = (GRID - BLOCK + 1) ** 2 * BLOCK**2 * ORIENTATIONS + CHANNELS * BINS + 2 * CHANNELS * GRID**2
NAMES = tuple(f"image_{index:03}" for index in range(WIDTH))


def features(body: bytes, size: Image) -> NDArray[np.float32]:
    """The vector of a picture's bytes; BrokenPicture where they are not a picture."""
    whole = pixels(body, size)
    rows, columns = size.height // GRID, size.width // GRID
    cut = whole[: rows * GRID, : columns * GRID]
    return np.concatenate([_shapes(cut), _colours(cut), _cells(cut)]).astype(np.float32)


def _shapes(cut: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Histograms of oriented gradients: how strong the edges of each direction are, cell by cell."""
    from skimage.feature import hog

    height, width, _ = cut.shape
    found: NDArray[np.float64] = hog(
        cut,
        orientations=ORIENTATIONS,
        pixels_per_cell=(height // GRID, width // GRID),
        cells_per_block=(BLOCK, BLOCK),
        block_norm="L2-Hys",
        channel_axis=-1,
    )
    return found


def _colours(cut: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The share of pixels in each of BINS degrees of red, green and blue."""
    degrees = cut.reshape(-1, CHANNELS) // (256 // BINS)
    counts = [np.bincount(degrees[:, channel], minlength=BINS) for channel in range(CHANNELS)]
    return np.concatenate(counts) / len(degrees)


def _cells(cut: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The mean and the spread of each colour in each cell."""
    height, width, _ = cut.shape
    cells = (cut / 255).reshape(GRID, height // GRID, GRID, width // GRID, CHANNELS)
    return np.concatenate([cells.mean(axis=(1, 3)).ravel(), cells.std(axis=(1, 3)).ravel()])
