"""DynamoDB's transactions have no action of their own: who asks for one may do each of its parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from localcloud.iam.questions import Question

ACTIONS = ("dynamodb:TransactGetItems", "dynamodb:TransactWriteItems")
_PARTS = {
    "ConditionCheck": "dynamodb:ConditionCheckItem",
    "Delete": "dynamodb:DeleteItem",
    "Get": "dynamodb:GetItem",
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
}


def questions(parameters: Mapping[str, Any], arn: Callable[[str], str]) -> list[Question]:
    """One for each action on each table; `arn` makes a table's name its ARN."""
    asked = {
        (_PARTS[kind], str(part["TableName"]))
        for item in parameters.get("TransactItems") or []
        for kind, part in item.items()
        if kind in _PARTS and part.get("TableName")
    }
    return [
        Question(action, table if table.startswith("arn:") else arn(table)) for action, table in sorted(asked)
    ]
