"""What a function prints: whole lines, taken from its pipe as they come.

The answer to an invocation leaves with what was printed before it. The runtime has written that to the pipe
by then, so whoever wants it reads the pipe empty himself instead of waiting for the thread that reads it.
"""

from __future__ import annotations

import os
import select
import threading
import time
from collections.abc import Callable
from typing import IO

_PIECE = 65_536


class Output:
    """The lines of one pipe, handed on in their order."""

    def __init__(self, pipe: IO[bytes], hand_on: Callable[[str], None]) -> None:
        self._pipe, self._hand_on = pipe, hand_on
        self._poll = select.poll()
        self._poll.register(pipe.fileno(), select.POLLIN)
        self._taking = threading.Lock()
        self._rest = b""
        self._ended = False

    def pump(self) -> None:
        """Hand on what comes until the pipe ends; for a thread of its own."""
        waiting = select.poll()
        waiting.register(self._pipe.fileno(), select.POLLIN)
        with self._pipe:
            while not self._ended:
                waiting.poll()
                self._take()

    def settle(self, seconds: float) -> None:
        """Hand on what has been written by now. Who never stops writing is listened to for that long."""
        deadline = time.monotonic() + seconds
        while self._take() and time.monotonic() < deadline:
            pass

    def _take(self) -> bool:
        """Whether there was something; the other thread may have had it."""
        with self._taking:
            if self._ended or not self._poll.poll(0):
                return False
            piece = os.read(self._pipe.fileno(), _PIECE)
            *lines, self._rest = (self._rest + piece).split(b"\n")
            if not piece:  # what came last may lack the end of its line
                self._ended, lines = True, [self._rest] if self._rest else []
            for line in lines:
                self._hand_on(line.decode("utf-8", errors="replace").rstrip("\r"))
            return bool(piece)
