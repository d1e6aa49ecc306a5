"""A first contract, drafted from files of every kind."""

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.draft.propose import propose
from cli.draft.survey import survey
from cli.draft.write import quoted, value, write
from cli.errors import CommandError, Refused, UserError
from cli.main import main
from dropforge.domain.contract import Contract
from dropforge.edge.contract_yaml import load_contract


def draft(path: Path, target: str) -> tuple[str, Contract]:
    text = write(propose("case", survey(path), target))
    return text, load_contract(text)


def table(
    path: Path, heading: str, *columns: list[object], delimiter: str = ",", encoding: str = "utf-8"
) -> Path:
    lines = [heading, *(delimiter.join(map(str, row)) for row in zip(*columns, strict=True))]
    path.write_text("\r\n".join(lines) + "\r\n", encoding=encoding, newline="")
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data.csv"


def column(kind: str, rows: int = 300) -> list[object]:
    made = random.Random(7)
    return {
        "id": list(range(1000, 1000 + rows)),
        "code": [made.choice((1, 2, 3)) for _ in range(rows)],
        "amount": [made.randint(0, 90_000) for _ in range(rows)],
        "rate": [round(made.random(), 4) for _ in range(rows)],
        "word": [made.choice(("north", "no", "12-34")) for _ in range(rows)],
        "same": ["x"] * rows,
        "empty": [""] * rows,
        "date": [f"2026-01-{1 + n % 28:02}" for n in range(rows)],
        "answer": [made.choice(("yes", "no", "no", "no")) for _ in range(rows)],
    }[kind]


def test_each_column_becomes_what_it_is(path: Path) -> None:
    kinds = ("id", "code", "amount", "rate", "word", "same", "empty", "date", "answer")
    text, contract = draft(table(path, ",".join(kinds), *map(column, kinds)), "answer")

    types = {each.name: each.type for each in contract.columns}
    assert types == {
        "code": "category", "amount": "integer", "rate": "number", "word": "category", "answer": "category",
    }  # fmt: skip
    assert dict(contract.drop) == {
        "id": "unique per row",
        "same": "the same value in every row",
        "empty": "no value in any row",
        "date": "a date",
    }
    assert (contract.positive, contract.target) == ("yes", "answer")
    assert "amount: integer  # " in text


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(path: Path, delimiter: str) -> None:
    _, contract = draft(
        table(path, delimiter.join("ab"), column("amount"), column("answer"), delimiter=delimiter), "b"
    )
    assert contract.reader.delimiter == delimiter


@pytest.mark.parametrize(
    ("encoding", "named"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("windows-1252", "windows-1252")]
)
def test_the_encoding_is_found_and_a_byte_order_mark_is_no_part_of_a_name(
    path: Path, encoding: str, named: str
) -> None:
    _, contract = draft(table(path, "größe,b", column("amount"), column("answer"), encoding=encoding), "b")
    assert contract.reader.encoding == named
    assert contract.columns[0].name == "größe"


def test_markers_of_nothing_are_named_and_counted(path: Path) -> None:
    text, contract = draft(table(path, "a,b", ["?"] * 50 + column("amount")[50:], column("answer")), "b")
    assert contract.reader.nulls == ("", "?")
    assert "50 missing" in text


def test_without_a_word_for_yes_the_rarer_class_is_the_positive_one(path: Path) -> None:
    _, contract = draft(table(path, "a,b", column("amount"), ["good"] * 250 + ["bad"] * 50), "b")
    assert contract.positive == "bad"


def test_a_small_file_gets_limits_that_it_can_meet(path: Path) -> None:
    answers: list[object] = ["yes"] * 10 + ["no"] * 30
    _, contract = draft(table(path, "a,b", column("amount", 40), answers), "b")
    assert (contract.quality.minimum_rows, contract.quality.minimum_class) == (40, 10)


@pytest.mark.parametrize(
    ("text", "target", "error", "says"),
    [
        ("", "b", UserError, "empty"),
        ("a,b\n", "b", UserError, "no rows"),
        ("a,a\n1,2\n", "a", UserError, "twice"),
        ("a,\n1,2\n", "a", UserError, "no name"),
        ("a,b\n1,2\n1,2\n", "c", UserError, "no column 'c'"),
        ("a,b\n1,2\n3,2\n", "b", UserError, "two classes"),
        ("a,b\n" + "1,x\n2,y\n3,z\n" * 9, "b", Refused, "multiclass is not supported yet"),
        (
            "a,b\n" + "".join(f"{n},{n}.5\n" for n in range(200)),
            "b",
            Refused,
            "regression is not supported yet",
        ),
        ("PK\0\0", "b", UserError, "not a text file"),
    ],
)
def test_a_file_without_a_contract_in_it_is_refused_with_the_reason(
    path: Path, text: str, target: str, error: type[CommandError], says: str
) -> None:
    path.write_text(text)
    with pytest.raises(error, match=says):
        draft(path, target)


def test_init_writes_a_file_and_does_not_write_over_one(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table(path, "a,b", column("amount"), column("answer"))
    words = [
        "init",
        "case",
        "--from",
        str(path),
        "--target",
        "b",
        "--to",
        str(tmp_path / "new" / "contract.yaml"),
    ]

    assert main(words) == 0
    assert load_contract((tmp_path / "new" / "contract.yaml").read_bytes()).usecase == "case"
    assert main(words) == 2
    assert "is there already" in capsys.readouterr().err


@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=40))
def test_any_name_and_value_reads_back_as_it_was(text: str) -> None:
    name = text.strip() or "x"
    contract = load_contract(
        "usecase: c\nproblem: binary\ntarget: target\ncolumns:\n"
        "  target: {type: category, values: [a, b]}\n"
        f"  {quoted('c ' + name)}: {{type: category, values: [{value(name)}]}}\n"
        "positive: a\n"
    )
    assert contract.columns[1].name == "c " + name
