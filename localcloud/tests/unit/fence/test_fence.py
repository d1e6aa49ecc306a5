"""The fence in a process of its own (an audit hook cannot be taken away again)."""

from __future__ import annotations

import subprocess
import sys

import pytest

from localcloud.fence import GUARD, fence_env


def fenced(code: str) -> subprocess.CompletedProcess[str]:
    """Run code behind the guard, as a function's process does."""
    program = f"import runpy; runpy.run_path({str(GUARD)!r})\nimport socket\n{code}"
    command = [sys.executable, "-S", "-c", program]
    return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)


@pytest.mark.parametrize(
    "code",
    [
        "socket.create_connection(('192.0.2.1', 80))",
        "socket.getaddrinfo('sagemaker.us-east-1.amazonaws.com', 443)",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
        "socket.socket(socket.AF_INET6).connect(('2001:db8::1', 80))",
        "import urllib.request; urllib.request.urlopen('http://169.254.169.254/latest')",
    ],
)
def test_every_way_out_is_refused_with_a_reason(code: str) -> None:
    """Names, addresses, datagrams, IPv6, the instance metadata service."""
    done = fenced(code)
    assert done.returncode == 1
    assert "the local cloud's fence refused a connection" in done.stderr


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.0.0.5"])
def test_this_machine_is_reached(host: str) -> None:
    """A refusal by the kernel is not one by the fence."""
    done = fenced(f"socket.create_connection(({host!r}, 1), timeout=1)")
    assert "ConnectionRefusedError" in done.stderr


def test_other_programs_are_pointed_nowhere() -> None:
    """Whatever obeys proxies meets a closed port, and the endpoint itself is exempt."""
    env = fence_env()
    assert env["HTTPS_PROXY"] == "http://127.0.0.1:9"
    assert "127.0.0.1" in env["NO_PROXY"]
