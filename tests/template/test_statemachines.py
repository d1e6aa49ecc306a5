"""What every state machine keeps to, and that its role may do what its states ask for."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from jsonata.jsonata import Jsonata

from localcloud.services.states.validate import problems_of_text
from tests.template.stack import ROOT, actions, machines, properties, source, statements, states

MACHINES = sorted(machines())
TASKS = [
    (machine, name) for machine in MACHINES for name, s in states(machines()[machine]) if s["Type"] == "Task"
]

# What each task's API asks the execution role for, where it is not service:Operation.
NEEDS = {
    "states:::lambda:invoke": ["lambda:InvokeFunction"],
    "aws-sdk:s3:getObject": ["s3:GetObject", "kms:Decrypt"],
    "aws-sdk:s3:putObject": ["s3:PutObject", "kms:GenerateDataKey"],
}
SYNC = ["events:PutTargets", "events:PutRule", "events:DescribeRule"]


def state_of(machine: str, name: str) -> dict[str, Any]:
    return dict(states(machines()[machine]))[name]


def needed(resource: str) -> list[str]:
    for part, found in NEEDS.items():
        if part in resource:
            return found
    service, operation = resource.split(":")[-2:]
    base, _, sync = operation.partition(".")
    verb = base[0].upper() + base[1:]
    wanted = [f"{service}:{verb}"]
    if sync:
        thing = verb.removeprefix("Create")
        wanted += [
            f"{service}:Describe{thing}",
            f"{service}:Stop{thing}",
            *SYNC,
            "sagemaker:AddTags",
            "iam:PassRole",
        ]
    return wanted


@pytest.mark.parametrize("machine", MACHINES)
def test_the_definition_is_valid(machine: str) -> None:
    assert problems_of_text(json.dumps(machines()[machine])) == []


@pytest.mark.parametrize("machine", MACHINES)
def test_the_machine_ends_in_time(machine: str) -> None:
    assert 0 < machines()[machine]["TimeoutSeconds"] <= 432_000


@pytest.mark.parametrize(("machine", "name"), TASKS)
def test_every_task_ends_in_time_and_is_tried_again(machine: str, name: str) -> None:
    state = state_of(machine, name)

    assert state["TimeoutSeconds"]
    assert state["Retry"]
    assert all(rule["BackoffRate"] >= 1 and rule["JitterStrategy"] == "FULL" for rule in state["Retry"])


@pytest.mark.parametrize(("machine", "name"), [t for t in TASKS if t[1] != "PredictBatch"])
def test_every_task_that_fails_leads_to_a_named_end(machine: str, name: str) -> None:
    """PredictBatch is caught by the Map around it."""
    assert any("States.ALL" in rule["ErrorEquals"] for rule in state_of(machine, name)["Catch"])


@pytest.mark.parametrize(("machine", "name"), [t for t in TASKS if "create" in state_of(*t)["Resource"]])
def test_a_try_that_may_have_made_something_is_repeated_under_another_name(machine: str, name: str) -> None:
    """All but an endpoint, whose name is its identity, and a package, which takes a token."""
    arguments = state_of(machine, name)["Arguments"]
    if "ClientToken" in arguments or name == "CreateEndpoint":
        return
    named = next(
        value for key, value in arguments.items() if key.endswith("Name") and key != "ModelPackageName"
    )

    assert "State.RetryCount" in named
    assert "Execution.RedriveCount" in named


@pytest.mark.parametrize(("machine", "name"), TASKS)
def test_the_role_may_do_what_the_task_asks_for(machine: str, name: str) -> None:
    allowed = {action for statement in statements(f"{machine}Role") for action in actions(statement)}

    assert set(needed(state_of(machine, name)["Resource"])) <= allowed


@pytest.mark.parametrize("machine", MACHINES)
def test_every_substitution_is_given_and_every_one_given_is_used(machine: str) -> None:
    given = set(source()["Resources"][machine]["Properties"]["DefinitionSubstitutions"])
    used = set(re.findall(r"\$\{(\w+)\}", json.dumps(machines()[machine])))

    assert used == given


@pytest.mark.parametrize("machine", MACHINES)
def test_the_machine_is_logged_and_traced(machine: str) -> None:
    found = properties(machine)

    assert found["TracingConfiguration"]["Enabled"] is True
    assert found["LoggingConfiguration"]["Level"] == "ALL"


def test_the_errors_that_the_machine_retries_are_ones_that_functions_raise() -> None:
    from aws_lambda_powertools.utilities.idempotency import exceptions

    from dropforge.domain import errors

    named = [
        error
        for _, state in states(machines()["InferenceStateMachine"])
        for rule in state.get("Retry", [])
        for error in rule["ErrorEquals"]
        if "." not in error
    ]

    assert named
    assert all(hasattr(errors, name) or hasattr(exceptions, name) for name in named)


def _evaluate(expression: str, **variables: Any) -> Any:
    compiled = Jsonata(expression.removeprefix("{%").removesuffix("%}").strip())
    compiled.register_lambda("parse", json.loads)
    for name, value in variables.items():
        compiled.assign(name, value)
    return compiled.evaluate({})


CAUSES = {
    "a job that left a message": (
        json.dumps({"ExitMessage": "column Age is missing", "FailureReason": "AlgorithmError"}),
        "column Age is missing",
    ),
    "a job that left a reason": (
        json.dumps({"FailureReason": "AlgorithmError: out of memory"}),
        "out of memory",
    ),
    "plain words": ("Rate exceeded (Service: SageMaker)", "Rate exceeded"),
    "a description cut short": ('{"FailureReason": "Algor', '{"FailureReason": "Algor'),
    "no words at all": ("", "States.Timeout"),
}


@pytest.mark.parametrize("case", CAUSES)
def test_a_failed_job_is_explained_in_its_own_words_with_the_place_of_its_log(case: str) -> None:
    cause, words = CAUSES[case]
    expression = machines()["TrainingStateMachine"]["States"]["ExplainFailure"]["Assign"]["reason"]

    reason = _evaluate(
        expression,
        failure={"Error": "States.Timeout", "Cause": cause},
        stage="train",
        run="loan-0123456789abcdef",
    )

    assert words in reason
    assert "/aws/sagemaker/TrainingJobs" in reason
    assert "loan-0123456789abcdef-train" in reason


@pytest.mark.parametrize(
    ("aim", "tried", "asked"),
    [
        ("Maximize", 100, ("CreationTime", "Ascending")),
        ("Maximize", 101, ("FinalObjectiveMetricValue", "Descending")),
        ("Minimize", 101, ("FinalObjectiveMetricValue", "Ascending")),
    ],
)
def test_of_more_trials_than_a_page_has_the_best_are_listed(
    aim: str, tried: int, asked: tuple[str, str]
) -> None:
    given = {"tried": tried, "tuning": {"config": {"HyperParameterTuningJobObjective": {"Type": aim}}}}
    arguments = state_of("TrainingStateMachine", "ListTrials")["Arguments"]

    assert tuple(_evaluate(arguments[name], **given) for name in ("SortBy", "SortOrder")) == asked


LOST = json.dumps({"FailureReason": "InternalServerError: We encountered an internal error."})
AGAIN = {
    "a machine was lost": (LOST, 0, True),
    "a second one, told without spaces": (LOST.replace('": ', '":'), 1, True),
    "for the third time": (LOST, 2, False),
    "the job's own fault": (json.dumps({"FailureReason": "AlgorithmError: InternalServerError"}), 0, False),
    "a call that failed": ("Rate exceeded", 0, False),
    "no cause at all": (None, 0, False),
}


@pytest.mark.parametrize("case", AGAIN)
@pytest.mark.parametrize("stage", ["process", "tune", "train", "evaluate"])
def test_a_job_is_started_again_when_its_machine_was_lost_and_only_then(stage: str, case: str) -> None:
    cause, lost, again = AGAIN[case]
    rules = machines()["TrainingStateMachine"]["States"]["IsMachineLost"]["Choices"]
    failure = {"Error": "States.TaskFailed"} | ({"Cause": cause} if cause else {})

    taken = next(
        rule for rule in rules if _evaluate(rule["Condition"], failure=failure, stage=stage, lost=lost)
    )

    task = state_of("TrainingStateMachine", taken["Next"])
    if not again:
        assert taken["Next"] == "ExplainFailure"
        return
    assert _evaluate(taken["Assign"]["lost"], lost=lost) == lost + 1
    assert task["Catch"][0]["Assign"]["stage"] == stage
    assert "$lost" in next(value for name, value in task["Arguments"].items() if name.endswith("JobName"))


def test_every_job_name_fits_even_the_longest_use_case_retried_and_redriven() -> None:
    run = f"{'u' * 28}-0123456789abcdef"

    assert len(f"{run}-evaluate-r7-l2-d9") <= 63


def test_no_definition_is_near_the_limit_of_a_megabyte() -> None:
    assert all(path.stat().st_size < 100_000 for path in (ROOT / "statemachines").glob("*.json"))
