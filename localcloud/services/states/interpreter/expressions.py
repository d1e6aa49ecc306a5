"""The components that evaluate JSONata in a state, and those that read a number from it."""

# ruff: noqa: SLF001 - private names of moto are what this package is about

from __future__ import annotations

from typing import Any

from localcloud.services.states.interpreter import jsonata_engine as engine
from localcloud.services.states.interpreter.faults import EvaluationFailure
from localcloud.services.states.interpreter.paths import variables
from localcloud.services.states.interpreter.seam import (
    HeartbeatSecondsJSONata,
    MaxConcurrencyJSONata,
    SecondsJSONata,
    StringJSONata,
    TimeoutSecondsJSONata,
)


class Expression(StringJSONata):  # type: ignore[misc]
    """`{% … %}`: its text, and the field it stands in ('Arguments/Payload'), which AWS names when it
    fails.
    """

    def __init__(self, expression: str, location: str) -> None:
        super().__init__(expression=expression)
        self.location = location

    def fail(self, env: Any, said: str) -> EvaluationFailure:
        where = f" specified for the field '{self.location}'" if self.location else ""
        return EvaluationFailure(
            env, f"The JSONata expression '{self.expression}'{where} {said}", self.location
        )

    def unexpected(self, env: Any, value: Any, wanted: str) -> EvaluationFailure:
        return self.fail(
            env,
            f"returned an unexpected result type. Expected '{wanted}', but was '{engine.kind_of(value)}' "
            f"for value: {engine.shown(value)}",
        )

    def _eval_body(self, env: Any) -> None:
        known = variables(env) | {"states": _states(env)}
        try:
            env.stack.append(engine.evaluate(self.expression, known))
        except engine.Undefined:
            raise self.fail(env, "returned nothing (undefined).") from None
        except engine.NotData:
            raise self.fail(env, "returned an unsupported result type.") from None
        except engine.EvaluationError as error:
            raise self.fail(env, f"threw an error during evaluation. {error}") from error


def _states(env: Any) -> dict[str, Any]:
    """`$states`, without the members that do not exist at this point: they are undefined and not null."""
    data = env.states._states_data
    states = {"input": data["input"], "context": data["context"]}
    if data.get("result") is not None or data.get("has_result"):
        states["result"] = data.get("result")
    if data.get("errorOutput") is not None:
        states["errorOutput"] = data["errorOutput"]
    return states


def whole_number(env: Any, expression: Any, least: int, name: str, *, most: int = 99_999_999) -> int:
    """The value of an expression that must be an integer of a range."""
    expression.eval(env=env)
    value = env.stack.pop()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise expression.unexpected(env, value, "number")
    if not isinstance(value, int) or not least <= value <= most:
        raise expression.fail(
            env,
            f"returned a value that is not valid for '{name}': {engine.shown(value)} is not an integer "
            f"from {least} to {most}",
        )
    return value


class WaitSeconds(SecondsJSONata):  # type: ignore[misc]
    def _get_wait_seconds(self, env: Any) -> int:
        return whole_number(env, self.string_jsonata, 0, "Seconds")


class TimeoutSeconds(TimeoutSecondsJSONata):  # type: ignore[misc]
    def _eval_seconds(self, env: Any) -> int:
        return whole_number(env, self.string_jsonata, 1, "TimeoutSeconds")


class HeartbeatSeconds(HeartbeatSecondsJSONata):  # type: ignore[misc]
    def _eval_seconds(self, env: Any) -> int:
        return whole_number(env, self.string_jsonata, 1, "HeartbeatSeconds")


class Concurrency(MaxConcurrencyJSONata):  # type: ignore[misc]
    def _eval_max_concurrency(self, env: Any) -> int:
        return whole_number(env, self.string_jsonata, 0, "MaxConcurrency")
