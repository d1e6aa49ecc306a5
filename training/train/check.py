"""The compiled model against the trained one: on every row looked at, the same answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from training.errors import JobError
from training.parallel import in_order

if TYPE_CHECKING:
    from collections.abc import Callable

    import onnxruntime
    from numpy.typing import NDArray

    from training.train.rows import Matrix

TOLERANCE = 1e-5
MOST_ROWS = 262_144


def answers(model: onnxruntime.InferenceSession, matrix: Matrix, threads: int) -> NDArray[np.float32]:
    """The graph's, for every row of the matrix."""
    batches = (rows for rows, _ in matrix.batches())
    parts = in_order(lambda rows: model.run(None, {"features": rows})[0], batches, threads)
    made: NDArray[np.float32] = np.concatenate(list(parts))
    return made


def check_graph(
    model: onnxruntime.InferenceSession, own: Callable[[NDArray[np.float32]], NDArray[Any]], matrix: Matrix
) -> float:
    """The largest difference, of values as a share of their scale; a fault if it matters."""
    rows = matrix.slice(0, MOST_ROWS)
    found = model.run(None, {"features": rows})[0].astype(np.float64)
    expected = np.asarray(own(rows), dtype=np.float64).reshape(len(rows), -1)
    scale = max(1.0, float(np.abs(expected).max()))
    difference = float(np.abs(found - expected).max()) / scale
    if not difference <= TOLERANCE:
        raise JobError(
            f"the compiled model differs from the trained one by {difference:.2g}, "
            f"more than {TOLERANCE:.0e}; it is not kept"
        )
    return difference
