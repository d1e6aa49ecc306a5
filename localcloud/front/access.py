"""Identity and access management of one cloud: the guard at its door, and the authority that it asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localcloud.front.guard import Guard
from localcloud.iam.authority import Authority
from localcloud.iam.records import Records

if TYPE_CHECKING:
    from pathlib import Path

    from localcloud.iam.directory import Directory
    from localcloud.ministack.iam.questions import TaskOwner


class Access:
    """`start()` it before the first request, `stop()` it last."""

    def __init__(self, state_dir: Path, directory: Directory, task_owner: TaskOwner) -> None:
        self.authority = Authority(directory, Records(state_dir))
        self.guard = Guard(self.authority, task_owner)

    def start(self) -> None:
        self.authority.records.start()

    def stop(self) -> None:
        self.authority.records.stop()
