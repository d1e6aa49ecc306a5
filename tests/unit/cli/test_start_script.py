"""The start script in a checkout of its own, with a uv that makes an environment without a network."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
TOOLS = ("cat", "cksum", "dirname", "readlink", "sh", "rm", "mkdir", "ln", "sleep", "grep")
UV = """#!/bin/sh
# A uv that knows its version and makes an environment out of the Python that runs the tests.
[ "$1" = --version ] && echo "uv 9.9.9" && exit
echo "$*" >> "$UV_LOG"
sleep "${UV_SLEEP:-0}"
[ -z "${UV_FAILS:-}" ] || { echo "error: $UV_FAILS" >&2; exit 2; }
mkdir -p "$UV_PROJECT_ENVIRONMENT/bin"
ln -sf "$REAL_PYTHON" "$UV_PROJECT_ENVIRONMENT/bin/python"
echo "VIRTUAL_ENV='$UV_PROJECT_ENVIRONMENT'" > "$UV_PROJECT_ENVIRONMENT/bin/activate"
"""
MAIN = "import os, sys; print(os.getcwd(), sys.argv[1:])"


class Checkout:
    """The script, what it needs, and a PATH with nothing else on it."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "a checkout"
        self.bin = folder / "bin"
        self.log = folder / "uv.log"
        self.bin.mkdir()
        for name in ("dropforge", "cli/start/environment.py", "localcloud/deploy/index.py"):
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, self.root / name)
        (self.root / "uv.lock").write_text("version = 1\n")
        (self.root / "cli" / "start" / "requirements.txt").write_text("uv==9.9.9 \\\n    --hash=sha256:00\n")
        (self.root / "cli" / "__init__.py").touch()
        (self.root / "cli" / "__main__.py").write_text(MAIN)
        for tool in TOOLS:
            found = shutil.which(tool)
            assert found, f"the tests need {tool}"
            (self.bin / tool).symlink_to(found)

    def program(self, name: str, text: str) -> Path:
        path = self.bin / name
        path.write_text(text)
        path.chmod(0o755)
        return path

    def python(self, name: str) -> None:
        (self.bin / name).symlink_to(sys.executable)

    def environment(self, **more: str) -> dict[str, str]:
        return {
            "PATH": str(self.bin),
            "HOME": str(self.bin),
            "UV_LOG": str(self.log),
            "REAL_PYTHON": sys.executable,
            "PIP_CONFIG_FILE": os.devnull,  # which switches every settings file of pip's off
            **more,
        }

    def start(
        self, *words: str, script: Path | None = None, cwd: Path | None = None, **more: str
    ) -> subprocess.CompletedProcess[str]:
        command = [str(script or self.root / "dropforge"), *words]
        return subprocess.run(
            command, cwd=cwd, env=self.environment(**more), capture_output=True, text=True, check=False
        )

    @property
    def syncs(self) -> int:
        return len(self.log.read_text().splitlines()) if self.log.exists() else 0


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    made = Checkout(tmp_path)
    made.program("uv", UV)
    return made


