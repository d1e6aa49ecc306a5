"""A drop becomes data to train on, or a refusal that names the rule and the figure; nothing of it is lost."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.unit.training.container import Another, Container, loan_csv
from tests.unit.training.small import SMALL, part, quarantined, rows, small, text
from training.process.dividing import PARTS


def test_every_row_is_good_bad_or_a_duplicate(container: Container) -> None:
    report = container.process(loan_csv(1000, bad=20))
    assert report["status"] == "accepted"
    assert report["rows"]["read"] == 1000 == report["rows"]["good"] + report["rows"]["bad"]
    assert sum(report["rows"][part] for part in ("train", "validation", "test")) == report["rows"]["good"]
    assert report["quarantined"] == {
        "Experience below 0": 5,
        "Education not an allowed value": 5,
        "Income not a number": 5,
        "Personal Loan missing": 5,
    }


def test_a_bad_row_is_kept_as_it_came_with_its_line_and_reason(
    another: Another,
) -> None:
    container = another(small())
    bad = [
        "-1,a,1",
        "x,a,1",
        "1.5,a,0",
        " 12 ,a,0",
        "1,b,2",
        "1,b,",
        "1,b",
        "1,b,0,9",
        '1,"b""q",0',
        '1,"b"x,0',
    ]
    container.process(text([*rows(), *bad]))
    found = {row["line"]: row["reason"] for row in quarantined(container)}
    assert found == {
        "62": "n below 0",
        "63": "n not a number",
        "64": "n not a whole number",
        "65": "n above 9",
        "66": "y not an allowed value",
        "67": "y missing",
        "68": "has 2 cells, not 3",
        "69": "has 4 cells, not 3",
        "71": "has quotes that cannot be read: ',' expected after '\"'",
    }
    kept = {row["line"]: row for row in quarantined(container)}
    assert kept["65"]["n"] == " 12 "
    assert kept["69"]["y"] == "0,9"


def test_line_numbers_count_lines_and_not_rows(another: Another) -> None:
    """Blank lines and line ends inside quotes are lines of the file too."""
    container = another(small())
    container.process(text([*rows(58), "", '1,"two\nlines",0', "-5,a,1"]))
    assert [row["line"] for row in quarantined(container)] == ["63"]


def test_missing_values_are_missing_whatever_stands_for_them(
    another: Another,
) -> None:
    """So rows that say the same in other words are duplicates."""
    container = another(small(reader={"nulls": ["?", "NA"]}))
    report = container.process(text([*rows(), "?,NA,0", ",,1", ' ? ,"",0']))
    assert report["rows"]["bad"] == 0
    assert report["rows"]["duplicates"] == 1
    assert report["columns"]["n"]["missing"] == report["columns"]["c"]["missing"] == 2


def test_a_required_column_with_a_gap_makes_a_bad_row(another: Another) -> None:
    columns = SMALL["columns"] | {"c": {"type": "category", "required": True}}
    report = another(small(columns=columns)).process(text([*rows(), "1,,0"]))
    assert report["quarantined"] == {"c missing": 1}


def test_a_repeated_key_makes_a_bad_row(another: Another) -> None:
    columns = {"k": {"type": "id", "unique": True}} | SMALL["columns"]
    lines = [f"k{number},{row}" for number, row in enumerate(rows())]
    container = another(small(columns=columns))
    container.process(text([*lines, "k7,1,b,0"], "k,n,c,y"))
    assert [(row["line"], row["reason"]) for row in quarantined(container)] == [("62", "k repeated")]


@pytest.mark.parametrize(
    "written",
    [
        lambda body: b"\xef\xbb\xbf" + body,
        lambda body: body.replace(b"\n", b"\r\n"),
        lambda body: body.replace(b"\n", b"\r"),
        lambda body: body.rstrip(b"\n"),
        lambda body: body.replace(b"n,c,y", b' n , c,"y"'),
        lambda body: b"\n\n" + body + b"\n\n",
    ],
    ids=["BOM", "CRLF", "CR", "no last line end", "spaces in the header", "blank lines"],
)
def test_how_a_file_is_written_does_not_matter(written: Callable[[bytes], bytes], another: Another) -> None:
    container = another(small())
    plain = container.process(text(rows()))
    other = container.process(written(text(rows())))
    assert plain["columns"] == other["columns"]
    assert plain["rows"] == other["rows"]
    assert other["rows"]["bad"] == 0


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-16", ";"), ("latin-1", "\t"), ("windows-1252", "|")]
)
def test_the_contract_says_how_the_file_is_written(encoding: str, delimiter: str, another: Another) -> None:
    container = another(small(reader={"encoding": encoding, "delimiter": delimiter}))
    lines = [line.replace("a", "ä") for line in rows()]
    body = text(lines).decode().replace(",", delimiter).encode(encoding)
    assert container.process(body)["rows"]["good"] == 60
    assert "c=ä" in container.output("transform/names.json")


@pytest.mark.parametrize(
    ("body", "rule", "said"),
    [
        (b"", "empty", "the file has 0 bytes"),
        (b"\n \n\r\n", "empty", "nothing but blank lines"),
        (b"n,c,y\n", "empty", "a header and no rows"),
        (b"n,c,y", "empty", "a header and no rows"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "reader.format", "the file is a PNG picture"),
        (text(rows()) + b"1,\x00,0\n", "binary", "the file is not text: byte 368 is a NUL"),
        (
            b"PK\x03\x04" * 50,
            "reader.format",
            "a zip archive or an Excel workbook; by its name or the contract",
        ),
        (
            text(rows()) + b"1,\xff\xfe,0\n",
            "reader.encoding",
            "not utf-8 text: after line 61 comes the byte 0xff",
        ),
        (b"x" * 2_000_000, "binary", "line 1 is longer than 1048576 characters"),
        (text(rows()).replace(b",", b";"), "reader.delimiter", "it looks like ';' is the delimiter"),
        (text(rows(), "n,c"), "columns", "the header lacks 'y'"),
        (text(rows(), "n,c,y,z"), "columns", "the header has 'z', not in the contract"),
        (text(rows(), "n,y,y"), "columns", "names 'y' more than once"),
        (
            text(rows(), "n,c,Y"),
            "columns",
            "lacks 'y', and has 'Y' that the contract does not know",
        ),
        (text(rows()[1:], rows()[0]), "columns", "names none of the contract's columns"),
        (text(rows()) + b"5,a", "truncated", "ends in the middle of a row: line 62 has 2 cells, not 3"),
        (text(rows()) + b'5,"a', "truncated", "a quote that line 62 opens is never closed"),
        (text(rows(8)), "quality.minimum_rows", "8 good rows, fewer than the 10 that the contract asks for"),
        (text(["1,a,0"] * 40), "quality.minimum_rows", "1 good rows"),
        (text([f"{n},a,0" for n in range(10)] * 2), "quality.minimum_class", "class '1' has 0 rows"),
        (text([*(f"{n},{c},0" for n in range(9) for c in "ab"), "1,c,1"]), "quality.minimum_class", "1 rows"),
        (text([*rows(20), *["99,a,0"] * 30]), "quality.bad_rows", "30 of 50 rows are bad (60 %)"),
    ],
)
def test_a_drop_that_breaks_a_rule_is_refused_with_the_figure(
    body: bytes, rule: str, said: str, another: Another
) -> None:
    report = another(small()).process(body)
    assert (report["status"], report["rule"]) == ("refused", rule)
    assert said in report["reason"]


def test_too_many_duplicates_are_refused_and_few_are_dropped(
    another: Another,
) -> None:
    contract = small(quality=SMALL["quality"] | {"duplicates": 0.1})
    body = text([*rows(30), *rows(2)])
    assert another(contract).process(body)["rows"]["duplicates"] == 2
    report = another(contract).process(text([*rows(30), *rows(10)]))
    assert report["rule"] == "quality.duplicates"
    assert "10 of 40 rows repeat another one (25 %), more than the 10 % allowed" in report["reason"]


def test_a_file_over_the_limit_is_refused_unread(another: Another) -> None:
    report = another(small(quality=SMALL["quality"] | {"megabytes": 0.001})).process(b"x" * 3000)
    assert report["rule"] == "quality.megabytes"


def test_too_many_values_for_a_category_are_refused_by_name(another: Another) -> None:
    lines = [f"{n % 10},c{n},{n % 2}" for n in range(3000)]
    report = another(small()).process(text(lines))
    assert "c has 2100 different values; a category has at most 1000" in report["reason"]


@pytest.mark.parametrize("name", ["päron.csv", "with space.csv", "%2e%2e.csv", "x" * 200, "no extension"])
def test_any_name_of_a_drop_will_do(name: str, another: Another) -> None:
    assert another(small()).process(text(rows()), name)["status"] == "accepted"


def test_the_same_drop_gives_the_same_bytes(container: Container, another: Another) -> None:
    body = loan_csv(600, bad=10)
    container.process(body, "one.csv")
    twin = another(container.contract)
    twin.process(body, "two.csv")
    assert container.files("processing/output") == twin.files("processing/output")


def test_another_seed_gives_another_split(container: Container, another: Another) -> None:
    container.process(loan_csv(600))
    twin = another(replace(container.contract, split=replace(container.contract.split, seed=8)))
    twin.process(loan_csv(600))
    test = "processing/output/test/rows.parquet"
    assert container.content(test) != twin.content(test)


@pytest.mark.parametrize("problem", ["binary", "multiclass"])
def test_rows_of_one_class_are_refused(problem: str, another: Another) -> None:
    contract = small(problem=problem, columns=SMALL["columns"] | {"y": "category"})
    report = another(contract).process(text([f"{n},a,0" for n in range(10)]))
    assert report["rule"] == "target"
    wanted = {"binary": "2", "multiclass": "at least 2"}[problem]
    assert report["reason"] == f"y has 1 classes, not {wanted}: '0' (10 rows)"


def test_a_class_of_the_contract_that_no_row_has_is_too_small(another: Another) -> None:
    """As in a sorted file that was cut short: the model would never answer it."""
    columns = SMALL["columns"] | {"y": {"type": "category", "values": [0, 1, 2]}}
    report = another(small(problem="multiclass", columns=columns)).process(text(rows()))
    assert report["rule"] == "quality.minimum_class"
    assert report["reason"] == "class '2' has 0 rows, fewer than the 3 that the contract asks for"


def test_a_number_to_predict_that_is_always_the_same_is_refused(another: Another) -> None:
    contract = small(
        problem="regression", target="n", columns={"c": "category", "n": "number", "x": "number"}
    )
    report = another(contract).process(text([f"{n},a,3" for n in range(60)], header="x,c,n"))
    assert report["rule"] == "target"
    assert report["reason"] == "n is the same in every row: there is nothing to learn"


def test_each_part_has_its_share_of_each_class(container: Container) -> None:
    report = container.process(loan_csv(2000))
    positives = (part(container, "train")["Personal Loan"] == "1").sum()
    assert report["rows"]["train"] == pytest.approx(1400, abs=2)
    assert positives == pytest.approx(0.7 * report["classes"]["1"], abs=2)


def test_rows_with_equal_features_stay_on_one_side(another: Another) -> None:
    """Else a model would be tested on rows that it has seen. The keys differ, so none is a duplicate."""
    columns = {"k": "id"} | SMALL["columns"]
    lines = [f"k{n},{n % 50 % 10},{'abcdef'[n % 50 % 6]},{n % 50 % 2}" for n in range(500)]
    container = another(small(columns=columns))
    assert container.process(text(lines, "k,n,c,y"))["rows"]["duplicates"] == 0
    sides = [set(part(container, name).select("n", "c").iter_rows()) for name in PARTS]
    assert sum(map(len, sides)) == len(set().union(*sides))


def test_the_baseline_describes_the_training_part(trained: Container) -> None:
    statistics = trained.output("baseline/statistics.json")
    constraints = trained.output("baseline/constraints.json")
    rows = trained.output("report/report.json")["rows"]["train"]
    assert statistics["dataset"]["item_count"] == rows
    age = next(feature for feature in statistics["features"] if feature["name"] == "Age")
    buckets = age["numerical_statistics"]["distribution"]["kll"]["buckets"]
    assert age["inferred_type"] == "Integral"
    assert sum(bucket["count"] for bucket in buckets) == rows
    education = next(feature for feature in constraints["features"] if feature["name"] == "Education")
    assert education["string_constraints"] == {"domains": ["1", "2", "3"]}


cells = st.text("019.-+eE,;\"'? \t\näTRUtrue\r\x00", max_size=6)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=300),
        st.lists(st.lists(cells, max_size=4).map(",".join), max_size=40).map(
            lambda lines: text([*rows(20), *lines])
        ),
    )
)
@example(text([*rows(20), '"', "1,a,0"]))
def test_any_file_is_accepted_or_refused_and_never_a_fault(another: Another, body: bytes) -> None:
    report = another(small()).process(body)
    assert (report["status"] == "refused") == bool(report["rule"] and report["reason"])
