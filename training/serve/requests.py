"""A request's body → records, each with the words for where it stands in the body ("line 3").

Bodies are read by the rules of `dropforge.domain.reading`; what they find wrong is a BadRequest here.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dropforge.domain.contract import Reader
from dropforge.domain.contract.fields import shown
from dropforge.domain.reading.csv_rows import CsvRows, ragged
from dropforge.domain.reading.faults import BadRow, NotJson, ReadingFault
from dropforge.domain.reading.header import check_names, looks_like_header
from dropforge.domain.reading.json_lines import is_blank, parse_json
from dropforge.domain.reading.text import check_no_nul
from training.errors import BadRequest
from training.serve.pictures import KINDS, encoded_record, picture_record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from dropforge.domain.contract import Contract

JSON, LINES, CSV = "application/json", "application/jsonlines", "text/csv"
SAME = {"application/x-jsonlines": LINES, "application/jsonl": LINES, "application/x-ndjson": LINES}
WRITTEN = Reader()
"""How the CSV of a request is written, whatever the contract says of files."""
Record = dict[str, Any]


@dataclass(frozen=True)
class Batch:
    kind: str
    """The canonical content type of the body; a picture is answered as if it had come in JSON."""
    records: list[Record]
    origins: list[str]
    """Where each record stands in the body."""


def decode(body: bytes, content_type: str, contract: Contract) -> Batch:
    """The records of a body, or BadRequest saying what is wrong with it."""
    media, parameters = _media(content_type)
    kind, known = SAME.get(media, media), _known(contract)
    if kind not in known:
        listed = ", ".join(known)
        raise BadRequest(f"the content type {shown(media)} is not supported; send {listed}", status=415)
    if kind in KINDS:
        origin = "the body"
        return Batch(JSON, [picture_record(body, contract, origin)], [origin])
    text = _text(body, parameters.get("charset", "utf-8"))
    try:
        pairs = list(DECODERS[kind](text, parameters, contract))
    except ReadingFault as fault:
        raise BadRequest(str(fault)) from fault
    if not pairs:
        raise BadRequest("the request holds no record")
    origins, records = zip(*pairs, strict=True)
    return Batch(kind, list(records), list(origins))


def _known(contract: Contract) -> tuple[str, ...]:
    return (JSON, LINES, CSV) if contract.image is None else (*KINDS, JSON, LINES)


def csv_records(
    lines: Iterable[str], contract: Contract, header: bool | None = None
) -> Iterator[tuple[str, Record]]:
    """Rows of the contract's features in its order, or under a header in any order; None finds out which."""
    names = [column.name for column in contract.features]
    rows, may_be_header = CsvRows(lines, WRITTEN, len(names)), header is not False
    for row in rows:
        origin = f"line {row.line}"
        if may_be_header:
            may_be_header = False
            if header or looks_like_header(row.cells, contract):
                names = rows.named_by(row.cells)
                check_names(names, contract, contract.features, origin)
                continue
        if row.fault:
            listed = f": {', '.join(names)}" if row.fault == ragged(row.cells, rows.width) else ""
            raise BadRow(f"{origin} {row.fault}{listed}")
        yield origin, dict(zip(names, row.cells, strict=True))


def _decode_json(text: str, _: Mapping[str, str], contract: Contract) -> Iterator[tuple[str, Record]]:
    document = _json(text, "the body")
    instances = document.get("instances") if isinstance(document, dict) else None
    if not isinstance(instances, list):
        raise BadRequest('the body is not {"instances": [{column: value, …}, …]}')
    for number, instance in enumerate(instances, 1):
        yield _instance(instance, f"record {number}", contract)


def _decode_lines(text: str, _: Mapping[str, str], contract: Contract) -> Iterator[tuple[str, Record]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not is_blank(line):
            yield _instance(_json(line, f"line {number}"), f"line {number}", contract)


def _decode_csv(text: str, parameters: Mapping[str, str], contract: Contract) -> Iterator[tuple[str, Record]]:
    check_no_nul(text, "the body")
    header = {"present": True, "absent": False}.get(parameters.get("header", ""))
    return csv_records(io.StringIO(text, newline=""), contract, header)


DECODERS: dict[str, Callable[[str, Mapping[str, str], Contract], Iterator[tuple[str, Record]]]] = {
    JSON: _decode_json,
    LINES: _decode_lines,
    CSV: _decode_csv,
}


def _media(content_type: str) -> tuple[str, dict[str, str]]:
    """`text/csv; header=present` → the type, and its parameters."""
    media, *rest = (part.strip() for part in content_type.split(";"))
    pairs = (part.partition("=") for part in rest if "=" in part)
    return media.lower(), {name.strip().lower(): value.strip(' "').lower() for name, _, value in pairs}


def _text(body: bytes, charset: str) -> str:
    if charset not in ("utf-8", "utf8", "us-ascii"):
        raise BadRequest(f"the character set {shown(charset)} is not supported; send utf-8", status=415)
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise BadRequest(f"the body is not UTF-8 text: byte {fault.start} is not a character") from fault


def _json(text: str, origin: str) -> Any:
    try:
        return parse_json(text)
    except BadRow as bad:
        where = f", at character {bad.character}" if isinstance(bad, NotJson) else ""
        raise BadRequest(f"{origin} {bad}{where}") from bad


def _instance(instance: Any, origin: str, contract: Contract) -> tuple[str, Record]:
    if not isinstance(instance, dict):
        raise BadRequest(f"{origin} is not an object of column: value")
    return origin, instance if contract.image is None else encoded_record(instance, contract, origin)
