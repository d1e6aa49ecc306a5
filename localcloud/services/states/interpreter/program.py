"""A definition's text -> a program that can be evaluated, or the reason why it cannot.

moto's grammar reads the text, and `Builder` makes the program's components from what was read, taking
this package's where they differ from moto's. The grammar knows nothing of some newer fields; they are
taken out before (`strip`) and given to their state afterwards. A program holds no state of its
executions, so it is built once.
"""

# ruff: noqa: N802, SLF001 - private names of moto, and the names of what its grammar visits

from __future__ import annotations

import functools
import json
import re
from decimal import Decimal
from typing import Any

from localcloud.services.states.interpreter import (
    branches,
    choices,
    fields,
    history,
    jsonata_engine,
    maps,
    paths,
    seam,
    states,
    tasks,
    waits,
)
from localcloud.services.states.interpreter.expressions import (
    Concurrency,
    Expression,
    HeartbeatSeconds,
    TimeoutSeconds,
)
from localcloud.services.states.interpreter.faults import match
from localcloud.services.states.interpreter.intrinsics import Intrinsic
from localcloud.services.states.interpreter.paths import VariablePath
from localcloud.services.states.interpreter.seam import (
    ActivityResource,
    ASLLexer,
    ASLParser,
    LambdaResource,
    Preprocessor,
    QueryLanguageMode,
    StateType,
    SyntaxErrorListener,
)
from localcloud.services.states.interpreter.services import client_of
from localcloud.services.states.interpreter.waits import WaitSeconds, WaitUntil


class Refused(Exception):
    """The definition is not a state machine; AWS answers InvalidDefinition."""


def parse(text: str) -> Any:
    """The program of a definition; raises Refused."""
    try:
        definition = json.loads(text)
    except ValueError as error:
        raise Refused(f"INVALID_JSON_DESCRIPTION: {error}") from error
    return _parse(json.dumps(definition, ensure_ascii=False))


@functools.lru_cache(maxsize=256)
def _parse(text: str) -> Any:
    install()
    definition = json.loads(text)
    if not isinstance(definition, dict):
        raise Refused("SCHEMA_VALIDATION_FAILED: the definition must be an object")
    extras = fields.strip(definition)
    return build(definition, extras)


def build(definition: dict[str, Any], extras: dict[str, Any]) -> Any:
    tree = _tree(json.dumps(definition, ensure_ascii=False))
    try:
        return Builder(extras).visit(tree)
    except Exception as error:
        raise Refused(f"SCHEMA_VALIDATION_FAILED: {error}") from error


def _tree(text: str) -> Any:
    from antlr4 import CommonTokenStream, InputStream  # type: ignore[import-untyped]

    faults = SyntaxErrorListener()
    lexer = ASLLexer(InputStream(_NUMBER.sub(_plain_number, text)))
    lexer.removeErrorListeners()
    tokens = CommonTokenStream(lexer)
    _free_keywords(tokens)
    parser = ASLParser(tokens)
    parser.removeErrorListeners()
    parser.addErrorListener(faults)
    tree = parser.state_machine()
    if faults.errors:
        raise Refused(f"SCHEMA_VALIDATION_FAILED: {'; '.join(faults.errors[:3])}")
    return tree


# A string (left alone) or a number with an exponent, which moto's grammar does not know.
_NUMBER = re.compile(r'("(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?[eE][-+]?\d+)')


def _plain_number(match: re.Match[str]) -> str:
    return match.group(1) or format(Decimal(match.group(2)), "f")


def _free_keywords(tokens: Any) -> None:
    """The names of the query languages are words like any other, except where one is chosen."""
    tokens.fill()
    for index, token in enumerate(tokens.tokens):
        if (
            token.type in (ASLLexer.JSONPATH, ASLLexer.JSONATA)
            and tokens.tokens[max(index - 2, 0)].type != ASLLexer.QUERYLANGUAGE
        ):
            token.type = ASLLexer.STRING
    tokens.seek(0)


def text_of(node: Any) -> str:
    """The string that a quoted piece of the definition stands for."""
    text = node.getText()
    return str(json.loads(text, strict=False)) if text.startswith('"') else text


def _from_string_literal(parser_rule_context: Any) -> str:
    return text_of(parser_rule_context)  # moto calls it by this parameter's name


