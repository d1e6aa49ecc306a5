"""Whose a task token is: what the policy of its sender must name."""

from __future__ import annotations

import json
import threading
import time

from localcloud.ministack.iam.questions import Http, asked, service_of
from localcloud.services.states.interpreter import program, tokens
from localcloud.services.states.interpreter.execution import Context, Execution
from localcloud.tests.statemachines.fakes import FakeServices

_TASK = {
    "Type": "Task",
    "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
    "Parameters": {"QueueUrl": "https://q", "MessageBody.$": "$$.Task.Token"},
    "End": True,
}


def resource(token: str) -> str:
    """Of what SendTaskSuccess with the token asks the permission."""
    headers = {
        "x-amz-target": "AWSStepFunctions.SendTaskSuccess",
        "content-type": "application/x-amz-json-1.0",
    }
    body = json.dumps({"taskToken": token, "output": "{}"}).encode()
    http = Http("POST", "/", {}, headers, body)
    found = asked(http, service_of(http), "000000000000", "us-east-1", tokens.owner)
    assert found.questions is not None
    assert [question.action for question in found.questions] == ["states:SendTaskSuccess"]
    return found.questions[0].resource


def test_sending_a_token_asks_for_its_state_machine() -> None:
    services = FakeServices({"sqs:SendMessage": [{"MessageId": "m"}]}, {})
    machine = program.parse(json.dumps({"StartAt": "T", "States": {"T": _TASK}}))
    execution = Execution(machine, {}, Context(), services)
    threading.Thread(target=execution.walk, daemon=True).start()
    limit = time.monotonic() + 10
    while not services.calls:
        assert time.monotonic() < limit
        time.sleep(0.005)
    assert resource(services.calls[0][1]["MessageBody"]) == Context.machine_arn
    execution.stop()


def test_a_token_of_nobody_asks_for_everything() -> None:
    assert resource("nothing") == "*"
