"""What the commands about versions print."""

import json

import pytest

from cli.commands import approve, models, reject
from cli.main import main
from dropforge.operations.stack import Stack


@pytest.mark.parametrize(
    ("command", "approval", "stage"),
    [("approve", "Approved", "challenger"), ("reject", "Rejected", "rejected")],
)
def test_a_decision_s_document_says_what_the_version_is_now(
    registry: Stack,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    approval: str,
    stage: str,
) -> None:
    monkeypatch.setattr({"approve": approve, "reject": reject}[command], "stack_for", lambda _given: registry)
    assert main([command, "loan", "1", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["version"], printed["approval"], printed["stage"]) == (1, approval, stage)


def test_a_use_case_without_a_version_is_printed_how_to_get_one(
    registry: Stack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    registry.client("sagemaker").create_model_package_group(ModelPackageGroupName="dropforge-bike")
    monkeypatch.setattr(models, "stack_for", lambda _given: registry)
    assert main(["models", "bike"]) == 0
    assert capsys.readouterr() == (
        "",
        "bike has no model yet; `./dropforge drop bike FILE` makes one\n",
    )
