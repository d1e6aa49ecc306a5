"""The same rows in any format, written in any way, are the same rows; only the careful way may be slower."""

import csv
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dropforge.domain.contract import Contract
from tests.unit.training.container import Another
from tests.unit.training.small import SMALL, part, quarantined, rows, small, text
from training.errors import Refused
from training.process.gather import Gathered
from training.process.reading import blocks, csvfile
from training.process.tables import read_table
from training.quarantine import Quarantine


def records(lines: list[str]) -> list[dict[str, object]]:
    return [{"n": int(n), "c": c, "y": int(y)} for n, c, y in (line.split(",") for line in lines)]


def as_jsonl(lines: list[str]) -> bytes:
    return "".join(json.dumps(record) + "\n" for record in records(lines)).encode()


def as_parquet(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_parquet(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("drop.csv.gz", lambda lines: gzip.compress(text(lines))),
        ("drop.jsonl", as_jsonl),
        ("drop.ndjson", lambda lines: as_jsonl(lines).replace(b"\n", b"\r\n")),
        ("drop.jsonl.gz", lambda lines: gzip.compress(as_jsonl(lines))),
        ("drop.parquet", lambda lines: as_parquet(pl.DataFrame(records(lines)))),
        ("drop.PQ", lambda lines: as_parquet(pl.DataFrame(records(lines)).cast(pl.String))),
        (
            "drop.parquet",
            lambda lines: as_parquet(
                pl.DataFrame(records(lines)).cast({"n": pl.Float32, "c": pl.Categorical, "y": pl.Boolean})
            ),
        ),
    ],
)
def test_every_format_gives_the_same_parts(
    name: str, written: Callable[[list[str]], bytes], another: Another
) -> None:
    contract = small(columns=SMALL["columns"] | {"y": "category"}, positive=1, split={"seed": 5})
    container = another(contract)
    container.process(text(rows()))
    expected = {kind: part(container, kind) for kind in ("train", "validation", "test")}
    body = written(rows())
    if b"PAR1" in body[:4] and pl.read_parquet(io.BytesIO(body)).schema["y"] == pl.Boolean:
        container = another(
            small(columns=SMALL["columns"] | {"y": "category"}, positive=True, split={"seed": 5})
        )
    assert container.process(body, name)["status"] == "accepted"
    for kind, frame in expected.items():
        found = part(container, kind)
        if found["y"].is_in(["true", "false"]).all():
            found = found.with_columns(pl.col("y").replace({"true": "1", "false": "0"}))
        assert found.equals(frame)


def test_a_parquet_file_has_row_numbers_and_the_same_cell_rules(another: Another) -> None:
    good = records(rows())
    bad = [{"n": 12, "c": "a", "y": 1}, {"n": None, "c": None, "y": 0}, {"n": 3, "c": "a", "y": None}]
    container = another(small())
    report = container.process(as_parquet(pl.DataFrame([*good, *bad])), "drop.parquet")
    assert report["quarantined"] == {"n above 9": 1, "y missing": 1}
    assert [row["line"] for row in quarantined(container)] == ["61", "63"]
    assert report["columns"]["n"]["missing"] == 1


def test_a_date_of_a_parquet_file_is_one_whatever_format_a_text_would_have(another: Another) -> None:
    """Its century, too, which the format does not tell."""
    contract = small(
        columns=SMALL["columns"] | {"day": {"type": "date", "format": "%d-%m-%y"}},
        transform={"columns": {"day": {"parts": ["year"]}}},
    )
    days = pl.date_range(pl.date(1958, 1, 30), pl.date(1958, 12, 31), eager=True)[: len(rows())]
    frame = pl.DataFrame(records(rows())).with_columns(days.alias("day"))
    moments = frame.with_columns(pl.col("day").cast(pl.Datetime("ms", "Europe/Berlin")))
    for written in (frame, moments):
        container = another(contract)
        assert container.process(as_parquet(written), "drop.parquet")["status"] == "accepted"
        assert part(container, "train")["day"].str.starts_with("1958-").all()


