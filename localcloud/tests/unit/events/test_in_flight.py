"""Events on their way, over the end of a process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ministack.core.responses import get_account_id, get_region, request_scope

from localcloud.durability.database import Database
from localcloud.durability.unit import Keeper
from localcloud.services.events.in_flight import InFlight
from localcloud.tests.patience import eventually

if TYPE_CHECKING:
    from pathlib import Path


def keeper(folder: Path) -> Keeper:
    made = Keeper(Database(folder / "state.db"), lambda _: None)
    made.start()
    return made


def test_what_was_handed_over_is_forgotten(tmp_path: Path) -> None:
    """Also where handing it over failed: whoever does so has given it up."""
    first = keeper(tmp_path)
    got: list[str] = []
    InFlight(first).hand_over("letter", ["moo"], lambda: got.append("moo"))
    eventually(lambda: got and not first.database.pending())
    first.stop()


def test_what_was_cut_off_is_handed_over_again_as_it_was(tmp_path: Path) -> None:
    """In its account and region, and those that hand it over know that it was begun before."""
    first = keeper(tmp_path)
    in_flight = InFlight(first)
    in_flight.stop()  # nothing is forgotten any more, as when the process is killed
    with request_scope("111111111111", "eu-west-1"):
        in_flight.hand_over("letter", ["moo", 2], lambda: None)
    first.stop()

    second = keeper(tmp_path)
    again = InFlight(second)
    got: list[object] = []
    again.resume(
        {"letter": lambda *value: got.append((get_account_id(), get_region(), again.was_cut_off, *value))}
    )
    assert got == [("111111111111", "eu-west-1", True, "moo", 2)]
    assert not again.was_cut_off
    eventually(lambda: not second.database.pending())
    second.stop()


def test_one_that_cannot_be_handed_over_again_keeps_no_other(tmp_path: Path) -> None:
    """Such as one of a kind that this version does not know."""
    first = keeper(tmp_path)
    in_flight = InFlight(first)
    in_flight.stop()
    for kind in ("pigeon", "letter"):
        in_flight.hand_over(kind, ["moo"], lambda: None)
    first.stop()

    second = keeper(tmp_path)
    got: list[str] = []
    InFlight(second).resume({"letter": got.append})
    assert got == ["moo"]
    second.stop()
