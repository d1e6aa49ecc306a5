"""The normalised form is a contract itself, and says the same."""

import json

import pytest

from dropforge.domain.contract import ContractError, contract_from_json, contract_to_json, parse_contract


def test_defaults_are_written_out() -> None:
    columns = {"age": "integer", "taken": "category"}
    contract = parse_contract({"usecase": "a", "problem": "binary", "target": "taken", "columns": columns})
    document = json.loads(contract_to_json(contract))
    assert document["split"] == {"train": 0.7, "validation": 0.15, "test": 0.15, "by": "random"}
    assert contract_from_json(contract_to_json(contract)) == contract


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not a JSON document"),
        ('{"usecase": "a", "usecase": "b"}', "the key 'usecase' is given twice"),
        ('{"confidence": NaN}', "NaN is not a JSON number"),
        ("[" * 100_000, "not a JSON document"),
        ("[]", "a contract is a mapping"),
        (" " * 2_000_000, "the document is larger than"),
    ],
)
def test_what_is_not_a_contract_is_refused_in_words(text: str, said: str) -> None:
    with pytest.raises(ContractError, match=said):
        contract_from_json(text)
