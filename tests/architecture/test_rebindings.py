"""What the local cloud puts in the place of others' functions is little, and each in one place."""

import pytest

from benchmarks.rebindings import count, whose


@pytest.fixture(scope="module")
def found() -> dict[str, int]:
    return {name: times for name, times in count().items() if whose(name) != "moto"}


@pytest.mark.slow
def test_nothing_is_rebound_twice(found: dict[str, int]) -> None:
    assert [name for name, times in found.items() if times > 1] == []


@pytest.mark.slow
def test_nothing_of_its_own_and_nothing_of_pythons_is_rebound(found: dict[str, int]) -> None:
    assert {whose(name) for name in found} == {"MiniStack"}


@pytest.mark.slow
def test_what_is_rebound_of_ministack_stays_little(found: dict[str, int]) -> None:
    assert len(found) <= 30
