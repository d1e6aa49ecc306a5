"""Dropping a file, and following what it starts.

A run's name comes from what was dropped (bucket, key and version), so it is known before anything has started
and the same everywhere. A use case without a contract has its runs under `unknown`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dropforge.domain import keys
from dropforge.domain.errors import Absent
from dropforge.domain.events import ObjectCreated
from dropforge.domain.names import UNKNOWN
from dropforge.domain.overrides import METADATA, settings_text
from dropforge.domain.run import run_id
from dropforge.operations.errors import NoContract
from dropforge.operations.executions import (
    Execution,
    Steps,
    Waiting,
    execution_arn,
    find_execution,
    until_ended,
    until_started,
)
from dropforge.operations.runs import Run, run_of, training_execution
from dropforge.operations.stack import Stack


@dataclass(frozen=True)
class Drop:
    """A file that was dropped and the run it starts."""

    usecase: str
    run: str
    bucket: str
    key: str
    version_id: str | None

    @property
    def uri(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


def drop(stack: Stack, usecase: str, file: Path, settings: Mapping[str, str] | None = None) -> Drop:
    """Upload a file to train on, with what is set for its run alone; without a contract nothing is sent."""
    try:
        stack.objects.head(keys.published_contract(usecase))
    except Absent:
        raise NoContract(usecase) from None
    return _put(stack, usecase, keys.drop(usecase, file.name), file, settings)


def drop_to_predict(stack: Stack, usecase: str, file: Path) -> Drop:
    """Upload a file of rows to predict."""
    return _put(stack, usecase, keys.inference(usecase, file.name), file)


def run_started_by(stack: Stack, dropped: Drop, timeout: float) -> Waiting[Run]:
    """The run once it has ended, whatever its end."""
    what = f"run {dropped.run}"
    return Waiting(what, _run_started_by(stack, dropped, what, timeout))


def inference_started_by(stack: Stack, dropped: Drop, timeout: float) -> Waiting[Execution]:
    """The execution that a file to predict starts, once it has ended."""
    what = f"inference {dropped.run}"
    return Waiting(what, _inference_started_by(stack, dropped, what, timeout))


def _put(stack: Stack, usecase: str, key: str, file: Path, settings: Mapping[str, str] | None = None) -> Drop:
    """Large files go in parts."""
    metadata = {METADATA: settings_text(settings)} if settings else {}
    stack.client("s3").upload_file(str(file), stack.bucket, key, ExtraArgs={"Metadata": metadata})
    stored = stack.objects.head(key)
    created = ObjectCreated(stack.bucket, key, stored.size, stored.etag, stored.version_id)
    return Drop(usecase, run_id(usecase, created), stack.bucket, key, stored.version_id or None)


def _run_started_by(stack: Stack, dropped: Drop, what: str, timeout: float) -> Steps[Run]:
    """Its execution has the use case's name, or is of an unknown one."""
    digest = dropped.run.rpartition("-")[2]
    names = (dropped.run, f"{UNKNOWN}-{digest}")
    candidates = [training_execution(stack, name) for name in names]

    def find() -> str | None:
        return next((arn for arn in candidates if find_execution(stack, arn)), None)

    arn = yield from until_started(stack, find, f"started {what}", "StartTraining")
    return run_of(stack, (yield from until_ended(stack, arn, what, timeout)))


def _inference_started_by(stack: Stack, dropped: Drop, what: str, timeout: float) -> Steps[Execution]:
    expected = execution_arn(stack.output("InferenceStateMachineArn"), dropped.run)

    def find() -> str | None:
        return expected if find_execution(stack, expected) else None

    arn = yield from until_started(stack, find, f"started {what}", "StartInference")
    return (yield from until_ended(stack, arn, what, timeout))
