"""A first contract, drafted from files of every kind."""

import gzip
import random
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.commands.init import draft as text_of
from cli.draft.write import quoted, value
from cli.errors import UserError
from cli.main import main
from dropforge.domain.contract import Contract
from dropforge.edge.contract_yaml import load_contract
from tests.unit.training.pictures import archive, picture
from training.errors import JobError
from training.survey.job import facts_of


def draft(path: Path, target: str | None) -> tuple[str, Contract]:
    text = text_of("case", facts_of(path, target or ""), target)
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
    made = random.Random(kind)
    return {
        "id": list(range(1000, 1000 + rows)),
        "code": [made.choice((1, 2, 3)) for _ in range(rows)],
        "amount": [made.randint(0, 90_000) for _ in range(rows)],
        "rate": [round(made.random(), 4) for _ in range(rows)],
        "word": [made.choice(("north", "no", "12-34")) for _ in range(rows)],
        "same": ["x"] * rows,
        "empty": [""] * rows,
        "date": [f"{1 + n % 28:02}-01-18" for n in range(rows)],
        "answer": [made.choice(("yes", "no", "no", "no")) for _ in range(rows)],
        "events": [made.choice((0, 0, 0, 0, 1, 2)) for _ in range(rows)],
        "class": [made.choice(("red", "green", "blue")) for _ in range(rows)],
    }[kind]


def test_each_column_becomes_what_it_is(path: Path) -> None:
    kinds = ("id", "code", "amount", "rate", "word", "same", "empty", "date", "answer", "events")
    text, contract = draft(table(path, ",".join(kinds), *map(column, kinds)), "answer")

    types = {each.name: each.type for each in contract.columns}
    assert types == {
        "code": "category", "amount": "integer", "rate": "number", "word": "category", "date": "date",
        "answer": "category", "events": "integer",
    }  # fmt: skip
    assert dict(contract.drop) == {
        "id": "unique per row",
        "same": "the same value in every row",
        "empty": "no value in any row",
    }
    assert (contract.problem, contract.positive, contract.target) == ("binary", "yes", "answer")
    assert "amount: {type: integer, min: 0}  # " in text
    assert "few whole numbers" in text


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(path: Path, delimiter: str) -> None:
    _, contract = draft(
        table(path, delimiter.join("ab"), column("amount"), column("answer"), delimiter=delimiter), "b"
    )
    assert contract.reader.delimiter == delimiter


def with_commas(values: list[object]) -> list[object]:
    return [str(value).replace(".", ",") for value in values]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_a_decimal_comma_is_found_and_told(path: Path, delimiter: str) -> None:
    """Also where each column has one, so that commas would split the rows into more cells."""
    rates, amounts = with_commas(column("rate")), [f"1.{n % 900 + 100},{n % 7}5" for n in range(300)]
    text, contract = draft(
        table(path, delimiter.join(("rate", "amount")), rates, amounts, delimiter=delimiter), "amount"
    )
    assert (contract.reader.delimiter, contract.reader.decimal) == (delimiter, ",")
    assert contract.problem == "regression"
    assert [each.type for each in contract.columns] == ["number", "number"]
    note = f"# {rates[0]} in rate is a number with a decimal comma, and so in 1 more"
    assert note in next(line for line in text.splitlines() if line.startswith("reader:"))


@pytest.mark.parametrize(
    "cells",
    [
        [f"{n % 90 + 1},{n % 900 + 100}" for n in range(300)],
        column("rate"),
        [f"1{n % 10}.0{n % 9 + 1}.2018" for n in range(300)],
        [f"a,{n % 9}" for n in range(300)],
        [f"1.{n + 100}" for n in range(300)],
    ],
    ids=["thousands", "points", "dates", "words", "a point or thousands"],
)
def test_no_decimal_comma_is_seen_where_there_may_be_none(path: Path, cells: list[object]) -> None:
    text, contract = draft(
        table(path, "a;b;c", cells, column("amount"), column("answer"), delimiter=";"), "c"
    )
    assert contract.reader.decimal == "."
    assert "decimal" not in text


