"""Tasks that wait: for a job or an execution to end (`.sync`), or for a token to be sent back.

Looking again becomes rarer the longer it takes. A task that is given up (the execution stopped, or a
time limit passed) stops what it waits for, as Step Functions does: best effort, and only once.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from localcloud.states.interpreter.faults import MissedHeartbeat, missed_heartbeat
from localcloud.states.interpreter.seam import CallbackOutcomeTimedOut, HeartbeatTimedOut
from localcloud.states.interpreter.tasks.calls import Calls

_FIRST_LOOK, _RARER, _LONGEST_PAUSE = 0.05, 1.5, 1.0


class Waits(Calls):
    """Mixed into the service tasks that have integration patterns."""

    def _eval_sync(self, env: Any, sync_resolver: Callable[[], Any], **_: Any) -> Any:
        pause = _FIRST_LOOK
        while env.is_running():
            result = sync_resolver()
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
