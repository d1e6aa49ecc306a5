"""Whatever the bytes are, a survey ends in facts or in a sentence."""

import gzip
import json
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.commands.init import draft
from cli.errors import CommandError
from dropforge.edge.contract_yaml import load_contract
from training.errors import JobError
from training.survey import formats
from training.survey.job import facts_of

CELLS = st.one_of(
    st.sampled_from(
        ["", "?", "NA", "None", "1", "0", "-3", "1e400", "nan", "01-02-19", "2019-13-45", "a,b", '"', "''"]
    ),
    st.sampled_from(["true", "1.0", "\u202e", "ß", "<script>", "99999999999999999999"]),
    st.integers(-5, 5).map(str),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=5),
)
NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=8)


def surveyed(body: bytes, target: str, suffix: str = ".csv") -> None:
    """Our own errors are sentences; any other one fails the test."""
    with tempfile.TemporaryDirectory() as folder, suppress(JobError, CommandError):
        path = Path(folder) / f"file{suffix}"
        path.write_bytes(body)
        facts = json.loads(json.dumps(facts_of(path, target), allow_nan=False))
        load_contract(draft("case", facts, target))


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=400), st.sampled_from([".csv", ".parquet", ".jsonl", ".zip", ".csv.gz"]))
def test_of_any_bytes(body: bytes, suffix: str) -> None:
    surveyed(body, "a", suffix)


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_of_any_table(data: st.DataObject) -> None:
    names = data.draw(st.lists(NAMES, min_size=1, max_size=4, unique_by=str.strip))
    width = st.integers(max(1, len(names) - 1), len(names) + 1)
    rows = data.draw(st.lists(width.flatmap(lambda n: st.lists(CELLS, min_size=n, max_size=n)), max_size=25))
    mark = data.draw(st.sampled_from(",;\t|"))
    text = "\n".join(mark.join(row) for row in [names, *rows])
    surveyed(text.encode(data.draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))), names[-1].strip())


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.dictionaries(NAMES, st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)),
        max_size=12,
    )
)
def test_of_any_json_lines(records: list[dict[str, object]]) -> None:
    body = "\n".join(json.dumps(record) for record in records)
    surveyed(body.encode(), next(iter(records[0]), "a") if records else "a", ".jsonl")


@pytest.mark.parametrize(
    ("name", "body", "says"),
    [
        ("data.csv", b"1,2,3\n4,5,6\n", "no heading"),
        ("data.csv.gz", b"\x1f\x8b\x08\x00rest", "cannot be unpacked to its end"),
        ("data.csv", gzip.compress(b"a,b\n1,2\n"), "name it data.csv.gz"),
        ("data.csv.gz", gzip.compress(b"a,b\n1,2\n" * 100)[:-9], "cannot be unpacked to its end"),
        ("data.parquet", b"PAR1 and no more", "cannot be read as parquet"),
        ("data.jsonl", b'{"a": [1, 2]}\n', "lists or objects"),
        ("data.zip", b"PK\x03\x04 and no more", "is not a .zip"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, name: str, body: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(body)
    with pytest.raises(JobError, match=says):
        facts_of(tmp_path / name, "a")


def test_a_packed_file_is_unpacked_only_up_to_what_a_drop_may_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "MOST", 1024 * 1024)
    (tmp_path / "data.csv.gz").write_bytes(gzip.compress(b"a,b\n" + bytes(3 * 1024 * 1024)))
    with pytest.raises(JobError, match="when it is unpacked"):
        facts_of(tmp_path / "data.csv.gz", "a")