def test_a_number_that_is_none_is_missing_in_parquet_and_infinity_is_bad(another: Another) -> None:
    frame = pl.DataFrame(records(rows())).with_columns(pl.col("n").cast(pl.Float64))
    odd = pl.DataFrame({"n": [float("nan"), float("inf")], "c": ["q", "r"], "y": [0, 1]})
    report = another(small()).process(as_parquet(pl.concat([frame, odd])), "drop.parquet")
    assert report["quarantined"] == {"n not a number": 1}
    assert report["columns"]["n"]["missing"] == 1


def test_bad_json_lines_go_to_quarantine_with_their_reason(another: Another) -> None:
    bad = [
        '{"n": 1, "c": "a", "y": 1',
        "[1, 2, 3]",
        '{"n": NaN, "c": "a", "y": 1}',
        '{"n": 1, "n": 2, "c": "a", "y": 1}',
        '{"n": [1], "c": "a", "y": 1}',
        '{"n": 1, "c": {"d": 2}, "y": 1}',
        '{"n": "x", "c": "a", "y": 1}',
        '{"n": 1, "c": "a"}',
        "7",
    ]
    container = another(small())
    container.process(
        as_jsonl(rows()) + "\n".join([*bad, '{"n": 1, "c": "zz", "y": 0}', ""]).encode(), "a.jsonl"
    )
    assert [(row["line"], row["reason"]) for row in quarantined(container)] == [
        ("61", "is not JSON: Expecting ',' delimiter"),
        ("62", "is not a JSON object but a list"),
        ("63", "has NaN, which is not a JSON number; write null for a missing value"),
        ("64", "names 'n' more than once"),
        ("65", "n: a list is not text, a number, true or false"),
        ("66", "c: a mapping is not text, a number, true or false"),
        ("69", "is not a JSON object but 7"),
        ("67", "n not a number"),
        ("68", "y missing"),
    ]


def test_dates_in_the_contracts_format_become_iso_text(another: Another) -> None:
    columns = {"d": {"type": "date", "format": "%d-%m-%y"}} | SMALL["columns"]
    contract = small(columns=columns, transform={"columns": {"d": {"parts": ["month"]}}})
    lines = [f"{1 + n % 28:02}-{1 + n % 12:02}-18,{row}" for n, row in enumerate(rows())]
    container = another(contract)
    container.process(
        text([*lines, "31-02-18,1,a,0", "2018-01-01,2,a,0", " 01-01-18 ,3,b,0", ",4,b,0"], "d,n,c,y")
    )
    assert [(row["line"], row["reason"]) for row in quarantined(container)] == [
        ("62", "d not a date"),
        ("63", "d not a date"),
    ]
    found = pl.concat(part(container, name) for name in ("train", "validation", "test"))
    assert found.schema["d"] == pl.String
    assert found["d"].null_count() == 1
    assert found["d"].drop_nulls().str.contains(r"^2018-\d\d-\d\dT00:00:00$").all()


def test_a_word_that_reads_like_nothing_is_a_value_unless_the_contract_says_otherwise(
    another: Another,
) -> None:
    lines = [line.replace("a", "None").replace("b", "null").replace("c", "NA") for line in rows()]
    report = another(small()).process(text(lines))
    assert report["columns"]["c"]["missing"] == 0
    assert another(small(reader={"nulls": ["None"]})).process(text(lines))["columns"]["c"]["missing"] > 0


def test_a_null_marker_may_be_a_number(another: Another) -> None:
    """999 may mean never."""
    columns = SMALL["columns"] | {"n": {"type": "integer", "min": 0, "max": 9}}
    contract = small(columns=columns, reader={"nulls": ["999"]})
    report = another(contract).process(text([*rows(), "999,a,1", "999.0,b,1"]))
    assert report["columns"]["n"]["missing"] == 1
    assert report["quarantined"] == {"n above 9": 1}


