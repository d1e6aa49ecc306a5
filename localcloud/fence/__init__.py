"""The fence: no process that the local cloud starts may reach another machine.

Two layers: `guard.py`, executed inside every Python process before anything else, and an environment whose
proxies lead nowhere for everything that is not Python. Where each is put: a function's process runs the
guard from its bootstrap file, and hands it to its children through PYTHONPATH; an image's environment holds
it as a `.pth` file.
"""

from __future__ import annotations

import runpy
from pathlib import Path

GUARD = Path(__file__).with_name("guard.py")
CHILDREN = Path(__file__).with_name("children")
# A closed port: whatever obeys proxies is refused at once, without a look-up.
_NOWHERE = "http://127.0.0.1:9"
_HERE = "127.0.0.1,localhost,::1"


def fence_env() -> dict[str, str]:
    """Environment for every process; it wins over whatever else the process is given."""
    proxies = dict.fromkeys(
        ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"), _NOWHERE
    )
    return {
        **proxies,
        "NO_PROXY": _HERE,
        "no_proxy": _HERE,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    }


def fence_this_process() -> None:
    """Put the fence around the calling process, for good."""
    runpy.run_path(str(GUARD))


def fence_environment(site_packages: Path) -> None:
    """Make every Python process of a virtual environment install the guard before anything else."""
    guard = site_packages / "localcloud_fence_guard.py"
    text = GUARD.read_text("utf-8")
    if not guard.exists() or guard.read_text("utf-8") != text:
        guard.write_text(text, "utf-8")
        (site_packages / "localcloud_fence.pth").write_text("import localcloud_fence_guard\n", "utf-8")
