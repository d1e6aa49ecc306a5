"""What belongs to one problem is refused for another; every problem's whole contract is read."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from dropforge.domain.contract import (
    Contract,
    ContractError,
    contract_from_json,
    contract_to_json,
    contract_to_mapping,
    parse_contract,
)
from dropforge.domain.contract.schema import schema
from tests.unit.contract.wholes import BINARY, IMAGE, MULTICLASS, REGRESSION, SCRIPT, WHOLES, changed

VALIDATOR = Draft202012Validator(schema())


@pytest.mark.parametrize("name", WHOLES)
def test_a_whole_contract_and_its_normalised_form_are_read_alike_by_parser_and_schema(name: str) -> None:
    contract = parse_contract(WHOLES[name])
    assert contract_from_json(contract_to_json(contract)) == contract
    VALIDATOR.validate(WHOLES[name])
    VALIDATOR.validate(contract_to_mapping(contract))


def test_a_contract_without_options_is_the_one_that_the_dataclasses_build() -> None:
    """So that tests and code which build one by hand have the same defaults as a file."""
    read = parse_contract({"usecase": "a", "problem": "image"})
    built = Contract("a", "image", "label")
    assert (read.quality, read.split, read.resample, read.transform) == (
        built.quality,
        built.split,
        built.resample,
        built.transform,
    )
    assert (read.serving, read.resources, read.confidence) == (
        built.serving,
        built.resources,
        built.confidence,
    )


def test_pictures_need_no_columns_and_their_folders_are_the_target() -> None:
    contract = parse_contract(IMAGE)
    assert (contract.target, contract.columns, contract.features) == ("label", (), ())
    assert contract.target_column.values == ("bicycle", "car", "motorcycle")
    assert contract.reader.format == "images"


@pytest.mark.parametrize(
    ("whole", "gate"),
    [
        (BINARY, {"auc": 0.5}),
        (MULTICLASS, {"accuracy": 0.5}),
        (REGRESSION, {"r2": 0.0}),
        (IMAGE, {"accuracy": 0.5}),
    ],
)
def test_the_default_gate_is_one_that_the_problem_is_measured_by(
    whole: dict[str, Any], gate: dict[str, float]
) -> None:
    assert parse_contract(changed(whole, "gate", None)).gate.limits == gate


def test_what_is_compared_is_filled_in_by_the_problem() -> None:
    gate = parse_contract(REGRESSION).gate
    assert gate.champion
    assert gate.slices
    assert (gate.champion.metric, gate.slices.metric) == ("rmse", "rmse")
    tuning = parse_contract(SCRIPT).tuning
    assert tuning
    assert tuning.objective == "auc"


def test_numbers_are_brought_to_one_scale_where_the_algorithm_needs_it() -> None:
    assert parse_contract(MULTICLASS).transform.scale == "standard"
    assert parse_contract(changed(MULTICLASS, "transform/scale", "none")).transform.scale == "none"


def test_a_date_is_a_feature_by_its_parts_only() -> None:
    with_parts = parse_contract(BINARY)
    without = parse_contract(changed(BINARY, "transform/columns/when", None))
    assert "when" in [column.name for column in with_parts.features]
    assert "when" in without.ignored


FAULTS: list[tuple[dict[str, Any], str, Any, str]] = [
    (REGRESSION, "confidence", 0.9, "confidence: only classes are answered with one, not numbers"),
    (REGRESSION, "positive", 1, "positive: only a binary problem has it, not regression"),
    (REGRESSION, "gate/auc", 0.9, "gate.auc: is not measured for a regression problem; r2, rmse, mae, mse"),
    (REGRESSION, "columns/cnt", "category", "columns.cnt: the target of a regression problem is an integer"),
    (REGRESSION, "resample", {"method": "over"}, "resample.method: only classes are balanced, not numbers"),
    (REGRESSION, "split/stratify", True, "split.stratify: only classes are stratified, not numbers"),
    (REGRESSION, "algorithm/name", "logistic", "algorithm.name: logistic does not solve regression problems"),
    (REGRESSION, "gate/slices", {"columns": ["season"]}, "gate.slices.margin: is missing"),
    (MULTICLASS, "algorithm/name", "linear", "algorithm.name: linear does not solve multiclass problems"),
    (MULTICLASS, "columns/kind", "integer", "columns.kind: the target of a multiclass problem is a category"),
    (MULTICLASS, "gate/rmse", 1, "gate.rmse: is not measured for a multiclass problem"),
    (MULTICLASS, "image", {}, "image: only an image problem has it, not multiclass"),
    (MULTICLASS, "reader", {"format": "images"}, "reader.format: only an image problem reads images"),
    (IMAGE, "columns", {"a": "number"}, "columns: pictures have none; the folders are the classes"),
    (IMAGE, "rules", {"a": "b > 1"}, "rules: pictures have none"),
    (IMAGE, "reader", {"format": "csv"}, "reader.format: an image problem reads images, not csv"),
    (IMAGE, "split/by", "time", "split.by: pictures are split at random"),
    (IMAGE, "classes", ["one"], "classes: a list of 1; 2 to 1000 are allowed"),
    (IMAGE, "classes", ["../x", "y"], "classes: '../x' is not a class's name"),
    (IMAGE, "image", {"width": 4}, "image.width: 4 is not between 8 and 512"),
    (BINARY, "columns/fraud/values", ["Y", "N", "?"], "columns.fraud.values: a binary problem has 2 classes"),
    (BINARY, "algorithm/name", "gbm", "algorithm.name: 'gbm' is not one of 'xgboost'"),
    (BINARY, "algorithm/parameters/trees", 3, "algorithm.parameters.trees: is not a known key"),
    (
        BINARY,
        "algorithm/parameters",
        {"class_weight": "balanced", "scale_pos_weight": 3},
        "algorithm.parameters.scale_pos_weight: class_weight balances the classes already",
    ),
    (BINARY, "algorithm/entry", "a.py", "algorithm.entry: only a script has one, not xgboost"),
    (BINARY, "split/column", None, "split.column: is missing: name the column of the time"),
    (BINARY, "split/column", "job role", "split.column: 'job role' is neither a date nor a number"),
    (BINARY, "split/column", "nowhere", "split.column: 'nowhere' is not one of the columns"),
    (BINARY, "split/by", "random", "split.column: a random split has none"),
    (BINARY, "split/stratify", True, "split.stratify: a split by time cannot be stratified"),
    (BINARY, "split", {"validation": 0, "train": 0.85}, "split.validation: is 0, and xgboost needs rows"),
    (BINARY, "resample/ratio", 0, "resample.ratio: 0 is not between 0.01 and 1"),
    (BINARY, "columns/when/format", "%d-%m", "columns.when.format: '%d-%m' has no year"),
    (BINARY, "columns/when/format", "%Y %Q", "columns.when.format: '%Y %Q' is not a date's format"),
    (BINARY, "columns/age/format", "%Y", "columns.age.format: only a date has a format"),
    (SCRIPT, "algorithm/entry", None, "algorithm.entry: is missing; name the file"),
    (SCRIPT, "algorithm/entry", "../train.py", "algorithm.entry: '../train.py' is not a Python file's name"),
    (SCRIPT, "algorithm/parameters/a b", 1, "algorithm.parameters: 'a b' is not a parameter's name"),
    (SCRIPT, "algorithm/parameters/layers", [1], "algorithm.parameters.layers: a list is not a number"),
    (SCRIPT, "resources", {"instances": 2}, "resources.instances: script trains on one host"),
    (
        SCRIPT,
        "algorithm/parameters",
        {f"p{number}": 1 for number in range(51)},
        "algorithm.parameters: has 51; at most 50 are allowed",
    ),
]


@pytest.mark.parametrize(("whole", "path", "value", "said"), FAULTS, ids=[fault[3][:60] for fault in FAULTS])
def test_what_does_not_belong_is_refused_by_name(
    whole: dict[str, Any], path: str, value: Any, said: str
) -> None:
    with pytest.raises(ContractError) as raised:
        parse_contract(changed(whole, path, value))
    assert any(str(problem).startswith(said) for problem in raised.value.problems), str(raised.value)


@pytest.mark.parametrize(
    ("whole", "name", "value"),
    [
        (REGRESSION, "confidence", 0.9),
        (REGRESSION, "positive", 1),
        (MULTICLASS, "image", {}),
        (IMAGE, "columns", {"a": "number"}),
        (IMAGE, "drop", {"a": "why"}),
    ],
)
def test_an_editor_underlines_what_another_problem_has(whole: dict[str, Any], name: str, value: Any) -> None:
    assert VALIDATOR.is_valid(whole)
    assert not VALIDATOR.is_valid(changed(whole, name, value))


def test_a_class_weight_of_a_regression_makes_no_sense_and_is_said_so() -> None:
    document = changed(
        REGRESSION, "algorithm", {"name": "random_forest", "parameters": {"criterion": "gini"}}
    )
    with pytest.raises(ContractError, match="criterion: makes no sense for a regression problem"):
        parse_contract(document)


def test_the_champion_need_not_be_named_for_a_gate_to_be_one() -> None:
    assert parse_contract(changed(REGRESSION, "gate", {"champion": {}})).gate.champion is not None


def test_a_name_that_cannot_be_printed_is_spelled_out_among_the_known_ones() -> None:
    document = changed(BINARY, "columns", {"\x80": "number"})
    with pytest.raises(ContractError, match=r"known are '\\x80'"):
        parse_contract(document)
