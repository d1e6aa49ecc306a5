"""Events in, effects out: each function as Lambda calls it, on a stack in moto."""

from __future__ import annotations

import importlib
import inspect
import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from aws_lambda_powertools.utilities.idempotency.exceptions import IdempotencyAlreadyInProgressError
from moto import mock_aws

from dropforge import bootstrap
from dropforge.domain.errors import BadEvent
from dropforge.edge.events import object_created
from dropforge.edge.idempotency import run_once
from tests.unit.handlers.conftest import CONTRACT, ROOT, Context, Stack

SAMPLES = sorted(path.stem for path in (ROOT / "events").glob("*.json"))
FUNCTIONS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/handler.py"))


def _publish(stack: Stack) -> dict[str, Any]:
    return stack.invoke("publish_contract", stack.object_created("contracts/loan/contract.yaml", CONTRACT))


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_sample_is_answered_and_answered_alike_again(stack: Stack, sample: str) -> None:
    function = next(name for name in FUNCTIONS if sample.startswith(name))

    first = stack.invoke(function, stack.sample(sample))
    second = stack.invoke(function, stack.sample(sample))

    assert first == second
    assert first["status"]


def test_a_contract_comes_into_force(stack: Stack) -> None:
    answer = _publish(stack)

    assert answer["status"] == "published"
    assert json.loads(stack.read("contracts/loan/published.json"))["usecase"] == "loan"
    assert [message["kind"] for message in stack.inbox()] == ["contract_published"]


def test_a_bad_contract_is_answered_and_told_not_raised(stack: Stack) -> None:
    answer = stack.invoke(
        "publish_contract", stack.object_created("contracts/loan/contract.yaml", "usecase: [")
    )

    assert answer["status"] == "refused"
    assert [message["kind"] for message in stack.inbox()] == ["contract_refused"]


def test_a_drop_starts_its_run_with_its_own_copy(stack: Stack) -> None:
    _publish(stack)

    answer = stack.invoke("start_training", stack.object_created("drops/loan/a b.csv", "Age\n1\n"))

    (run,) = stack.executions("training")
    assert run["name"] == answer["run"] == run["input"]["run"]
    assert stack.read(f"{run['input']['prefix']}/drop/drop.csv") == b"Age\n1\n"


def test_one_event_delivered_five_times_one_after_the_other_is_one_run(stack: Stack) -> None:
    _publish(stack)
    event = stack.object_created("drops/loan/a.csv", "Age\n1\n")

    answers = [stack.invoke("start_training", event) for _ in range(5)]

    assert len(stack.executions("training")) == 1
    assert all(answer == answers[0] for answer in answers)


def test_five_deliveries_at_once_are_one_run(stack: Stack) -> None:
    _publish(stack)
    event = stack.object_created("drops/loan/a.csv", "Age\n1\n")
    # Lambda gives each delivery a process of its own; threads would share the count of metrics.
    handle = inspect.unwrap(importlib.import_module("functions.start_training.handler").handle)

    with ThreadPoolExecutor(5) as pool:
        answers = [pool.submit(handle, event, stack.context) for _ in range(5)]

    (run,) = stack.executions("training")
    faults = [fault for answer in answers if (fault := answer.exception())]
    assert all(isinstance(fault, IdempotencyAlreadyInProgressError) for fault in faults), faults
    assert {answer.result()["run"] for answer in answers if not answer.exception()} == {run["name"]}


def test_an_event_whose_first_delivery_was_cut_off_is_handled_when_that_ones_time_is_up(stack: Stack) -> None:
    """Until then a delivery fails, so that Lambda tries again; an answer would be the last of the event."""
    _publish(stack)
    event = stack.object_created("drops/loan/a.csv", "Age\n1\n")
    with pytest.raises(Killed):
        run_once("dropforge-handled-events", object_created(event).identity, _killed, Context(remaining=1000))

    with pytest.raises(IdempotencyAlreadyInProgressError):
        stack.invoke("start_training", event)
    time.sleep(1.1)
    answer = stack.invoke("start_training", event)

    assert answer["status"] == "started"
    assert len(stack.executions("training")) == 1


class Killed(BaseException):
    """Nothing that a handler does is done after it."""


def _killed() -> dict[str, Any]:
    raise Killed


def test_an_approval_starts_its_deployment_and_a_rejection_is_told(stack: Stack) -> None:
    _publish(stack)
    stack.inbox()

    stack.invoke("start_deployment", stack.sample("start_deployment"))
    stack.invoke("start_deployment", stack.sample("start_deployment_rejected"))

    (deployment,) = stack.executions("deployment")
    assert deployment["input"]["version"] == 1
    assert [message["kind"] for message in stack.inbox()] == ["model_rejected"]


