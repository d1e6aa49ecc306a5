"""Figures out of the bucket."""

import json
from typing import Any

import pytest

from dropforge.operations.figures import package_metrics, quality_warnings
from dropforge.operations.stack import Stack
from tests.unit.operations.fakes import FakeS3


def test_what_a_runs_data_were_warned_of_is_read_from_its_report(stack: Stack, s3: FakeS3) -> None:
    findings = [
        {"severity": "refuse", "sentence": "too few"},
        {"severity": "warn", "sentence": "a alone tells y"},
    ]
    s3.objects["runs/case/case-1/process/report/quality.json"] = json.dumps({"findings": findings}).encode()
    assert quality_warnings(stack, "case", "case-1") == ["a alone tells y"]
    assert quality_warnings(stack, "case", "case-2") == []


def package(uri: str) -> dict[str, Any]:
    return {"ModelMetrics": {"ModelQuality": {"Statistics": {"S3Uri": uri}}}}


def test_a_version_has_the_figures_of_the_report_that_it_names(stack: Stack, s3: FakeS3) -> None:
    leaves = {"auc": {"value": 0.9, "standard_deviation": "NaN"}, "confusion_matrix": {"0": {"1": 2}}}
    s3.objects["report.json"] = json.dumps({"binary_classification_metrics": leaves}).encode()
    assert package_metrics(stack, package("s3://other/report.json")) == {"auc": 0.9}


@pytest.mark.parametrize("named", [package("s3://other/none.json"), package(""), {}])
def test_a_version_without_a_report_has_no_figures(stack: Stack, named: dict[str, Any]) -> None:
    assert package_metrics(stack, named) == {}
