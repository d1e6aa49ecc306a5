"""What is set for one run, and what is said where nothing is sent."""

from pathlib import Path

import pytest

from cli.commands import drop as command
from cli.commands.drop import settings_of
from cli.errors import UserError
from cli.main import main
from dropforge.operations.stack import Stack


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        (["max_depth=4"], "--set: max_depth: cannot be set for one run"),
        (["model.max_depth"], "--set: 'model.max_depth' is not KEY=VALUE"),
        (["model.a=" + "x" * 3000], "--set: the settings take"),
    ],
)
def test_what_could_never_be_set_is_said_before_anything_is_sent(pairs: list[str], said: str) -> None:
    with pytest.raises(UserError) as raised:
        settings_of(pairs)
    assert str(raised.value).startswith(said)


def test_without_a_contract_in_force_the_command_says_how_to_publish_one(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "claims.csv").write_text("a,b\n1,2\n")
    monkeypatch.setattr(command, "stack_for", lambda _arguments: stack)
    assert main(["drop", "frau", str(tmp_path / "claims.csv")]) == 2
    assert capsys.readouterr().err == (
        "dropforge: frau has no contract in force; publish one with `./dropforge publish CONTRACT`\n"
    )