def location(node: Any) -> str:
    """The field that an expression stands in: 'Arguments/Message' or 'Choices[0]/Condition'."""
    parts: list[str] = []
    while node.parentCtx is not None and not isinstance(node.parentCtx, ASLParser.State_decl_bodyContext):
        parent = node.parentCtx
        children = parent.children or []
        first = children[0].getText() if children else ""
        if len(children) > 1 and first.startswith('"') and children[1].getText() == ":":
            parts.append(f"/{json.loads(first, strict=False)}")
        elif first == "[" or (len(children) > 2 and children[2].getText() == "["):
            inside = children[3:] if first != "[" else children[1:]
            parts.append(
                f"[{sum(1 for child in inside[: inside.index(node)] if child.getText() == ',')}]"
                if node in inside
                else ""
            )
            if first != "[" and first.startswith('"'):
                parts.append(f"/{json.loads(first, strict=False)}")
        node = parent
    return "".join(reversed(parts)).lstrip("/")


class Builder(Preprocessor):  # type: ignore[misc]
    """moto's builder of components, with one scope of query languages an instance and this package's
    components.
    """

    def __init__(self, extras: dict[str, Any]) -> None:
        super().__init__()
        # moto keeps this list on the class, where one refused definition spoils every later one.
        self._query_language_per_scope: list[Any] = []
        self._extras = extras

    @staticmethod
    def _inner_string_of(parser_rule_context: Any) -> str | None:
        text: str | None = Preprocessor._inner_string_of(parser_rule_context)
        return None if text is None else text_of(parser_rule_context)

    def _inner_jsonata_expr(self, ctx: Any) -> str:
        self._raise_if_query_language_is_not(query_language_mode=QueryLanguageMode.JSONata, ctx=ctx)
        return text_of(ctx)[2:-2].strip()

    def visitString_jsonata(self, ctx: Any) -> Any:
        expression = self._inner_jsonata_expr(ctx)
        problem = jsonata_engine.problem(expression)
        if problem:
            raise Refused(f"the expression {expression!r} at {location(ctx)} does not parse: {problem}")
        return Expression(expression, location(ctx))

    def visitString_variable_sample(self, ctx: Any) -> Any:
        return VariablePath(
            self._get_current_query_language().query_language_mode, self._inner_string_of(ctx)
        )

    def visitString_intrinsic_function(self, ctx: Any) -> Any:
        return Intrinsic(text_of(ctx))

    def visitCondition_string_jsonata(self, ctx: Any) -> Any:
        return choices.Condition(self.visitString_jsonata(ctx.string_jsonata()))

    def visitComparison_func_value(self, ctx: Any) -> Any:
        test = super().visitComparison_func_value(ctx)
        return choices.Test(test.operator_type, test.value)

    def visitComparison_func_string_variable_sample(self, ctx: Any) -> Any:
        test = super().visitComparison_func_string_variable_sample(ctx)
        return choices.Test(test.operator_type, test.string_variable_sample.expression)

    def visitChoice_rule_comparison_variable(self, ctx: Any) -> Any:
        rule = super().visitChoice_rule_comparison_variable(ctx)
        for child in ctx.children:  # moto forgets the Assign of JSONPath rules
            part = self.visit(child)
            if isinstance(part, seam.AssignDecl):
                rule.assign = part
        return rule

    def visitResult_path_decl(self, ctx: Any) -> Any:
        path = super().visitResult_path_decl(ctx)
        # moto looks components up by their exact type: an instance is mended, where a subclass would
        # not be found.
        path._eval_body = lambda env: paths.put_result(env, path.result_path_src)
        return path

    def visitError_equals_decl(self, ctx: Any) -> Any:
        names = super().visitError_equals_decl(ctx)
        names._eval_body = lambda env: match(env, names.error_names)
        return names

    def visitError_name(self, ctx: Any) -> Any:
        name = super().visitError_name(ctx)
        return seam.CustomErrorName(name.error_name) if type(name) is seam.ErrorName else name

    def visitRetrier_decl(self, ctx: Any) -> Any:
        retrier = super().visitRetrier_decl(ctx)
        retrier.jitter_strategy = waits.Interval(retrier.jitter_strategy)
        return retrier

    def visitError_path(self, ctx: Any) -> Any:
        self._raise_if_query_language_is_not(query_language_mode=QueryLanguageMode.JSONPath, ctx=ctx)
        return _named("ErrorPath", seam.Error(string_expression=_textual(self.visit(ctx.children[-1]))))

    def visitCause_path(self, ctx: Any) -> Any:
        self._raise_if_query_language_is_not(query_language_mode=QueryLanguageMode.JSONPath, ctx=ctx)
        return _named("CausePath", seam.Cause(string_expression=_textual(self.visit(ctx.children[-1]))))

    def visitSeconds_jsonata(self, ctx: Any) -> Any:
        return WaitSeconds(self.visitString_jsonata(ctx.string_jsonata()))

    def visitTimestamp(self, ctx: Any) -> Any:
        return WaitUntil(self.visit(ctx.children[-1]), "Timestamp")

    def visitTimestamp_path(self, ctx: Any) -> Any:
        self._raise_if_query_language_is_not(query_language_mode=QueryLanguageMode.JSONPath, ctx=ctx)
        return WaitUntil(self.visitString_sampler(ctx.string_sampler()), "TimestampPath")

    def visitTimeout_seconds_jsonata(self, ctx: Any) -> Any:
        return TimeoutSeconds(self.visitString_jsonata(ctx.string_jsonata()))

    def visitHeartbeat_seconds_jsonata(self, ctx: Any) -> Any:
        return HeartbeatSeconds(self.visitString_jsonata(ctx.string_jsonata()))

    def visitMax_concurrency_jsonata(self, ctx: Any) -> Any:
        return Concurrency(self.visitString_jsonata(ctx.string_jsonata()))

    def visitTolerated_failure_count_string_jsonata(self, ctx: Any) -> Any:
        # moto makes a percentage of it.
        return seam.ToleratedFailureCountStringJSONata(self.visitString_jsonata(ctx.string_jsonata()))

    def visitTolerated_failure_percentage_number(self, ctx: Any) -> Any:
        number = ctx.NUMBER() or ctx.INT()
        return seam.ToleratedFailurePercentage(float(number.getText()))

    def visitResource_decl(self, ctx: Any) -> Any:
        resource = super().visitResource_decl(ctx)
        if resource is None:
            raise Refused(f"the resource {text_of(ctx.string_literal())!r} is not a task's resource")
        return resource

    def _common_state_field_of(self, state_props: Any) -> Any:
        state = self._state_of(state_props)
        state.from_state_props(state_props)
        extra = self._extras.get(state_props.name)
        if extra is not None:
            state.extend(extra, build)
        return state

    @staticmethod
    def _state_of(props: Any) -> Any:
        kind = props.get(StateType)
        if kind == StateType.Task:
            resource = props.get(seam.Resource)
            if isinstance(resource, LambdaResource):
                return tasks.function_task()
            if isinstance(resource, ActivityResource):
                return states.Activity()
            if resource is None:
                raise Refused("a Task state needs a Resource")
            return tasks.service_task(resource.service_name)
        kinds = {
            StateType.Pass: states.Pass, StateType.Choice: choices.Choice, StateType.Fail: states.Fail,
            StateType.Succeed: states.Succeed, StateType.Wait: waits.Wait, StateType.Map: maps.Map,
            StateType.Parallel: branches.Parallel,
        }  # fmt: skip
        if kind not in kinds:
            raise Refused("a state needs a Type")
        return kinds[kind]()


# The intrinsic functions that may give an error its name or cause.
_TEXTUAL = {"Format", "JsonToString", "ArrayGetItem", "Base64Encode", "Base64Decode", "Hash", "UUID"}


def _textual(source: Any) -> Any:
    if isinstance(source, Intrinsic) and source.call.name not in _TEXTUAL:
        raise Refused(f"States.{source.call.name} gives no text for ErrorPath or CausePath")
    return source


def _named(field: str, component: Any) -> Any:
    """A component whose failures name the field; moto would name its class."""
    component._field_name = lambda: field
    return component


def install() -> None:
    """Put this package's own where moto looks names up while it runs; once a process."""
    seam.install_once(
        {
            "extract_json": paths.extract,
            "is_within_size_quota": history.fits,
            "boto_client_for": _client_for,
            "parse": paths.parse,
            "StateData": history.state_data,
            "VariableStore": history.Variables,
            "from_string_literal": _from_string_literal,
            "_DELAY_SECONDS_SYNC_CONDITION_CHECK": 0.1,
        }
    )


def _client_for(region: str, service: str, state_credentials: Any = None) -> Any:
    return client_of(getattr(state_credentials, "role_arn", None), service, region)
