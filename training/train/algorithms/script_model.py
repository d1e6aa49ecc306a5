"""A script's model.onnx, looked at before anything trusts it.

Its one input is `features`, 32-bit floats [rows, columns]; of its outputs `probabilities` [rows, classes] or
`values` [rows, 1] is kept. It may use standard operators alone, and holds all its weights itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnx import TensorProto

from training.errors import JobError
from training.model.graphs import open_model
from training.train.output import FEATURES, PROBABILITIES, VALUES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from training.train.task import Task

DOMAINS = ("", "ai.onnx", "ai.onnx.ml")
LARGEST = 1024**3
LOOKED_AT = 10_000
ROUNDING = 1e-3


def checked(file: Path, task: Task) -> bytes:
    """The graph with its one output, or JobError saying what is wrong with it."""
    if not file.is_file() or file.is_symlink():
        raise JobError("the script left no model.onnx in SM_MODEL_DIR")
    if file.stat().st_size > LARGEST:
        raise JobError(f"the script's model.onnx is larger than {LARGEST} bytes")
    try:
        model = onnx.load(file, load_external_data=False)
        _check_operators(model)
        onnx.checker.check_model(model)
    except JobError:
        raise
    except Exception as fault:
        raise JobError(f"the script's model.onnx is not a valid graph: {str(fault)[:300]}") from fault
    wanted = PROBABILITIES if task.classes else VALUES
    _check_ends(model, wanted)
    kept = [output for output in model.graph.output if output.name == wanted]
    del model.graph.output[:]
    model.graph.output.extend(kept)
    body: bytes = model.SerializeToString(deterministic=True)
    _try(body, task, wanted)
    return body


def _check_operators(model: Any) -> None:
    foreign = sorted({entry.domain for entry in model.opset_import} - set(DOMAINS))
    if foreign or model.functions:
        named = foreign[0] if foreign else model.functions[0].name
        raise JobError(f"the script's model.onnx uses operators that are not standard: {named[:100]!r}")
    for graph in _graphs(model.graph):
        for tensor in _tensors(graph):
            if tensor.data_location == TensorProto.EXTERNAL:
                raise JobError("the script's model.onnx keeps weights in another file; save them inside it")


def _check_ends(model: Any, wanted: str) -> None:
    weights = {tensor.name for tensor in model.graph.initializer}
    inputs = [entry for entry in model.graph.input if entry.name not in weights]
    outputs = {entry.name: entry for entry in model.graph.output}
    if [entry.name for entry in inputs] != [FEATURES]:
        named = ", ".join(repr(entry.name[:60]) for entry in inputs[:5]) or "none"
        raise JobError(f"the script's model.onnx has the inputs {named}, and not one named {FEATURES!r}")
    if wanted not in outputs:
        named = ", ".join(repr(name[:60]) for name in list(outputs)[:5])
        raise JobError(f"the script's model.onnx has the outputs {named}, and none named {wanted!r}")
    for entry in (inputs[0], outputs[wanted]):
        if entry.type.tensor_type.elem_type != TensorProto.FLOAT:
            raise JobError(f"{entry.name!r} of the script's model.onnx is not a tensor of 32-bit floats")


def _try(body: bytes, task: Task, wanted: str) -> None:
    """On held-out rows, many and one alone."""
    matrix = task.validation if len(task.validation) else task.train
    rows = matrix.slice(0, LOOKED_AT)
    try:
        model = open_model(body)
        found, alone = (model.run([wanted], {FEATURES: part})[0] for part in (rows, rows[:1]))
    except Exception as fault:
        raise JobError(f"the script's model.onnx cannot answer the rows: {str(fault)[:300]}") from fault
    for answers, count in ((found, len(rows)), (alone, 1)):
        _check_answers(np.asarray(answers), (count, task.outputs), wanted)


def _check_answers(answers: NDArray[Any], shape: tuple[int, int], wanted: str) -> None:
    said = f"{wanted!r} of the script's model.onnx"
    if answers.shape != shape:
        raise JobError(f"{said} has the shape {list(answers.shape)}, not {list(shape)}")
    if not np.isfinite(answers).all():
        raise JobError(f"{said} holds values that are not numbers")
    if wanted == PROBABILITIES:
        apart = float(np.abs(answers.sum(axis=1) - 1).max())
        if answers.min() < -ROUNDING or apart > ROUNDING:
            raise JobError(f"{said} is not a probability a class: a row adds up to {1 + apart:.3f}")


def _graphs(graph: Any) -> Iterator[Any]:
    """A graph and those inside its nodes (branches, loops)."""
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            for inner in (attribute.g, *attribute.graphs):
                if inner.node:
                    yield from _graphs(inner)


def _tensors(graph: Any) -> Iterator[Any]:
    yield from graph.initializer
    for sparse in graph.sparse_initializer:
        yield from (sparse.values, sparse.indices)
    for node in graph.node:
        for attribute in node.attribute:
            yield from (attribute.t, *attribute.tensors)
