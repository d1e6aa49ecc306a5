"""Figures that a run leaves in the bucket: the registry's report, the gate's verdict, the data's findings."""

import json
from typing import Any
from urllib.parse import urlsplit

from dropforge.aws.s3 import S3Objects
from dropforge.domain import keys
from dropforge.domain.errors import Absent
from dropforge.operations.stack import Stack


def read_verdict(stack: Stack, usecase: str, run: str) -> dict[str, Any]:
    """What the gate said of a run; empty where it never saw the run."""
    return _read_json(stack.objects, keys.verdict(usecase, run))


def package_metrics(stack: Stack, package: dict[str, Any]) -> dict[str, float]:
    """The figures in the report that a model package names."""
    quality = package.get("ModelMetrics", {}).get("ModelQuality", {}).get("Statistics", {})
    uri = urlsplit(quality.get("S3Uri", ""))
    if uri.scheme != "s3":
        return {}
    report = _read_json(S3Objects(uri.netloc, stack.client), uri.path.lstrip("/"))
    for section, leaves in report.items():
        if section.endswith("_metrics") and isinstance(leaves, dict):
            return {name: leaf["value"] for name, leaf in leaves.items() if _has_value(leaf)}
    return {}


def quality_warnings(stack: Stack, usecase: str, run: str) -> list[str]:
    """What the data-quality checks warned of in a run's data; nothing where they did not get that far."""
    found = _read_json(stack.objects, keys.quality_report(usecase, run))
    return [each["sentence"] for each in found.get("findings", []) if each["severity"] == "warn"]


def _has_value(leaf: object) -> bool:
    return isinstance(leaf, dict) and "value" in leaf


def _read_json(objects: S3Objects, key: str) -> dict[str, Any]:
    """A JSON object; an empty one where there is none."""
    try:
        found = json.loads(objects.read(key))
    except Absent:
        return {}
    return found if isinstance(found, dict) else {}
