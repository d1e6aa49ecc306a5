"""The parts' rows, in their order."""

import numpy as np
import polars as pl
from sklearn.model_selection import train_test_split

from training.process.dividing import PARTS
from training.process.parts import Parts


def test_rows_drawn_one_by_one_are_in_the_order_of_the_draw() -> None:
    values, order = pl.DataFrame({"row": range(730)}), np.random.RandomState(333).permutation(730)
    part_of_row = np.full(730, 2, np.int8)
    part_of_row[order[219:729]] = 0
    parts = Parts(values, part_of_row, 333)
    train, test = train_test_split(np.arange(730), train_size=0.7, test_size=0.3, random_state=333)
    assert parts.column("train", "row").to_list() == list(train)
    assert sorted(parts.column("test", "row")) == sorted([*test, order[729]])


def test_rows_dealt_out_otherwise_stay_in_the_files_order() -> None:
    values = pl.DataFrame({"row": range(9)})
    parts = Parts(values, np.array([0, 1, 2] * 3, np.int8), 1)
    assert {name: parts.column(name, "row").to_list() for name in PARTS} == {
        "train": [0, 3, 6],
        "validation": [1, 4, 7],
        "test": [2, 5, 8],
    }
