"""Showing to a waiting person what is waited for: the state, the job that runs and what that last said.

On a terminal it is one line that changes; in a log it is a line for each change, so that hours of waiting do
not fill it.
"""

import sys
import time
from typing import TextIO, TypeVar

from dropforge.operations.executions import Step, Waiting, last_log_line
from dropforge.operations.stack import Stack

Result = TypeVar("Result")
WIDTH = 160


class Progress:
    """The line that a waiting person sees."""

    def __init__(self, what: str, stream: TextIO = sys.stderr) -> None:
        self.what = what
        self.stream = stream
        self.began = time.monotonic()
        self.shown: str | None = None

    def show(self, step: str, detail: str = "") -> None:
        """Say where things stand; `detail` alone is not news in a log."""
        elapsed = f"{time.monotonic() - self.began:.0f} s"
        line = f"{self.what}: {step} ({elapsed})"
        if self.stream.isatty():
            self.stream.write(f"\r\033[K{line}{f'  {detail}' if detail else ''}"[:WIDTH])
        elif step != self.shown:
            self.stream.write(line + "\n")
        self.shown = step
        self.stream.flush()

    def done(self) -> None:
        """Leave a clean line behind."""
        if self.stream.isatty() and self.shown is not None:
            self.stream.write("\r\033[K")
            self.stream.flush()


def wait(stack: Stack, waiting: Waiting[Result], stream: TextIO | None = None) -> Result:
    """The result; meanwhile each step is shown, and on a terminal its job's last line."""
    progress = Progress(waiting.what, stream or sys.stderr)
    try:
        while True:
            try:
                step = next(waiting.steps)
            except StopIteration as finished:
                result: Result = finished.value
                return result
            detail = last_log_line(stack, step) if progress.stream.isatty() else ""
            progress.show(_words(step), detail)
    finally:
        progress.done()


def _words(step: Step) -> str:
    return f"{step.name}, job {step.job}" if step.job else step.name
