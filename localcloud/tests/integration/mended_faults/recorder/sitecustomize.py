"""Read by Python at the start of a process under test: what it asks to bind is noted, and only 127.0.0.1 is
bound, so that a program that would open itself to everybody can be looked at without harm."""

import os
import socket
from typing import Any

_bind = socket.socket.bind


def bind(self: socket.socket, address: Any, /) -> None:
    if self.family == socket.AF_INET and self.type == socket.SOCK_STREAM:
        with open(os.environ["ASKED_TO_BIND"], "a", encoding="ascii") as asked:  # noqa: PTH123 - at start
            asked.write(f"{address[0] or '0.0.0.0'}\n")
        address = ("127.0.0.1", address[1])
    _bind(self, address)


socket.socket.bind = bind  # type: ignore[method-assign]
