"""The processes of a job's machines, which begin and end together: one that fails ends the others."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from localcloud.services.sagemaker.runtime.process import Process

_KILLED_WITHIN = 10


class Crew:
    def __init__(self) -> None:
        self._processes: list[Process] = []

    def join(self, process: Process) -> None:
        self._processes.append(process)

    def wait(self, seconds: float) -> tuple[int, int] | None:
        """Index and exit code of the first machine that failed; (0, 0) once all are done; else None."""
        each = seconds / len(self._processes)
        codes = [process.wait(each) for process in self._processes]
        failed = next(((index, code) for index, code in enumerate(codes) if code), None)
        return failed or ((0, 0) if None not in codes else None)

    def end(self, grace_seconds: float) -> None:
        """SIGTERM to all at once; what has not ended by the end of the grace is killed."""
        for process in self._processes:
            process.terminate()
        deadline = time.monotonic() + grace_seconds
        for process in self._processes:
            if process.wait(max(0.0, deadline - time.monotonic())) is None:
                process.kill()
                process.wait(_KILLED_WITHIN)

    def kill(self) -> None:
        for process in self._processes:
            process.kill()
