"""Starts programs as containers would be started, each under a guard, and reads what they print."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from localcloud.services.sagemaker.runtime import guard

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_LINE_BYTES = 200_000


class Process:
    """A running program. Its lines go to `on_line`, from a thread of its own, until the last one is read."""

    def __init__(self, guarded: subprocess.Popen[bytes], life: int, on_line: Callable[[str], None]) -> None:
        self._guarded = guarded
        self._life: int | None = life
        self._lock = threading.Lock()
        self._reader = threading.Thread(
            target=self._read, args=(on_line,), name="sagemaker-output", daemon=True
        )
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._guarded.pid

    def exit_code(self) -> int | None:
        return self._guarded.poll()

    def wait(self, seconds: float) -> int | None:
        """The exit code, once the program has ended and all it printed was read; None while it runs."""
        try:
            code = self._guarded.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        self._reader.join(timeout=5)
        self._let_go()
        return code

    def terminate(self) -> None:
        """SIGTERM to the program, which may still tidy up."""
        with contextlib.suppress(OSError):
            self._guarded.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL to all that the program started."""
        self._let_go()

    def end(self, grace_seconds: float) -> int | None:
        self.terminate()
        code = self.wait(grace_seconds)
        if code is None:
            self.kill()
            code = self.wait(10)
        return code

    def _let_go(self) -> None:
        with self._lock:
            if self._life is not None:
                os.close(self._life)
                self._life = None

    def _read(self, on_line: Callable[[str], None]) -> None:
        stream = self._guarded.stdout
        if stream is None:
            return
        with stream:
            while raw := stream.readline(_LINE_BYTES):
                on_line(raw.decode("utf-8", "replace").rstrip("\r\n"))


def start(
    argv: Sequence[str],
    env: Mapping[str, str],
    folder: Path,
    tree: Path,
    on_line: Callable[[str], None],
    names: Path | None = None,
) -> Process:
    """Start a program in a folder, with exactly this environment, and where possible with the tree at
    /opt/ml and `names` at /etc/hosts."""
    life_reader, life_writer = os.pipe()
    spec = {"argv": list(argv), "cwd": str(folder), "life": life_reader}
    if can_mount():
        stage = tree.parent / "stage"
        stage.mkdir(exist_ok=True)
        spec |= {"mount": str(tree), "stage": str(stage), "names": str(names or "")}
    try:
        guarded = subprocess.Popen(
            [sys.executable, "-I", "-S", guard.__file__, json.dumps(spec)],
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=[life_reader],
            start_new_session=True,
        )
    except BaseException:
        os.close(life_writer)
        raise
    finally:
        os.close(life_reader)
    return Process(guarded, life_writer, on_line)


@cache
def can_mount() -> bool:
    """Whether an ordinary user may mount here: tried once, in a process that is thrown away."""
    if sys.platform != "linux":
        return False
    program = (
        "import importlib.util, os, sys\n"
        f"spec = importlib.util.spec_from_file_location('guard', {guard.__file__!r})\n"
        "guard = importlib.util.module_from_spec(spec)\n"
        "spec.loader.exec_module(guard)\n"
        "guard.mount(sys.argv[1], sys.argv[2])\n"
        "sys.exit(0 if os.listdir('/opt/ml') == ['here'] else 1)\n"
    )
    with TemporaryDirectory() as folder:
        tree, stage = Path(folder, "tree"), Path(folder, "stage")
        (tree / "here").mkdir(parents=True)
        stage.mkdir()
        probe = [sys.executable, "-I", "-S", "-c", program, str(tree), str(stage)]
        try:
            return subprocess.run(probe, capture_output=True, timeout=10, check=False).returncode == 0
        except (OSError, subprocess.TimeoutExpired):
            return False
