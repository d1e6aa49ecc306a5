"""What the evaluation of a version or a run left in the bucket: its verdict and its pages."""

import re
from dataclasses import dataclass

from dropforge.domain import keys
from dropforge.domain.errors import Absent
from dropforge.operations.errors import NoPage, NoRun, NotARunOf, UnknownRun
from dropforge.operations.figures import read_verdict
from dropforge.operations.registry import find_version
from dropforge.operations.runs import find_run, is_run_of
from dropforge.operations.stack import Stack

RUN = re.compile(r"[a-z][a-z0-9-]*-[0-9a-f]{16}")


@dataclass(frozen=True)
class Report:
    """`page` and `data_quality` are pages for people; `passed` is None where the gate never saw the run."""

    usecase: str
    run: str
    version: int | None
    passed: bool | None
    verdict: str | None
    page: str
    data_quality: str


def find_report(stack: Stack, usecase: str, named: str) -> Report:
    """Of a version (`3`, `v3`, `latest`), or of a run, which may have been refused."""
    run, version = _run_of(stack, usecase, named)
    verdict = read_verdict(stack, usecase, run)
    if not verdict and version is None and find_run(stack, run) is None:
        raise NoRun(usecase, run)
    return Report(
        usecase=usecase,
        run=run,
        version=version,
        passed=verdict.get("passed"),
        verdict=verdict.get("sentence"),
        page=stack.uri(keys.evaluation_page(usecase, run)),
        data_quality=stack.uri(keys.quality_page(usecase, run)),
    )


def read_page(stack: Stack, uri: str) -> bytes:
    """The bytes of a report's page."""
    try:
        return stack.objects.read(uri.removeprefix(stack.uri("")))
    except Absent:
        raise NoPage(uri) from None


def _run_of(stack: Stack, usecase: str, named: str) -> tuple[str, int | None]:
    if RUN.fullmatch(named):
        if not is_run_of(named, usecase):
            raise NotARunOf(usecase, named)
        return named, None
    model = find_version(stack, usecase, named)
    if model.run is None:
        raise UnknownRun(usecase, model.version)
    return model.run, model.version
