"""The local cloud that this checkout has running: one record in .dropforge/current.json.

The record may outlive the process (a crash, a reboot), so it counts only while a process with that id exists
and is a local cloud; a number that another program got since does not count.
"""

import json
import os
import signal
import subprocess
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from cli.errors import Refused, UserError
from cli.paths import CURRENT

STOP_SECONDS = 40.0
ACCOUNT = "000000000000"


@dataclass(frozen=True)
class LocalCloud:
    """What `python -m localcloud up` says of itself once the stack is deployed."""

    endpoint_url: str
    pid: int
    stack: str
    region: str
    state_dir: str
    account: str = ACCOUNT
    time_scale: float = 1.0

    @property
    def environment(self) -> dict[str, str]:
        """What points any AWS tool at this cloud."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": self.account,
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "DROPFORGE_STACK": self.stack,
        }


def running(record: Path = CURRENT) -> LocalCloud | None:
    """The cloud that is running now, if there is one."""
    cloud = read(record)
    return cloud if cloud and is_local_cloud(cloud.pid) else None


def required() -> LocalCloud:
    """The cloud that is running now; a sentence for the caller where there is none."""
    cloud = running()
    if cloud is None:
        raise UserError("no local cloud is running; start one with `./dropforge up`")
    return cloud


def read(record: Path) -> LocalCloud | None:
    """A record as it was written; nothing for one that is missing or was cut short."""
    try:
        found = json.loads(record.read_text(encoding="utf-8"))
        return LocalCloud(**{name: found[name] for name in LocalCloud.__dataclass_fields__ if name in found})
    except (FileNotFoundError, ValueError, TypeError):
        return None


def remember(cloud: LocalCloud, record: Path = CURRENT) -> None:
    """Make this the cloud that the other commands use."""
    record.parent.mkdir(parents=True, exist_ok=True)
    draft = record.with_suffix(".new")
    draft.write_text(json.dumps(asdict(cloud), indent=2) + "\n", encoding="utf-8")
    draft.replace(record)


def forget(pid: int, record: Path = CURRENT) -> None:
    """Drop the record of that process; another cloud's record stays."""
    cloud = read(record)
    if cloud is None or cloud.pid == pid:
        record.unlink(missing_ok=True)


def is_local_cloud(pid: int) -> bool:
    """True when that process lives and is `python -m localcloud`."""
    if not exists(pid):
        return False
    arguments = Path(f"/proc/{pid}/cmdline")
    if arguments.exists():
        return b"localcloud" in arguments.read_bytes()
    shown = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return "localcloud" in shown.stdout


def exists(pid: int) -> bool:
    """True when the process lives; one that ended and was not waited for does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    status = Path(f"/proc/{pid}/stat")
    try:
        return status.read_text().rpartition(")")[2].split()[0] != "Z"
    except (OSError, IndexError):
        return True


def stop(cloud: LocalCloud, record: Path = CURRENT) -> None:
    """Ask the cloud to stop and wait until its process is gone."""
    os.kill(cloud.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while exists(cloud.pid):
        if time.monotonic() > deadline:
            raise Refused(
                f"process {cloud.pid} did not stop within {STOP_SECONDS:.0f} s; `kill -9 {cloud.pid}` ends it"
            )
        time.sleep(0.05)
    forget(cloud.pid, record)
