"""The endpoint's state-change event. Its status is UPPER_SNAKE (IN_SERVICE), the API's is not (InService)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from localcloud.services.sagemaker.store import Record

EVENT = "SageMaker Endpoint State Change"


def endpoint_detail(record: Record) -> dict[str, Any]:
    variants = record.get("ProductionVariants", [])
    detail = {
        "EndpointName": record["EndpointName"],
        "EndpointArn": record["EndpointArn"],
        "EndpointConfigName": record["EndpointConfigName"],
        "ProductionVariants": [
            {
                "VariantName": variant["VariantName"],
                "DesiredWeight": float(variant["DesiredWeight"]),
                "DesiredInstanceCount": float(variant["DesiredInstanceCount"]),
            }
            for variant in variants
        ],
        "EndpointStatus": upper_snake(record["EndpointStatus"]),
        "CreationTime": round(record["CreationTime"] * 1000),
        "LastModifiedTime": round(record["LastModifiedTime"] * 1000),
        "Tags": record.get("Tags", []),
    }
    return detail | ({"FailureReason": record["FailureReason"]} if record.get("FailureReason") else {})


def upper_snake(status: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", status).upper()
