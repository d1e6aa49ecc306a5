"""What is kept of dictionaries of records: what changed, all of it, and nothing twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from localcloud.durability.bodies import Folder
from localcloud.durability.codec import Codec
from localcloud.durability.database import Database
from localcloud.durability.records import Appended, Fingerprinted, Split, Table, Watched
from localcloud.durability.tracked import Tracked, background
from localcloud.durability.unit import Keeper


class Kept:
    """One dictionary of records with a file."""

    def __init__(self, folder: Path, split: Split | None = None) -> None:
        self.codec = Codec(folder / "blobs", Folder(folder / "bodies"))
        self.table = Table("service", "store", self.codec, split=split)
        self.database = Database(folder / "state.db")
        self.keeper = Keeper(self.database, lambda _: self.table)
        self.records = Tracked()

    def again(self) -> dict[Any, Any]:
        """The records as another process finds them."""
        return self.table.assemble(self.database.stored("service"))


Make = Callable[..., Kept]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    made: list[Kept] = []
    background.take()  # it is one for the process

    def make(split: Split | None = None) -> Kept:
        made.append(Kept(tmp_path, split))
        return made[-1]

    yield make
    for kept in made:
        kept.database.close()


def test_what_a_piece_of_work_changed_is_there_when_it_is_over(make: Make) -> None:
    """Put, changed in place after it was fetched, and removed."""
    kept = make()
    with kept.keeper.unit():
        kept.records["a"] = {"n": 1}
        kept.records["b"] = {"n": 1}
    with kept.keeper.unit():
        kept.records["a"]["n"] = 2
        del kept.records["b"]
    assert kept.again() == {"a": {"n": 2}}


def test_a_record_that_was_only_looked_at_is_not_written_again(make: Make) -> None:
    kept = make()
    with kept.keeper.unit():
        kept.records["a"] = {"n": 1}
    assert kept.table.rows(kept.records, {"a"}) == []


def test_a_record_is_kept_though_its_place_could_not_be_found_out_at_first(make: Make) -> None:
    """Another thread changed what was looked through; nothing else of the piece of work is lost either."""
    kept = make()
    tries = iter([RuntimeError("dictionary changed size during iteration")] * 4)

    def table_of(_: Tracked) -> Table:
        for failure in tries:
            raise failure
        return kept.table

    keeper = Keeper(kept.database, table_of)
    with keeper.unit():
        kept.records["a"] = {"n": 1}
    keeper.catch_up()
    assert kept.again() == {"a": {"n": 1}}


def test_pieces_do_not_nest(make: Make) -> None:
    """What happens inside another piece of work is written with it."""
    kept = make()
    with kept.keeper.unit():
        with kept.keeper.unit():
            kept.records["a"] = {}
        assert kept.again() == {}
    assert kept.again() == {"a": {}}


def test_only_new_events_of_a_history_are_written(make: Make) -> None:
    kept = make(Appended("events"))
    events = [{"id": 1}]
    with kept.keeper.unit():
        kept.records["run"] = {"status": "RUNNING", "events": events}
    events.append({"id": 2})
    rows = kept.table.rows(kept.records, {"run"})
    assert [values[3] for _, values in rows] == ["00000001"]
    kept.database.wait(kept.database.put(rows))
    assert kept.again() == {"run": {"status": "RUNNING", "events": events}}


def test_messages_keep_their_order_whatever_becomes_of_the_others(make: Make) -> None:
    kept = make(Fingerprinted("messages", lambda part: part["body"], "id"))
    with kept.keeper.unit():
        kept.records["queue"] = {"messages": [{"id": name, "body": name} for name in "zyx"]}
    with kept.keeper.unit():
        messages = kept.records["queue"]["messages"]
        kept.records["queue"]["messages"] = [*messages[2:], {"id": "a", "body": "last"}]
    assert [message["id"] for message in kept.again()["queue"]["messages"]] == ["x", "a"]


def test_items_are_written_one_by_one(make: Make) -> None:
    kept = make(Watched("items"))
    with kept.keeper.unit():
        kept.records["table"] = {"items": {"a": {"": {"n": 1}}, "b": {"": {"n": 1}}}}
    kept.records["table"]["items"]["b"][""] = {"n": 2}
    rows = kept.table.rows(kept.records, {"table"})
    assert [values[3] for _, values in rows] == ["b"]
    kept.database.wait(kept.database.put(rows))
    assert kept.again()["table"]["items"] == {"a": {"": {"n": 1}}, "b": {"": {"n": 2}}}


def test_an_archive_is_written_once_and_shared(make: Make, tmp_path: Path) -> None:
    """The record has its digest; an archive that no record has is tidied away."""
    kept = make()
    archive = bytes(10_000)
    with kept.keeper.unit():
        kept.records["f"] = {"code": archive, "small": b"x"}
        kept.records["g"] = {"code": archive}
    (tmp_path / "blobs" / "old").write_bytes(b"")
    found = kept.again()
    assert found["f"] == {"code": archive, "small": b"x"}
    assert found["f"]["code"] is found["g"]["code"]
    kept.codec.tidy()
    assert len(list((tmp_path / "blobs").iterdir())) == 1


def test_an_event_is_noted_until_somebody_has_it(make: Make) -> None:
    """And what came of it is written before it is forgotten."""
    kept = make()
    first = kept.keeper.handing_over("kind", {"n": 1})
    kept.keeper.handing_over("kind", {"n": 2})
    kept.records["came of it"] = {}
    kept.keeper.handed_over(first)
    kept.database.wait()
    assert [event.value for event in kept.database.pending()] == ['{"n": 2}']
    assert kept.again() == {"came of it": {}}