def test_a_class_that_is_a_number_with_a_comma_keeps_its_text(path: Path) -> None:
    """Only numbers are read with the comma: a category is the text that a cell has."""
    classes = [("1,0", "0,5")[n % 3 == 0] for n in range(300)]
    _, contract = draft(table(path, "a;b", with_commas(column("rate")), classes, delimiter=";"), "b")
    assert contract.reader.decimal == ","
    assert contract.target_column.values == ("0,5", "1,0")


@pytest.mark.parametrize(
    ("encoding", "named"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("windows-1252", "windows-1252"), ("utf-16", "utf-16")],
)
def test_the_encoding_is_found_and_a_byte_order_mark_is_not_part_of_a_name(
    path: Path, encoding: str, named: str
) -> None:
    _, contract = draft(table(path, "größe,b", column("amount"), column("answer"), encoding=encoding), "b")
    assert contract.reader.encoding == named
    assert contract.columns[0].name == "größe"


def test_parquet_and_json_lines_are_read_as_they_are(tmp_path: Path) -> None:
    rows = pl.DataFrame({"a": column("rate"), "b": column("answer")})
    rows.write_parquet(tmp_path / "data.parquet")
    rows.write_ndjson(tmp_path / "data.jsonl")
    for name in ("data.parquet", "data.jsonl"):
        _, contract = draft(tmp_path / name, "b")
        assert [each.type for each in contract.columns] == ["number", "category"]


def test_a_packed_file_is_drafted_from_like_what_is_in_it(path: Path, tmp_path: Path) -> None:
    plain, _ = draft(table(path, "a,b", column("rate"), column("answer")), "b")
    (tmp_path / "data.csv.gz").write_bytes(gzip.compress(path.read_bytes()))
    packed, _ = draft(tmp_path / "data.csv.gz", "b")
    assert packed == plain


def test_an_odd_row_and_cells_of_several_lines_do_not_hide_the_delimiter(path: Path) -> None:
    rows = [f'{n};"a, b\nc {n % 7}";{"yes" if n % 3 else "no"}' for n in range(60)]
    path.write_text("\n".join(["", " ", "a;words;y", *rows[:9], "1;odd", *rows[9:]]))
    _, contract = draft(path, "y")
    assert contract.reader.delimiter == ";"
    assert [each.name for each in contract.columns] == ["a", "words", "y"]


def test_lines_may_end_as_on_an_old_mac_and_a_name_may_hold_brackets(tmp_path: Path) -> None:
    path = table(tmp_path / "data[1].csv", "a,b", column("rate"), column("answer"))
    expected = draft(path, "b")
    path.write_bytes(path.read_bytes().replace(b"\r\n", b"\r"))
    assert draft(path, "b") == expected
    pl.DataFrame({"a": column("rate"), "b": column("answer")}).write_parquet(tmp_path / "data[1].parquet")
    assert draft(tmp_path / "data[1].parquet", "b") == expected


def test_json_lines_are_looked_at_to_the_end(tmp_path: Path) -> None:
    """A first fraction, or a column's first value, may come late."""
    rows = pl.DataFrame({"a": [1] * 300, "y": column("answer")}).write_ndjson()
    late = pl.DataFrame({"a": column("rate"), "word": column("word"), "y": column("answer")}).write_ndjson()
    (tmp_path / "data.jsonl").write_text(rows + late)
    _, contract = draft(tmp_path / "data.jsonl", "y")
    assert {each.name: each.type for each in contract.columns} == {
        "a": "number", "word": "category", "y": "category"
    }  # fmt: skip


def test_markers_of_nothing_are_named_and_counted(path: Path) -> None:
    text, contract = draft(table(path, "a,b", ["?"] * 50 + column("amount")[50:], column("answer")), "b")
    assert contract.reader.nulls == ("", "?")
    assert "50 missing" in text


