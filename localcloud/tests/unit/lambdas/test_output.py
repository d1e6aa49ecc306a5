"""What a function prints is read whole, at the moment when it is asked for."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from localcloud.lambdas.output import Output


@dataclass
class Printed:
    """A pipe that somebody prints to, and what was handed on of it."""

    write: Callable[[bytes], int]
    close: Callable[[], None]
    output: Output
    lines: list[str] = field(default_factory=list)


@pytest.fixture
def printed() -> Iterator[Printed]:
    reading, writing = os.pipe()
    lines: list[str] = []
    with os.fdopen(reading, "rb") as pipe, os.fdopen(writing, "wb", buffering=0) as end:
        yield Printed(end.write, end.close, Output(pipe, lines.append), lines)


def test_everything_written_before_is_there(printed: Printed) -> None:
    """Also what is more than a piece, and without a thread that reads."""
    printed.write(b"moo\r\ncow\n\n")
    printed.output.settle(1)
    assert printed.lines == ["moo", "cow", ""]


def test_the_reading_thread_and_who_asks_lose_nothing_between_them(printed: Printed) -> None:
    """Two thousand times: print, ask, and the line is there, in its order."""
    reader = threading.Thread(target=printed.output.pump, daemon=True)
    reader.start()
    for number in range(2000):
        printed.write(b"%d\n" % number)
        printed.output.settle(1)
        assert len(printed.lines) == number + 1
    assert printed.lines == [str(number) for number in range(2000)]
    printed.close()
    reader.join(5)
    assert not reader.is_alive()


def test_a_line_is_handed_on_when_it_ends(printed: Printed) -> None:
    """The last one ends with the pipe; bytes that are not text do not stop it."""
    printed.write(b"half a ")
    printed.output.settle(1)
    assert printed.lines == []
    printed.write(b"line\n\xff")
    printed.close()
    printed.output.pump()
    assert printed.lines == ["half a line", "\ufffd"]
    printed.output.settle(1)


def test_nothing_printed_is_not_waited_for(printed: Printed) -> None:
    begun = time.perf_counter()
    for _ in range(100):
        printed.output.settle(1)
    assert time.perf_counter() - begun < 50


def test_who_prints_all_the_time_is_listened_to_for_a_while(printed: Printed) -> None:
    stop = threading.Event()

    def print_on() -> None:
        while not stop.is_set():
            printed.write(b"moo\n")

    printed.write(b"moo\n")
    printer = threading.Thread(target=print_on, daemon=True)
    printer.start()
    begun = time.perf_counter()
    printed.output.settle(0.05)
    took = time.perf_counter() - begun
    stop.set()
    while printer.is_alive():
        printed.output.settle(0.05)
    assert took < 20
    assert set(printed.lines) == {"moo"}
