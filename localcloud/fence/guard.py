"""The fence inside a Python process: it may talk to this machine only.

Executed (not imported) as the very first thing of every Python process that the local cloud starts. An audit hook
sees every connect, send and name look-up that goes through Python's socket module and cannot be removed again. The
error is no OSError on purpose: HTTP libraries retry those and hide their text, while this one must be read.

Its cost: native code that opens sockets by itself is not seen; the proxy variables in the environment stop most of it.
"""

import sys


class OutsideRefused(RuntimeError):
    """A process of the local cloud tried to reach another machine."""


def _is_here(host):
    if host is None or host == "" or host == b"":
        return True
    if isinstance(host, (bytes, bytearray)):
        host = bytes(host).decode("ascii", "replace")
    host = str(host).lower().rstrip(".").split("%")[0]
    return (
        host in ("localhost", "::1", "0.0.0.0", "::", "ip6-localhost")
        or host.endswith(".localhost")
        or host.startswith("127.")
        or host.startswith("::ffff:127.")
    )


def _own_names():
    import os

    try:
        return {os.uname().nodename.lower()}
    except (AttributeError, OSError):
        return set()


_OWN = _own_names()
_ADDRESS_EVENTS = ("socket.connect", "socket.sendto", "socket.sendmsg")
_NAME_EVENTS = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")


def _refuse(host):
    raise OutsideRefused(
        "the local cloud's fence refused a connection to %r: processes started by the local cloud may reach "
        "127.0.0.1 only. Use AWS_ENDPOINT_URL for AWS services." % (host,)
    )


def _audit(event, args):
    if event in _ADDRESS_EVENTS:
        address = args[1] if len(args) > 1 else None
        # Unix sockets have a path, not a pair; they never leave the machine.
        if isinstance(address, tuple) and address and not _is_here(address[0]):
            _refuse(address[0])
    elif event in _NAME_EVENTS:
        host = args[0]
        if not _is_here(host) and str(host).lower() not in _OWN:
            _refuse(host)


if not getattr(sys, "_localcloud_fence", False):
    sys._localcloud_fence = True
    sys.addaudithook(_audit)
