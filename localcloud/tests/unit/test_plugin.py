"""Which tests go to one worker together, and in what order."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from localcloud.tests.plugin import longest_first, together


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("tests/e2e/test_a.py::x", "tests/e2e/test_a.py::y", True),
        ("tests/e2e/test_a.py::x", "tests/e2e/test_b.py::x", False),
        ("tests/e2e/after/test_a.py::x", "tests/e2e/after/test_b.py::x", True),
        ("localcloud/tests/integration/a/test_a.py::x", "localcloud/tests/integration/a/test_b.py::x", True),
        ("localcloud/tests/integration/test_a.py::x", "tests/integration/test_a.py::x", False),
        ("localcloud/tests/conformance/test_a.py::x", "localcloud/tests/conformance/test_a.py::y", True),
        ("tests/unit/cli/test_a.py::x", "tests/unit/cli/test_a.py::y", False),
    ],
)
def test_a_file_or_a_folder_that_shares_a_cloud_stays_together(one: str, other: str, same: bool) -> None:
    assert (together(one) == together(other)) == same


def test_what_takes_longest_together_comes_first_and_keeps_its_order() -> None:
    tests: list[Any] = [
        SimpleNamespace(nodeid=test, path=Path(test.partition("::")[0]))
        for test in (
            "tests/unit/test_a.py::quick",
            "tests/integration/test_b.py::one",
            "tests/unit/test_a.py::slow",
            "tests/integration/test_b.py::two",
            "tests/e2e/test_c.py::new",
        )
    ]
    longest_first(tests, {"tests/unit/test_a.py::slow": 5.0, "tests/integration/test_b.py::one": 1.0})
    assert [test.nodeid.partition("::")[2] for test in tests] == ["new", "slow", "one", "two", "quick"]
