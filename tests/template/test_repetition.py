"""What States Language makes the machines say more than once, they say alike."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.template.retries import RETRIERS
from tests.template.stack import machines, states

MACHINES = sorted(machines())
TRAINING = machines()["TrainingStateMachine"]["States"]


def retriers(machine: str) -> list[tuple[str, dict[str, Any]]]:
    found = states(machines()[machine])
    return [(name, rule) for name, state in found for rule in state.get("Retry", [])]


@pytest.mark.parametrize("machine", MACHINES)
def test_every_retrier_is_one_of_the_named_ones(machine: str) -> None:
    assert [name for name, rule in retriers(machine) if rule not in RETRIERS.values()] == []


def test_every_named_retrier_is_used() -> None:
    used = [rule for machine in MACHINES for _, rule in retriers(machine)]

    assert [name for name, rule in RETRIERS.items() if rule not in used] == []


@pytest.mark.parametrize("machine", MACHINES)
def test_every_failure_is_caught_alike_with_the_stage_it_happened_in(machine: str) -> None:
    """But where it is passed over on purpose, which leaves no trace of it."""
    for name, state in states(machines()[machine]):
        for rule in state.get("Catch", []):
            kept = (
                {"stage": rule["Assign"]["stage"], "failure": "{% $states.errorOutput %}"}
                if "Assign" in rule
                else None
            )
            assert rule["ErrorEquals"] == ["States.ALL"], name
            assert rule.get("Assign") == kept, name
            assert rule["Output"] == {}, name


TRY = (
    "($states.context.State.RetryCount > 0 ? '-r' & $states.context.State.RetryCount : '')"
    "{} & ($states.context.Execution.RedriveCount > 0 ? '-d' & $states.context.Execution.RedriveCount : '')"
)
SUFFIXES = {
    "TrainingStateMachine": TRY.format(" & ($lost > 0 ? '-l' & $lost : '')"),
    "DeploymentStateMachine": TRY.format(""),
}


@pytest.mark.parametrize("machine", SUFFIXES)
def test_every_name_that_says_which_try_it_belongs_to_says_it_alike(machine: str) -> None:
    """A function cannot be kept as a variable, and the count of tries is known inside the state alone."""
    named = re.findall(r'"\{% ([^"]*State\.RetryCount[^"]*) %\}"', json.dumps(machines()[machine]))

    assert len(named) == 4
    assert [text for text in named if not text.endswith(f"& {SUFFIXES[machine]}")] == []


# What one processing job has to itself: its name, its program's word, and what goes in and out.
OWN = {"ProcessingJobName", "AppSpecification", "Environment", "ProcessingInputs", "ProcessingOutputConfig"}


def test_processing_jobs_differ_in_what_they_do_and_in_nothing_else() -> None:
    jobs = [state for state in TRAINING.values() if "createProcessingJob" in state.get("Resource", "")]
    shared = [
        {
            name: value
            for name, value in job.items()
            if name in ("Resource", "TimeoutSeconds", "Retry", "Output")
        }
        | {name: value for name, value in job["Arguments"].items() if name not in OWN}
        for job in jobs
    ]

    assert len(jobs) == 2
    assert all(job == shared[0] for job in shared)
    assert {job["Arguments"]["AppSpecification"]["ImageUri"] for job in jobs} == {"${ImageUri}"}
    assert all(job["Arguments"]["Environment"].startswith("{% $merge([$environment, ") for job in jobs)


def test_a_trial_is_a_training_job_like_the_one_that_is_not_tuned() -> None:
    alone = TRAINING["TrainModel"]["Arguments"]
    trial = TRAINING["TuneModel"]["Arguments"]["TrainingJobDefinition"]

    assert trial.keys() - alone.keys() == {"StaticHyperParameters"}
    assert {name: alone[name] for name in trial if name in alone} == {
        name: value for name, value in trial.items() if name in alone
    }


def test_the_variant_that_is_made_is_the_one_that_is_watched() -> None:
    text = json.dumps(machines()["DeploymentStateMachine"])

    assert text.count("AllTraffic") == 1
    assert text.count("{% $variant %}") == 3
