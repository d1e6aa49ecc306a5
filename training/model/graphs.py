"""An ONNX graph, ready to run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import onnxruntime

if TYPE_CHECKING:
    from pathlib import Path


ROWS_AT_ONCE = 4096
"""Put to a model: a machine of many support vectors makes a figure of each row with each of them."""
_CELLS_AT_ONCE, _MOST_AT_ONCE = 16 * 1024 * 1024, 65_536


def rows_of_width(width: int) -> int:
    """How many rows of a matrix are held at once: 64 MB of them, if that is not too many."""
    return max(1, min(_MOST_AT_ONCE, _CELLS_AT_ONCE // max(1, width)))


def open_model(graph: Path | bytes) -> onnxruntime.InferenceSession:
    """In one thread. Over several, a sum over trees is taken in an order that depends on the threads and on
    how many rows come at once, and its last bit differs between the evaluation and the endpoint."""
    return open_graph(graph, threads=1)


def open_graph(graph: Path | bytes, threads: int) -> onnxruntime.InferenceSession:
    """0 threads means as many as there are cores."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    body = graph if isinstance(graph, bytes) else graph.read_bytes()
    return onnxruntime.InferenceSession(body, options, providers=["CPUExecutionProvider"])
