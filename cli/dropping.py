"""Dropping a file, and following the run that it starts.

A run's name comes from what was dropped (bucket, key and version), so it is known before anything has started
and the same everywhere. A use case without a contract has its runs under `unknown`.
"""

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cli.errors import Refused
from cli.place import Place
from cli.runs import Run, execution_of, exists, read_run
from cli.waiting import START_SECONDS, Progress, pause, wait_for_execution
from dropforge.domain.events import ObjectCreated
from dropforge.domain.names import UNKNOWN
from dropforge.domain.overrides import METADATA, settings_text
from dropforge.domain.run import run_id


@dataclass(frozen=True)
class Drop:
    """A file that was dropped and the run it starts."""

    usecase: str
    run: str
    bucket: str
    key: str
    version_id: str | None

    @property
    def address(self) -> str:
        """Where it lies."""
        return f"s3://{self.bucket}/{self.key}"

    @property
    def document(self) -> dict[str, Any]:
        """The drop as JSON prints it."""
        return asdict(self)


def drop(
    place: Place, usecase: str, file: Path, name: str | None = None, settings: Mapping[str, str] | None = None
) -> Drop:
    """Upload the file with what is set for its run; large ones go in parts."""
    return put(place, f"drops/{usecase}/{name or file.name}", file, usecase, settings)


def put(place: Place, key: str, file: Path, usecase: str, settings: Mapping[str, str] | None = None) -> Drop:
    """Upload a file under a key and name the run for it."""
    s3 = place.client("s3")
    metadata = {METADATA: settings_text(settings)} if settings else {}
    s3.upload_file(str(file), place.bucket, key, ExtraArgs={"Metadata": metadata})
    head = s3.head_object(Bucket=place.bucket, Key=key)
    created = ObjectCreated(
        bucket=place.bucket,
        key=key,
        size=head["ContentLength"],
        etag=head["ETag"].strip('"'),
        version_id=head.get("VersionId") or "",
    )
    return Drop(usecase, run_id(usecase, created), place.bucket, key, created.version_id or None)


def wait_for_run(place: Place, dropped: Drop, timeout: float) -> Run:
    """The run once it has ended, whatever its end."""
    progress = Progress(f"run {dropped.run}")
    execution = wait_for_start(place, dropped, progress)
    wait_for_execution(place, execution, progress, timeout)
    return read_run(place, execution)


def wait_for_start(place: Place, dropped: Drop, progress: Progress) -> str:
    """The execution's ARN once it exists, under the use case's name or as unknown."""
    digest = dropped.run.rpartition("-")[2]
    candidates = [execution_of(place, run) for run in (dropped.run, f"{UNKNOWN}-{digest}")]
    while time.monotonic() - progress.began < START_SECONDS:
        for execution in candidates:
            if exists(place, execution):
                return execution
        progress.show("waiting for it to start")
        pause(place)
    raise Refused(
        f"nothing started run {dropped.run} within {START_SECONDS:.0f} s; "
        "`./dropforge logs --function StartTraining` says why"
    )
