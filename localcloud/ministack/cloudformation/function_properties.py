"""What a template says of a function and MiniStack's type leaves out: its reserved concurrency and where
its dead letters go.
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localcloud.ministack.cloudformation.encryption import keeping

_TYPE = "AWS::Lambda::Function"


def install(handlers: dict[str, Any]) -> None:
    """Have both kept whenever a stack makes or changes a function."""
    handlers[_TYPE] = keeping(handlers[_TYPE], _keep)


def _keep(name: str, properties: Mapping[str, Any]) -> None:
    from ministack.services import lambda_svc

    function, reserved = lambda_svc._functions[name], properties.get("ReservedConcurrentExecutions")
    function["concurrency"] = None if reserved is None else int(reserved)
    function["config"]["DeadLetterConfig"] = properties.get("DeadLetterConfig") or {}
