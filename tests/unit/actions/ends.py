"""Ends of executions, as EventBridge tells them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dropforge.domain.events import ExecutionEnded

RUN = "loan-0123456789abcdef"
ARN = "arn:aws:states:us-east-1:000000000000:execution:dropforge-training:" + RUN
PACKAGE = "arn:aws:sagemaker:us-east-1:000000000000:model-package/dropforge-loan/3"
DROP = {
    "usecase": "loan",
    "run": RUN,
    "bucket": "b",
    "key": "drops/loan/a.csv",
    "drop": "s3://b/drops/loan/a.csv",
    "prefix": f"runs/loan/{RUN}",
}
REGISTERED = {
    "run": RUN,
    "usecase": "loan",
    "status": "registered",
    "model_package_arn": PACKAGE,
    "version": 3,
    "metrics": {"auc": 0.99, "f1": None},
}
APPROVED = {"usecase": "loan", "model_package_arn": PACKAGE, "version": 3, "stack": "dropforge"}
DEPLOYED = {
    "usecase": "loan",
    "status": "deployed",
    "endpoint": "dropforge-loan",
    "endpoint_config": "dropforge-loan-v3",
    "replaced": "dropforge-loan-v2",
    "model_package_arn": PACKAGE,
    "version": 3,
}
ROLLBACK = {
    "usecase": "loan",
    "rollback_to": "dropforge-loan-v2",
    "rollback_from": "dropforge-loan-v3",
    "reason": "Alarm dropforge-loan-5xx: 3 errors.",
    "stack": "dropforge",
}
ROLLED_BACK = {
    "usecase": "loan",
    "status": "rolled_back",
    "endpoint": "dropforge-loan",
    "endpoint_config": "dropforge-loan-v2",
    "replaced": "dropforge-loan-v3",
    "model_package_arn": "",
    "version": 0,
}


def succeeded(machine: str, given: Mapping[str, Any], found: Mapping[str, Any]) -> ExecutionEnded:
    return ExecutionEnded(ARN, machine, RUN, "SUCCEEDED", "", "", given, found, "1")


def failed(
    machine: str, error: str = "", cause: str = "", status: str = "FAILED", **given: object
) -> ExecutionEnded:
    return ExecutionEnded(ARN, machine, RUN, status, error, cause, given)
