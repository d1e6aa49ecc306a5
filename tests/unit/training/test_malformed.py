"""Whatever is dropped, the job ends with a report: accepted, or refused by a rule in a sentence.

By hand, what people really send; by machine, sound files of every format cut, flipped, doubled and mixed.
"""

import gzip
import io
import json
import random
import zipfile
from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.training.container import Another
from tests.unit.training.small import rows, small, text

GOOD = text(rows())
RECORDS = [{"n": int(n), "c": c, "y": int(y)} for n, c, y in (line.split(",") for line in rows())]
JSONL = "".join(json.dumps(record) + "\n" for record in RECORDS).encode()


def parquet(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_parquet(out)
    return out.getvalue()


def zipped(body: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("drop.csv", body)
    return out.getvalue()


TABLE = pl.DataFrame(RECORDS)
PARQUET = parquet(TABLE)

BY_HAND: list[tuple[str, str, bytes, str, str]] = [
    ("delimiter of another kind", "a.csv", GOOD.replace(b",", b"|"), "reader.delimiter", "it looks like '|'"),
    ("a tab for a delimiter", "a.csv", GOOD.replace(b",", b"\t"), "reader.delimiter", "it looks like a tab"),
    ("another encoding", "a.csv", GOOD + "5,ä,0\n".encode("latin-1"), "reader.encoding", "after line 61"),
    ("UTF-16", "a.csv", GOOD.decode().encode("utf-16"), "reader.encoding", "is UTF-16 text"),
    ("UTF-16 without a mark", "a.csv", GOOD.decode().encode("utf-16-le"), "binary", "byte 1 is a NUL"),
    ("a NUL in a cell", "a.csv", GOOD + b"5,\0,0\n", "binary", "is a NUL"),
    ("cut in a row", "a.csv", GOOD[:-4], "truncated", "line 61 has 2 cells, not 3"),
    ("cut in a quote", "a.csv", GOOD + b'1,"ab', "truncated", "a quote that line 62 opens is never closed"),
    ("a quote that stays open", "a.csv", GOOD.replace(b"0,a", b'0,"a', 1), "truncated", "line 2 opens"),
    ("every row too short", "a.csv", GOOD.replace(b",1\n", b"\n").replace(b",0\n", b"\n"),
     "truncated", "2 cells, not 3"),
    ("every row too long", "a.csv", GOOD.replace(b"\n", b",1\n")[8:].join([b"n,c,y\n", b""]),
     "quality.bad_rows", "4 cells, not 3"),
    ("no header", "a.csv", GOOD[6:], "columns", "Has the file no header?"),
    ("a header twice named", "a.csv", text(rows(), "n,n,y"), "columns", "names 'n' more than once"),
    ("columns missing", "a.csv", text(["1,0"] * 60, "n,y"), "columns", "lacks 'c'"),
    ("columns unknown", "a.csv", text([f"{r},1" for r in rows()], "n,c,y,zz"), "columns", "has 'zz'"),
    ("an empty file", "a.csv", b"", "empty", "0 bytes"),
    ("an empty file of another kind", "a.parquet", b"", "empty", "0 bytes"),
    ("only a header", "a.csv", b"n,c,y\n", "empty", "no rows"),
    ("only blank lines", "a.csv", b"\n\r\n  \n", "empty", "blank lines"),
    ("only blank JSON lines", "a.jsonl", b"\n\n", "empty", "blank lines"),
    ("a mark and nothing else", "a.csv", b"\xef\xbb\xbf", "empty", "blank lines"),
    ("a cell of two megabytes", "a.csv", GOOD + b"1," + b"x" * 2**21 + b",0\n",
     "binary", "line 62 is longer"),
    ("one endless line", "a.csv", b"n,c,y" * 10**6, "binary", "line 1 is longer"),
    ("random bytes", "a.csv", random.Random(1).randbytes(5000), "binary", "is a NUL"),
    ("a picture", "a.csv", b"\x89PNG\r\n\x1a\n" + bytes(50), "reader.format", "is a PNG picture"),
    ("a PDF", "a.csv", b"%PDF-1.7\n%\xe2\xe3", "reader.format", "is a PDF document"),
    ("a workbook", "a.csv", zipped(b"<xml/>"), "reader.format", "a zip archive or an Excel workbook"),
    ("a zip of a CSV", "a.zip", zipped(GOOD), "reader.format", "a zip archive"),
    ("a broken zip", "a.zip", zipped(GOOD)[:40], "reader.format", "a zip archive"),
    ("Parquet named CSV", "a.csv", PARQUET, "reader.format", "is a Parquet file"),
    ("CSV named Parquet", "a.parquet", GOOD, "reader.format", "is not a Parquet file"),
    ("gzip named CSV", "a.csv", gzip.compress(GOOD), "reader.format", "is a gzip file"),
    ("CSV named gzip", "a.csv.gz", GOOD, "reader.format", "it is not a gzip file"),
    ("gzip cut short", "a.csv.gz", gzip.compress(GOOD)[:-20], "truncated", "cannot be unpacked to its end"),
    ("gzip damaged", "a.csv.gz", gzip.compress(GOOD)[:30] + b"garbage" * 9,
     "truncated", "cannot be unpacked"),
    ("gzip of Parquet", "a.parquet.gz", gzip.compress(PARQUET), "reader.format", "compresses itself"),
    ("gzip of nothing", "a.csv.gz", gzip.compress(b""), "empty", "blank lines"),
    ("Parquet cut short", "a.parquet", PARQUET[:-30], "reader.format", "damaged or cut short"),
    ("Parquet without its end", "a.parquet", b"PAR1", "reader.format", "damaged or cut short"),
    ("Parquet of garbage", "a.parquet", b"PAR1" + b"\xff" * 500 + b"PAR1", "reader.format", "damaged"),
    ("Parquet of no rows", "a.parquet", parquet(TABLE.clear()), "empty", "columns and no rows"),
    ("Parquet of lists", "a.parquet", parquet(TABLE.with_columns(c=[[1]])), "columns", "'c' holds List"),
    ("Parquet of bytes", "a.parquet", parquet(TABLE.cast({"c": pl.Binary})), "columns", "'c' holds Binary"),
    ("Parquet of other columns", "a.parquet", parquet(TABLE.drop("y")), "columns", "lacks 'y'"),
    ("Parquet of dates for numbers", "a.parquet", parquet(TABLE.cast({"n": pl.Date})),
     "quality.bad_rows", "n not"),
    ("a JSON list", "a.jsonl", json.dumps(RECORDS).encode(), "reader.format", "is a JSON list"),
    ("a JSON list over lines", "a.jsonl", json.dumps(RECORDS, indent=1).encode(),
     "reader.format", "a JSON list"),
    ("JSON over lines", "a.jsonl", json.dumps(RECORDS[0], indent=1).encode(),
     "truncated", "line 5 is not JSON"),
    ("JSON cut short", "a.jsonl", JSONL[:-9], "truncated", "line 60 is not JSON"),
    ("JSON of lists", "a.jsonl", b"[1,2,3]\n" * 60, "reader.format", "is a JSON list"),
    ("JSON of numbers", "a.jsonl", b"7\n" * 60, "quality.bad_rows", "is not a JSON object"),
    ("JSON of NaN", "a.jsonl", JSONL.replace(b'"n": ', b'"n": NaN, "z":'), "quality.bad_rows", "NaN"),
    ("JSON of keys twice", "a.jsonl", JSONL.replace(b"{", b'{"n": 1, '),
     "quality.bad_rows", "more than once"),
    ("JSON too deep", "a.jsonl", b'{"n": ' * 90_000 + b"\n", "quality.bad_rows", "recursion"),
    ("JSON of huge numbers", "a.jsonl", b'{"n": 1%b}\n' % (b"0" * 9000) * 60,
     "quality.bad_rows", "cannot be read"),
    ("JSON of other keys", "a.jsonl", JSONL.replace(b'"c"', b'"C"'), "columns", "has 'C'"),
    ("JSON without a key", "a.jsonl", JSONL.replace(b', "y": 1', b"").replace(b', "y": 0', b""),
     "quality", "y missing"),
    ("JSON of a BOM and CSV", "a.jsonl", b"\xef\xbb\xbf" + GOOD, "truncated", "line 61 is not JSON"),
    ("HTML", "a.csv", b"<!DOCTYPE html>\n<html><body>404</body></html>\n", "reader.delimiter", "1 column"),
    ("XML", "a.csv", b'<?xml version="1.0"?>\n<a><b/></a>\n', "reader.delimiter", "1 column"),
    ("a script", "a.csv", b"#!/bin/sh\nrm -rf /\n", "reader.delimiter", "1 column"),
    ("a formula for a column", "a.csv", text(rows(), "n,c,=cmd|' /C calc'!A0"), "columns", "lacks 'y'"),
    ("markup for a column", "a.csv", text(rows(), "n,c,<script>alert(1)</script>"), "columns", "lacks 'y'"),
    ("columns without names", "a.csv", text(rows(), ",,"), "columns", "names none of the contract's columns"),
    ("half a character", "a.csv", GOOD + b"1,\xe2\x82", "reader.encoding", "0xe2"),
    ("surrogates", "a.csv", GOOD + b"1,\xed\xa0\x80,0\n", "reader.encoding", "0xed"),
    ("one class", "a.csv", text([line[:-1] + "0" for line in rows()]), "quality.minimum_class", "0 rows"),
    ("too few rows", "a.csv", text(rows(9)), "quality.minimum_rows", "9 good rows"),
    ("a wall of one row", "a.csv", text(rows()[:1] * 90), "quality.minimum_rows", "1 good rows"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "body", "rule", "said"), [case[1:] for case in BY_HAND], ids=[c[0] for c in BY_HAND]
)
def test_what_people_send_is_refused_with_its_reason(
    name: str, body: bytes, rule: str, said: str, another: Another
) -> None:
    report = another(small()).process(body, name)
    assert report["status"] == "refused"
    assert report["rule"].startswith(rule)
    assert said in report["reason"]
    assert "\n" not in report["reason"]
    assert len(report["reason"]) < 600


def test_a_header_in_the_middle_is_a_bad_row(another: Another) -> None:
    """Two files put together; where all columns are categories, too."""
    report = another(small()).process(GOOD + GOOD)
    assert report["quarantined"] == {"repeats the header": 1}
    assert report["rows"]["duplicates"] == 60


def test_a_gzip_bomb_is_refused_before_it_is_unpacked(another: Another) -> None:
    contract = small(quality={"minimum_rows": 10, "minimum_class": 3, "megabytes": 1})
    report = another(contract).process(gzip.compress(b"n,c,y\n" + b"1,a,0\n" * 10**6), "a.csv.gz")
    assert report["rule"] == "quality.megabytes"


NAMES = [
    "*",
    "^.*$",
    "^n$",
    "line",
    "reason",
    "cell0",
    "row",
    "count",
    "{}",
    "a'b\"c",
    "<b>",
    "=1+1",
    "..",
    "π",
    "$n",
]


def test_names_that_mean_something_elsewhere_are_only_names(another: Another) -> None:
    columns: dict[str, Any] = {
        name: "number" if index % 2 else "category" for index, name in enumerate(NAMES)
    }
    lines = [
        ",".join(str((n * (index + 3)) % 7 + n % 2) for index in range(len(NAMES))) + f",{n % 2}"
        for n in range(200)
    ]
    header = ",".join('"' + name.replace('"', '""') + '"' for name in NAMES)
    contract = small(columns={**columns, "literal": "category"}, target="literal", split={"seed": 1})
    container = another(contract)
    report = container.process(text(lines, header + ",literal"))
    assert report["status"] == "accepted", report["reason"]
    found = pl.read_parquet(container.base / "processing/output/train/rows.parquet")
    assert found.columns == [*NAMES, "literal"]
    assert container.train(rounds="2") == 0, container.said("failure")


def damaged() -> Iterator[tuple[str, bytes]]:
    """A hundred and more sound files, each with something done to it."""
    sound = {
        "a.csv": GOOD,
        "b.csv": GOOD.replace(b"a", b'"a,""a"""').replace(b"\n", b"\r\n"),
        "a.csv.gz": gzip.compress(GOOD),
        "a.jsonl": JSONL,
    }
    for name, body in sound.items():
        dice = random.Random(name)
        for _ in range(8):
            index = dice.randrange(len(body))
            yield name, body[:index]
            yield name, body[:index] + dice.randbytes(1) + body[index + 1 :]
            yield name, body[:index] + b'"' + body[index:]
            yield name, body[index:] + body[:index]
    dice = random.Random(7)
    for _ in range(12):
        indices = [dice.randrange(len(PARQUET)) for _ in range(3)]
        flipped = bytearray(PARQUET)
        for index in indices:
            flipped[index] = dice.randrange(256)
        yield "a.parquet", bytes(flipped)


@pytest.mark.parametrize("chunk", range(4))
def test_a_damaged_file_is_accepted_or_refused_in_a_sentence(chunk: int, another: Another) -> None:
    for name, body in list(damaged())[chunk::4]:
        report = another(small()).process(body, name)
        assert (report["status"] == "refused") == bool(report["rule"] and report["reason"])


def test_there_are_two_hundred() -> None:
    assert len(BY_HAND) + len(list(damaged())) >= 200


objects = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("ncyz"), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(objects, max_size=12))
def test_any_json_lines_are_accepted_or_refused(another: Another, found: list[Any]) -> None:
    body = JSONL + "".join(json.dumps(item) + "\n" for item in found).encode()
    report = another(small()).process(body, "a.jsonl")
    assert (report["status"] == "refused") == bool(report["rule"] and report["reason"])