def test_words_that_may_be_values_stay_values_and_are_mentioned(path: Path) -> None:
    words = [["None", "unknown", "Police"][n % 3] for n in range(300)]
    text, contract = draft(table(path, "a,b", words, column("answer")), "b")
    assert contract.reader.nulls == ("",)
    assert contract.columns[0].values == ("None", "Police", "unknown")
    assert '"None" (100 rows) is kept as a value; "unknown" (100 rows) is kept as a value' in text


def test_without_a_word_for_yes_the_rarer_class_is_the_positive_one(path: Path) -> None:
    _, contract = draft(table(path, "a,b", column("amount"), ["good"] * 250 + ["bad"] * 50), "b")
    assert contract.positive == "bad"


def test_a_few_classes_make_a_multiclass_problem_and_many_numbers_a_regression(path: Path) -> None:
    _, contract = draft(table(path, "a,b", column("amount"), column("class")), "b")
    assert (contract.problem, contract.target_column.values) == ("multiclass", ("blue", "green", "red"))
    _, contract = draft(table(path, "a,b", column("class"), column("amount")), "b")
    assert (contract.problem, contract.target_column.type) == ("regression", "integer")
    assert contract.gate.limits == {"r2": 0.5}
    text, contract = draft(table(path, "a,b", column("rate"), column("code")), "b")
    assert contract.problem == "multiclass"
    assert "problem: multiclass  # regression, if these numbers are amounts" in text


@pytest.mark.parametrize(
    ("written", "named"),
    [("{0:02}-{1:02}-19", "%d-%m-%y"), ("{1:02}/{0:02}/2019", "%m/%d/%Y"), ("2019-{1:02}-{0:02}", None)],
)
def test_a_dates_format_is_found(path: Path, written: str, named: str | None) -> None:
    dates: list[object] = [written.format(1 + n % 28, 1 + n % 12) for n in range(300)]
    _, contract = draft(table(path, "a,b,c", dates, column("answer"), column("rate")), "b")
    assert (contract.columns[0].type, contract.columns[0].format) == ("date", named)


def test_columns_that_add_up_to_the_target_are_dropped_and_the_reason_names_them(path: Path) -> None:
    some, others = column("amount"), [number for number, _ in zip(column("id"), range(300), strict=True)]
    random.Random(3).shuffle(others)
    total: list[object] = [int(str(a)) + int(str(b)) for a, b in zip(some, others, strict=True)]
    _, contract = draft(table(path, "a,b,c,cnt", some, others, column("rate"), total), "cnt")
    assert contract.drop["a"] == contract.drop["b"] == "leaks: a + b = the target"


def test_a_column_that_alone_tells_the_target_is_dropped_one_that_might_is_asked_about(path: Path) -> None:
    answers = column("answer")
    made = random.Random(5)
    copy: list[object] = [7 if answer == "yes" else made.randint(8, 500) for answer in answers]
    hint: list[object] = [made.gauss(1.6 if answer == "yes" else 0, 1) for answer in answers]
    text, contract = draft(table(path, "copy,hint,c,b", copy, hint, column("rate"), answers), "b")
    assert contract.drop == {"copy": "leaks: alone it tells the target (AUC 1.0000)"}
    assert "known before the answer?" in next(line for line in text.splitlines() if "hint:" in line)


def test_what_repeats_other_columns_is_said_beside_it(path: Path) -> None:
    a, b = column("amount"), column("rate")
    twice: list[object] = [2 * int(str(value)) + n % 3 for n, value in enumerate(a)]
    total: list[object] = [int(str(one)) + float(str(two)) for one, two in zip(a, b, strict=True)]
    text, _ = draft(table(path, "a,b,twice,total,y", a, b, twice, total, column("answer")), "y")
    lines = {line.split(":")[0].strip(): line for line in text.splitlines()}
    assert "moves with a (r 1.000)" in lines["twice"]
    assert "= a + b" in lines["total"]


