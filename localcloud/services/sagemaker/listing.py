"""What all List operations share: filters, order, pages.

A page's token is the rank of its last record, and the next page begins with the first record beyond it: what
is made or deleted between two pages shifts nothing, and whoever deletes what he lists misses none. A token is
good for the question that it was given for, and for no other.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from localcloud.api.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from localcloud.services.sagemaker.store import Record

DEFAULT_PAGE = 10
# What records are sorted by: JSON's own types, and different for each record.
Rank = Callable[["Record"], list[Any]]


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
        rank = self._rank(query.get("SortBy", "CreationTime"))
        return page_of(chosen, rank, query, self.member, descending=descending)

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

    def _rank(self, by: str) -> Rank:
        member = {"Name": self.name, "Status": self.status}.get(by, "CreationTime")
        # Version and name break ties, so that no two records have the same rank.
        return lambda record: [
            record.get(member, ""),
            record.get("CreationTime", 0),
            record.get("ModelPackageVersion", 0),
            str(record.get(self.name, "")),
        ]


def page_of(
    chosen: Iterable[Record], rank: Rank, query: Record, member: str, *, descending: bool = False
) -> dict[str, Any]:
    """The part of the records that the query's token and MaxResults ask for, under that member."""
    ranked = sorted(((rank(record), record) for record in chosen), key=_first, reverse=descending)
    if "NextToken" in query:
        last = _opened(query, member)
        ranked = [item for item in ranked if (item[0] < last if descending else item[0] > last)]
    size = query.get("MaxResults", DEFAULT_PAGE)
    answer: dict[str, Any] = {member: [record for _, record in ranked[:size]]}
    if len(ranked) > size:
        answer["NextToken"] = _sealed(ranked[size - 1][0], query, member)
    return answer


def _first(item: tuple[list[Any], Record]) -> list[Any]:
    return item[0]


def _sealed(rank: list[Any], query: Record, member: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([_seal(rank, query, member), rank]).encode()).decode()


def _opened(query: Record, member: str) -> list[Any]:
    try:
        seal, rank = json.loads(base64.urlsafe_b64decode(query["NextToken"]))
    except (ValueError, TypeError):
        seal, rank = "", []
    if seal != _seal(rank, query, member):
        raise ApiError("ValidationException", "Invalid NextToken: it is not one that this question gave.")
    return list(rank)


def _seal(rank: list[Any], query: Record, member: str) -> str:
    """Ties a token to its question, of which only the size of a page may change."""
    question = {name: value for name, value in query.items() if name not in ("NextToken", "MaxResults")}
    return hashlib.sha256(json.dumps([member, rank, question], sort_keys=True).encode()).hexdigest()[:16]
