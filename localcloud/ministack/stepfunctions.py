"""Step Functions: tasks of other services, time limits, aborts that hold, names that are idempotent,
definitions checked.

MiniStack's engine walks the states; what it asks of other services goes through `states.sdk` and
`states.jobs`. Its executions each run in a thread of their own, so waiting for a job holds up nobody.
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

import contextvars
import json
import logging
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from typing import TYPE_CHECKING, Any

from localcloud.states import jobs
from localcloud.states.sdk import Caller, TaskError, service_name
from localcloud.states.validate import problems_of_text

if TYPE_CHECKING:
    from collections.abc import Callable

_log = logging.getLogger("localcloud.states")
_execution: contextvars.ContextVar[dict[str, Any] | None] = contextvars.ContextVar("execution", default=None)
_late: contextvars.ContextVar[threading.Event | None] = contextvars.ContextVar("late", default=None)
# What AWS refuses in an execution's name.
_BAD_NAME = re.compile(r"[\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]")
_INPUT_LIMIT = 262_144
_AWS_SDK = re.compile(r"^arn:aws[\w-]*:states:::aws-sdk:([\w-]+):(\w+)")
_OPTIMISED = {
    "arn:aws:states:::sns:publish": ("sns", "publish"),
    "arn:aws:states:::events:putEvents": ("events", "putEvents"),
    "arn:aws:states:::dynamodb:putItem": ("dynamodb", "putItem"),
    "arn:aws:states:::dynamodb:getItem": ("dynamodb", "getItem"),
    "arn:aws:states:::dynamodb:deleteItem": ("dynamodb", "deleteItem"),
    "arn:aws:states:::dynamodb:updateItem": ("dynamodb", "updateItem"),
}
# States.ALL catches everything but these.
_UNCATCHABLE = ("States.Runtime", "States.DataLimitExceeded")


def install(caller: Caller) -> None:
    """Mend MiniStack's Step Functions."""
    from ministack.services import stepfunctions as sfn

    _install_tasks(sfn, caller)
    _install_limits(sfn)
    _install_task_limits(sfn)
    _install_outputs(sfn)
    _install_start(sfn)
    sfn._validate_definition_jsonata = _refusal
    matches = sfn._error_matches
    sfn._error_matches = lambda names, error: (
        error in names if error in _UNCATCHABLE else matches(names, error)
    )


def _install_tasks(sfn: Any, caller: Caller) -> None:
    def translated(call: Callable[[], Any]) -> Any:
        try:
            return call()
        except TaskError as error:
            raise sfn._ExecutionError(error.error, error.cause) from error

    def sagemaker(resource: str, arguments: Any) -> Any:
        return translated(lambda: jobs.run(caller, resource, arguments, _given_up))

    def optimised(service: str, action: str) -> Callable[[str, Any], Any]:
        return lambda _, arguments: translated(
            lambda: caller.call(service, action, arguments, optimised=True)
        )

    sfn._invoke_aws_sdk_integration = lambda resource, arguments: translated(
        lambda: _call_sdk(caller, resource, arguments)
    )
    sfn._SERVICE_DISPATCH["arn:aws:states:::sagemaker:"] = sagemaker
    for prefix, (service, action) in _OPTIMISED.items():
        sfn._SERVICE_DISPATCH[prefix] = optimised(service, action)


def _call_sdk(caller: Caller, resource: str, arguments: Any) -> Any:
    match = _AWS_SDK.match(resource)
    service = service_name(match.group(1)) if match else None
    if match is None or service is None:
        raise TaskError("States.Runtime", f"The resource '{resource}' names no AWS service")
    return caller.call(service, match.group(2), arguments)


def _given_up() -> bool:
    execution, late = _execution.get(), _late.get()
    return bool((execution and execution["status"] != "RUNNING") or (late and late.is_set()))


def _install_limits(sfn: Any) -> None:
    """The whole execution's TimeoutSeconds, and ends that last."""
    run, fail = sfn._run_execution, sfn._fail_execution

    def run_limited(arn: str) -> None:
        execution = sfn._executions.get(arn)
        _execution.set(execution)
        timer = _timer(sfn, execution) if execution else None
        try:
            run(arn)
        finally:
            if timer:
                timer.cancel()

    def fail_running(execution: dict[str, Any], error: str, cause: str) -> None:
        # Aborted and timed-out executions stay so, whatever their last task still does.
        if execution["status"] == "RUNNING":
            fail(execution, error, cause)

    sfn._run_execution, sfn._fail_execution = run_limited, fail_running


