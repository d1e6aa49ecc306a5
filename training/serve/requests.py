"""A request's body → records, each with the words for where it stands in the body."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dropforge.domain.contract.cells import SPACES
from dropforge.domain.contract.fields import shown
from training.errors import BadRequest
from training.serve.pictures import KINDS, encoded_record, picture_record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from dropforge.domain.contract import Contract

JSON, LINES, CSV = "application/json", "application/jsonlines", "text/csv"
SAME = {"application/x-jsonlines": LINES, "application/jsonl": LINES, "application/x-ndjson": LINES}
Record = dict[str, Any]


@dataclass(frozen=True)
class Batch:
    """`kind` is the canonical content type of the body that the records came in; a picture is answered as if
    it had come in JSON."""

    kind: str
    records: list[Record]
    places: list[str]


def decode(body: bytes, content_type: str, contract: Contract) -> Batch:
    """The records of a body, or BadRequest saying what is wrong with it."""
    media, parameters = _media(content_type)
    kind, known = SAME.get(media, media), _known(contract)
    if kind not in known:
        listed = ", ".join(known)
        raise BadRequest(f"the content type {shown(media)} is not supported; send {listed}", status=415)
    if kind in KINDS:
        place = "the body"
        return Batch(JSON, [picture_record(body, contract, place)], [place])
    text = _text(body, parameters.get("charset", "utf-8"))
    pairs = list(DECODERS[kind](text, parameters, contract))
    if not pairs:
        raise BadRequest("the request holds no record")
    places, records = zip(*pairs, strict=True)
    return Batch(kind, list(records), list(places))


def _known(contract: Contract) -> tuple[str, ...]:
    return (JSON, LINES, CSV) if contract.image is None else (*KINDS, JSON, LINES)


def csv_records(
    lines: Iterable[str], contract: Contract, header: bool | None = None
) -> Iterator[tuple[str, Record]]:
    """Rows of the contract's features in its order, or under a header in any order; None finds out which."""
    features = [column.name for column in contract.features]
    rows = csv.reader(lines, strict=True)
    names: list[str] | None = None
    try:
        for row in rows:
            if not any(cell.strip(SPACES) for cell in row) and (len(features) > 1 or not row):
                continue
            place = f"line {rows.line_num}"
            if names is None:
                is_header = _is_header(row, contract) if header is None else header
                names = _checked(row, place) if is_header else features
                if is_header:
                    continue
            if len(row) != len(names):
                raise BadRequest(f"{place} has {len(row)} cells, not {len(names)}: {', '.join(names)}")
            yield place, dict(zip(names, row, strict=True))
    except csv.Error as fault:
        raise BadRequest(f"line {rows.line_num} is not CSV: {fault}") from fault


def _decode_json(text: str, _: Mapping[str, str], contract: Contract) -> Iterator[tuple[str, Record]]:
    document = _json(text, "the body")
    instances = document.get("instances") if isinstance(document, dict) else None
    if not isinstance(instances, list):
        raise BadRequest('the body is not {"instances": [{column: value, …}, …]}')
    for number, instance in enumerate(instances, 1):
        yield _instance(instance, f"record {number}", contract)


def _decode_lines(text: str, _: Mapping[str, str], contract: Contract) -> Iterator[tuple[str, Record]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip(SPACES):
            yield _instance(_json(line, f"line {number}"), f"line {number}", contract)


def _decode_csv(text: str, parameters: Mapping[str, str], contract: Contract) -> Iterator[tuple[str, Record]]:
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
        raise BadRequest(f"the body is not UTF-8 text: byte {fault.start} is no character") from fault


def _json(text: str, place: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except BadRequest:
        raise
    except (ValueError, RecursionError) as fault:
        raise BadRequest(f"{place} is not JSON: {str(fault)[:200]}") from fault


def _refuse_constant(name: str) -> Any:
    raise BadRequest(f"{name} is not JSON; send null for a value that is not known")


def _instance(instance: Any, place: str, contract: Contract) -> tuple[str, Record]:
    if not isinstance(instance, dict):
        raise BadRequest(f"{place} is not an object of column: value")
    return place, instance if contract.image is None else encoded_record(instance, contract, place)


def _is_header(row: list[str], contract: Contract) -> bool:
    """More names of columns than anything else: no row of values looks so."""
    known = {column.name for column in contract.columns} | set(contract.drop)
    return sum(cell.strip(SPACES) in known for cell in row) * 2 > len(row)


def _checked(row: list[str], place: str) -> list[str]:
    names = [cell.strip(SPACES) for cell in row]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise BadRequest(f"{place} names the column {shown(twice[0])} twice")
    return names
