"""`arn:aws:states:::states:startExecution[.sync|.sync:2|.waitForTaskToken]`: an execution started by
another.
"""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import ClientError

from localcloud.services.states.interpreter.history import to_json
from localcloud.services.states.interpreter.seam import ResourceCondition, StateTaskServiceSfn
from localcloud.services.states.interpreter.tasks.awaited import Awaited, Work
from localcloud.services.states.interpreter.tasks.calls import error_of, v1_cause
from localcloud.services.states.interpreter.tasks.waiting import Waits

_EXECUTION = Work(
    service="stepfunctions",
    describe="describeExecution",
    stop="stopExecution",
    status="Status",
    going_on=("RUNNING", "PENDING_REDRIVE"),
    done="SUCCEEDED",
)


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
        awaited = _Parsed if self.resource.condition == ResourceCondition.Sync2 else Awaited
        return awaited(
            self, env, resource_runtime_part.region, state_credentials, _EXECUTION, {"ExecutionArn": arn}
        )

    _build_sync2_resolver = _build_sync_resolver


class _Parsed(Awaited):
    """With .sync:2, what went in and what came out are JSON values and not texts."""

    def _told(self, description: dict[str, Any]) -> dict[str, Any]:
        texts = {
            key: description[key] for key in ("Input", "Output") if isinstance(description.get(key), str)
        }
        return description | {key: json.loads(text) for key, text in texts.items()}
