"""The Choice state of JSONPath and JSONata, and the tests of JSONPath rules.

As on AWS, a rule whose `Variable` is not there ends the execution with States.Runtime (only IsPresent
may ask), and so does a `…Path` test whose other side is not there. Tests of another type than the
value's are simply false.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any

from localcloud.services.states.interpreter.faults import failure, runtime_failure
from localcloud.services.states.interpreter.intrinsics import look_up
from localcloud.services.states.interpreter.seam import (
    ComparisonFuncValue,
    ConditionStringJSONata,
    HistoryEventType,
    NoSuchJsonPathError,
    NoSuchVariable,
    StateChoice,
)
from localcloud.services.states.interpreter.states import Reporting
from localcloud.services.states.interpreter.waits import moment


def _number(value: Any) -> Any:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _string(value: Any) -> Any:
    return value if isinstance(value, str) else None


def _boolean(value: Any) -> Any:
    return value if isinstance(value, bool) else None


_OF_TYPE: dict[str, Callable[[Any], Any]] = {
    "Numeric": _number, "String": _string, "Boolean": _boolean, "Timestamp": moment,
}  # fmt: skip
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "Equals": operator.eq,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
}
_IS: dict[str, Callable[[Any], bool]] = {
    "IsNull": lambda value: value is None,
    "IsString": lambda value: isinstance(value, str),
    "IsNumeric": lambda value: _number(value) is not None,
    "IsBoolean": lambda value: isinstance(value, bool),
    "IsTimestamp": lambda value: moment(value) is not None,
}
_NAME = re.compile(r"^(Numeric|String|Boolean|Timestamp)(\w+?)(Path)?$")


class Test(ComparisonFuncValue):  # type: ignore[misc]
    """One test of a rule: the value of `Variable` is on the stack, the outcome takes its place."""

    def _eval_body(self, env: Any) -> None:
        value, name = env.stack.pop(), self.operator_type.name
        present = not isinstance(value, NoSuchVariable)
        if name == "IsPresent":
            env.stack.append(present is self.value)
            return
        if not present:
            path = value.path.split(",")[0]
            raise runtime_failure(
                env, f"Invalid path '{path}': The choice state's condition path references an invalid value."
            )
        env.stack.append(self._holds(env, name, value))

    def _holds(self, env: Any, name: str, value: Any) -> bool:
        if name in _IS:
            return _IS[name](value) is self.value
        if name == "StringMatches":
            return isinstance(value, str) and _wildcards(self.value).fullmatch(value) is not None
        match = _NAME.match(name)
        assert match is not None  # noqa: S101 - moto's list of operators has no other form
        kind, comparison, by_path = match.groups()
        other = self._other(env, kind) if by_path else self.value
        one, two = _OF_TYPE[kind](value), _OF_TYPE[kind](other)
        return one is not None and two is not None and _COMPARE[comparison](one, two)

    def _other(self, env: Any, kind: str) -> Any:
        invalid = (
            f"Invalid path '{self.value}': The choice state's condition path references an invalid value."
        )
        try:
            value = look_up(env, self.value)
        except NoSuchJsonPathError as error:
            raise runtime_failure(env, invalid) from error
        if kind == "Boolean" and not isinstance(value, bool):
            raise runtime_failure(env, invalid)
        return value


def _wildcards(pattern: str) -> re.Pattern[str]:
    r"""`*` matches anything, `\*` a star and `\\` a backslash."""
    parts = re.findall(r"\\.|[^\\]", pattern, re.DOTALL)
    return re.compile("".join(".*" if part == "*" else re.escape(part[-1]) for part in parts), re.DOTALL)


class Choice(Reporting, StateChoice):  # type: ignore[misc]
    """Takes the first rule that holds, else Default, with the Assign and Output that belong to it."""

    def _eval_state(self, env: Any) -> None:
        for rule in self.choices_decl.rules:
            rule.eval(env)
            if env.stack.pop() is True:
                env.stack.append((rule.next_stmt.name, False))
                return
        if self.default_state is None:
            raise failure(
                env,
                "States.NoChoiceMatched",
                f"No choice rule of the state '{self.name}' matched, and it has no Default",
                event=HistoryEventType.ExecutionFailed,
                details="executionFailedEventDetails",
            )
        env.stack.append((self.default_state.state_name, True))

    def _eval_state_output(self, env: Any) -> None:
        target, by_default = env.stack.pop()
        if by_default:
            if self.assign_decl:
                self.assign_decl.eval(env=env)
            if self.output:
                self.output.eval(env=env)
        if self._is_language_query_jsonpath():
            self.output_path.eval(env=env)
        env.next_state_name = target


class Condition(ConditionStringJSONata):  # type: ignore[misc]
    """A JSONata rule's condition; anything but a boolean is an error and not a false."""

    def _eval_body(self, env: Any) -> None:
        self.string_jsonata.eval(env=env)
        if not isinstance(env.stack[-1], bool):
            raise self.string_jsonata.unexpected(env, env.stack[-1], "boolean")