def _install_task_limits(sfn: Any) -> None:
    """A task's TimeoutSeconds, also as an expression; a task that is late is told so."""
    task = sfn._execute_task

    def task_with_numbers(state: dict[str, Any], given: Any, execution: Any, context: dict[str, Any]) -> Any:
        if isinstance(state.get("TimeoutSeconds"), str):
            seconds = sfn._jsonata_state_field(state, "TimeoutSeconds", "number", given, context)
            state = {**state, "TimeoutSeconds": seconds}
        return task(state, given, execution, context)

    def with_timeout(resource: str, arguments: Any, timeout: float) -> Any:
        late = threading.Event()
        pool = ThreadPoolExecutor(max_workers=1)
        context = contextvars.copy_context()
        context.run(_late.set, late)
        future = pool.submit(context.run, sfn._invoke_resource, resource, arguments)
        pool.shutdown(wait=False)
        try:
            return future.result(timeout=float(timeout))
        except FutureTimeout:
            late.set()
            cause = f"The task did not end within {timeout} seconds"
            raise sfn._ExecutionError("States.Timeout", cause) from None

    sfn._execute_task, sfn._invoke_resource_with_timeout = task_with_numbers, with_timeout


def _install_outputs(sfn: Any) -> None:
    """Succeed's Output in JSONata, which MiniStack leaves out."""
    output = sfn._apply_output_path

    def apply(state: dict[str, Any], data: Any, context: Any = None) -> Any:
        if state.get("Type") == "Succeed" and sfn._state_query_language(state, context) == "JSONata":
            return sfn._apply_jsonata_output(state, data, context, default=data)
        return output(state, data, context)

    sfn._apply_output_path = apply


def _timer(sfn: Any, execution: dict[str, Any]) -> threading.Timer | None:
    """Ends the execution TIMED_OUT after the definition's TimeoutSeconds."""
    machine = sfn._state_machines.get(execution["stateMachineArn"])
    try:
        limit = json.loads(machine["definition"]).get("TimeoutSeconds") if machine else None
    except ValueError:
        return None
    if not limit:
        return None
    context = contextvars.copy_context()
    timer = threading.Timer(float(limit), context.run, (_time_out, sfn, execution))
    timer.daemon = True
    timer.start()
    return timer


def _time_out(sfn: Any, execution: dict[str, Any]) -> None:
    if execution["status"] != "RUNNING":
        return
    execution["status"], execution["stopDate"] = "TIMED_OUT", sfn.now_iso()
    execution["error"] = "States.Timeout"
    sfn._add_event(
        execution, "ExecutionTimedOut", {"executionTimedOutEventDetails": {"error": "States.Timeout"}}
    )
    sfn._emit_execution_status_event(execution)


def _install_start(sfn: Any) -> None:
    start = sfn._start_execution

    def start_execution(data: dict[str, Any]) -> Any:
        name, text = data.get("name"), data.get("input", "{}")
        refused = _refused_start(name, text)
        if refused:
            return sfn.error_response_json(*refused, 400)
        machine = sfn._resolve_state_machine_arn(data.get("stateMachineArn", "").split("#")[0])
        arn = f"{machine}:{name}".replace(":stateMachine:", ":execution:") if machine and name else ""
        known = sfn._executions.get(arn)
        if known and known["status"] == "RUNNING" and known["input"] == text:
            return sfn.json_response({"executionArn": arn, "startDate": known["startDate"]})
        return start(data)

    sfn._start_execution = start_execution


def _refused_start(name: str | None, text: str) -> tuple[str, str] | None:
    if name is not None and (not 1 <= len(name) <= 80 or _BAD_NAME.search(name)):
        return "InvalidName", f"Invalid Name: '{name}'"
    if len(text.encode()) > _INPUT_LIMIT:
        return "InvalidExecutionInput", f"The input is over {_INPUT_LIMIT} bytes"
    try:
        json.loads(text)
    except ValueError as error:
        return "InvalidExecutionInput", f"Invalid State Machine Execution Input: {error}"
    return None


def _refusal(definition: Any) -> str | None:
    """What CreateStateMachine and UpdateStateMachine answer, or None."""
    found = (
        problems_of_text(definition)
        if isinstance(definition, str)
        else ["SCHEMA_VALIDATION_FAILED: no definition"]
    )
    return "; ".join(found) or None
