"""What AWS refuses of a request to Step Functions before it looks for what the request names."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from localcloud.api.errors import ApiError
from localcloud.api.validation import validate
from localcloud.services.states import sdk

_INPUT_LIMIT = 262_144
_ARNS = ("stateMachineArn", "executionArn", "activityArn", "mapRunArn")
# What AWS refuses in the name of a machine, an execution or an activity.
_BAD_NAME = re.compile(r"[\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]")
_CHANGES = {"definition", "roleArn", "loggingConfiguration", "tracingConfiguration"}


def check(action: str, given: Mapping[str, Any]) -> None:
    """Raise ApiError where AWS would refuse the request unseen."""
    for name in _ARNS:
        arn = given.get(name)
        if isinstance(arn, str) and not arn.startswith("arn:"):
            raise ApiError("InvalidArn", f"Invalid Arn: 'Invalid ARN prefix: {arn}'")
    if action.startswith("List"):
        _check_listing(action, given)
    if action in ("CreateActivity", "CreateStateMachine"):
        _check_name(given.get("name"))
    if action == "UpdateStateMachine" and not given.keys() & {*_CHANGES, "encryptionConfiguration"}:
        wanted = "the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration"
        raise ApiError("MissingRequiredParameter", f"Either {wanted} must be specified")


def check_start(name: str | None, text: str) -> None:
    """Raise ApiError where an execution cannot have the name or the input."""
    _check_name(name)
    if len(text.encode()) > _INPUT_LIMIT:
        raise ApiError("InvalidExecutionInput", f"The input is over {_INPUT_LIMIT} bytes")
    try:
        json.loads(text)
    except ValueError as error:
        message = f"Invalid State Machine Execution Input: {error}"
        raise ApiError("InvalidExecutionInput", message) from error


def _check_name(name: Any) -> None:
    if isinstance(name, str) and (not 1 <= len(name) <= 80 or _BAD_NAME.search(name)):
        raise ApiError("InvalidName", f"Invalid Name: '{name}'")


def _check_listing(action: str, given: Mapping[str, Any]) -> None:
    model = sdk.operation("stepfunctions", action)
    shape = model.input_shape if model else None
    if shape is not None:
        validate(shape, {name: value for name, value in given.items() if name in shape.members})
