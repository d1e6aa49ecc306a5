"""How the test command says what it does."""

from typing import Any

import pytest

from benchmarks.figure import HEADINGS, Figure, in_turns
from cli.checks import steps
from cli.checks.progress import Progress
from cli.checks.run import SUMMARY


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def report(test: str, outcome: str = "passed", when: str = "call") -> Any:
    return pytest.TestReport(test, ("file", 1, test), {}, outcome, None, when)  # type: ignore[arg-type]


def test_progress_says_how_far_the_tests_are_and_what_takes_long() -> None:
    clock, said = Clock(), list[str]()
    progress = Progress(said.append, clock)
    assert progress.line().endswith("  reading the tests")
    progress.pytest_xdist_node_collection_finished(ids=["a", "b", "c", "d"])
    progress.pytest_runtest_logstart("a")
    progress.pytest_runtest_logfinish("a")
    progress.pytest_runtest_logstart("b")
    clock.now = 41
    progress.pytest_runtest_logstart("c")
    assert progress.line().endswith("  1 of 4 tests (25 %); running for 41 s: b")
    assert said == []


def test_a_failure_is_named_when_it_happens() -> None:
    said = list[str]()
    progress = Progress(said.append)
    progress.pytest_xdist_node_collection_finished(ids=["a", "b"])
    progress.pytest_runtest_logreport(report("a", "failed"))
    progress.pytest_runtest_logreport(report("b", "failed", "setup"))
    assert said == ["FAILED a", "FAILED b (setup)"]
    assert "2 failed" in progress.line()


@pytest.mark.parametrize(
    ("outcome", "when", "shown"),
    [
        ("passed", "call", ("passed", "", "")),
        ("skipped", "setup", ("skipped", "", "SKIPPED")),
        ("failed", "call", ("failed", "", "FAILED")),
        ("failed", "setup", ("error", "", "ERROR")),
        ("passed", "setup", None),
    ],
)
def test_each_outcome_is_counted_without_a_letter(outcome: str, when: str, shown: object) -> None:
    progress = Progress(lambda _: None)
    assert progress.pytest_report_teststatus(report("a", outcome, when)) == shown


def test_no_extent_leaves_out_a_word_of_the_callers() -> None:
    for extent in steps.EXTENTS:
        assert steps.test_command(["-x", "-k", "contract", "tests/unit"], extent)[-4:] == [
            "-x", "-k", "contract", "tests/unit",
        ]  # fmt: skip


def test_clouds_of_tests_share_what_is_built() -> None:
    assert steps.environment()["LOCALCLOUD_BUILD"].endswith(".dropforge/build")


def test_pytests_last_line_is_recognised() -> None:
    assert SUMMARY.fullmatch("=========== 3520 passed, 18 skipped in 512.20s (0:08:32) ===========")


@pytest.mark.parametrize(
    ("figure", "row"),
    [
        (Figure("a", 12, "MB", 10), ("a", "12 MB", "", "", "10 MB", "NO")),
        (Figure("a", 12, "MB"), ("a", "12 MB", "", "", "", "")),
        (Figure("a", 6, "ms", 3, 2, "bare"), ("a", "6 ms", "2 ms bare", "3.00", "3 times", "yes")),
        (Figure("a", 7, "ms", 3, 2, "bare"), ("a", "7 ms", "2 ms bare", "3.50", "3 times", "NO")),
    ],
)
def test_a_figure_is_held_against_its_limit_or_against_so_many_floors(
    figure: Figure, row: tuple[str, ...]
) -> None:
    assert figure.row == row
    assert len(row) == len(HEADINGS)
    assert figure.within == (row[-1] != "NO")


def test_ours_and_the_floor_are_measured_in_turns() -> None:
    asked = list[str]()
    in_turns(lambda: asked.append("ours"), lambda: asked.append("floor"), 3)
    assert asked == ["ours", "floor"] * 3
