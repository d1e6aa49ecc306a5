"""Every drop becomes exactly one run, whatever its name and whatever is wrong with it."""

from __future__ import annotations

from typing import Any

import pytest

from dropforge.actions.results import Ignored, Started
from dropforge.actions.start_training import start_training
from dropforge.domain.contract import contract_from_json
from tests.unit.actions.fakes import STACK, FakeExecutions, FakeObjects, created, loan_contract

MEGABYTE = 1024 * 1024


class Drop:
    def __init__(self, key: str, size: int = 100, published: bool = True) -> None:
        self.objects = FakeObjects(**{key: b"a" * min(size, 100)})
        if published:
            self.objects.in_force(loan_contract())
        self.executions = FakeExecutions()
        self.event = created(key, size)

    def start(self) -> Started | Ignored:
        return start_training(self.event, objects=self.objects, executions=self.executions, stack=STACK)

    @property
    def input(self) -> dict[str, Any]:
        (document,) = self.executions.started.values()
        return dict(document)


def test_a_drop_starts_an_execution_named_by_its_run_with_what_the_jobs_need() -> None:
    drop = Drop("drops/loan/may.csv")

    answer = drop.start()

    assert isinstance(answer, Started)
    assert list(drop.executions.started) == [answer.run]
    assert drop.input["refusal"] is None
    assert drop.input["prefix"] == f"runs/loan/{answer.run}"
    assert drop.input["contract"]["resources"]["minutes"] == 60
    assert all(isinstance(value, str) for value in drop.input["contract"]["hyperparameters"].values())


def test_the_dropped_version_and_the_contract_are_pinned_in_the_runs_folder() -> None:
    drop = Drop("drops/loan/may.csv")

    drop.start()

    assert f"{drop.input['prefix']}/drop/drop.csv" in drop.objects.files
    assert f"{drop.input['prefix']}/contract.json" in drop.objects.files


def test_the_same_version_dropped_five_times_is_one_run() -> None:
    drop = Drop("drops/loan/may.csv")

    answers = [drop.start() for _ in range(5)]

    assert len({answer.run for answer in answers if isinstance(answer, Started)}) == 1
    assert len(drop.executions.started) == 1


def test_another_version_of_the_same_key_is_another_run() -> None:
    drop = Drop("drops/loan/may.csv")
    drop.start()

    drop.event = created("drops/loan/may.csv", version_id="v2")
    drop.start()

    assert len(drop.executions.started) == 2


@pytest.mark.parametrize(
    "name", ["with spaces in it.csv", "ünïcödé-データ.csv", "n" * 1011, "2026/11/deep.csv", "no-extension"]
)
def test_an_unusual_name_is_not_a_fault_and_becomes_a_plain_one_in_the_run(name: str) -> None:
    drop = Drop(f"drops/loan/{name}")

    answer = drop.start()

    assert answer.status == "started"
    pinned = [key for key in drop.objects.files if key.startswith(drop.input["prefix"])]
    assert all(key.isascii() and " " not in key for key in pinned)
    assert len(drop.input["drop"]) <= 256
    assert drop.input["drop"].isascii()


REFUSED = {
    "an empty file": (Drop("drops/loan/empty.csv", 0), ["0 bytes"]),
    "a file too large": (
        Drop("drops/loan/large.csv", 200 * MEGABYTE),
        ["200.0 MB", "100 MB", "quality.megabytes"],
    ),
    "a way out of the folder": (Drop("drops/loan/../../etc/passwd"), ["'..'", "drops/<usecase>/<name>"]),
    "no use case": (Drop("drops/loan.csv"), ["drops/<usecase>/<name>"]),
    "no valid use case": (Drop("drops/Loan Data/a.csv"), ["28 lower-case letters"]),
    "a use case of 29 characters": (Drop(f"drops/{'a' * 29}/a.csv"), ["28 lower-case letters"]),
    "an unknown use case": (Drop("drops/nobody/a.csv"), ["'nobody'", "contracts/nobody/contract.yaml"]),
    "a line break": (Drop("drops/loan/a\nb.csv"), ["control character"]),
    "a folder with content": (Drop("drops/loan/sub/", 5), ["ends in '/'"]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_can_be_refused_at_once_runs_to_its_refusal_with_rule_and_figure(case: str) -> None:
    drop, parts = REFUSED[case]

    answer = drop.start()

    assert answer.status == "refused"
    assert drop.input["refusal"] == answer.reason
    for part in parts:
        assert part in (answer.reason or "")
    assert drop.input["contract"] is None


def test_a_drop_of_an_unknown_use_case_is_listed_as_unknown() -> None:
    drop = Drop("drops/nobody/a.csv")

    answer = drop.start()

    assert isinstance(answer, Started)
    assert answer.run.startswith("unknown-")
    assert answer.usecase == "nobody"


def test_a_file_deleted_before_it_was_read_is_refused() -> None:
    drop = Drop("drops/loan/gone.csv")
    del drop.objects.files["drops/loan/gone.csv"]

    answer = drop.start()

    assert "deleted" in (answer.reason or "")
    assert drop.input["refusal"] == answer.reason


def test_what_is_set_for_one_run_is_in_its_pinned_contract_and_in_no_other() -> None:
    drop = Drop("drops/loan/may.csv")
    drop.objects.metadata = {"set": "model.max_depth=4;gate.accuracy=0.9"}

    drop.start()

    pinned = contract_from_json(drop.objects.files[f"{drop.input['prefix']}/contract.json"])
    assert pinned.algorithm.parameters["max_depth"] == 4
    assert pinned.gate.limits == {"auc": 0.5, "accuracy": 0.9}
    assert drop.input["settings"] == {"model.max_depth": "4", "gate.accuracy": "0.9"}
    assert drop.input["contract"]["hyperparameters"]["max_depth"] == "4"
    in_force = contract_from_json(drop.objects.files["contracts/loan/published.json"])
    assert in_force == loan_contract()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("model.max_depth=99", ["does not fit the contract", "max_depth: 99 is not between 1 and 20"]),
        ("target=Age", ["metadata 'set'", "target: cannot be set for one run"]),
        ("nonsense", ["'nonsense' is not KEY=VALUE"]),
    ],
)
def test_a_setting_that_does_not_fit_refuses_the_drop_with_its_sentence(text: str, parts: list[str]) -> None:
    drop = Drop("drops/loan/may.csv")
    drop.objects.metadata = {"set": text}

    answer = drop.start()

    assert answer.status == "refused"
    for part in parts:
        assert part in (answer.reason or "")
    assert not [key for key in drop.objects.files if key.startswith("runs/")]


def test_a_contracts_own_script_is_pinned_with_the_drop_and_refused_where_it_is_missing() -> None:
    drop = Drop("drops/loan/may.csv")
    drop.objects.in_force(loan_contract(algorithm={"name": "script", "entry": "train.py"}))

    assert "contracts/loan/train.py" in (drop.start().reason or "")

    drop.objects.files["contracts/loan/train.py"] = b"print()"
    drop.event = created("drops/loan/may.csv", version_id="v2")
    answer = drop.start()

    assert isinstance(answer, Started)
    assert drop.objects.files[f"runs/loan/{answer.run}/script/train.py"] == b"print()"


def test_a_manifest_is_for_pictures() -> None:
    drop = Drop("drops/loan/many.manifest")

    drop.start()

    assert "names pictures, and loan reads tables" in drop.input["refusal"]


def test_a_folder_marker_is_ignored() -> None:
    drop = Drop("drops/loan/", 0)

    assert isinstance(drop.start(), Ignored)
    assert drop.executions.started == {}
