"""The service of Step Functions over a store in memory: what it answers itself, and what it leaves."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from localcloud.api.errors import ApiError
from localcloud.services.states.durable import ForgottenExecutions
from localcloud.services.states.engine import Engine
from localcloud.services.states.interpreter.services import Services
from localcloud.services.states.service import StepFunctions
from localcloud.tests.patience import eventually

PREFIX = "arn:aws:states:us-east-1:000000000000:"
MACHINE = f"{PREFIX}stateMachine:m"
PASSES = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
WAITS = {"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 60, "End": True}}}


class FakeStore:
    """Records in plain dictionaries; MiniStack's own operations note that they were asked."""

    def __init__(self) -> None:
        self.machines: dict[str, dict[str, Any]] = {}
        self.executions: dict[str, dict[str, Any]] = {}
        self.published: list[str] = []
        self.left: list[str] = []

    def add(self, definition: dict[str, Any], kind: str = "STANDARD") -> None:
        self.machines[MACHINE] = {
            "stateMachineArn": MACHINE, "name": "m", "roleArn": "r", "type": kind,
            "definition": json.dumps(definition),
        }  # fmt: skip

    def create_machine(self, data: dict[str, Any]) -> dict[str, Any]:
        self.add(json.loads(data["definition"]))
        return {"stateMachineArn": MACHINE}

    def delete_machine(self, data: dict[str, Any]) -> dict[str, Any]:
        del self.machines[data["stateMachineArn"]]
        return {}

    def base_machine(self, arn: str) -> dict[str, Any] | None:
        return self.machines.get(arn)

    def encryption(self, arn: str, machine: dict[str, Any]) -> dict[str, Any]:
        return {"type": "AWS_OWNED_KEY"}

    def execution_arn(self, machine: dict[str, Any], name: str) -> str:
        return f"{PREFIX}execution:{machine['name']}:{name}"

    def publish_status(self, record: dict[str, Any]) -> None:
        self.published.append(record["status"])

    def now(self) -> str:
        return "2026-11-28T10:00:00.000Z"

    async def handle_request(self, method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
        self.left.append(headers["x-amz-target"])
        return 200, {}, b"{}"

    def answer(self, content: dict[str, Any]) -> Any:
        return 200, {}, json.dumps(content).encode()

    def refusal(self, error: ApiError) -> Any:
        return error.status, {}, json.dumps({"__type": error.code, "message": error.message}).encode()

    def worded(self, answer: Any) -> Any:
        return answer


class NoRole:
    def check(self, role: str, definition: str, logging: Any) -> None:
        raise ApiError("AccessDeniedException", f"{role} may not")


class Cloud:
    def __init__(self, roles: Any = None) -> None:
        self.store = FakeStore()
        keep = ForgottenExecutions()
        self.engine = Engine(self.store, Services("http://127.0.0.1:9"), keep)
        self.service = StepFunctions(self.store, self.engine, keep, roles)

    def call(self, action: str, **members: Any) -> tuple[int, dict[str, Any]]:
        headers = {"x-amz-target": f"AWSStepFunctions.{action}"}
        body = json.dumps(members).encode()
        status, _, content = asyncio.run(self.service.handle_request("POST", "/", headers, body, {}))
        return status, json.loads(content)


def test_an_operation_that_is_not_in_the_table_is_left_to_ministack() -> None:
    cloud = Cloud()
    assert cloud.call("ListActivities") == (200, {})
    assert cloud.store.left == ["AWSStepFunctions.ListActivities"]


def test_a_request_that_is_not_json_is_left_to_ministack() -> None:
    cloud = Cloud()
    headers = {"x-amz-target": "AWSStepFunctions.StartExecution"}
    asyncio.run(cloud.service.handle_request("POST", "/", headers, b"{", {}))
    assert cloud.store.left == ["AWSStepFunctions.StartExecution"]


def test_a_machine_with_a_role_that_is_refused_is_not_there_afterwards() -> None:
    cloud = Cloud(NoRole())
    status, answer = cloud.call("CreateStateMachine", name="m", definition=json.dumps(PASSES), roleArn="r")
    assert (status, answer["__type"]) == (400, "AccessDeniedException")
    assert cloud.store.machines == {}


def test_a_machine_of_a_template_with_a_role_that_is_refused_is_not_there_either() -> None:
    cloud = Cloud(NoRole())
    cloud.store.add(PASSES)
    with pytest.raises(ValueError, match=r"^r may not$"):
        cloud.service.machine_made(MACHINE)
    assert cloud.store.machines == {}


@pytest.mark.parametrize(("kind", "published"), [("STANDARD", ["RUNNING", "SUCCEEDED"]), ("EXPRESS", [])])
def test_events_tell_of_the_executions_of_standard_machines(kind: str, published: list[str]) -> None:
    cloud = Cloud()
    cloud.store.add(PASSES, kind)
    _, started = cloud.call("StartExecution", stateMachineArn=MACHINE)
    eventually(lambda: cloud.store.executions[started["executionArn"]]["status"] == "SUCCEEDED")
    eventually(lambda: cloud.store.published == published)


def test_an_execution_that_is_stopped_before_it_runs_does_not_run() -> None:
    """StartExecution answers before the thread of the execution has read its definition."""
    cloud = Cloud()
    cloud.store.add(WAITS)
    arn = f"{PREFIX}execution:m:x"
    record = {"executionArn": arn, "stateMachineArn": MACHINE, "name": "x", "status": "RUNNING",
              "startDate": cloud.store.now(), "input": "{}", "events": []}  # fmt: skip
    cloud.store.executions[arn] = record
    stopped = cloud.call("StopExecution", executionArn=arn, cause="no more")
    assert stopped == (200, {"stopDate": cloud.store.now()})
    cloud.engine.run(record)  # would take a minute
    assert (record["status"], record["cause"]) == ("ABORTED", "no more")
    assert cloud.call("StopExecution", executionArn=arn)[0] == 200


def test_a_name_is_taken_when_its_execution_has_another_input() -> None:
    cloud = Cloud()
    cloud.store.add(WAITS)
    first = cloud.call("StartExecution", stateMachineArn=MACHINE, name="x", input="{}")
    assert cloud.call("StartExecution", stateMachineArn=MACHINE, name="x", input="{}") == first
    status, answer = cloud.call("StartExecution", stateMachineArn=MACHINE, name="x", input="[]")
    assert (status, answer["__type"]) == (400, "ExecutionAlreadyExists")
    cloud.call("StopExecution", executionArn=first[1]["executionArn"])
    eventually(lambda: cloud.store.published[-1] == "ABORTED")
