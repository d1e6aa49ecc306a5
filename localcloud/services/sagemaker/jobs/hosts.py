"""The machines of a job: as many as its InstanceCount, each with a tree and a process of its own here.

Each has an address of its own too, where the system allows that: on Linux all of 127.0.0.0/8 is this machine,
so two jobs that use the same port do not meet. Elsewhere all are 127.0.0.1, and they may. The cost: each
machine brings its own copy of what is fully replicated, as it would on AWS.
"""

from __future__ import annotations

import itertools
import random
import shutil
import socket
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from localcloud.api.errors import ApiError
from localcloud.services.sagemaker.runtime.data import DataError
from localcloud.services.sagemaker.runtime.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_HOSTS = 20
ETC_HOSTS = Path("/etc/hosts")
DISTRIBUTIONS = ("FullyReplicated", "ShardedByS3Key")
HOSTS_VARIABLE = "LOCALCLOUD_HOSTS"
"""Tells the fence in a job's processes the names that AWS's network would answer for."""
_BLOCK, _BLOCKS = 250, 100
# Another cloud on this machine begins elsewhere.
_numbers = itertools.count(random.randrange(_BLOCK * _BLOCKS))  # noqa: S311 - no secret


@dataclass(frozen=True)
class Host:
    """One machine: `number` from 1, of `count`."""

    number: int
    count: int
    block: str
    tree: Tree

    @property
    def name(self) -> str:
        return f"algo-{self.number}"

    @property
    def names(self) -> list[str]:
        return [f"algo-{number}" for number in range(1, self.count + 1)]

    @property
    def environment(self) -> dict[str, str]:
        return {HOSTS_VARIABLE: ",".join(f"{name}={address}" for name, address in self._addresses)}

    def write_names(self) -> Path:
        """This machine's /etc/hosts with the job's names, for programs that look them up without Python."""
        path = self.tree.folder / "hosts"
        own = ETC_HOSTS.read_text("utf-8", "replace") if ETC_HOSTS.is_file() else "127.0.0.1 localhost"
        lines = [own.rstrip(), *(f"{address} {name}" for name, address in self._addresses)]
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return path

    def described(self) -> dict[str, Any]:
        """resourceconfig.json."""
        return {"current_host": self.name, "hosts": self.names}

    def share(self, distribution: str | None) -> tuple[int, int]:
        """Of an input's objects, in their order: this machine's first, and the step to its next."""
        return (self.number - 1, self.count) if distribution == "ShardedByS3Key" else (0, 1)

    @property
    def _addresses(self) -> list[tuple[str, str]]:
        return [
            (name, f"{self.block}.{number}" if self.block else "127.0.0.1")
            for number, name in enumerate(self.names, 1)
        ]


def hosts_in(folder: Path, count: int) -> list[Host]:
    """The first machine's tree is the job's folder, the others' lie under it."""
    folders = [folder, *(folder / f"algo-{number}" for number in range(2, count + 1))]
    block = _free_block()
    return [Host(number, count, block, Tree(own)) for number, own in enumerate(folders, 1)]


def check_count(kind: str, count: int | None, instance_type: str | None) -> None:
    if count is None or count < 1:
        raise ApiError("ValidationException", f"InstanceCount must be at least 1 for a {kind} job.")
    if count > MOST_HOSTS:
        message = (
            f"The account-level service limit '{instance_type} for {kind} job usage' is {MOST_HOSTS} "
            f"Instances, with a request of {count} Instances: each is a process on this machine."
        )
        raise ApiError("ResourceLimitExceeded", message)


def gather(hosts: Sequence[Host], path: str) -> Path:
    """What all machines left in a folder, in the first one's. Of equal names the first machine's is kept."""
    target = hosts[0].tree.root / path
    for host in hosts[1:]:
        source = host.tree.root / path
        for file in sorted(file for file in source.rglob("*") if file.is_file() and not file.is_symlink()):
            gathered = target / file.relative_to(source)
            try:
                if not gathered.exists():
                    gathered.parent.mkdir(parents=True, exist_ok=True)
                    shutil.move(file, gathered)
            except OSError as error:
                raise DataError(f"{path} of {host.name} does not go with that of algo-1: {error}") from error
    return target


def _free_block() -> str:
    """The first three bytes of a job's addresses; "" where there is but one address."""
    number = next(_numbers) % (_BLOCK * _BLOCKS)
    return f"127.{64 + number // _BLOCK}.{1 + number % _BLOCK}" if _has_many_addresses() else ""


@cache
def _has_many_addresses() -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.64.1.1", 0))
        except OSError:
            return False
    return True
