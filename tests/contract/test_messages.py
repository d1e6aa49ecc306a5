"""Every kind of notification has the fields that subscribers rely on, and docs/operations.md lists them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from dropforge.domain import messages
from dropforge.domain.events import AlarmChanged, ObjectCreated, PackageChanged
from dropforge.domain.notifications import Notification
from dropforge.domain.outcome import MACHINES, Deployed, Registered, RolledBack, Unsuccessful
from dropforge.domain.run import InferenceRun

ROOT = Path(__file__).resolve().parents[2]
FAILED = {"run", "execution", "status", "error", "reason"}
FIELDS: dict[str, set[str]] = {
    "contract_published": {"contract", "version_id"},
    "contract_refused": {"contract", "version_id", "reason"},
    "model_registered": {"run", "version", "model_package_arn", "metrics", "drop", "evaluation"},
    "run_refused": FAILED,
    "run_failed": FAILED,
    "model_rejected": {"version", "model_package_arn", "comment"},
    "deployed": {"endpoint", "endpoint_config", "replaced", "version", "model_package_arn"},
    "deployment_failed": FAILED,
    "rolled_back": {"endpoint", "from", "to", "reason"},
    "alarm": {"alarm", "reason", "since", "endpoint"},
    "low_confidence": {
        "input", "predictions", "review", "model", "threshold", "rows", "doubtful", "records",
    },
    "inference_refused": FAILED,
    "inference_failed": FAILED,
}  # fmt: skip
WRITTEN = ObjectCreated("b", "contracts/loan/contract.yaml", 1, "e", "v")
CHANGED = PackageChanged("arn", "dropforge-loan", 3, "Rejected", "", ("ModelApprovalStatus",), "now")
ALARM = AlarmChanged("dropforge-loan-5xx", "ALARM", "3 errors.", "now")
RUN = InferenceRun(
    run="loan-1",
    usecase="loan",
    bucket="b",
    key="inference/loan/a.csv",
    version_id="v",
    size=1,
    refusal=None,
    stack="dropforge",
    prefix="predictions/loan/a",
    review="review/loan/a",
    endpoint="dropforge-loan",
    threshold=0.8,
    model="arn",
    problem="binary",
    contract="contracts/loan/published.json",
)


def unsuccessful(machine: str, error: str) -> Notification:
    return messages.unsuccessful(
        Unsuccessful(MACHINES[machine], "loan-1", "loan", "arn", "FAILED", error, "x", "")
    )


MADE: list[Notification] = [
    messages.contract_published(WRITTEN, "loan"),
    messages.contract_refused(WRITTEN, None, "x"),
    messages.model_registered(Registered("loan-1", "loan", 3, "arn", {}, "s3://b/d", "b", "runs/loan/1")),
    messages.model_rejected(CHANGED, "loan"),
    messages.deployed(Deployed("loan", 3, "arn", "dropforge-loan", "c", "")),
    messages.rolled_back(RolledBack("loan", "dropforge-loan", "c", "d")),
    messages.alarm(ALARM, None, "it replaced none"),
    messages.low_confidence(RUN, "s3://b/p", "s3://b/r", 5, [{"row": 1}]),
    *(unsuccessful(name, error) for name in MACHINES for error in ("x", *sorted(MACHINES[name].refusals))),
]


@pytest.mark.parametrize("notification", MADE, ids=lambda made: made.kind)
def test_a_notification_is_its_kind_use_case_sentence_and_fields(notification: Notification) -> None:
    document = json.loads(notification.body)

    assert document.keys() == {"kind", "usecase", "message"} | FIELDS[document["kind"]]
    assert document["message"].strip()


def test_every_kind_is_made() -> None:
    assert {notification.kind for notification in MADE} == FIELDS.keys()


def test_the_operators_page_lists_every_kind_with_its_fields() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    listed: dict[str, set[str]] = {}
    for line in page.splitlines():
        cells = [re.findall(r"`(\w+)`", cell) for cell in line.strip("|").split("|")]
        if len(cells) == 3 and cells[0]:
            listed |= dict.fromkeys(cells[0], set(cells[2]) - {"truncated"})

    expected = {kind: {"run_failed"} if found is FAILED else found for kind, found in FIELDS.items()}
    expected |= {"run_refused": FAILED, "run_failed": FAILED}
    assert listed == expected
