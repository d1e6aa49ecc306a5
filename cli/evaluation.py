"""What the evaluation of a version or a run left in S3: its verdict and its page."""

import re
from dataclasses import asdict, dataclass
from typing import Any

from cli.errors import UserError
from cli.place import Place
from cli.registry import find_version
from cli.reports import read_json
from cli.runs import execution_of, exists, is_of

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

    @property
    def document(self) -> dict[str, Any]:
        """The report as JSON prints it."""
        return asdict(self)


def find_report(place: Place, usecase: str, named: str) -> Report:
    """Of a version (`3`, `v3`, `latest`), or of a run, which may have been refused."""
    run, version = _run_of(place, usecase, named)
    folder = f"runs/{usecase}/{run}"
    verdict = read_json(place, place.bucket, f"{folder}/evaluation/verdict.json") or {}
    if not verdict and version is None and not exists(place, execution_of(place, run)):
        raise UserError(f"there is no run {run}; `./dropforge runs {usecase}` lists them")
    return Report(
        usecase=usecase,
        run=run,
        version=version,
        passed=verdict.get("passed"),
        verdict=verdict.get("sentence"),
        page=f"s3://{place.bucket}/{folder}/evaluation/evaluation.html",
        data_quality=f"s3://{place.bucket}/{folder}/process/report/quality.html",
    )


def read_page(place: Place, address: str) -> bytes:
    """The page's bytes."""
    s3 = place.client("s3")
    key = address.removeprefix(f"s3://{place.bucket}/")
    try:
        return bytes(s3.get_object(Bucket=place.bucket, Key=key)["Body"].read())
    except s3.exceptions.NoSuchKey:
        raise UserError(
            f"there is no page {address}: the run ended before it was written; "
            f"`./dropforge runs` says where each run stands"
        ) from None


def _run_of(place: Place, usecase: str, named: str) -> tuple[str, int | None]:
    if RUN.fullmatch(named):
        if not is_of(named, usecase):
            raise UserError(f"{named} is no run of {usecase}; `./dropforge runs {usecase}` lists them")
        return named, None
    model = find_version(place, usecase, named)
    if model.run is None:
        raise UserError(f"version {model.version} of {usecase} does not say which run trained it")
    return model.run, model.version
