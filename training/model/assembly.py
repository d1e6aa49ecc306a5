"""Puts an ONNX graph together from standard operators; the same calls give the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

OPSET, ML_OPSET, IR_VERSION = 18, 3, 9
OF_ML = ("LabelEncoder", "TreeEnsembleRegressor")


class Assembly:
    """Collects nodes and constants; every name is made here, none comes from data."""

    def __init__(self) -> None:
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []

    def constant(self, values: ArrayLike, kind: type[np.generic]) -> str:
        name = f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.asarray(values, dtype=kind), name))
        return name

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """A node; the name of what comes out of it."""
        name = f"step_{len(self._nodes)}"
        domain = "ai.onnx.ml" if operator in OF_ML else ""
        node = helper.make_node(operator, list(inputs), [name], name=name, domain=domain, **attributes)
        self._nodes.append(node)
        return name

    def finished(
        self, name: str, inputs: Sequence[ValueInfoProto], result: str, output: str, width: int
    ) -> bytes:
        """`result` becomes the graph's one output: 32-bit floats, `width` in each row."""
        nodes = [*self._nodes, helper.make_node("Identity", [result], [output], name=output)]
        outputs = [helper.make_tensor_value_info(output, TensorProto.FLOAT, [None, width])]
        graph = helper.make_graph(nodes, name, inputs, outputs, self._constants)
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("ai.onnx.ml", ML_OPSET)]
        model = helper.make_model(
            graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="dropforge"
        )
        body: bytes = model.SerializeToString(deterministic=True)
        return body