@pytest.mark.parametrize(
    ("sample", "kind", "words"),
    [
        ("report_outcome", "model_registered", "Version 3 of loan passed its gate"),
        ("report_outcome_refused", "run_refused", "accuracy is 0.9420, below the gate of 0.9500"),
    ],
)
def test_an_end_told_twice_by_aws_is_told_once_to_people(
    stack: Stack, sample: str, kind: str, words: str
) -> None:
    for _ in range(2):
        stack.invoke("report_outcome", stack.sample(sample))

    (message,) = stack.inbox()
    assert message["kind"] == kind
    assert words in message["message"]


def test_an_end_whose_event_had_no_room_for_its_output_is_told_all_the_same(stack: Stack) -> None:
    event = stack.sample("report_outcome")
    output = json.loads(event["detail"]["output"])
    machine = json.dumps(
        {"StartAt": "End", "States": {"End": {"Type": "Pass", "Result": output, "End": True}}}
    )
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        event["detail"]["executionArn"] = stack.run("large", machine, event["detail"]["input"])
        event["detail"] |= {"output": None, "outputDetails": {"included": False}}

        stack.invoke("report_outcome", event)

    (message,) = stack.inbox()
    assert message["version"] == 3


def test_a_message_that_cannot_be_sent_is_sent_by_the_next_delivery(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dropforge.edge.settings import settings

    topic = settings().topic_arn
    monkeypatch.setenv("TOPIC_ARN", topic + "-gone")
    settings.cache_clear()
    with pytest.raises(Exception, match="NotFound"):
        stack.invoke("report_outcome", stack.sample("report_outcome"))
    monkeypatch.setenv("TOPIC_ARN", topic)
    bootstrap.report_outcome.cache_clear()
    settings.cache_clear()

    stack.invoke("report_outcome", stack.sample("report_outcome"))

    assert [message["kind"] for message in stack.inbox()] == ["model_registered"]


def test_a_use_case_without_an_endpoint_has_no_champion(stack: Stack) -> None:
    answer = stack.invoke("find_champion", stack.sample("find_champion"))

    assert answer == {"usecase": "loan", "reason": "no version of loan is live yet", "status": "none"}


def test_a_malformed_event_escapes_so_that_the_dead_letter_queue_gets_it(stack: Stack) -> None:
    event = stack.sample("start_training")
    del event["detail"]["object"]["key"]

    with pytest.raises(BadEvent, match=r"detail\.object\.key"):
        stack.invoke("start_training", event)


def test_an_action_that_failed_is_done_by_the_next_delivery(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    _publish(stack)
    event = stack.object_created("drops/loan/a.csv", "Age\n1\n")
    good = stack.machines["training"]
    monkeypatch.setenv("TRAINING_STATE_MACHINE_ARN", good + "-gone")
    with pytest.raises(Exception, match="gone"):
        stack.invoke("start_training", event)

    monkeypatch.setenv("TRAINING_STATE_MACHINE_ARN", good)
    bootstrap.start_training.cache_clear()
    stack.invoke("start_training", event)

    assert len(stack.executions("training")) == 1


def test_each_event_is_one_log_line_with_its_answer(stack: Stack, caplog: pytest.LogCaptureFixture) -> None:
    stack.invoke("report_outcome", stack.sample("report_outcome"))

    (handled,) = [record for record in caplog.records if record.getMessage() == "handled"]
    reactions = vars(handled)["answer"]["reactions"]
    assert reactions["notify_people"]["kind"] == "model_registered"


def test_each_event_is_counted_by_what_became_of_it(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    stack.invoke("report_outcome", stack.sample("report_outcome"))

    counted = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    assert any(line.get("Event_reported") == [1.0] for line in counted)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_importing_a_handler_needs_no_environment_and_brings_no_boto3(function: str) -> None:
    """As Lambda does it: from the function's own folder, with the layer on the path and nothing else."""
    code = "import sys, handler; sys.exit('boto3' in sys.modules or 'aws_xray_sdk' in sys.modules)"
    path = f"{ROOT / 'functions' / function}:{ROOT / 'layers' / 'core'}"

    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": path},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_handler_decodes_calls_and_encodes_in_at_most_60_lines(function: str) -> None:
    lines = (ROOT / "functions" / function / "handler.py").read_text().splitlines()

    assert len(lines) <= 60
    assert sorted(path.name for path in (ROOT / "functions" / function).glob("*.*")) == [
        "__init__.py",
        "handler.py",
    ]
