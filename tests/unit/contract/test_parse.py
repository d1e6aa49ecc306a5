"""A contract is read whole: what is right becomes a Contract, and everything wrong is said at once."""

import copy
from typing import Any

import pytest

from dropforge.domain.contract import ContractError, parse_contract

MINIMAL: dict[str, Any] = {
    "usecase": "loan",
    "problem": "binary",
    "target": "taken",
    "columns": {"age": "integer", "taken": "category"},
}


def problems(**changes: Any) -> list[str]:
    with pytest.raises(ContractError) as raised:
        parse_contract(copy.deepcopy(MINIMAL) | changes)
    return [str(problem) for problem in raised.value.problems]


def test_four_keys_make_a_contract() -> None:
    """All but usecase, problem, target and columns have defaults."""
    contract = parse_contract(MINIMAL)
    assert contract.reader.delimiter == ","
    assert contract.gate.limits == {"auc": 0.5}
    assert contract.positive is None
    assert contract.algorithm.hyperparameters()["max_depth"] == "6"


def test_a_category_has_one_spelling_whatever_yaml_made_of_it() -> None:
    columns = {"age": "integer", "taken": {"type": "category", "values": [0, 1.0]}}
    contract = parse_contract(MINIMAL | {"columns": columns, "positive": 1})
    assert contract.target_column.values == ("0", "1")
    assert contract.positive == "1"


def test_only_numbers_and_categories_are_features() -> None:
    columns = {"id": "id", "day": "date", "note": "string", "age": "integer", "taken": "category"}
    contract = parse_contract(MINIMAL | {"columns": columns})
    assert [column.name for column in contract.features] == ["age"]
    assert contract.ignored == {"id", "day", "note", "taken"}


def test_every_problem_is_reported_at_once_with_its_path() -> None:
    found = problems(
        usecase="../x",
        gate={"auc": 1.2, "acuracy": 0.9},
        columns={"age": {"type": "integr"}, "taken": "category"},
        split={"seed": -1},
    )
    assert any(line.startswith("usecase: '../x' is not a name") for line in found)
    assert "gate.auc: 1.2 is not between 0 and 1" in found
    assert "gate.acuracy: is not a known key; did you mean 'accuracy'?" in found
    assert any(line.startswith("columns.age.type: 'integr' is not one of") for line in found)
    assert "split.seed: -1 is not between 0 and 2147483647" in found
    assert len(found) == 5


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"target": "taked"}, "target: 'taked' is not one of the columns; did you mean 'taken'?"),
        ({"split": {"train": 0.9}}, "split: train, validation and test add up to 1.2, not 1"),
        ({"drop": {"age": "why"}}, "drop.age: is listed under columns as well; keep one of the two"),
        ({"gate": {}}, "gate: names no metric; give a limit, such as auc: 0.5"),
        ({"resources": {"instances": 21}}, "resources.instances: 21 is not between 1 and 20"),
        ({"reader": {"delimiter": ",,"}}, "reader.delimiter: ',,' is not a delimiter"),
        ({"reader": {"decimal": ","}}, "reader.decimal: ',' already separates the cells; name another"),
        ({"reader": {"delimiter": ";", "decimal": ";"}}, "reader.decimal: ';' is not one of '.' and ','"),
        (
            {"algorithm": {"parameters": {"eta": 0}}},
            "algorithm.parameters.eta: 0 is not between 0.0001",
        ),
        ({"columns": {"taken": "category"}}, "columns: no column beside the target is an integer"),
        (
            {"columns": {"age": "integer", "taken": "integer"}},
            "columns.taken: the target of a binary",
        ),
        ({"columns": {7: "integer"}}, "columns: 7 is not text; quote it"),
        ({"columns": {" age": "integer"}}, "columns: ' age' is not a column's name"),
        ({"columns": ["age"]}, "columns: a list is not a mapping of names to types"),
        ({"columns": {"age": {"min": 1}}}, "columns.age.type: is missing; give one of integer"),
        ({"confidence": float("nan")}, "confidence: nan is not a finite number"),
        ({"confidence": 10**5000}, "confidence: a huge number is not between 0 and 1"),
        ({"confidence": True}, "confidence: True is not a number"),
        ({"owners": ["nobody"]}, "owners: 'nobody' is not an e-mail address"),
    ],
)
def test_a_fault_is_said_in_words_at_its_place(changes: dict[Any, Any], said: str) -> None:
    assert problems(**changes)[0].startswith(said)


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"type": "integer", "min": 5, "max": 1}, "columns.age.min: 5 is above max, 1"),
        ({"type": "category", "min": 5}, "columns.age.min: only an integer or a number has a min"),
        ({"type": "integer", "values": [1]}, "columns.age.values: only a category has values"),
        ({"type": "category", "values": [1, "1"]}, "columns.age.values: '1' is listed twice"),
        ({"type": "category", "values": [[]]}, "columns.age.values: a list is not a value of a category"),
        ({"type": "number", "max": 1e39}, "columns.age.max: 1e+39 is not between -3e+38 and 3e+38"),
    ],
)
def test_a_columns_fault_is_said_at_its_place(spec: dict[str, Any], said: str) -> None:
    assert problems(columns={"age": spec, "taken": "category"})[0].startswith(said)


def test_every_faulty_item_of_a_list_is_reported() -> None:
    assert problems(owners=["a@b.c", "nobody", 7]) == [
        "owners: 'nobody' is not an e-mail address",
        "owners: 7 is not text",
    ]


def test_a_positive_class_must_be_one_of_the_targets() -> None:
    columns = {"age": "integer", "taken": {"type": "category", "values": ["no", "maybe"]}}
    assert problems(columns=columns) == ["positive: is missing: say which of 'no' and 'maybe' it is"]
    assert problems(columns=columns, positive="yes") == ["positive: 'yes' is not one of the target's values"]


def test_a_hostile_contract_makes_no_endless_message() -> None:
    found = problems(gate={f"{'x' * 10_000}{number}": 1 for number in range(500)})
    assert found[-1] == "and 450 more problems"
    assert sum(map(len, found)) < 20_000


@pytest.mark.parametrize("document", [None, [], "usecase", 3, True])
def test_what_is_not_a_mapping_is_refused(document: object) -> None:
    with pytest.raises(ContractError, match="a contract is a mapping"):
        parse_contract(document)
