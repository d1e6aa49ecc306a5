"""How every model's graph ends: `probabilities`, a column a class, or `values`, one a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from onnx import TensorProto, helper

from training.model.assembly import Assembly

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

FEATURES, PROBABILITIES, VALUES = "features", "probabilities", "values"
LOGISTIC, SOFTMAX, SHARES, VALUE = "logistic", "softmax", "shares", "value"
"""Of what comes before: one margin, a margin a class, a share a class already, a value."""


def finish(graph: Assembly, result: str, width: int, columns: int, link: str) -> bytes:
    """`columns` are those of `result`."""
    if link == LOGISTIC:
        positive = graph.add("Sigmoid", result)
        negative = graph.add("Sub", graph.constant(1, np.float32), positive)
        result, columns = graph.add("Concat", negative, positive, axis=1), 2
    elif link == SOFTMAX:
        result = graph.add("Softmax", result, axis=1)
    inputs = [helper.make_tensor_value_info(FEATURES, TensorProto.FLOAT, [None, width])]
    return graph.finished("model", inputs, result, VALUES if link == VALUE else PROBABILITIES, columns)


def linear_graph(coefficients: ArrayLike, constants: Sequence[float], link: str) -> bytes:
    """features x coefficients (a column an output) + constants, in 64 bits: large sums cancel out in 32."""
    graph = Assembly()
    weights = np.asarray(coefficients, dtype=np.float64)
    wide = graph.add("Cast", FEATURES, to=TensorProto.DOUBLE)
    product = graph.add("MatMul", wide, graph.constant(weights, np.float64))
    total = graph.add("Add", product, graph.constant(constants, np.float64))
    narrow = graph.add("Cast", total, to=TensorProto.FLOAT)
    return finish(graph, narrow, weights.shape[0], weights.shape[1], link)
