"""Everything that the interpreter takes from moto, by name, and the check that it is there.

moto documents none of this. So each name is listed once, the other modules import from here alone, and
a moto that has renamed one is refused at start with the list of what is missing, instead of failing in
the middle of an execution.

What the interpreter puts in the place of moto's own is listed too. A name that many of moto's modules
import from one (`SHARED`) is replaced in that one before the others are imported, so they all take ours.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.metadata
import logging
import sys
import threading
import types
from collections.abc import Callable, Iterator
from typing import Any

from localcloud.errors import CloudError
from localcloud.ministack import rebinding

_ROOT = "moto.stepfunctions.parser."
_MAP = "asl.component.state.exec.state_map."
_TASK = "asl.component.state.exec.state_task."
_COMMON = "asl.component.common."

NAMES: dict[str, tuple[str, ...]] = {
    "api": ("ActivityDoesNotExist", "HistoryEventType", "StateMachineType"),
    "utils": ("TMP_THREADS",),
    "backend.activity": ("ActivityTask",),
    "asl.antlr.runtime.ASLLexer": ("ASLLexer",),
    "asl.antlr.runtime.ASLParser": ("ASLParser",),
    "asl.parse.asl_parser": ("SyntaxErrorListener",),
    "asl.parse.preprocessor": ("Preprocessor",),
    "asl.component.program.program": ("Program",),
    "asl.component.component": ("Component",),
    "asl.component.eval_component": ("EvalComponent",),
    "asl.component.state.state": ("CommonStateField", "StateData"),
    "asl.component.state.state_type": ("StateType",),
    "asl.component.state.state_pass.state_pass": ("StatePass",),
    "asl.component.state.choice.state_choice": ("StateChoice",),
    "asl.component.state.choice.comparison.comparison": ("ConditionStringJSONata",),
    "asl.component.state.choice.comparison.variable": ("NoSuchVariable", "Variable"),
    "asl.component.state.choice.comparison.operator.factory": ("OperatorFactory",),
    "asl.component.state.choice.comparison.comparison_func": ("ComparisonFuncValue",),
    "asl.component.state.state_succeed.state_succeed": ("StateSucceed",),
    "asl.component.state.fail.state_fail": ("StateFail",),
    "asl.component.state.fail.error_decl": ("Error",),
    "asl.component.state.fail.cause_decl": ("Cause",),
    "asl.component.state.wait.state_wait": ("StateWait",),
    "asl.component.state.wait.wait_function.seconds": ("SecondsJSONata",),
    "asl.component.state.wait.wait_function.timestamp": ("Timestamp", "TimestampPath"),
    "asl.component.state.wait.wait_function.wait_function": ("WaitFunction",),
    "asl.component.state.exec.execute_state": ("ExecutionState",),
    "asl.component.state.exec.state_parallel.state_parallel": ("StateParallel",),
    _MAP + "state_map": ("StateMap",),
    _MAP + "iteration.distributed_iteration_component": ("DistributedIterationComponent",),
    _MAP + "iteration.itemprocessor.map_run_record": ("MapRunRecord",),
    _MAP + "item_reader.item_reader_decl": ("ItemReader",),
    _MAP + "item_reader.reader_config.reader_config_decl": ("ReaderConfig",),
    _MAP + "item_reader.reader_config.input_type": ("InputType",),
    _MAP + "result_writer.result_writer_decl": ("ResultWriter",),
    _MAP + "max_concurrency": ("MaxConcurrencyJSONata",),
    _MAP + "tolerated_failure": ("ToleratedFailureCountStringJSONata", "ToleratedFailurePercentage"),
    _TASK + "credentials": ("StateCredentials",),
    _TASK + "lambda_eval_utils": ("LambdaFunctionErrorException",),
    _TASK + "state_task_lambda": ("StateTaskLambda",),
    _TASK + "state_task_activitiy": ("StateTaskActivity",),
    _TASK + "service.resource": (
        "ActivityResource", "LambdaResource", "Resource", "ResourceCondition", "ServiceResource",
    ),
    _TASK + "service.state_task_service_callback": ("StateTaskServiceCallback",),
    _TASK + "service.state_task_service_aws_sdk": ("StateTaskServiceAwsSdk",),
    _TASK + "service.state_task_service_lambda": ("StateTaskServiceLambda",),
    _TASK + "service.state_task_service_sqs": ("StateTaskServiceSqs",),
    _TASK + "service.state_task_service_sns": ("StateTaskServiceSns",),
    _TASK + "service.state_task_service_events": ("StateTaskServiceEvents",),
    _TASK + "service.state_task_service_dynamodb": ("StateTaskServiceDynamoDB",),
    _TASK + "service.state_task_service_sfn": ("StateTaskServiceSfn",),
    _TASK + "service.state_task_service_unsupported": ("StateTaskServiceUnsupported",),
    _TASK + "service.state_task_service_factory": ("state_task_service_for",),
    _COMMON + "error_name.error_name": ("ErrorName",),
    _COMMON + "error_name.error_equals_decl": ("ErrorEqualsDecl",),
    _COMMON + "error_name.states_error_name": ("StatesErrorName",),
    _COMMON + "error_name.states_error_name_type": ("StatesErrorNameType",),
    _COMMON + "error_name.failure_event": ("FailureEvent", "FailureEventException"),
    _COMMON + "assign.assign_decl": ("AssignDecl",),
    _COMMON + "catch.catch_outcome": ("CatchOutcome",),
    _COMMON + "string.string_expression": (
        "StringJSONata", "StringJsonPath", "StringIntrinsicFunction", "StringLiteral",
        "StringVariableSample",
    ),
    _COMMON + "path.result_path": ("ResultPath",),
    _COMMON + "query_language": ("QueryLanguage", "QueryLanguageMode"),
    _COMMON + "timeouts.timeout": ("TimeoutSecondsJSONata", "EvalTimeoutError"),
    _COMMON + "timeouts.heartbeat": ("HeartbeatSecondsJSONata",),
    _COMMON + "retry.retrier_decl": ("RetrierDecl",),
    "asl.eval.environment": ("Environment",),
    "asl.eval.evaluation_details": ("AWSExecutionDetails",),
    "asl.eval.event.event_manager": ("EventHistoryContext", "EventManager"),
    "asl.eval.program_state": ("ProgramEnded", "ProgramError", "ProgramRunning", "ProgramStopped"),
    "asl.eval.states": ("ContextObjectData",),
    "asl.eval.variable_store": ("VariableStore",),
    "asl.eval.callback.callback": (
        "ActivityCallbackEndpoint", "CallbackEndpoint", "CallbackOutcomeFailure", "CallbackOutcomeSuccess",
        "CallbackOutcomeTimedOut",
        "CallbackPoolManager", "HeartbeatTimedOut", "HeartbeatTimeoutError",
    ),
    "asl.utils.json_path": ("NoSuchJsonPathError",),
}  # fmt: skip

# Functions that moto's modules import from each other, and the interpreter's own instead. In an order in
# which the import of the next one imports nobody who wants one of those before.
SHARED: tuple[tuple[str, str], ...] = (
    ("asl.utils.json_path", "extract_json"),
    ("quotas", "is_within_size_quota"),
    ("asl.utils.boto_client", "boto_client_for"),
)
_CUSTOM_NAME = (_COMMON + "error_name.custom_error_name", "CustomErrorName")
# Where one of moto's modules looks a name up when it runs, and the interpreter's own in its place.
REPLACED: tuple[tuple[str, str], ...] = (
    ("asl.component.common.path.result_path", "parse"),
    ("asl.component.state.state", "StateData"),
    ("asl.eval.environment", "VariableStore"),
    ("asl.parse.preprocessor", "from_string_literal"),
    (_TASK + "service.state_task_service_callback", "_DELAY_SECONDS_SYNC_CONDITION_CHECK"),
)


class SeamMissing(CloudError):
    """The installed moto lacks names that the interpreter builds on."""

    def __init__(self, version: str, missing: list[str]) -> None:
        super().__init__(
            f"moto {version} lacks what the Step Functions interpreter builds on: {', '.join(missing)}. "
            "Install the locked version (see uv.lock), or mend services/states/interpreter/seam.py."
        )
        self.missing = missing


_found: dict[str, Any] = {}
_ours: dict[str, Callable[..., Any]] = {}
_lock = threading.RLock()
_installed: list[bool] = []


def _load() -> dict[str, Any]:
    """Every listed name; raises SeamMissing with all that this moto lacks."""
    missing: list[str] = []
    with _lock, _without_batch():
        if not _found:
            _share(missing)
        return _load_names(missing)


def _share(missing: list[str]) -> None:
    """Replace what moto's modules take from each other, before they do."""
    for module, name in SHARED:
        holder = _holder(module, name, missing)
        if holder is not None:
            rebinding.replace(holder, name, _given_later(name))
    # moto refuses at run time to let a branch or an iteration fail with one of the States errors. `program`
    # refuses a definition that has them, and needs moto's own for it.
    module, name = _CUSTOM_NAME
    holder = _holder(module, name, missing)
    if holder is not None:
        _found[name] = rebinding.replace(holder, name, holder.ErrorName)


