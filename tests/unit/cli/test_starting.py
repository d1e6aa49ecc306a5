"""Starting the local cloud, and what is said where it does not start."""

import subprocess
import sys
from pathlib import Path

import pytest

from cli.errors import UserError
from cli.starting import Start, command, free_port, spawn, wait_until_ready


def test_a_cloud_that_ends_before_it_is_ready_shows_its_last_words(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("deploying\nerror: the template has no Resources\n")
    said: list[str] = []
    with (
        subprocess.Popen([sys.executable, "-c", "raise SystemExit(2)"]) as process,
        pytest.raises(UserError, match="the template has no Resources"),
    ):
        wait_until_ready(process, Start("dropforge", 1, tmp_path), said.append, log)
    assert said[0] == "deploying"


def test_a_port_that_is_taken_is_passed_over_unless_it_was_asked_for() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UserError, match=f"port {port} is taken"):
            free_port(port)
        assert free_port(0) != port
    assert free_port(None) >= 4566


def test_code_is_watched_only_where_that_was_asked_for(tmp_path: Path) -> None:
    assert "--watch" in command(Start("dropforge", 1, tmp_path, watch=True))
    assert "--watch" not in command(Start("dropforge", 1, tmp_path))


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_number_that_is_not_a_port_is_the_callers_to_fix(port: int) -> None:
    with pytest.raises(UserError, match=f"{port} is not a port; give --port a number up to 65535"):
        free_port(port)


def test_a_state_folder_that_cannot_be_made_is_the_callers_to_fix(tmp_path: Path) -> None:
    (tmp_path / "state").write_bytes(b"no folder")
    with pytest.raises(UserError, match=r"cannot keep the state in .*state/of/mine: "):
        spawn(Start("dropforge", 0, tmp_path / "state" / "of" / "mine"), tmp_path / "log")
