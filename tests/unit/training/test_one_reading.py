"""The same rows are the same values, given as a drop, as a file for inference and as a request.

By machine: rows and whole lines that nobody would write on purpose, in every way that a contract's reader
allows. What one way in calls a bad row, every other does.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dropforge.actions.prepare_batch import prepare_batch
from dropforge.domain.contract import Contract, parse_contract
from dropforge.domain.errors import Refused as BatchRefused
from dropforge.domain.reading.cells import SPACES
from dropforge.domain.reading.faults import BadFile
from dropforge.domain.run import InferenceRun, Served
from tests.unit.actions.fakes import STACK, FakeObjects, created
from training.errors import BadRequest, Refused
from training.features import Features
from training.process.cells import Cells
from training.process.reading.drop import look_at
from training.process.reading.frames import LINE
from training.process.tables import READERS
from training.quarantine import Quarantine
from training.serve.requests import decode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from training.features import Feed

COLUMNS = {
    "y": "category",
    "n": "number",
    "i": "integer",
    "c": "category",
    "d": {"type": "date", "format": "%d-%m-%Y"},
}
DELIMITERS = [",", ";", "|", "\t", "^"]
ENCODINGS = ["utf-8", "utf-16", "latin-1", "windows-1252"]
NULLS = [["", "NA", "?"], ["999", "-9,5", "1234.5"], [" true ", "1.0"]]
GAPS = ["", " ", "\t", "\xa0", "\x0b", "\u2003", "\u2028", "\x85", "\u200b", "\ufeff"]
WORDS = [
    "1", "1.0", "-0", "+1.50", ".5", "5.", "1e5", "1E-3", "1_000", "0x10", "inf", "-Infinity", "nan", "NaN",
    "١٢", "½", "1,5", "1.234,5", "1,234.5", "12.34,5", "-9,5", "1234.5", "3e38", "1e39", "9" * 65, "NA", "na",
    "?", "999", "999.0", "true", "TRUE", "False", "İ", "ä", "é", "31-01-2011", "31-02-2011", "2011-01-31",
    "n", "y", '"', "'", '""', "''", "a\"b", "\\", "\x00"[:0], "\r", "\n", "a\r\nb", "\u2028",
]  # fmt: skip
HEADER = list(COLUMNS)
SOUND = ("7", "7", "sound", "07-07-2007")
BLANK = ["", " ", "\xa0\t"]
PLAIN = {"delimiter": ",", "decimal": ".", "quote": '"', "encoding": "utf-8", "nulls": NULLS[0]}
BAD = "bad"

spaced = st.tuples(st.sampled_from(GAPS), st.sampled_from(WORDS), st.sampled_from(GAPS)).map("".join)
cells = st.one_of(spaced, st.sampled_from(WORDS), st.text("01.,-+eENAä\xa0 \u2003\"'", max_size=6))
rows = st.lists(st.tuples(cells, cells, cells, cells), min_size=1, max_size=6)
lines = st.lists(
    st.lists(st.one_of(cells, st.sampled_from(['"a', 'b"', "'a", "b'", '"a"b', ""])), max_size=5),
    min_size=1,
    max_size=6,
)
readers = st.fixed_dictionaries(
    {
        "delimiter": st.sampled_from(DELIMITERS),
        "decimal": st.sampled_from([".", ","]),
        "quote": st.sampled_from(['"', "'", ""]),
        "encoding": st.sampled_from(ENCODINGS),
        "nulls": st.sampled_from(NULLS),
    }
).filter(lambda reader: reader["decimal"] != reader["delimiter"])
values = st.one_of(
    cells,
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.sampled_from([2**64, 2**201, 999, 20110131, 1e400, 999.0, "\ud800", "\0", "\U0001f600", [1], {}]),
    st.floats(allow_nan=False),
)
records = st.tuples(values, values, values, values).map(
    lambda row: json.dumps(dict(zip(HEADER, ["1", *row], strict=True)))
)
odd_lines = st.sampled_from(
    ["[1]", "{", "7", "null", '"a"', '{"y": 1, "y": 2}', '{"n": NaN}', "\u2003", "\x0b", "{\r}", "\ufeff{}"]
)


def contract_of(**reader: Any) -> Contract:
    return parse_contract(
        {
            "usecase": "any",
            "problem": "binary",
            "target": "y",
            "columns": COLUMNS,
            "transform": {"columns": {"d": {"parts": ["year", "month", "day"]}}},
            "reader": reader,
        }
    )


class Ways:
    """One contract, and the three ways in. Each gives what is read of a row, or BAD, in the order of the
    rows; or BAD for a file or a request as a whole."""

    def __init__(self, contract: Contract, folder: Path) -> None:
        self.contract = contract
        self._folder = folder

    def as_drop(self, body: bytes, name: str) -> list[Any] | str:
        path, aside = self._folder / name, self._folder / "rows.csv"
        path.write_bytes(body)
        aside.unlink(missing_ok=True)
        drop = look_at(path, self.contract)
        found: dict[int, Any] = {}
        reader = READERS[drop.format](drop, self.contract)
        try:
            with Quarantine(self._folder) as quarantine:
                for block in reader.blocks(quarantine):
                    read = Cells(self.contract, reader.header, reader.decimal).read(block)
                    frame = read.values.with_columns(pl.selectors.categorical().cast(pl.String))
                    feed = Features(self.contract).from_frame(frame)
                    found |= dict(zip(read.keys[LINE], values_of(feed), strict=True))
                    found |= dict.fromkeys(read.bad[LINE], BAD)
        except (Refused, BadFile):
            return BAD
        rows = csv.DictReader(io.StringIO(aside.read_text("utf-8"))) if aside.exists() else ()
        found |= {int(row["line"]): BAD for row in rows}
        return [found[line] for line in sorted(found)]

    def as_batch(self, body: bytes, name: str) -> list[Any] | str:
        """What the endpoint reads in what the inference state machine puts to it."""
        key = f"inference/any/{name}"
        objects = FakeObjects(**{key: body}).in_force(self.contract)
        served = Served("", self.contract.problem, "contracts/any/published.json")
        run = InferenceRun.of(created(key), self.contract, None, STACK, served)
        try:
            prepared = prepare_batch(run, objects=objects)
        except BatchRefused:
            return BAD
        found: dict[int, Any] = {}
        for batch in range(prepared.batches):
            lines = objects.files[f"{run.prefix}/parts/{batch:05}.jsonl"].splitlines()
            records = [json.loads(line) for line in lines]
            sent = json.dumps({"instances": [record["instance"] for record in records]}).encode()
            answered = self.as_request(sent, "application/json")
            assert answered != BAD, "the batch has a record that the endpoint refuses"
            found |= dict(zip([record["row"] for record in records], answered, strict=True))
        aside = objects.files.get(f"quarantine/any/{run.run}/rows.csv", b"").decode()
        found |= {int(row["row"]): BAD for row in csv.DictReader(io.StringIO(aside))}
        return [found[row] for row in sorted(found)]

    def as_request(self, body: bytes, kind: str) -> list[Any] | str:
        try:
            batch = decode(body, kind, self.contract)
            return values_of(Features(self.contract).arrays(batch.records, batch.origins))
        except BadRequest:
            return BAD


def values_of(feed: Feed) -> list[Any]:
    texts = feed["values_0"][feed["codes_0"]]
    rows = zip(feed["numbers"].tolist(), texts, strict=True)
    return [(*map(repr, numbers), text) for numbers, text in rows]


def one_by_one(ways: Ways, bodies: Sequence[bytes], kind: str) -> list[Any]:
    answers = [ways.as_request(body, kind) for body in bodies]
    return [BAD if answer == BAD else answer[0] for answer in answers]


def written(rows: Sequence[Sequence[str]], reader: Mapping[str, Any], end: str) -> str:
    out = io.StringIO(newline="")
    csv.writer(
        out,
        delimiter=reader["delimiter"],
        quotechar=reader["quote"] or None,
        quoting=csv.QUOTE_MINIMAL if reader["quote"] else csv.QUOTE_NONE,
        lineterminator=end,
    ).writerows(rows)
    return out.getvalue()


def in_file(cell: str, reader: Mapping[str, Any]) -> str:
    """The cell as far as such a file can hold it."""
    cell = cell.encode(reader["encoding"], "replace").decode(reader["encoding"])
    if not reader["quote"]:
        cell = "".join(character for character in cell if character not in (reader["delimiter"], "\r", "\n"))
    return cell


anything = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.slow
@anything
@given(readers, rows, st.sampled_from(["\n", "\r\n", "\r"]))
@example(PLAIN | {"quote": ""}, [("1", "1", '"a"', "")], "\n")
@example(PLAIN, [("\u2003NA", "1", "\u2003NA", ""), (" NA ", "", "\xa0NA", "")], "\n")
@example(PLAIN, [("1", "1", "a\r\nb", ""), ("1", "1", "a\nb", "")], "\r\n")
@example(
    PLAIN | {"delimiter": ";", "decimal": ",", "nulls": ["1234.5"]}, [("1.234,5", "", "1.234,5", "")], "\n"
)
def test_rows_are_the_same_values_in_a_drop_a_batch_and_a_request(
    tmp_path: Path, reader: dict[str, Any], rows: list[tuple[str, ...]], end: str
) -> None:
    rows = [tuple(in_file(cell, reader) for cell in row) for row in [*rows, SOUND]]
    body = written([HEADER, *(("1", *row) for row in rows)], reader, end).encode(reader["encoding"])
    ways = Ways(contract_of(**reader), tmp_path)

    read = ways.as_drop(body, "drop.csv")
    assert ways.as_batch(body, "rows.csv") == read
    if reader["decimal"] == ".":
        records = [dict(zip(HEADER[1:], row, strict=True)) for row in rows]
        sent = [json.dumps({"instances": [record]}).encode() for record in records]
        assert one_by_one(ways, sent, "application/json") == read
        sent = [written([HEADER[1:], row], PLAIN, "\n").encode() for row in rows]
        assert one_by_one(ways, sent, "text/csv; header=present") == read


@pytest.mark.slow
@anything
@given(readers, lines, st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
@example(PLAIN, [["1", "1", '"a"b', ""], ["1", "1", "a", ""]], "\n", False)
@example(PLAIN, [["1", "1", '"a', ""]], "\n", False)
@example(PLAIN, [["n", "i", "c", "d"], [""], ["", "", "", ""]], "\r\n", True)
@example(PLAIN, [["1", "1", "\0", ""]], "\n", False)
def test_lines_are_the_same_rows_in_a_drop_a_batch_and_a_request(
    tmp_path: Path, reader: dict[str, Any], lines: list[list[str]], end: str, marked: bool
) -> None:
    """Ragged ones, blank ones, and with quotes where none belong."""
    delimiter, encoding = reader["delimiter"], reader["encoding"]
    text = end.join(
        [
            delimiter.join(HEADER),
            *(delimiter.join(["y" if cells == HEADER[1:] else "1", *cells]) for cells in lines),
            *BLANK,
            delimiter.join(["1", *SOUND]),
            "",
        ]
    )
    mark = "\ufeff" if marked and encoding == "utf-8" else ""
    body = (mark + text).encode(encoding, "replace")
    ways = Ways(contract_of(**reader), tmp_path)

    read = ways.as_drop(body, "drop.csv")
    assert ways.as_batch(body, "rows.csv") == read
    if reader == PLAIN | {"nulls": reader["nulls"]}:
        answered = ways.as_request(body, "text/csv")
        assert answered == (BAD if BAD in read else read)


@pytest.mark.slow
@anything
@given(st.sampled_from(NULLS), st.lists(st.one_of(records, odd_lines), max_size=6))
def test_json_is_the_same_values_in_a_drop_a_batch_and_a_request(
    tmp_path: Path, nulls: list[str], lines: list[str]
) -> None:
    lines = [json.dumps(dict(zip(HEADER, ["1", *SOUND], strict=True))), *lines]
    body = "\n".join([*lines, "", "\xa0", lines[0]]).encode()
    ways = Ways(contract_of(nulls=nulls, delimiter=";", decimal=","), tmp_path)

    read = ways.as_drop(body, "drop.jsonl")
    assert ways.as_batch(body, "rows.jsonl") == read
    sent = [line.encode() for line in [*lines, lines[0]] if line.strip(SPACES)]
    assert one_by_one(ways, sent, "application/jsonlines") == read


@pytest.mark.parametrize("marker", ["999", "0.5", "true"])
def test_a_null_marker_that_is_a_number_is_one_in_json_and_parquet_too(marker: str, tmp_path: Path) -> None:
    ways = Ways(contract_of(nulls=[marker]), tmp_path)
    value = json.loads(marker)
    record = {"y": "1", "n": value, "i": None, "c": value, "d": None}
    out = io.BytesIO()
    pl.DataFrame([record, record | {"n": None}]).cast({"n": pl.Float64}).write_parquet(out)

    missing = ways.as_request(b'{"n": null, "i": null, "c": null, "d": null}', "application/jsonlines")
    assert ways.as_drop((json.dumps(record) + "\n").encode(), "drop.jsonl") == missing
    assert ways.as_batch((json.dumps(record) + "\n").encode(), "rows.jsonl") == missing
    assert ways.as_request(json.dumps(record).encode(), "application/jsonlines") == missing
    if marker != "true":
        assert ways.as_drop(out.getvalue(), "drop.parquet") == [*missing, *missing]