def _given_later(name: str) -> Callable[..., Any]:
    """What `install_once` gives; the interpreter's modules need moto's to be imported."""

    def ours(*arguments: Any, **keywords: Any) -> Any:
        return _ours[name](*arguments, **keywords)

    return ours


@contextlib.contextmanager
def _without_batch() -> Iterator[None]:
    """moto's Batch integration imports all of moto's EC2 (half of a second, 60 MB): an empty one stands
    in for it.
    """
    path = f"{_ROOT}{_TASK}service.state_task_service_batch"
    if path in sys.modules:
        yield
        return
    stand_in = types.ModuleType(path)
    stand_in.StateTaskServiceBatch = type("StateTaskServiceBatch", (), {})  # type: ignore[attr-defined]
    sys.modules[path] = stand_in
    try:
        yield
    finally:
        del sys.modules[path]


def _load_names(missing: list[str]) -> dict[str, Any]:
    for module, names in NAMES.items():
        for name in names:
            holder = _holder(module, name, missing)
            if holder is not None:
                _found[name] = getattr(holder, name)
    for module, name in REPLACED:
        _holder(module, name, missing)
    if missing:
        raise SeamMissing(importlib.metadata.version("moto"), missing)
    return _found


def _holder(module: str, name: str, missing: list[str]) -> Any:
    """The module of moto's that has the name; None, and noted, where there is none."""
    path = f"{_ROOT}{module}"
    try:
        holder = importlib.import_module(path)
    except ImportError as error:
        missing.append(f"{path} ({error})")
        return None
    if not hasattr(holder, name):
        missing.append(f"{path}.{name}")
        return None
    return holder


def __getattr__(name: str) -> Any:
    if not name.startswith("__") and name not in _found:
        _load()
    if name not in _found:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _found[name]


def install_once(replacements: dict[str, Any]) -> None:
    """Put the interpreter's own in the place of what is listed, the first time only. moto's log lines would
    report every failed state a second time."""
    with _lock:
        if _installed:
            return
        _load()
        logging.getLogger("moto.stepfunctions").setLevel(logging.CRITICAL)
        _ours.update({name: replacements[name] for _, name in SHARED})
        for module, name in REPLACED:
            rebinding.replace(importlib.import_module(_ROOT + module), name, replacements[name])
        _installed.append(True)
