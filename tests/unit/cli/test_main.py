"""The door: which command runs, and with which status it ends."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from cli import paths
from cli.aws_errors import explain
from cli.main import COMMANDS, DEVELOPER_COMMANDS, main
from tests.unit.operations.fakes import client_error


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(f"\n  {name} " in shown for name in COMMANDS)


@pytest.mark.parametrize("name", [*COMMANDS, *DEVELOPER_COMMANDS])
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main([name, "--help"])
    assert "--json" in capsys.readouterr().out


def test_every_file_in_commands_is_a_command() -> None:
    files = {path.stem for path in (paths.ROOT / "cli" / "commands").glob("*.py")} - {"__init__"}
    assert files == COMMANDS.keys() | DEVELOPER_COMMANDS.keys()
    assert all(hasattr(import_module(f"cli.commands.{name}"), "run") for name in files)


def test_an_unknown_command_is_the_callers_to_fix(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deploy"]) == 2
    assert (
        capsys.readouterr().err
        == "dropforge: unknown command 'deploy'; `./dropforge --help` lists what there is\n"
    )


@pytest.mark.parametrize("words", [["runs"], ["models", "loan"], ["status"], ["env"], ["endpoints"]])
def test_without_a_cloud_a_command_says_in_one_line_how_to_get_one(words: list[str], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cli", *words],
        cwd=paths.ROOT,
        env={"DROPFORGE_HOME": str(tmp_path), "PYTHONPATH": "layers/core"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "dropforge up" in done.stderr
    assert done.stderr.count("\n") == 1


def test_help_imports_no_aws_library() -> None:
    code = "import sys; from cli.main import main; main(['--help']); raise SystemExit('boto3' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=paths.ROOT, capture_output=True, check=False)
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (client_error("AccessDeniedException", "not yours"), 2),
        (client_error("ExpiredTokenException", "too old"), 2),
        (client_error("InternalFailure", "oh"), None),
    ],
)
def test_only_what_the_caller_can_mend_becomes_a_sentence(fault: ClientError, status: int | None) -> None:
    explained = explain(fault)
    assert (explained.status if explained else None) == status


def test_a_fault_of_ours_shows_its_trace_and_where_to_report(capsys: pytest.CaptureFixture[str]) -> None:
    # A file that exists and cannot be a contract's path is not a fault; a broken table of commands is.
    COMMANDS["broken"] = "a command without a module"
    try:
        assert main(["broken"]) == 3
    finally:
        del COMMANDS["broken"]
    shown = capsys.readouterr().err
    assert "Traceback" in shown
    assert "please report it" in shown


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["drop"], "the following arguments are required: USECASE, FILE; `./dropforge drop --help`"),
        (["status", "--frob"], "unrecognized arguments: --frob; `./dropforge status --help`"),
        (["up", "--port", "x"], "argument --port: invalid int value: 'x'; `./dropforge up --help`"),
        (
            ["runs", "--limit", "0"],
            "argument --limit: '0' is not a whole number of 1 or more; `./dropforge runs --help`",
        ),
        (["--region"], "argument --region: expected one argument; `./dropforge --help`"),
    ],
)
def test_wrong_words_are_the_callers_to_fix_and_said_in_one_line(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    shown = capsys.readouterr().err
    assert shown == f"dropforge: {said} says what it takes\n"
