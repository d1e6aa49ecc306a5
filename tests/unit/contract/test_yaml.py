"""YAML from anyone who may write to the bucket: read narrowly, and every problem has its line."""

import pytest

from dropforge.domain.contract import Contract, ContractError
from dropforge.edge.contract_yaml import load_contract

GOOD = """\
usecase: loan
problem: binary
target: taken
columns:
  age: {type: integer, min: 18}
  "day off": category
  taken: {type: category, values: [yes, no]}
"""


def refusal(text: str | bytes) -> str:
    with pytest.raises(ContractError) as raised:
        load_contract(text)
    return str(raised.value)


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter() -> None:
    plain = load_contract(GOOD)
    assert isinstance(plain, Contract)
    assert load_contract(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()) == plain


def test_yes_and_no_stay_the_words_that_they_are_in_the_data() -> None:
    assert load_contract(GOOD).target_column.values == ("yes", "no")


def test_a_problem_names_the_line_of_its_key() -> None:
    text = GOOD + "gate:\n  accuracy: 0.9\n  auc: 1.2\n"
    assert refusal(text) == "line 10: gate.auc: 1.2 is not between 0 and 1"


def test_a_decimal_comma_beside_a_delimiting_comma_is_refused_at_its_line() -> None:
    said = "reader.decimal: ',' already separates the cells; name another delimiter, such as ';'"
    assert refusal(GOOD + "reader:\n  nulls: ['?']\n  decimal: ','\n") == f"line 10: {said}"


def test_a_missing_key_has_no_line_and_is_still_named() -> None:
    assert "usecase: is missing" in refusal("problem: binary\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the contract is empty"),
        ("# nothing\n", "the contract is empty"),
        ("- 1\n", "a contract is a mapping, not a list"),
        ("usecase: [", "line 1: not YAML"),
        ("usecase: a\nusecase: b\n", "line 2: the key 'usecase' is given twice"),
        (GOOD + "gate: {auc: 0.9, auc: 0.1}\n", "line 8: the key 'auc' is given twice"),
        ("a: &a [x]\nb: *a\n", "line 1: anchors and aliases"),
        ("a: !!python/object/apply:os.system [ls]\n", "line 1: the tag"),
        ("? [a, b]\n: 1\n", "line 1: a key is a word"),
        ("[" * 100_000, "line 1: nested deeper than 12 levels"),
        ("usecase: a\n---\nusecase: b\n", "line 2: not YAML: but found another document"),
        ("a: \x00\n", "not YAML: unacceptable character"),
        (b"\xff\xfe\x00", "the contract is not UTF-8 text: byte 0 is not a character"),
        ("x" * 300_000, "the contract is larger than 256 KiB"),
    ],
)
def test_what_is_not_a_contract_is_refused_in_words(text: str | bytes, said: str) -> None:
    assert refusal(text).startswith(said)


def test_an_alias_bomb_is_refused_before_it_unfolds() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    assert "anchors and aliases" in refusal("\n".join(lines))


def test_numbers_that_python_cannot_print_are_refused() -> None:
    assert "confidence" in refusal(GOOD + f"confidence: {'9' * 5000}\n")
    assert "confidence: a huge number is not between 0 and 1" in refusal(GOOD + f"confidence: {'9' * 300}\n")
    assert "confidence: nan is not a finite number" in refusal(GOOD + "confidence: .nan\n")
