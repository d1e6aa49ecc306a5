"""`arn:aws:states:::states:startExecution[.sync|.sync:2|.waitForTaskToken]`: an execution started by
another.
"""

# ruff: noqa: SLF001 - private names of moto are what this package is about

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import ClientError

from localcloud.states.interpreter.faults import TASK_FAILED, failure
from localcloud.states.interpreter.history import to_json
from localcloud.states.interpreter.seam import ResourceCondition, StateTaskServiceSfn
from localcloud.states.interpreter.tasks.calls import error_of, v1_cause
from localcloud.states.interpreter.tasks.waiting import Waits


class StartExecution(Waits, StateTaskServiceSfn):  # type: ignore[misc]
    def _get_supported_parameters(self) -> Any:
        known = super()._get_supported_parameters()
        return known | {"TraceHeader"} if known else known

    def _normalise_parameters(self, parameters: Any, *_: Any, **__: Any) -> None:
        if not isinstance(parameters.get("Input"), str):
            parameters["Input"] = to_json(parameters.get("Input") or {})

    def _client_error(self, error: ClientError) -> tuple[str, str]:
        code = error_of(error)[0]
        name = code if code.endswith("Exception") else f"{code}Exception"
        return f"StepFunctions.{name}", v1_cause(error, "AWSStepFunctions")

    def _build_sync_resolver(
        self, env: Any, resource_runtime_part: Any, state_credentials: Any, **_: Any
    ) -> Any:
        arn = env.stack.pop()["ExecutionArn"]
        as_json = self.resource.condition == ResourceCondition.Sync2
        return _Awaited(self, env, resource_runtime_part.region, arn, state_credentials, as_json=as_json)

    _build_sync2_resolver = _build_sync_resolver


class _Awaited:
    """An execution that a task waits for; `as_json` is the difference between .sync:2 and .sync."""

    def __init__(
        self, task: Any, env: Any, region: str, arn: str, credentials: Any, *, as_json: bool
    ) -> None:
        self._task, self._env, self._region, self._credentials = task, env, region, credentials
        self._name, self._as_json = {"ExecutionArn": arn}, as_json

    def __call__(self) -> dict[str, Any] | None:
        description = self._ask("describeExecution")
        if description["Status"] in ("RUNNING", "PENDING_REDRIVE"):
            return None
        for key in ("SdkHttpMetadata", "SdkResponseMetadata"):
            description.pop(key, None)
        for key in ("Input", "Output") if self._as_json else ():
            if isinstance(description.get(key), str):
                description[key] = json.loads(description[key])
        if description["Status"] == "SUCCEEDED":
            return description
        error = failure(self._env, TASK_FAILED, to_json(description))
        error.failure_event.event_details["taskFailedEventDetails"] |= {
            "resource": self._task._get_sfn_resource(), "resourceType": self._task._get_sfn_resource_type(),
        }  # fmt: skip
        raise error

    def give_up(self) -> None:
        self._ask("stopExecution")

    def _ask(self, action: str) -> dict[str, Any]:
        answer: dict[str, Any] = self._task._call(
            self._env, self._credentials, self._region, "stepfunctions", action, self._name
        )
        return answer
