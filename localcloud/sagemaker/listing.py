"""What all List operations share: filters, order, pages.

A page's token is the place of the next record, as an opaque string. The cost, as with AWS: a record made or
deleted between two pages shifts the rest.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from localcloud.sagemaker.ports import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from localcloud.sagemaker.store import Record

DEFAULT_PAGE = 10


@dataclass(frozen=True)
class Listing:
    """How one kind is listed: the answer's list, the members that filters and orders look at."""

    member: str
    name: str
    status: str = ""
    # Two habits of AWS: models, configurations and endpoints are listed newest first, and CreationTimeAfter
    # includes the time itself; jobs and the registry are listed oldest first, and it does not.
    newest_first: bool = False

    def page(self, records: Iterable[Record], query: Record) -> dict[str, Any]:
        chosen = [record for record in records if self._matches(record, query)]
        usual = "Descending" if self.newest_first else "Ascending"
        descending = query.get("SortOrder", usual) == "Descending"
        chosen.sort(key=self._order(query.get("SortBy", "CreationTime")), reverse=descending)
        return page_of(chosen, query, self.member)

    def _matches(self, record: Record, query: Record) -> bool:
        wanted = query.get("NameContains", "")
        if wanted.lower() not in str(record.get(self.name, "")).lower():
            return False
        if query.get("StatusEquals") not in (None, record.get(self.status)):
            return False
        return all(self._in_time(record, query, member) for member in ("CreationTime", "LastModifiedTime"))

    def _in_time(self, record: Record, query: Record, member: str) -> bool:
        after, before = query.get(f"{member}After"), query.get(f"{member}Before")
        value = record.get(member, record.get("CreationTime", 0))
        late_enough = after is None or value > after or (self.newest_first and value == after)
        return late_enough and (before is None or value < before)

    def _order(self, by: str) -> Callable[[Record], Any]:
        member = {"Name": self.name, "Status": self.status}.get(by, "CreationTime")
        # Version and name break ties, so that pages never overlap.
        return lambda record: (
            record.get(member, ""),
            record.get("CreationTime", 0),
            record.get("ModelPackageVersion", 0),
            str(record.get(self.name, "")),
        )


def page_of(chosen: list[Record], query: Record, member: str) -> dict[str, Any]:
    """The part of the records that the query's token and MaxResults ask for, under that member."""
    start, size = _start(query.get("NextToken")), query.get("MaxResults", DEFAULT_PAGE)
    answer: dict[str, Any] = {member: chosen[start : start + size]}
    if start + size < len(chosen):
        answer["NextToken"] = _token(start + size)
    return answer


def _token(start: int) -> str:
    return base64.urlsafe_b64encode(f"from:{start}".encode()).decode()


def _start(token: str | None) -> int:
    if token is None:
        return 0
    try:
        word, _, place = base64.urlsafe_b64decode(token).decode().partition(":")
    except (ValueError, binascii.Error):
        word, place = "", ""
    if word != "from" or not place.isdecimal():
        raise ApiError("ValidationException", "Invalid NextToken: it is not one that this operation gave.")
    return int(place)
