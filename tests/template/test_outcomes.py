"""The state machines end with the facts that report_outcome reads, and with nothing that it does not know."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any

import pytest

from dropforge.actions.results import Gated
from dropforge.domain.outcome import MACHINES as OUTCOMES
from dropforge.domain.run import InferenceRun, TrainingRun
from tests.template.stack import machines, of_type, properties, states

MACHINES = sorted(machines())


def name_of(machine: str) -> str:
    """A machine's name without the stack's."""
    return machine.removesuffix("StateMachine").lower()


def ends(machine: str, kind: str) -> list[dict[str, Any]]:
    return [state for _, state in states(machines()[machine]) if state["Type"] == kind]


def test_report_outcome_knows_every_machine_and_hears_of_every_end() -> None:
    (rule,) = [
        r["Properties"] for n, r in of_type("AWS::Events::Rule").items() if n.startswith("ReportOutcome")
    ]
    detail = rule["EventPattern"]["detail"]

    assert {name_of(machine) for machine in MACHINES} == OUTCOMES.keys()
    assert detail["stateMachineArn"] == [{"Ref": f"{name.title()}StateMachine"} for name in OUTCOMES]
    assert set(detail["status"]) == {"SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"}
    assert {properties(machine)["StateMachineType"] for machine in MACHINES} == {"STANDARD"}, (
        "EventBridge hears nothing of express executions"
    )


@pytest.mark.parametrize("machine", MACHINES)
def test_what_a_machine_fails_with_is_known_as_a_refusal_or_is_its_one_fault(machine: str) -> None:
    errors = {state["Error"] for state in ends(machine, "Fail")}
    refusals = OUTCOMES[name_of(machine)].refusals

    assert refusals <= errors
    assert len(errors - refusals) == 1


GIVEN: dict[str, set[str]] = {
    "training": {entry.name for entry in fields(TrainingRun)},
    "deployment": {"usecase", "model_package_arn", "version", "reason", "stack"},
    "inference": {entry.name for entry in fields(InferenceRun)},
}


@pytest.mark.parametrize("machine", MACHINES)
def test_a_machines_input_and_output_hold_the_facts_that_are_read_from_them(machine: str) -> None:
    """Inference ends with what GateConfidence answered."""
    successes = OUTCOMES[name_of(machine)].successes
    for end in ends(machine, "Succeed"):
        put_out = end.get("Output", {entry.name: "" for entry in fields(Gated)} | {"status": "predicted"})
        statuses = set(re.findall(r"\w+", put_out["status"])) & successes.keys()
        assert statuses
        for status in statuses:
            wanted = {entry.name for entry in fields(successes[status])}
            assert wanted <= GIVEN[name_of(machine)] | put_out.keys()


def test_machines_send_nothing_to_people_themselves() -> None:
    for machine in MACHINES:
        assert [
            name for name, state in states(machines()[machine]) if "sns" in state.get("Resource", "")
        ] == []
