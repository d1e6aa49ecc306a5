"""The fence inside a Python process: it may talk to this machine only.

Executed (not imported) as the very first thing of every Python process that the local cloud starts. An audit
hook sees every connect, send and name look-up that goes through Python's socket module and cannot be removed
again. The error is not an OSError, on purpose: HTTP libraries retry those and hide their text, while this one
must be read.

The machines of a job (algo-1 and so on) are processes of this machine, and their names known here.

Its cost: native code that opens sockets by itself is not seen; the proxy variables in the environment stop
most of it.
"""

from __future__ import annotations

import sys

# typing's own would be imported by every process, which takes longer than all of this.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class OutsideRefused(RuntimeError):
    """A process of the local cloud tried to reach another machine."""


_NAMES = ("localhost", "::1", "::", "ip6-localhost", "0.0.0.0")  # noqa: S104 - an address to connect to
_ADDRESS_EVENTS = ("socket.connect", "socket.sendto", "socket.sendmsg")
# Nobody listens there: the proxy that the fence gives to whatever obeys proxies.
_PROXY = ("127.0.0.1", 9)
_NAME_EVENTS = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")


def _is_here(host: object) -> bool:
    if host in (None, "", b""):
        return True
    text = bytes(host).decode("ascii", "replace") if isinstance(host, (bytes, bytearray)) else str(host)
    text = text.lower().rstrip(".").split("%", maxsplit=1)[0]
    return text in _NAMES or text.endswith(".localhost") or text.startswith(("127.", "::ffff:127."))


def _own_name() -> str:
    import os

    try:
        return os.uname().nodename.lower()
    except (AttributeError, OSError):
        return "localhost"


_OWN = _own_name()


def _refuse(host: object) -> None:
    raise OutsideRefused(
        f"the local cloud's fence refused a connection to {host!r}: processes started by the local cloud may "
        "reach 127.0.0.1 only. Use AWS_ENDPOINT_URL for AWS services."
    )


def _host_of(url: str) -> str:
    import urllib.parse

    return urllib.parse.urlsplit(url).hostname or ""


def _audit(event: str, args: tuple[object, ...]) -> None:
    if event in _ADDRESS_EVENTS:
        address = args[1] if len(args) > 1 else None
        # Unix sockets have a path, not a pair; they never leave the machine.
        if isinstance(address, tuple) and address and not _is_here(address[0]):
            _refuse(address[0])
        if address == _PROXY:
            _refuse("another machine (through a proxy)")
    elif event == "urllib.Request" and not _is_here(_host_of(str(args[0]))):
        _refuse(_host_of(str(args[0])))
    elif event in _NAME_EVENTS and not _is_here(args[0]) and str(args[0]).lower() != _OWN:
        _refuse(args[0])


def _know_hosts(addresses: dict[str, str]) -> None:
    """Answer for the names of a job's machines, as the network between them would on AWS."""
    import socket

    def address(host: object) -> object:
        text = bytes(host).decode("ascii", "replace") if isinstance(host, (bytes, bytearray)) else host
        return addresses.get(text.lower().rstrip("."), host) if isinstance(text, str) else host

    def by_name(look_up: Any) -> Any:
        return lambda host, *others, **named: look_up(address(host), *others, **named)

    def by_pair(method: Any) -> Any:
        def call(this: Any, *given: Any) -> Any:
            return method(this, *((address(g[0]), *g[1:]) if type(g) is tuple and g else g for g in given))

        return call

    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
        setattr(socket, name, by_name(getattr(socket, name)))
    for name in ("bind", "connect", "connect_ex", "sendto"):
        setattr(socket.socket, name, by_pair(getattr(socket.socket, name)))


def _named_hosts() -> dict[str, str]:
    """LOCALCLOUD_HOSTS: `algo-1=127.64.1.1,algo-2=127.64.1.2`."""
    import os

    pairs = (pair.partition("=") for pair in os.environ.get("LOCALCLOUD_HOSTS", "").split(",") if pair)
    return {name: address for name, _, address in pairs}


if not hasattr(sys, "_localcloud_fence"):
    setattr(sys, "_localcloud_fence", True)  # noqa: B010 - one guard a process, however often this is executed
    sys.addaudithook(_audit)
    if _hosts := _named_hosts():
        _know_hosts(_hosts)
