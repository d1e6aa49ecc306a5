"""A pytest plugin: instead of thousands of dots, a line now and then that says how far the tests are.

    10:41:20  812 of 3520 tests (23 %), 1 failed; running for 41 s: tests/e2e/test_champion.py::test_a_model_…

A failure is named when it happens; what it was about stands at the end, as always. With -v pytest's own lines
are shown as they are. It is loaded by the test command only, and works with and without workers.
"""

import sys
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

SECONDS = 20.0
SLOW_SECONDS = 10.0


class Progress:
    """What is done and what runs; `say` shows a line."""

    def __init__(self, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._say, self._clock = say, clock
        self._total = self._done = self._failed = 0
        self._running: dict[str, float] = {}

    def line(self) -> str:
        """How far the tests are, and what has run for long."""
        if not self._total:
            return f"{time.strftime('%H:%M:%S')}  reading the tests"
        share = 100 * self._done // self._total
        failed = f", {self._failed} failed" if self._failed else ""
        said = f"{time.strftime('%H:%M:%S')}  {self._done} of {self._total} tests ({share} %){failed}"
        now = self._clock()
        # A copy: tests begin and end while this is read.
        slow = [(now - since, test) for test, since in self._running.copy().items()]
        slow = [(seconds, test) for seconds, test in slow if seconds >= SLOW_SECONDS]
        return said + "".join(f"; running for {seconds:.0f} s: {test}" for seconds, test in slow)

    def pytest_collection_finish(self, session: "pytest.Session") -> None:
        """Without workers: how many there are."""
        self._total = self._total or len(session.items)

    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """With workers: each finds them all."""
        self._total = len(ids)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """One began."""
        self._running[nodeid] = self._clock()

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """One ended."""
        self._running.pop(nodeid, None)
        self._done += 1

    def pytest_runtest_logreport(self, report: "pytest.TestReport") -> None:
        """A failure is told at once."""
        if report.failed:
            self._failed += 1
            where = "" if report.when == "call" else f" ({report.when})"
            self._say(f"FAILED {report.nodeid}{where}")

    def pytest_report_teststatus(self, report: "pytest.TestReport") -> tuple[str, str, str] | None:
        """Counted under its own name, but without a letter."""
        if hasattr(report, "wasxfail"):
            return None
        if report.failed:
            kind = "failed" if report.when == "call" else "error"
            return kind, "", kind.upper()
        if report.skipped:
            return "skipped", "", "SKIPPED"
        return ("passed", "", "") if report.when == "call" else None


def pytest_configure(config: "pytest.Config") -> None:
    """Show progress in the process that the user sees."""
    if hasattr(config, "workerinput") or config.option.verbose > 0 or config.option.collectonly:
        return
    progress, over = Progress(_say), threading.Event()
    config.pluginmanager.register(progress, "progress")
    config.add_cleanup(over.set)
    threading.Thread(target=_tell, args=(progress, over), daemon=True).start()


def _tell(progress: Progress, over: threading.Event) -> None:
    while not over.wait(SECONDS):
        _say(progress.line())


def _say(line: str) -> None:
    sys.__stdout__.write(f"{line}\n")  # type: ignore[union-attr]
    sys.__stdout__.flush()  # type: ignore[union-attr]
