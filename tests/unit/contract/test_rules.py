"""A row rule is two sums and a comparison: read into plain values, never run."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dropforge.domain.contract import ContractError, RowRule, Term, parse_contract
from dropforge.domain.contract.sections.rules import COMPARISONS, read_rule, rule_text

COLUMNS = {"a": "number", "b.c": "integer", "the total": "number", "kind": "category", "y": "category"}


def contract(rule: Any) -> dict[str, Any]:
    return {
        "usecase": "any",
        "problem": "binary",
        "target": "y",
        "columns": COLUMNS,
        "drop": {"gone": "why"},
        "rules": {"the rule": rule},
    }


def test_sums_of_columns_and_numbers_become_terms() -> None:
    rule = read_rule("r", "`the total` - 2 * b.c >= a*0.5 + 10")
    assert rule.left == (Term(1.0, "the total", 0.0), Term(-2.0, "b.c", 0.0))
    assert rule.op == ">="
    assert rule.right == (Term(0.5, "a", 0.0), Term(1.0, None, 10.0))
    assert rule.columns == ("the total", "b.c", "a")


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("a", "has 0 comparisons"),
        ("a < b.c < 3", "has 2 comparisons"),
        ("1 < 2", "names no column"),
        ("a >", "its right side has 0 terms"),
        ("a b.c > 1", "on its left side + or - is missing before 'b.c'"),
        ("a + > 1", "a column or a number is missing after a sign"),
        ("a * b.c > 1", "* stands between a number and a column only"),
        ("2 * 3 > a", "* stands between a number and a column only"),
        ("a > 1e39", "1e39 is larger than 3e+38"),
        ("a > 1e999", "1e999 is larger"),
        ("__import__('os').system('ls') > 1", "\"('os').system('ls') \" is neither"),
        ("a > (1)", "'(1)' is neither"),
        ("the total > 1", "+ or - is missing before 'total'"),
        ("d > 1", "'d' is not one of the columns"),
        ("gone > 1", "'gone' is dropped; a rule reads columns that are kept"),
        ("kind > 1", "'kind' is not a number but 'category'"),
        ("a\x00 > 1", "is not a comparison such as"),
        ("", "is not a comparison such as"),
        (7, "7 is not text"),
        ("a" + " + a" * 60 + " > 1", "its left side has 61 terms"),
        ("a" * 2000 + " > 1", "is not a comparison such as"),
    ],
)
def test_what_is_not_a_rule_is_refused_in_words(rule: Any, said: str) -> None:
    with pytest.raises(ContractError) as raised:
        parse_contract(contract(rule))
    assert str(raised.value).startswith("rules.the rule: ")
    assert said in str(raised.value)


@pytest.mark.parametrize(
    "rules", [["a > 1"], {"": "a > 1"}, {7: "a > 1"}, {str(n): "a > 1" for n in range(101)}]
)
def test_rules_are_named_and_not_endless(rules: Any) -> None:
    with pytest.raises(ContractError, match="rules: "):
        parse_contract(contract("a > 1") | {"rules": rules})


numbers = st.floats(0, 3e38)
names = st.text("abcdef _.-ä>", min_size=1, max_size=8)
terms = st.one_of(
    st.builds(lambda number, name: Term(number, name, 0.0), numbers | numbers.map(lambda n: -n), names),
    st.builds(lambda number: Term(1.0, None, number), numbers | numbers.map(lambda n: -n)),
)
sums = st.lists(terms, min_size=1, max_size=4).map(tuple)


@settings(max_examples=100, deadline=None)
@given(sums, st.sampled_from(COMPARISONS), sums, names)
def test_a_rules_text_is_read_back_as_the_same_rule(
    left: tuple[Term, ...], op: str, right: tuple[Term, ...], name: str
) -> None:
    rule = RowRule("any", (*left, Term(1.0, name, 0.0)), op, right)
    assert read_rule("any", rule_text(rule)) == rule
