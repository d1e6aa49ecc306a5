"""The lines of one run, out of groups that all runs share."""

from collections.abc import Iterator
from typing import Any

import pytest

from cli import logs
from cli.main import main
from dropforge.operations.stack import Stack
from tests.unit.operations.fakes import client_error, stack_with

RUN, OTHER = "loan-0123456789abcdef", "loan-fedcba9876543210"
GROUPS = {
    "/aws/sagemaker/ProcessingJobs": {
        f"{RUN}-process/algo-1": [(1, "2500 rows")],
        f"{OTHER}-process/algo-1": [(2, "of another run")],
    },
    "/aws/sagemaker/TrainingJobs": {
        f"{RUN}-train/algo-1": [(5, "round 1"), (6, "round 2")],
        "0123456789abcdef-tune-001/algo-1": [(3, "trial 1")],
        f"{OTHER}-train/algo-1": [(4, "of another run")],
    },
}


class FakeLogs:
    """FilterLogEvents as AWS answers it: by a prefix of streams, in time's order, an event a page."""

    def get_paginator(self, operation: str) -> "FakeLogs":
        assert operation == "filter_log_events"
        return self

    def paginate(
        self,
        *,
        logGroupName: str,  # noqa: N803 - AWS's names
        startTime: int,  # noqa: N803
        logStreamNamePrefix: str = "",  # noqa: N803
    ) -> Iterator[dict[str, Any]]:
        if logGroupName not in GROUPS:
            raise client_error("ResourceNotFoundException", "no such group")
        lines: list[dict[str, Any]] = [
            {"timestamp": at, "message": message, "logStreamName": stream}
            for stream, events in GROUPS[logGroupName].items()
            for at, message in events
            if stream.startswith(logStreamNamePrefix) and at >= startTime
        ]
        for line in sorted(lines, key=lambda each: each["timestamp"]):
            yield {"events": [line]}
        yield {"events": []}


@pytest.fixture
def stack() -> Stack:
    return stack_with({"logs": FakeLogs()})


def test_the_lines_of_a_run_are_shown_once_and_no_others(stack: Stack) -> None:
    """Jobs and tuning trials of the run, from two groups, in the order of their times."""
    found = logs.collect(stack, logs.sources_for(stack, None, RUN, None), 0)
    assert [each["message"] for each in found] == ["2500 rows", "trial 1", "round 1", "round 2"]


def test_what_was_shown_up_to_a_moment_is_not_shown_again(stack: Stack) -> None:
    """Following goes on after the last line that was told."""
    sources = logs.sources_for(stack, None, RUN, None)
    since = max(each["timestamp"] for each in logs.collect(stack, sources, 0)) + 1
    assert logs.collect(stack, sources, since) == []
    assert logs.read(stack, logs.Source("/aws/lambda/none"), 0) == [], "a group that is not there yet"


def test_where_nothing_was_logged_the_command_says_so(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.show(stack, logs.sources_for(stack, None, "bike-0123456789abcdef", None), 60, as_json=False)
    assert capsys.readouterr() == (
        "",
        "nothing was logged in the last 60 minutes; --minutes N looks further back\n",
    )


def test_one_document_and_lines_without_end_do_not_go_together(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["logs", "--follow", "--json"]) == 2
    assert "leave one of them out" in capsys.readouterr().err
