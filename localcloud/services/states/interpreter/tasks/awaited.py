"""The work that a `.sync` task waits for: a job, or another execution."""

# ruff: noqa: SLF001 - private names of moto are what this package is about

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from localcloud.services.states.interpreter.faults import TASK_FAILED, failure
from localcloud.services.states.interpreter.history import to_json


@dataclass(frozen=True)
class Work:
    """How a kind of work is asked about: the actions, the member with its status, and what that may say."""

    service: str
    describe: str
    stop: str
    status: str
    going_on: tuple[str, ...]
    done: str


class Awaited:
    """One piece of work, by its name in a request. Called, it gives Describe's answer once that is done."""

    def __init__(
        self, task: Any, env: Any, region: str, credentials: Any, work: Work, name: dict[str, str]
    ) -> None:
        self._task, self._env, self._region, self._credentials = task, env, region, credentials
        self._work, self._name = work, name

    def __call__(self) -> dict[str, Any] | None:
        description = self._ask(self._work.describe)
        status = description[self._work.status]
        if status in self._work.going_on:
            return None
        for key in ("SdkHttpMetadata", "SdkResponseMetadata"):
            description.pop(key, None)
        description = self._told(description)
        if status == self._work.done:
            return description
        error = failure(self._env, TASK_FAILED, to_json(description))
        error.failure_event.event_details["taskFailedEventDetails"] |= {
            "resource": self._task._get_sfn_resource(), "resourceType": self._task._get_sfn_resource_type(),
        }  # fmt: skip
        raise error

    def give_up(self) -> None:
        self._ask(self._work.stop)

    def _told(self, description: dict[str, Any]) -> dict[str, Any]:
        return description

    def _ask(self, action: str) -> dict[str, Any]:
        answer: dict[str, Any] = self._task._call(
            self._env, self._credentials, self._region, self._work.service, action, self._name
        )
        return answer
