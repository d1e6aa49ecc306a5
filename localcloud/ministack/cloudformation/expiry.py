"""A template's TimeToLiveSpecification, which MiniStack's CloudFormation leaves out.

One that is taken out of the template stays in force; `Enabled: false` ends it.
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localcloud.ministack.cloudformation.encryption import keeping


def install(handlers: dict[str, Any]) -> None:
    for kind in ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"):
        handlers[kind] = keeping(handlers[kind], _expiry)


def _expiry(name: str, properties: Mapping[str, Any]) -> None:
    from ministack.services import dynamodb

    given = properties.get("TimeToLiveSpecification")
    if given and name in dynamodb._tables:
        enabled = str(given.get("Enabled", False)).lower() == "true"
        specification = {"AttributeName": given.get("AttributeName", ""), "Enabled": enabled}
        dynamodb._update_ttl({"TableName": name, "TimeToLiveSpecification": specification})
