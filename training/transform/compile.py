"""Columns → one ONNX graph of standard operators.

Numbers are filled, logged and scaled as one block. A bin is how many edges a value reaches. A category's
texts are looked up once each (LabelEncoder), turned into rows of a small table (zeros and a one, or a code),
and each row of the input takes its row of that table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from onnx import TensorProto, ValueInfoProto, helper

from training.features import CODES, MISSING_CATEGORY, NUMBERS, VALUES
from training.model.assembly import Assembly
from training.transform.columns import BinnedColumn, CategoryColumn, NumberColumn

if TYPE_CHECKING:
    from training.transform.columns import Fitted

OUTPUT = "features"
UNKNOWN = -1


def compile_graph(fitted: Fitted) -> bytes:
    graph = Assembly()
    blocks = [*_number_blocks(fitted, graph), *_category_blocks(fitted, graph)]
    joined = graph.add("Concat", *blocks, axis=1)
    return graph.finished("transform", _inputs(fitted), joined, OUTPUT, len(fitted.names))


def _inputs(fitted: Fitted) -> list[ValueInfoProto]:
    inputs = []
    if fitted.number_inputs:
        shape = [None, fitted.number_inputs]
        inputs.append(helper.make_tensor_value_info(NUMBERS, TensorProto.FLOAT, shape))
    for index in range(fitted.category_inputs):
        values, codes = VALUES.format(index), CODES.format(index)
        inputs.append(helper.make_tensor_value_info(values, TensorProto.STRING, [None]))
        inputs.append(helper.make_tensor_value_info(codes, TensorProto.INT64, [None]))
    return inputs


def _number_blocks(fitted: Fitted, graph: Assembly) -> list[str]:
    plain = [column for column in fitted.columns if isinstance(column, NumberColumn)]
    binned = [column for column in fitted.columns if isinstance(column, BinnedColumn)]
    blocks = [_plain(plain, fitted.number_inputs, graph)] if plain else []
    return [*blocks, *(_binned(column, graph) for column in binned)]


def _plain(columns: list[NumberColumn], width: int, graph: Assembly) -> str:
    indices = [column.index for column in columns]
    taken = NUMBERS
    if indices != list(range(width)):
        taken = graph.add("Gather", NUMBERS, graph.constant(indices, np.int64), axis=1)
    taken = _filled(taken, [column.fill for column in columns], graph)
    if any(column.log for column in columns):
        taken = _logged(taken, [column.log for column in columns], graph)
    shifts, divisors = [column.shift for column in columns], [column.divisor for column in columns]
    if any(shifts):
        taken = graph.add("Sub", taken, graph.constant(shifts, np.float32))
    if any(divisor != 1 for divisor in divisors):
        taken = graph.add("Div", taken, graph.constant(divisors, np.float32))
    return taken


def _filled(values: str, fills: list[float], graph: Assembly) -> str:
    return graph.add("Where", graph.add("IsNaN", values), graph.constant(fills, np.float32), values)


def _logged(values: str, which: list[bool], graph: Assembly) -> str:
    """log(1 + x) of some columns; what is below 0 counts as 0, since training saw none."""
    positive = graph.add("Max", values, graph.constant(0, np.float32))
    logarithm = graph.add("Log", graph.add("Add", positive, graph.constant(1, np.float32)))
    return graph.add("Where", graph.constant(which, np.bool_), logarithm, values)


def _binned(column: BinnedColumn, graph: Assembly) -> str:
    taken = graph.add("Gather", NUMBERS, graph.constant([column.index], np.int64), axis=1)
    filled = _filled(taken, [column.fill], graph)
    reached = graph.add("GreaterOrEqual", filled, graph.constant(column.edges, np.float32))
    counted = graph.add("Cast", reached, to=TensorProto.FLOAT)
    which = graph.add("ReduceSum", counted, graph.constant([1], np.int64), keepdims=1)
    if column.kept is None:
        return which
    same = graph.add("Equal", which, graph.constant(column.kept, np.float32))
    return graph.add("Cast", same, to=TensorProto.FLOAT)


def _category_blocks(fitted: Fitted, graph: Assembly) -> list[str]:
    categories = (column for column in fitted.columns if isinstance(column, CategoryColumn))
    return [_category(column, graph) for column in categories]


def _category(column: CategoryColumn, graph: Assembly) -> str:
    keys = list(column.values)
    codes = list(range(len(keys)))
    if column.missing is not None:
        keys, codes = [*keys, MISSING_CATEGORY], [*codes, keys.index(column.missing)]
    known = graph.add(
        "LabelEncoder",
        VALUES.format(column.index),
        keys_strings=keys,
        values_int64s=codes,
        default_int64=UNKNOWN,
    )
    table = graph.add("Unsqueeze", known, graph.constant([1], np.int64))
    if column.kept is not None:
        table = graph.add("Equal", table, graph.constant(column.kept, np.int64))
    table = graph.add("Cast", table, to=TensorProto.FLOAT)
    return graph.add("Gather", table, CODES.format(column.index), axis=0)
