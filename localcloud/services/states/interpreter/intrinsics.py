"""Intrinsic functions of JSONPath states: `States.Format('{} rows', $.rows)`.

A call is read once, when the definition is: an unknown function, a wrong number of arguments or an
unbalanced bracket refuses the definition. What goes wrong while it runs is a States.IntrinsicFailure,
except a path that finds nothing.
"""

from __future__ import annotations

import copy
from typing import Any

from localcloud.services.states.interpreter import intrinsic_functions as functions
from localcloud.services.states.interpreter.faults import INTRINSIC, failure, runtime_failure
from localcloud.services.states.interpreter.history import to_json
from localcloud.services.states.interpreter.intrinsic_syntax import Call, Literal, Path, read
from localcloud.services.states.interpreter.paths import extract, variable_path
from localcloud.services.states.interpreter.seam import (
    HistoryEventType,
    NoSuchJsonPathError,
    StringIntrinsicFunction,
)


class Intrinsic(StringIntrinsicFunction):  # type: ignore[misc]
    """The component that evaluates a call and leaves its value on the stack."""

    def __init__(self, text: str) -> None:
        self.call = read(text)
        super().__init__(intrinsic_function_derivation=text, function=None)

    def _eval_body(self, env: Any) -> None:
        try:
            env.stack.append(_value(env, self.call))
        except functions.Refused as error:
            raise failure(
                env,
                INTRINSIC,
                f"The function '{self.literal_value}' had the following error: {error}",
                event=HistoryEventType.ExecutionFailed,
                details="executionFailedEventDetails",
            ) from error
        except NoSuchJsonPathError as error:
            raise runtime_failure(
                env,
                f"The function '{self.literal_value}' had the following error: The JsonPath argument for the "
                f"field '{error.json_path}' could not be found in the input '{to_json(error.data)}'",
            ) from error


def _value(env: Any, argument: Literal | Path | Call) -> Any:
    if isinstance(argument, Literal):
        return argument.value
    if isinstance(argument, Path):
        return copy.deepcopy(look_up(env, argument.text))
    values = [_value(env, inner) for inner in argument.arguments]
    return functions.FUNCTIONS[argument.name].function(*values)


def look_up(env: Any, path: str) -> Any:
    """The value of a path into the state's input, the context object or a variable."""
    if path.startswith("$$"):
        try:
            return extract(path[1:], env.states.context_object.context_object_data)
        except NoSuchJsonPathError as error:
            raise NoSuchJsonPathError(path, error.data) from error
    if path == "$" or path[1] in ".[":
        return extract(path, env.stack[-1])
    return variable_path(env, path)
