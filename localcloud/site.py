"""Where a cloud is: what it calls itself, where it answers, where its files lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNT = "000000000000"
REGION = "us-east-1"
# The access key names the account.
SECRET = "local"  # noqa: S105 - not a secret


@dataclass(frozen=True)
class Site:
    """`build_dir` holds caches that several clouds may share; everything else is under `state_dir`."""

    port: int
    state_dir: Path
    build_dir: Path

    @property
    def endpoint_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"
