"""The metrics that a run leaves in S3: the registry's report and the gate's verdict."""

import json
from typing import Any
from urllib.parse import urlsplit

from cli.place import Place
from dropforge.domain.keys import run_folder


def run_metrics(place: Place, usecase: str, run: str, status: str) -> dict[str, Any]:
    """What the gate saw in a run that it refused; other unfinished runs have no figures yet."""
    if status != "refused":
        return {}
    verdict = read_json(place, place.bucket, f"runs/{usecase}/{run}/evaluation/verdict.json")
    return dict(verdict.get("metrics", {})) if verdict else {}


def package_metrics(place: Place, package: dict[str, Any]) -> dict[str, float]:
    """The figures in the report that a model package names."""
    quality = package.get("ModelMetrics", {}).get("ModelQuality", {}).get("Statistics", {})
    address = urlsplit(quality.get("S3Uri", ""))
    report = read_json(place, address.netloc, address.path.lstrip("/")) if address.scheme == "s3" else None
    for section, leaves in (report or {}).items():
        if section.endswith("_metrics") and isinstance(leaves, dict):
            return {name: leaves[name]["value"] for name in leaves if "value" in _leaf(leaves, name)}
    return {}


def quality_warnings(place: Place, usecase: str, run: str) -> list[str]:
    """What the data-quality checks warned of in a run's data; nothing where they did not get that far."""
    found = read_json(place, place.bucket, f"{run_folder(usecase, run)}/process/report/quality.json") or {}
    return [each["sentence"] for each in found.get("findings", []) if each["severity"] == "warn"]


def read_json(place: Place, bucket: str, key: str) -> dict[str, Any] | None:
    """A JSON object in S3; nothing where there is none."""
    text = read_bytes(place, bucket, key)
    found = None if text is None else json.loads(text)
    return found if isinstance(found, dict) else None


def read_bytes(place: Place, bucket: str, key: str) -> bytes | None:
    """An object in S3; nothing where there is none."""
    s3 = place.client("s3")
    try:
        body: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    except s3.exceptions.NoSuchKey:
        return None
    return body


def _leaf(leaves: dict[str, Any], name: str) -> dict[str, Any]:
    leaf = leaves.get(name)
    return leaf if isinstance(leaf, dict) else {}
