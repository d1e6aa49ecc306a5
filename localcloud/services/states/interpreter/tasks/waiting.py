"""Tasks that wait: for a job or an execution to end (`.sync`), or for a token to be sent back.

Looking again becomes rarer the longer it takes. A task that is given up (the execution stopped, or a
time limit passed) stops what it waits for, as Step Functions does: best effort, and only once.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from localcloud.services.states.interpreter.faults import MissedHeartbeat, missed_heartbeat
from localcloud.services.states.interpreter.seam import (
    CallbackOutcomeTimedOut,
    HeartbeatTimedOut,
    ResourceCondition,
)
from localcloud.services.states.interpreter.tasks.calls import Calls, error_of

_FIRST_LOOK, _RARER, _LONGEST_PAUSE = 0.05, 1.5, 1.0


# How SageMaker refuses to make what exists.
_EXISTING = re.compile(r'already existing [\w ]+? "(arn:[^"]+)"')


class Waits(Calls):
    """Mixed into the service tasks that have integration patterns."""

    def _eval_service_task(
        self, env: Any, resource_runtime_part: Any, normalised_parameters: Any, state_credentials: Any
    ) -> None:
        """Ask for the work, unless it had been asked for when the process was killed."""
        if self.resource.condition is None:  # type: ignore[attr-defined]
            again = self._taken(env, normalised_parameters, None) is not None
            try:
                super()._eval_service_task(
                    env, resource_runtime_part, normalised_parameters, state_credentials
                )
            except ClientError as error:
                made = _EXISTING.search(error_of(error)[1]) if again else None
                if made is None:
                    raise
                # The process was killed between the making and the answer: what exists is this task's.
                kind = made.group(1).split(":")[5].split("/")[0].title().replace("-", "")
                env.stack.append({f"{kind}Arn": made.group(1)})
            return
        token = env.states.context_object.context_object_data.get("Task", {}).get("Token")
        answer = self._asked_before(env, normalised_parameters, token)
        if answer is not None:
            env.stack.append(answer)
            return
        if self.resource.condition == ResourceCondition.WaitForTaskToken:  # type: ignore[attr-defined]
            env.callback_pool_manager.waits(token)
        super()._eval_service_task(env, resource_runtime_part, normalised_parameters, state_credentials)

    def _asked_before(self, env: Any, parameters: Any, token: str | None) -> Any:
        """The answer that the same task had been given in an earlier life, or None."""
        submitted = getattr(env, "submitted", None)
        taken = self._taken(env, parameters, token)
        if submitted is None or taken is None:
            return None
        if self.resource.condition == ResourceCondition.WaitForTaskToken:  # type: ignore[attr-defined]
            if taken.answer is not None and token and submitted.token:
                env.callback_pool_manager.also(submitted.token, token)
                return taken.answer
            return None
        return taken.answer if taken.answer is not None else self._found(env, parameters)

    def _taken(self, env: Any, parameters: Any, token: str | None) -> Any:
        """What is known of the same task of an earlier life, or None."""
        submitted = getattr(env, "submitted", None)
        if submitted is None:
            return None
        name = (self._get_sfn_resource_type(), self._get_sfn_resource())  # type: ignore[attr-defined]

        def same(recorded: str) -> bool:
            if token and submitted.token:
                recorded = recorded.replace(submitted.token, token)
            earlier = json.loads(recorded)
            self._normalise_parameters(earlier)  # type: ignore[attr-defined]
            return bool(earlier == parameters)

        return submitted.take(name, same)

    def _found(self, env: Any, parameters: Any) -> Any:  # noqa: ARG002
        """The answer to a request of which it is not known whether it was made; None to make it."""
        return None

    def _eval_sync(
        self, env: Any, sync_resolver: Callable[[], Any], callback_endpoint: Any = None, **_: Any
    ) -> Any:
        """Look until there is a result; the task's token may be answered before there is one."""
        pause = _FIRST_LOOK
        while env.is_running():
            sent = callback_endpoint.get_outcome() if callback_endpoint is not None else None
            result = sent if sent is not None else sync_resolver()
            if result is not None:
                return result
            env.program_state_event.wait(pause)
            pause = min(pause * _RARER, _LONGEST_PAUSE)
        giving_up = getattr(sync_resolver, "give_up", None)
        if giving_up is not None:
            with contextlib.suppress(ClientError, BotoCoreError):
                giving_up()
        return None

    def _from_error(self, env: Any, ex: Exception) -> Any:
        event = super()._from_error(env=env, ex=ex)
        if missed_heartbeat(ex):
            event.error_name = MissedHeartbeat()
        return event

    def _wait_for_task_token_timeout(self, timeout_seconds: int, callback_endpoint: Any) -> Any:
        return callback_endpoint.wait(timeout=timeout_seconds)

    def _wait_for_task_token_heartbeat(
        self, env: Any, callback_endpoint: Any, heartbeat_endpoint: Any
    ) -> Any:
        while env.is_running():
            received = heartbeat_endpoint.clear_and_wait()
            outcome = callback_endpoint.get_outcome()
            if outcome is not None:
                return outcome
            if not received:
                return HeartbeatTimedOut()
        return CallbackOutcomeTimedOut(callback_id=callback_endpoint.callback_id)
