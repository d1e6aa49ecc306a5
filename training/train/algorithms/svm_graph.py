"""Support vector machines → one ONNX graph: kernel, distances, sigmoid, shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from onnx import TensorProto

from training.model.assembly import Assembly
from training.train.output import FEATURES, SHARES, finish

if TYPE_CHECKING:
    from numpy.typing import NDArray

LINEAR = "linear"


@dataclass(frozen=True)
class Machines:
    """One figure a machine, but for the vectors and their weights."""

    kernel: str
    gamma: float
    vectors: NDArray[np.float64]
    weights: NDArray[np.float64]
    """A row a vector and a column a machine."""
    constants: NDArray[np.float64]
    slopes: NDArray[np.float64]
    shifts: NDArray[np.float64]


def machines_graph(machines: Machines) -> bytes:
    """In 64 bits up to the end: the distance of two rows is a small difference of large sums."""
    graph = Assembly()
    rows = graph.add("Cast", FEATURES, to=TensorProto.DOUBLE)
    kernel = graph.add("MatMul", rows, graph.constant(machines.vectors.T, np.float64))
    if machines.kernel != LINEAR:
        kernel = _radial(graph, rows, kernel, machines)
    distances = graph.add("MatMul", kernel, graph.constant(machines.weights, np.float64))
    distances = graph.add("Add", distances, graph.constant(machines.constants, np.float64))
    scaled = graph.add("Mul", distances, graph.constant(machines.slopes, np.float64))
    chances = graph.add("Sigmoid", graph.add("Add", scaled, graph.constant(machines.shifts, np.float64)))
    if len(machines.slopes) == 1:
        others = graph.add("Sub", graph.constant(1, np.float64), chances)
        shares = graph.add("Concat", others, chances, axis=1)
    else:
        total = graph.add("ReduceSum", chances, graph.constant([1], np.int64), keepdims=1)
        shares = graph.add("Div", chances, total)
    narrow = graph.add("Cast", shares, to=TensorProto.FLOAT)
    columns = max(2, len(machines.slopes))
    return finish(graph, narrow, machines.vectors.shape[1], columns, SHARES)


def _radial(graph: Assembly, rows: str, product: str, machines: Machines) -> str:
    """exp(-gamma |row - vector|²), the square written out as |row|² - 2 row·vector + |vector|²."""
    squares = graph.add("ReduceSum", graph.add("Mul", rows, rows), graph.constant([1], np.int64), keepdims=1)
    twice = graph.add("Mul", product, graph.constant(-2, np.float64))
    own = graph.constant((machines.vectors**2).sum(axis=1), np.float64)
    apart = graph.add("Add", graph.add("Add", squares, twice), own)
    return graph.add("Exp", graph.add("Mul", apart, graph.constant(-machines.gamma, np.float64)))
