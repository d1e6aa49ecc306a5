"""The compiled model against the trained one: on every row looked at, the same answer."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from training.errors import JobError
from training.model.graphs import ROWS_AT_ONCE
from training.parallel import in_order

if TYPE_CHECKING:
    from collections.abc import Callable

    import onnxruntime
    from numpy.typing import NDArray

    from training.train.rows import Matrix

TOLERANCE = 1e-5
MOST_ROWS = 65_536


def answers(model: onnxruntime.InferenceSession, matrix: Matrix, threads: int) -> NDArray[np.float32]:
    """The graph's, for every row of the matrix."""
    batches = (rows for rows, _ in matrix.batches(ROWS_AT_ONCE))
    parts = in_order(lambda rows: model.run(None, {"features": rows})[0], batches, threads)
    made: NDArray[np.float32] = np.concatenate(list(parts))
    return made


def check_graph(
    model: onnxruntime.InferenceSession, own: Callable[[NDArray[np.float32]], NDArray[Any]], matrix: Matrix
) -> float:
    """The largest difference, of values as a share of their scale; a fault if it matters."""
    difference, scale = 0.0, 1.0
    for rows, _ in islice(matrix.batches(ROWS_AT_ONCE), MOST_ROWS // ROWS_AT_ONCE):
        found = model.run(None, {"features": rows})[0].astype(np.float64)
        expected = np.asarray(own(rows), dtype=np.float64).reshape(len(rows), -1)
        difference = max(difference, float(np.abs(found - expected).max()))
        scale = max(scale, float(np.abs(expected).max()))
    if not difference <= TOLERANCE * scale:
        raise JobError(
            f"the compiled model differs from the trained one by {difference:.2g}, "
            f"more than {TOLERANCE * scale:.2g}; it is not kept"
        )
    return difference
