"""How the file is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from dropforge.domain.contract.fields import Several, Text, Word
from dropforge.domain.contract.metrics import IMAGE, PROBLEMS
from dropforge.domain.contract.parts import Part, key
from dropforge.domain.contract.section import Section
from dropforge.domain.reading.cells import SPACES

if TYPE_CHECKING:
    from dropforge.domain.contract.problems import Problems
    from dropforge.domain.contract.reading import Reading
    from dropforge.domain.contract.whole import Contract


@dataclass(frozen=True)
class Reader:
    format: str = key(
        Word(
            ("auto", "csv", "parquet", "jsonl", "images"),
            default="auto",
            about="What the file is; auto goes by its extension: .parquet, .jsonl or .ndjson, else CSV.",
        )
    )
    delimiter: str = key(
        Text(
            r"[,;|\t:^~ ]",
            "a delimiter: one of , ; | : ^ ~ tab and space",
            default=",",
            about="What separates the cells of a CSV: one of , ; | : ^ ~ tab and space.",
            allowed="one of these characters",
        )
    )
    decimal: str = key(
        Word(
            (".", ","),
            default=".",
            about="What stands before the fraction of a CSV's numbers; "
            "beside a comma, dots may group thousands.",
        )
    )
    quote: str = key(
        Text(
            r"[\"']?",
            "a quote: \" or ', or '' for none",
            default='"',
            about="What a cell is quoted with: \" or ', or an empty text for nothing.",
            allowed="`\"`, `'` or nothing",
        )
    )
    encoding: str = key(
        Word(
            ("utf-8", "utf-16", "latin-1", "windows-1252"), default="utf-8", about="How the text is written."
        )
    )
    nulls: tuple[str, ...] = key(
        Several(
            Text(r"[^\x00]{0,64}", "a text of at most 64 characters"),
            20,
            default=("",),
            about="What a cell says where there is no value.",
        )
    )


def null_markers(contract: Contract) -> frozenset[str]:
    """What a cell says, spaces aside, where there is no value; an empty cell never has one."""
    return frozenset(("", *(marker.strip(SPACES) for marker in contract.reader.nulls)))


def finish_reader(reader: Reader, _given: Mapping[str, Any], reading: Reading) -> Reader:
    if reading.problem == IMAGE and reader.format == "auto":
        reader = replace(reader, format="images")
    if reader.decimal == reader.delimiter:
        reading.below("decimal").fault("',' already separates the cells; name another delimiter, such as ';'")
    return reader


def check_reader(contract: Contract, problems: Problems) -> None:
    images, path = contract.reader.format == "images", ("reader", "format")
    if contract.problem == IMAGE and not images:
        problems.add(path, f"an image problem reads images, not {contract.reader.format}")
    elif contract.problem in PROBLEMS and contract.problem != IMAGE and images:
        problems.add(path, f"only an image problem reads images, not {contract.problem}")


READER = Section(
    holds=Part(Reader, finish=finish_reader, about="How the file is written."),
    check=check_reader,
    details="""\
A byte-order mark, Windows line ends and spaces around a cell never matter. CSV and JSON lines may be packed
with gzip, their names ending in .gz.

With `decimal: ","` a cell of an `integer` or `number` column says `1,5` or `1.234,56`, in a drop and in a
file for inference; `1.5` is then not a number. A category keeps its text. JSON lines, Parquet and requests to
the server, whose CSV has commas between its cells, write numbers with a point whatever the contract says.""",
    example="""
reader: {delimiter: ";", decimal: ",", nulls: ["", "?"]}
""",
)