def test_a_few_numbers_below_nothing_are_typing_errors_and_a_far_one_may_be_a_code(path: Path) -> None:
    experience: list[object] = [-1, -2, *(n % 40 for n in range(298))]
    days: list[object] = [999 if n % 4 else n % 27 for n in range(300)]
    debts: list[object] = [-9999 if n % 50 == 0 else n % 29 for n in range(300)]
    heading = "experience,days,debts,y"
    text, contract = draft(table(path, heading, experience, days, debts, column("answer")), "y")
    assert contract.columns[0].min == 0
    assert "2 below 0: to quarantine" in text
    assert "# 0 to 999; 999 (225 rows) lies far from the rest: a code?" in text
    assert "-9999 (6 rows) lies far from the rest: a code?" in text


def test_a_small_file_gets_limits_that_it_can_meet(path: Path) -> None:
    answers: list[object] = ["yes"] * 10 + ["no"] * 30
    _, contract = draft(table(path, "a,b", column("amount", 40), answers), "b")
    assert (contract.quality.minimum_rows, contract.quality.minimum_class) == (40, 10)


def test_a_zip_of_pictures_becomes_an_image_problem(tmp_path: Path) -> None:
    folders = [f"{part}/{name}" for part in ("train", "test") for name in ("bicycle", 'car: "old"')]
    files = {f"{folder}/{index}.png": picture(size=24) for folder in folders for index in range(3)}
    (tmp_path / "pictures.zip").write_bytes(archive(files))
    text, contract = draft(tmp_path / "pictures.zip", None)
    assert (contract.problem, contract.classes) == ("image", ("bicycle", 'car: "old"'))
    assert contract.image is not None
    assert (contract.image.height, contract.image.width) == (24, 24)
    assert "test (6), train (6)" in text


@pytest.mark.parametrize(
    ("text", "target", "error", "says"),
    [
        ("", "b", JobError, "empty"),
        ("a,b\n", "b", JobError, "no rows"),
        ("a,a\n1,2\n", "a", JobError, "twice"),
        ("a,\n1,2\n", "a", JobError, "no name"),
        ("a,b\n1,2\n1,2\n", "c", JobError, "no column 'c'"),
        ("a,b\n1,2\n1,2\n", "", JobError, r"needs a column to predict \(--target\); it has a, b"),
        ("a,b\n1,2\n3,2\n", "b", UserError, "2 to 50 classes"),
        ("a,b\n" + "1,x\n2,y\n" * 4, "b", UserError, "the file has 8 rows"),
        ("a,b\n" + "1,x\n" * 20 + "1,y\n", "b", UserError, "class 'y' has 1 row"),
        ("a,b\n" + "".join(f"{n},x{n}\n" for n in range(90)), "b", UserError, "2 to 50 classes"),
        ("a,b\n" + "x,1\nx,2\n" * 9, "b", UserError, "nothing is left to learn from"),
        ("AB\0\0", "b", JobError, "not text"),
        ("PK\3\4", "b", JobError, "is not a .zip"),
        ('"a\nb",c\n1,2\n', "c", JobError, "control character"),
    ],
)
def test_a_file_without_a_contract_in_it_is_refused_with_the_reason(
    path: Path, text: str, target: str, error: type[Exception], says: str
) -> None:
    path.write_text(text)
    with pytest.raises(error, match=says):
        draft(path, target)


def test_init_does_not_write_over_a_contract(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    there = tmp_path / "contract.yaml"
    there.write_text("mine")
    assert main(["init", "case", "--from", "any.csv", "--target", "b", "--to", str(there)]) == 2
    assert "is there already" in capsys.readouterr().err
    assert there.read_text() == "mine"


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


@pytest.mark.parametrize("name", ["<script>", '"; DROP', "^.*$", "a # b", "count", "len", "{x}", "- a", "*"])
def test_hostile_names_are_names(path: Path, name: str) -> None:
    heading = f'"{name.replace(chr(34), chr(34) * 2)}",b'
    _, contract = draft(table(path, heading, column("rate"), column("answer")), "b")
    assert contract.columns[0].name == name
    assert contract.columns[0].type == "number"


def test_init_knows_a_bad_name_before_it_looks_at_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "My Case", "--from", "any.csv", "--target", "b"]) == 2
    assert capsys.readouterr().err.startswith("dropforge: 'My Case' is not a name of at most 28 lower-case")
