"""Work outside of the cloud: task tokens that are sent back, and activities that workers ask for."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable

from localcloud.api.errors import ApiError
from localcloud.ministack.stepfunctions.store import Members, Store


class Callbacks:
    """What workers send. The tokens are the interpreter's, whose import takes a second."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def create_activity(self, data: Members) -> Members:
        """An activity that exists is as good as made."""
        for activity in self._store.activities.values():
            if activity["name"] == data.get("name"):
                return {name: activity[name] for name in ("activityArn", "creationDate")}
        return self._store.create_activity(data)

    async def activity_task(self, data: Members) -> Members:
        from localcloud.services.states.interpreter import tokens

        task = await self._store.activity_task(data)
        if token := task.get("taskToken"):
            with contextlib.suppress(tokens.UnknownToken, tokens.TokenExpired):
                tokens.start_activity(token, data.get("workerName"))
        return task

    def succeed(self, data: Members) -> Members:
        from localcloud.services.states.interpreter import tokens

        if not tokens.known(data.get("taskToken", "")):
            raise _unknown()
        try:
            json.loads(data.get("output", ""))
        except ValueError as error:
            raise ApiError("InvalidOutput", "Invalid Output: 'The output is not JSON'") from error
        return _sent(lambda token: tokens.succeed(token, data["output"]), data)

    def fail(self, data: Members) -> Members:
        from localcloud.services.states.interpreter import tokens

        return _sent(lambda token: tokens.fail(token, data.get("error"), data.get("cause")), data)

    def heartbeat(self, data: Members) -> Members:
        from localcloud.services.states.interpreter import tokens

        return _sent(tokens.heartbeat, data)


def _sent(send: Callable[[str], None], data: Members) -> Members:
    from localcloud.services.states.interpreter import tokens

    try:
        send(data.get("taskToken", ""))
    except tokens.UnknownToken as error:
        raise _unknown() from error
    except tokens.TokenExpired as error:
        message = "Task Timed Out: 'Provided task does not exist anymore'"
        raise ApiError("TaskTimedOut", message) from error
    return {}


def _unknown() -> ApiError:
    return ApiError("InvalidToken", "Invalid Token: 'Invalid token'")
