"""The JSON Schema that editors use says what the parser says."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from dropforge.domain import contract as package
from dropforge.domain.contract import contract_to_mapping, parse_contract
from dropforge.domain.contract.schema import schema

MINIMAL: dict[str, Any] = {
    "usecase": "loan",
    "problem": "binary",
    "target": "taken",
    "columns": {"age": "integer", "taken": {"type": "category", "values": [0, 1]}},
}
PUBLISHED = Path(package.__file__).parents[1] / "contract.schema.json"
VALIDATOR = Draft202012Validator(schema())


def test_the_published_file_is_the_one_that_the_fields_describe() -> None:
    """Else: python -m dropforge.domain.contract.schema > layers/core/dropforge/domain/contract.schema.json"""
    assert json.loads(PUBLISHED.read_text(encoding="utf-8")) == schema()
    Draft202012Validator.check_schema(schema())


def test_a_contract_and_its_normalised_form_are_valid() -> None:
    VALIDATOR.validate(MINIMAL)
    VALIDATOR.validate(contract_to_mapping(parse_contract(MINIMAL)))


@pytest.mark.parametrize(
    "changes",
    [
        {"usecase": "../x"},
        {"problem": "ranking"},
        {"gate": {"auc": 1.2}},
        {"gate": {}},
        {"gates": {}},
        {"columns": {}},
        {"columns": {"age": "integr"}},
        {"columns": {"age": {"min": 1}}},
        {"columns": {"age": {"type": "integer", "colour": 1}}},
        {"drop": {"x": ""}},
        {"reader": {"nulls": ["a", "a"]}},
        {"algorithm": {"parameters": {"max_depth": 0}}},
        {"owners": ["nobody"]},
    ],
)
def test_what_the_parser_refuses_in_one_key_the_schema_underlines(changes: dict[str, Any]) -> None:
    with pytest.raises(package.ContractError):
        parse_contract(MINIMAL | changes)
    assert not VALIDATOR.is_valid(MINIMAL | changes)
