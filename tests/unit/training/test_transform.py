"""The compiled transform: each of its steps against the same step written out here, and what it refuses."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import polars as pl
import pytest

from dropforge.domain.contract import parse_contract
from tests.unit.training.learning import contract_of, matrix_of, rows_of
from training.errors import Refused
from training.features import Features
from training.model.graphs import open_graph
from training.transform import Transform
from training.transform.select import MOST_ROWS, by_rfe, by_vif, inflation

TRAIN = pl.DataFrame(
    {
        "n": pl.Series([1.0, 2.0, 2.0, 7.0, None], dtype=pl.Float32),
        "c": ["b", "a", "10", "b", None],
        "y": ["0", "1", "0", "1", "1"],
    }
)


def small(**transform: Any) -> Any:
    return parse_contract(
        {
            "usecase": "any",
            "problem": "binary",
            "target": "y",
            "columns": {"n": {"type": "number", "min": 0}, "c": "category", "y": "category"},
            "transform": transform,
        }
    )


def column(
    name: str, train: pl.DataFrame = TRAIN, rows: pl.DataFrame | None = None, **transform: Any
) -> list[float]:
    found: list[float] = matrix_of(small(**transform), train, rows)[name].to_list()
    return found


@pytest.mark.parametrize(
    ("how", "fill"), [("median", 2.0), ("mean", 3.0), ("most_frequent", 2.0), ("zero", 0.0)]
)
def test_a_missing_number_is_filled_with_what_the_contract_says(how: str, fill: float) -> None:
    assert column("n", impute=how) == [1, 2, 2, 7, fill]


def test_a_column_may_be_filled_in_a_way_of_its_own() -> None:
    assert column("n", impute="zero", columns={"n": {"impute": "mean"}})[-1] == 3


def test_fills_and_limits_are_those_of_the_training_rows() -> None:
    other = TRAIN.with_columns(n=pl.Series([None, 100.0, 200.0, 300.0, 400.0], dtype=pl.Float32))
    assert column("n", rows=other)[0] == 2
    assert column("n", rows=other, scale="minmax")[1] == pytest.approx(99 / 6)


def test_minmax_and_standard() -> None:
    filled = np.array([1, 2, 2, 7, 2])
    assert column("n", scale="minmax") == pytest.approx(list((filled - 1) / 6))
    assert column("n", scale="standard") == pytest.approx(list((filled - filled.mean()) / filled.std()))


def test_a_column_of_one_value_is_moved_to_zero_and_not_divided() -> None:
    one = TRAIN.with_columns(n=pl.lit(4.0, dtype=pl.Float32))
    for how in ("minmax", "standard"):
        assert column("n", train=one, scale=how) == [0] * 5


def test_a_logarithm_is_of_one_more_and_of_nothing_below_zero() -> None:
    log = {"n": {"log": True}}
    assert column("n", columns=log) == pytest.approx(list(np.log1p([1, 2, 2, 7, 2])))
    below = TRAIN.with_columns(n=pl.lit(-5.0, dtype=pl.Float32))
    assert column("n", rows=below, columns=log) == [0] * 5
    with pytest.raises(Refused, match="n has the value -5, and a logarithm needs 0 or more"):
        matrix_of(small(columns=log), below)


def test_bins_by_edges_hold_from_an_edge_on() -> None:
    found = matrix_of(small(columns={"n": {"bin": {"edges": [2, 7]}}}), TRAIN)
    assert [name for name in found.columns if name.startswith("n")] == ["n < 2", "n 2 to 7", "n >= 7"]
    assert found["n < 2"].to_list() == [1, 0, 0, 0, 0]
    assert found["n 2 to 7"].to_list() == [0, 1, 1, 0, 1]
    assert found["n >= 7"].to_list() == [0, 0, 0, 1, 0]


def test_bins_by_quantiles_are_about_equally_full() -> None:
    many = pl.DataFrame({"n": np.arange(1000, dtype=np.float32), "c": "a", "y": "1"})
    found = matrix_of(small(columns={"n": {"bin": {"quantiles": 4}}}), many)
    assert found.select(pl.exclude("c=a")).sum().row(0) == (250, 250, 250, 250)


def test_bins_by_width_begin_at_whole_widths() -> None:
    found = matrix_of(small(columns={"n": {"bin": {"width": 3}, "encode": "ordinal"}}), TRAIN)
    assert found["n"].to_list() == [0, 0, 0, 2, 0]


def test_categories_become_dummies_numbers_by_size_first_and_missing_last() -> None:
    found = matrix_of(small(), TRAIN).drop("n")
    assert found.columns == ["c=10", "c=a", "c=b", "c is missing"]
    assert found.rows() == [(0, 0, 1, 0), (0, 1, 0, 0), (1, 0, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)]


def test_dummies_without_the_first() -> None:
    assert matrix_of(small(encode="dummies_but_first"), TRAIN).columns == ["n", "c=a", "c=b", "c is missing"]


def test_ordinal_is_the_values_place_and_an_unknown_one_is_minus_one() -> None:
    assert column("c", encode="ordinal") == [2, 1, 0, 2, 3]
    assert column("c", rows=TRAIN.with_columns(c=pl.lit("new")), encode="ordinal") == [-1] * 5


def test_an_unknown_category_has_no_column() -> None:
    found = matrix_of(small(), TRAIN, TRAIN.with_columns(c=pl.lit("new")))
    assert found.drop("n").sum_horizontal().sum() == 0


def test_a_missing_category_may_count_as_the_most_frequent_one() -> None:
    found = matrix_of(small(missing="most_frequent"), TRAIN)
    assert found.columns == ["n", "c=10", "c=a", "c=b"]
    assert found["c=b"].to_list() == [1, 0, 0, 1, 1]
    own = {"columns": {"c": {"impute": "most_frequent"}}}
    assert matrix_of(small(**own), TRAIN).columns == found.columns


def test_the_contracts_values_keep_their_order_and_unseen_ones_have_no_column() -> None:
    contract = parse_contract(
        {
            "usecase": "any",
            "problem": "binary",
            "target": "y",
            "columns": {
                "n": "number",
                "c": {"type": "category", "values": ["b", "z", "a", 10]},
                "y": "category",
            },
        }
    )
    assert matrix_of(contract, TRAIN).columns == ["n", "c=b", "c=a", "c=10", "c is missing"]


def test_parts_of_dates_are_numbers_and_a_missing_date_is_filled() -> None:
    contract = contract_of(
        "binary",
        transform={"columns": {"day": {"parts": ["year", "month", "day", "weekday", "hour", "dayofyear"]}}},
    )
    rows = rows_of("binary", 3, gaps=False).with_columns(
        day=pl.Series(["2024-02-29T13:30:00", "2023-12-31T00:00:00", None])
    )
    found = matrix_of(contract, rows)
    parts = [f"day {part}" for part in ("year", "month", "day", "weekday", "hour", "dayofyear")]
    assert found.select(parts).row(0) == (2024, 2, 29, 4, 13, 60)
    assert found.select(parts).row(1) == (2023, 12, 31, 7, 0, 365)
    assert found.select(parts).row(2) == (2023.5, 7, 30, 5.5, 6.5, 212.5)


@pytest.mark.parametrize(
    ("train", "transform", "said"),
    [
        (TRAIN.with_columns(n=pl.lit(None, dtype=pl.Float32)), {}, "n has no value in any row"),
        (
            TRAIN.with_columns(n=pl.lit(None, dtype=pl.Float32)),
            {"impute": "zero"},
            "n has no value in any row",
        ),
        (TRAIN.with_columns(c=pl.lit(None, dtype=pl.String)), {}, "c has no value in any row"),
        (TRAIN, {"columns": {"n": {"bin": {"width": 0.001}}}}, "n would have 6001 bins of width 0.001"),
        (TRAIN, {"select": {"method": "rfe", "keep": 9}}, "keeps 9 columns, and the matrix has only 5"),
    ],
)
def test_what_cannot_be_learned_from_is_refused_with_a_sentence(
    train: pl.DataFrame, transform: dict[str, Any], said: str
) -> None:
    with pytest.raises(Refused, match=said):
        Transform(small(**transform), train)


def test_too_many_categories_are_refused() -> None:
    many = pl.DataFrame({"n": np.ones(1100, np.float32), "c": [f"v{n}" for n in range(1100)], "y": "1"})
    with pytest.raises(Refused, match="c has 1100 different values; a category has at most 1000"):
        Transform(small(), many)


def test_a_name_may_be_anything() -> None:
    """Names are labels: none becomes a name in the graph."""
    hostile = 'x"; <b>/../{0}=\u202e'
    contract = parse_contract(
        {
            "usecase": "any",
            "problem": "binary",
            "target": "y",
            "columns": {hostile: "category", f"{hostile}2": "number", "y": "category"},
        }
    )
    train = pl.DataFrame(
        {hostile: ["<i>", "b"], f"{hostile}2": pl.Series([1, 2], dtype=pl.Float32), "y": ["0", "1"]}
    )
    transform = Transform(contract, train)
    assert transform.names == [f"{hostile}2", f"{hostile}=<i>", f"{hostile}=b"]
    assert hostile.encode() not in transform.graph


@pytest.mark.parametrize("problem", ["binary", "multiclass", "regression"])
def test_rfe_keeps_what_scikit_learn_keeps_and_tells_each_step(problem: str, tmp_path: Path) -> None:
    contract = contract_of(problem, transform={"select": {"method": "rfe", "keep": 5}})
    rows = rows_of(problem, 500)
    transform = Transform(contract, rows)
    transform.write(tmp_path)
    selection = json.loads((tmp_path / "selection.json").read_text())
    assert transform.names == selection["kept"]
    assert len(selection["kept"]) == 5
    everything = Transform(contract_of(problem), rows).names
    assert {step["dropped"] for step in selection["steps"]} == set(everything) - set(selection["kept"])
    assert matrix_of(contract, rows).width == 5


def test_the_matrix_of_what_was_selected_is_the_same_columns_of_the_whole() -> None:
    rows = rows_of("regression", 500)
    contract = contract_of("regression", transform={"select": {"method": "rfe"}})
    selected, whole = matrix_of(contract, rows), matrix_of(contract_of("regression"), rows)
    assert selected.width == whole.width // 2
    assert selected.equals(whole.select(selected.columns))


def test_vif_drops_the_worst_until_none_is_above_the_limit() -> None:
    draw = np.random.default_rng(0)
    one, two = draw.normal(size=(2, 500))
    matrix = np.column_stack([one, two, one + two, one + 0.1 * draw.normal(size=500)]).astype(np.float32)
    found = by_vif(["a", "b", "a+b", "nearly a"], matrix, 10)
    assert found.document["steps"][0]["vif"] == "infinite"
    assert len(found.kept) == 2
    assert max(found.document["vif"].values()) <= 10


def test_inflation_is_what_statsmodels_says() -> None:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from statsmodels.stats.outliers_influence import variance_inflation_factor
    draw = np.random.default_rng(0)
    values = draw.normal(size=(300, 4))
    values[:, 3] += values[:, 0] - values[:, 1]
    with_constant = np.column_stack([np.ones(300), values])
    expected = [variance_inflation_factor(with_constant, index) for index in range(1, 5)]
    np.testing.assert_allclose(inflation(values), expected, rtol=1e-9)


def test_a_constant_column_is_the_first_that_vif_drops() -> None:
    values = np.column_stack([np.random.default_rng(0).normal(size=100), np.ones(100)]).astype(np.float32)
    assert by_vif(["a", "one"], values, 10).kept == ["a"]


def test_rfe_of_columns_on_different_scales_judges_them_alike_for_classes() -> None:
    draw = np.random.default_rng(0)
    strong, weak = draw.normal(size=(2, 400))
    target = np.where(strong * 2 + weak * 0.1 > 0, "1", "0")
    matrix = np.column_stack([strong * 1000, weak / 1000]).astype(np.float32)
    assert by_rfe(["strong", "weak"], matrix, target, 1, classifies=True).kept == ["strong"]


def test_very_many_columns_are_dropped_several_at_a_time() -> None:
    draw = np.random.default_rng(0)
    matrix = draw.normal(size=(300, 160)).astype(np.float32)
    names = [f"c{index}" for index in range(160)]
    found = by_rfe(names, matrix, matrix[:, :10].sum(axis=1), 10, classifies=False)
    assert found.kept == names[:10]
    assert len(found.document["steps"]) == 150
    assert max(step["rank"] for step in found.document["steps"]) == 51


def test_selection_looks_at_no_more_rows_than_it_says() -> None:
    rows = rows_of("regression", MOST_ROWS + 100)
    transform = Transform(contract_of("regression", transform={"select": {"method": "vif"}}), rows, seed=3)
    assert transform.selection is not None
    assert transform.selection["rows"] == MOST_ROWS


def test_the_same_rows_give_the_same_bytes_held_or_read_as_needed(tmp_path: Path) -> None:
    rows = rows_of("binary", 500)
    rows.write_parquet(tmp_path / "rows.parquet")
    contract = contract_of("binary", transform={"select": {"method": "rfe"}})
    held = Transform(contract, rows)
    assert held.graph == Transform(contract, pl.scan_parquet(tmp_path / "rows.parquet")).graph


def test_the_graph_is_of_standard_operators_and_takes_any_number_of_rows() -> None:
    rows = rows_of("binary", 50)
    transform = Transform(contract_of("binary"), rows)
    model = onnx.load_from_string(transform.graph)
    onnx.checker.check_model(model)
    assert {node.domain for node in model.graph.node} <= {"", "ai.onnx.ml"}
    session, features = open_graph(transform.graph, 1), Features(contract_of("binary"))
    for count in (1, 0, 50):
        assert session.run(None, features.from_frame(rows[:count]))[0].shape == (count, len(transform.names))