def test_it_runs_the_command_line_from_any_folder_with_its_words_intact(
    checkout: Checkout, tmp_path: Path
) -> None:
    checkout.python("python3")

    done = checkout.start("drop", "a b", "--x=*", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{tmp_path} ['drop', 'a b', '--x=*']\n"


def test_a_module_in_the_current_folder_does_not_get_in_the_way(checkout: Checkout, tmp_path: Path) -> None:
    checkout.python("python3")
    (tmp_path / "cli").mkdir()
    (tmp_path / "cli" / "__main__.py").write_text("raise SystemExit('the wrong one')")

    assert checkout.start("up", cwd=tmp_path).returncode == 0


def test_it_finds_its_checkout_through_a_symbolic_link(checkout: Checkout, tmp_path: Path) -> None:
    checkout.python("python3")
    middle, link = tmp_path / "middle", tmp_path / "links" / "df"
    link.parent.mkdir()
    middle.symlink_to(checkout.root / "dropforge")
    link.symlink_to("../middle")

    assert checkout.start("up", script=link).returncode == 0


def test_a_stub_that_only_prints_an_error_is_passed_over(checkout: Checkout) -> None:
    checkout.program("python3.13", "#!/bin/sh\necho 'pyenv: python3.13: command not found' >&2\nexit 127\n")
    checkout.program("python3", "#!/bin/sh\nexit 1\n")
    checkout.python("python")

    assert checkout.start("up").returncode == 0


def test_a_python_that_only_pyenv_has_is_found(checkout: Checkout) -> None:
    folder = checkout.bin / ".pyenv" / "versions" / "3.13.9" / "bin"
    folder.mkdir(parents=True)
    (folder / "python3").symlink_to(sys.executable)

    assert checkout.start("up").returncode == 0


def test_without_a_python_it_says_what_to_install(checkout: Checkout) -> None:
    done = checkout.start("up")

    assert done.returncode == 2
    assert "no Python 3.11 to 3.14 found" in done.stderr
    assert "python3-venv" in done.stderr


def test_a_named_python_that_does_not_run_is_an_error_and_not_passed_over(checkout: Checkout) -> None:
    checkout.python("python3")

    done = checkout.start("up", DROPFORGE_PYTHON="/nowhere/python")

    assert done.returncode == 2
    assert "DROPFORGE_PYTHON=/nowhere/python" in done.stderr


def test_the_environment_is_made_once_and_again_when_the_lock_changes(checkout: Checkout) -> None:
    checkout.python("python3")

    checkout.start("up")
    quiet = checkout.start("up")
    assert (checkout.syncs, quiet.stderr) == (1, "")

    (checkout.root / "uv.lock").write_text("version = 2\n")
    checkout.start("up")
    assert checkout.syncs == 2


def test_a_checkout_that_was_moved_gets_a_new_environment(checkout: Checkout, tmp_path: Path) -> None:
    checkout.python("python3")
    checkout.start("up")
    leftover = checkout.root / ".venv" / "from the old place"
    leftover.touch()

    checkout.root = checkout.root.rename(tmp_path / "moved")
    done = checkout.start("up")

    assert (done.returncode, checkout.syncs) == (0, 2)
    assert not (checkout.root / ".venv" / leftover.name).exists()


def test_an_environment_whose_python_is_gone_is_made_anew(checkout: Checkout) -> None:
    checkout.python("python3")
    checkout.start("up")
    python = checkout.root / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python")

    assert checkout.start("up").returncode == 0
    assert checkout.syncs == 2


def test_a_set_up_that_failed_says_why_and_is_done_again(checkout: Checkout) -> None:
    checkout.python("python3")

    failed = checkout.start("up", UV_FAILS="dns error: failed to lookup address")
    assert failed.returncode == 2
    assert "could not be reached" in failed.stderr
    assert "failed to lookup address" in failed.stderr

    assert checkout.start("up").returncode == 0


def test_a_set_up_that_was_killed_is_done_again(checkout: Checkout) -> None:
    checkout.python("python3")
    with subprocess.Popen(
        [checkout.root / "dropforge", "up"],
        env=checkout.environment(UV_SLEEP="2"),
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        while checkout.syncs == 0:
            time.sleep(0.01)
        os.killpg(process.pid, 9)

    assert checkout.start("up").returncode == 0
    assert checkout.syncs == 2


def test_a_stamp_that_was_cut_short_does_not_count(checkout: Checkout) -> None:
    checkout.python("python3")
    checkout.start("up")
    (checkout.root / ".venv" / "dropforge-use").write_text("")

    assert checkout.start("up").returncode == 0
    assert checkout.syncs == 2


def test_two_starts_at_once_make_one_environment(checkout: Checkout) -> None:
    checkout.python("python3")
    environment = checkout.environment(UV_SLEEP="0.5")

    processes = [
        subprocess.Popen(
            [checkout.root / "dropforge", "up"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(2)
    ]

    assert [process.wait() for process in processes] == [0, 0]
    assert checkout.syncs == 1


def test_a_uv_of_another_version_is_not_used_where_the_pinned_one_can_be_had(checkout: Checkout) -> None:
    checkout.python("python3")
    own = checkout.root / ".dropforge" / "uv" / "bin" / "uv"
    own.parent.mkdir(parents=True)
    shutil.copy(checkout.bin / "uv", own)
    checkout.program("uv", "#!/bin/sh\necho uv 0.0.1\n")

    assert checkout.start("up").returncode == 0
    assert checkout.syncs == 1


@pytest.mark.slow
def test_an_index_that_cannot_be_reached_is_named_as_the_reason(checkout: Checkout) -> None:
    checkout.python("python3")
    (checkout.bin / "uv").unlink()
    unreachable = {
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_RETRIES": "0",
        "PIP_CONFIG_FILE": os.devnull,
    }

    done = checkout.start("up", **unreachable)

    assert done.returncode == 2
    assert "the package index could not be reached" in done.stderr


def test_where_pip_has_an_index_of_its_own_everything_comes_from_there(checkout: Checkout) -> None:
    checkout.python("python3")

    done = checkout.start("status", PIP_INDEX_URL="https://mirror.example/simple")

    assert done.returncode == 0, done.stderr
    words = [line.split()[0] for line in checkout.log.read_text().splitlines()]
    assert "sync" not in words
    assert (words[0], words[-1]) == ("export", "pip")
