"""Programs run under a guard: nothing that they start outlives them, or the cloud."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from localcloud.services.sagemaker.runtime.process import can_mount, start
from localcloud.tests.patience import eventually
from localcloud.tests.unit.sagemaker.laptop import alive

ROOT = Path(__file__).resolve().parents[4]
PATH = {"PATH": os.defpath}


def run(tree: Path, script: str) -> tuple[int | None, list[str]]:
    lines: list[str] = []
    process = start(["/bin/sh", "-c", script], PATH, tree, tree, lines.append)
    return process.wait(10), lines


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "opt" / "ml"
    folder.mkdir(parents=True)
    return folder


def test_lines_and_exit_code_come_through(tree: Path) -> None:
    assert run(tree, "echo one; echo two >&2; printf three; exit 9") == (9, ["one", "two", "three"])


def test_the_environment_is_exactly_the_one_given(tree: Path) -> None:
    lines: list[str] = []
    start(["/usr/bin/env"], {"LANG": "C.UTF-8"}, tree, tree, lines.append).wait(10)
    assert lines == ["LANG=C.UTF-8"]


@pytest.mark.skipif(sys.platform != "linux", reason="only there do orphans come to the guard")
def test_what_a_program_leaves_behind_ends_with_it_even_in_a_session_of_its_own(tree: Path) -> None:
    _, lines = run(tree, "sleep 300 & echo $!; setsid sleep 300 & echo $!; sleep 0.1")
    assert [alive(int(pid)) for pid in lines] == [False, False]


def test_a_program_may_tidy_up_at_sigterm_and_is_killed_after_the_grace(tree: Path) -> None:
    lines: list[str] = []
    tidy = start(
        ["/bin/sh", "-c", "trap 'echo bye; exit 4' TERM; echo up; while :; do sleep 0.05; done"],
        PATH,
        tree,
        tree,
        lines.append,
    )
    eventually(lambda: "up" in lines)
    assert (tidy.end(5), lines) == (4, ["up", "bye"])
    deaf = start(
        ["/bin/sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 0.05; done"],
        PATH,
        tree,
        tree,
        lines.append,
    )
    eventually(lambda: "deaf" in lines)
    assert deaf.end(0.3) == 137


def test_a_program_that_is_not_there_says_so(tree: Path) -> None:
    lines: list[str] = []
    missing = start(["/no/such/program"], PATH, tree, tree, lines.append)
    assert missing.wait(10) == 127
    assert "/no/such/program" in lines[0]


def test_nothing_outlives_a_cloud_that_was_killed(tree: Path) -> None:
    """kill -9 leaves no time to tidy up: the guard notices that its pipe has closed."""
    program = (
        "import os, signal, sys, time\n"
        "from pathlib import Path\n"
        "from localcloud.services.sagemaker.runtime.process import start\n"
        "tree = Path(sys.argv[1])\n"
        "start(['/bin/sh', '-c', 'echo $$; sleep 300 & echo $!; wait'], {'PATH': os.defpath}, tree, tree,"
        " lambda line: print(line, flush=True))\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tree)], stdout=subprocess.PIPE, cwd=ROOT
    ) as cloud:
        assert cloud.stdout is not None
        pids = [int(cloud.stdout.readline()) for _ in range(2)]
        assert all(alive(pid) for pid in pids)
        cloud.kill()
    eventually(lambda: not any(alive(pid) for pid in pids))


@pytest.mark.skipif(not can_mount(), reason="this system lets an ordinary user mount nothing")
def test_the_tree_is_mounted_for_the_program_alone(tree: Path) -> None:
    (tree / "here").write_text("yes\n")
    before = Path("/opt/ml/here").exists()
    assert run(tree, "cat /opt/ml/here; echo made > /opt/ml/there; id -u") == (0, ["yes", str(os.getuid())])
    assert (tree / "there").read_text() == "made\n"
    assert Path("/opt/ml/here").exists() == before
