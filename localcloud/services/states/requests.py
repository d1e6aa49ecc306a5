"""What AWS refuses of a request to Step Functions before it looks for what the request names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from localcloud.services.sagemaker.ports import ApiError
from localcloud.services.sagemaker.validation import validate
from localcloud.services.states import sdk

Refused = tuple[str, str]

_ARNS = ("stateMachineArn", "executionArn", "activityArn", "mapRunArn")
# What AWS refuses in the name of a machine, an execution or an activity.
_BAD_NAME = re.compile(r"[\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]")
_CHANGES = {"definition", "roleArn", "loggingConfiguration", "tracingConfiguration"}


def refused(action: str, given: Mapping[str, Any]) -> Refused | None:
    """The code and the message of the refusal, or None."""
    for name in _ARNS:
        arn = given.get(name)
        if isinstance(arn, str) and not arn.startswith("arn:"):
            return "InvalidArn", f"Invalid Arn: 'Invalid ARN prefix: {arn}'"
    if action.startswith("List"):
        return _listed(action, given)
    if action in ("CreateActivity", "CreateStateMachine"):
        return refused_name(given.get("name"))
    if action == "UpdateStateMachine" and not given.keys() & {*_CHANGES, "encryptionConfiguration"}:
        wanted = "the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration"
        return "MissingRequiredParameter", f"Either {wanted} must be specified"
    return None


def refused_name(name: Any) -> Refused | None:
    if isinstance(name, str) and (not 1 <= len(name) <= 80 or _BAD_NAME.search(name)):
        return "InvalidName", f"Invalid Name: '{name}'"
    return None


def _listed(action: str, given: Mapping[str, Any]) -> Refused | None:
    model = sdk.operation("stepfunctions", action)
    shape = model.input_shape if model else None
    if shape is None:
        return None
    try:
        validate(shape, {name: value for name, value in given.items() if name in shape.members})
    except ApiError as error:
        return error.code, error.message
    return None
