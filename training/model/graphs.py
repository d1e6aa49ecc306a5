"""An ONNX graph, ready to run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import onnxruntime

if TYPE_CHECKING:
    from pathlib import Path


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
