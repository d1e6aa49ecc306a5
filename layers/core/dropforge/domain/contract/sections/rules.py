"""Row rules: `total adds up: "total >= injury + property"`.

A rule compares two sums of columns and numbers. That is little on purpose: it is read here, by hand, into
plain values that any engine can compute, and nothing that a contract says is ever run as code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from dropforge.domain.contract.fields import InvalidError, Text, shown
from dropforge.domain.contract.metrics import TABLES
from dropforge.domain.contract.parts import ByName
from dropforge.domain.contract.problems import nearest_name
from dropforge.domain.contract.section import Section
from dropforge.domain.reading.cells import LARGEST_NUMBER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dropforge.domain.contract.problems import Problems
    from dropforge.domain.contract.reading import Reading
    from dropforge.domain.contract.whole import Contract

COMPARISONS = ("<=", ">=", "==", "!=", "<", ">")
MOST_TERMS = 50
TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<plain>[^\W\d]\w*(?:\.\w+)*)|`(?P<quoted>[^`]+)`|(?P<op><=|>=|==|!=|[<>])|(?P<sign>[-+*]))\s*"
)
Token = tuple[str, str]


class Term(NamedTuple):
    """A part of a sum: `coefficient` times the column, or, where `column` is None, the constant."""

    coefficient: float
    column: str | None
    constant: float


@dataclass(frozen=True)
class RowRule:
    """A row in which the comparison of the two sums does not hold goes to quarantine, under the name."""

    name: str
    left: tuple[Term, ...]
    op: str
    right: tuple[Term, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(t.column for t in (*self.left, *self.right) if t.column is not None))


class Comparison(Text):
    """The text of a rule, read into a RowRule under its name."""

    def take(self, value: object, reading: Reading) -> RowRule | None:
        try:
            return read_rule(reading.path[-1], self.read(value))
        except InvalidError as fault:
            reading.fault(str(fault))
            return None

    def plain(self, value: Any) -> str:
        return rule_text(value)


def check_rules(contract: Contract, problems: Problems) -> None:
    """Whether the columns that rules name are there, and are numbers."""
    if problems.under("columns"):
        return
    columns = {column.name: column for column in contract.columns}
    for rule in contract.rules:
        for name in rule.columns:
            path = ("rules", rule.name)
            if name in contract.drop:
                problems.add(path, f"{shown(name)} is dropped; a rule reads columns that are kept")
            elif name not in columns:
                hint = nearest_name(name, columns)
                problems.add(path, f"{shown(name)} is not one of the columns{hint}")
            elif columns[name].type and not columns[name].numeric:
                problems.add(path, f"{shown(name)} is not a number but {columns[name].type!r}")


def rule_text(rule: RowRule) -> str:
    """As `read_rule` reads it back."""
    return f"{_sum_text(rule.left)} {rule.op} {_sum_text(rule.right)}"


def read_rule(name: str, text: str) -> RowRule:
    tokens = _tokens(text)
    operators = [index for index, (kind, _) in enumerate(tokens) if kind == "op"]
    if len(operators) != 1:
        listed = " ".join(COMPARISONS)
        raise InvalidError(f"{shown(text)} has {len(operators)} comparisons; a rule has one of {listed}")
    at = operators[0]
    rule = RowRule(name, _sum(tokens[:at], "left"), tokens[at][1], _sum(tokens[at + 1 :], "right"))
    if not rule.columns:
        raise InvalidError(f"{shown(text)} names no column")
    return rule


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if not match or match.lastgroup is None:
            raise InvalidError(
                f"{shown(text[at : at + 20])} is neither a column, a number, + - * nor a comparison; "
                "a column whose name is not a plain word stands in backticks"
            )
        kind = "column" if match.lastgroup in ("plain", "quoted") else match.lastgroup
        found.append((kind, match.group(match.lastgroup)))
        at = match.end()
    return found


def _sum(tokens: Sequence[Token], side: str) -> tuple[Term, ...]:
    terms: list[Term] = []
    rest = list(tokens)
    while rest:
        negative = _sign(rest, first=not terms, side=side)
        terms.append(_term(rest, -1.0 if negative else 1.0, side))
    if not 1 <= len(terms) <= MOST_TERMS:
        raise InvalidError(f"its {side} side has {len(terms)} terms, not 1 to {MOST_TERMS}")
    return tuple(terms)


def _sign(rest: list[Token], first: bool, side: str) -> bool:
    if rest[0] in (("sign", "+"), ("sign", "-")):
        return rest.pop(0)[1] == "-"
    if not first:
        raise InvalidError(f"on its {side} side + or - is missing before {shown(rest[0][1])}")
    return False


def _term(rest: list[Token], sign: float, side: str) -> Term:
    """`column`, `number`, `number * column` or `column * number`."""
    if not rest or rest[0][0] == "sign":
        raise InvalidError(f"on its {side} side a column or a number is missing after a sign")
    first = rest.pop(0)
    if rest[:1] != [("sign", "*")]:
        return _single(first, sign)
    second = rest[1] if len(rest) > 1 else ("", "")
    del rest[:2]
    if {first[0], second[0]} != {"number", "column"}:
        raise InvalidError(f"on its {side} side * stands between a number and a column only")
    number, column = (first, second) if first[0] == "number" else (second, first)
    return Term(sign * _number(number[1]), column[1], 0.0)


def _single(token: Token, sign: float) -> Term:
    kind, text = token
    return Term(sign, text, 0.0) if kind == "column" else Term(1.0, None, sign * _number(text))


def _number(text: str) -> float:
    number = float(text)
    if number > LARGEST_NUMBER:
        raise InvalidError(f"{text[:40]} is larger than {LARGEST_NUMBER:g}")
    return number


def _sum_text(terms: tuple[Term, ...]) -> str:
    text = " ".join(_term_text(term) for term in terms)
    return text.removeprefix("+ ")


def _term_text(term: Term) -> str:
    value = term.constant if term.column is None else term.coefficient
    sign = "-" if str(value).startswith("-") else "+"
    if term.column is None:
        return f"{sign} {abs(value)!r}"
    return f"{sign} `{term.column}`" if abs(value) == 1 else f"{sign} {abs(value)!r} * `{term.column}`"


RULES = Section(
    holds=ByName(
        Text(r"(?!\s)[^\x00-\x1f\x7f]{1,100}(?<!\s)", "a rule's name (1 to 100 characters)"),
        Comparison(r"[^\x00]{1,1000}", 'a comparison such as "total >= injury + property"'),
        "names to comparisons",
        most=100,
        listed=True,
        default=(),
        about="Comparisons of sums of columns; rows that break one go to quarantine under its name.",
    ),
    problems=TABLES,
    check=check_rules,
    details="""\
A rule is two sums and one of `<= < >= > == !=` between them; a sum is made of columns, numbers and
`number * column`. A column whose name is not a plain word stands in backticks. A row with an empty cell in
a rule's column is not checked.""",
    example="""
rules:
  total adds up: "total == injury + property + vehicle"
  not spent twice: "`card balance` <= 1.1 * Income + 100"
""",
)