@pytest.mark.parametrize(("quote", "cell"), [("'", "'a,b'"), ("", '"ab"')])
def test_cells_are_quoted_by_what_the_contract_says(quote: str, cell: str, another: Another) -> None:
    container = another(small(reader={"quote": quote}))
    lines = [line.replace("a", cell) for line in rows()]
    assert container.process(text(lines))["rows"]["good"] == 60
    assert {"'": "c=a,b", "": 'c="ab"'}[quote] in container.output("transform/names.json")


@pytest.mark.parametrize(
    ("rule", "broken"),
    [
        ("a + b == total", ["5,5,11"]),
        ("total >= a + b", ["5,5,9.9"]),
        ("2 * a <= `total` + 1", ["9,0,16"]),
        ("a != b", ["3,3,6"]),
        ("total < 100", ["50,50,100"]),
    ],
)
def test_a_row_that_breaks_a_rule_goes_to_quarantine_under_its_name(
    rule: str, broken: list[str], another: Another
) -> None:
    """Decimal fractions need not add up to the last bit, and a rule says nothing of what is missing."""
    columns = {"a": "number", "b": "number", "total": "number", "y": "category"}
    good = [f"{n / 10},{n / 5 + 0.2},{n / 10 + n / 5 + 0.2}" for n in range(1, 50)]
    lines = [f"{row},{n % 2}" for n, row in enumerate([*good, *broken, ",,1"])]
    container = another(small(columns=columns, rules={"the rule": rule}))
    assert container.process(text(lines, "a,b,total,y"))["quarantined"] == {"the rule": 1}
    assert quarantined(container)[0]["line"] == "51"


@pytest.fixture
def tiny_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "SIZE", 64)


def test_where_the_file_is_cut_into_blocks_does_not_matter(tiny_blocks: None, another: Another) -> None:
    lines = [
        *rows(50),
        '3,"two\n\nlines, and a ""word""",1',
        "",
        "x,a,1",
        *rows(60)[50:],
        '1,"b"x,0',
        "2,b",
        "1,a,0",
    ]
    for end in ("\n", "\r\n"):
        container = another(small())
        report = container.process(text(lines).replace(b"\n", end.encode()))
        assert report["rows"]["read"] == 65
        assert sorted(row["line"] for row in quarantined(container)) == ["56", "67", "68"]


cells = st.text("01.5-+ \"'a,é\t", max_size=5)
tables = st.lists(st.lists(cells, min_size=2, max_size=4).map(",".join), min_size=1, max_size=25)
quoted = st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=25).map(
    lambda found: ['"' + '","'.join(cell.replace('"', '""') for cell in row) + '"' for row in found]
)


def gathered(path: Path, contract: Contract, folder: Path) -> tuple[Gathered | str, bytes]:
    """What was read or why not, and what went to quarantine."""
    (folder / "rows.csv").unlink(missing_ok=True)
    try:
        with Quarantine(folder) as quarantine:
            found: Gathered | str = read_table(path, contract, quarantine)
    except Refused as refusal:
        found = refusal.reason
    aside = folder / "rows.csv"
    lines = sorted(csv.reader(io.StringIO(aside.read_text(encoding="utf-8")))) if aside.exists() else []
    return found, repr(lines).encode()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(tables, quoted), st.sampled_from(["\n", "\r\n"]))
@example(['1,"a,b",0', '"2","c""d",1'], "\n")
@example(['1,""a"",0', '2,"",1', '""'], "\n")
@example(["1,a", "1,a,0,7"], "\n")
@example(['1,"a\nb",0', "1,a,0"], "\n")
def test_a_block_read_at_once_gives_what_reading_it_line_by_line_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: list[str], end: str
) -> None:
    drop, contract = tmp_path / "drop.csv", small(columns={"n": "number", "c": "category", "y": "category"})
    drop.write_bytes(end.join(["n,c,y", *lines, ""]).encode())
    quick = gathered(drop, contract, tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(csvfile, "read_whole", lambda *_: None)
        careful = gathered(drop, contract, tmp_path)
    assert quick[1] == careful[1]
    if isinstance(quick[0], str) or isinstance(careful[0], str):
        assert quick[0] == careful[0]
    else:
        assert quick[0].read == careful[0].read
        assert quick[0].values.equals(careful[0].values)
