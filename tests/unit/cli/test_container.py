"""What a failed verb of the image means for whoever called the command."""

from pathlib import Path

from cli.container import failure, put_input
from cli.errors import Refused, UserError


def test_a_sentence_is_the_callers_to_act_on_a_trace_is_ours_and_a_kill_is_told(tmp_path: Path) -> None:
    message = tmp_path / "message"
    assert isinstance(failure("survey", 1, message, "died"), RuntimeError)
    message.write_text("the file is empty")
    error = failure("survey", 1, message, "the file is empty")
    assert (type(error), str(error)) == (UserError, "the file is empty")
    assert isinstance(failure("survey", 1, message, "Traceback (most recent call last)"), RuntimeError)
    killed = failure("check", -9, message, "")
    assert isinstance(killed, Refused)
    assert "signal 9" in str(killed)


def test_a_file_is_linked_and_bytes_are_written(tmp_path: Path) -> None:
    data = tmp_path / "data.csv"
    data.write_text("a\n1\n")
    put_input(tmp_path / "in" / "drop", data)
    put_input(tmp_path / "in" / "contract", b"{}")
    assert (tmp_path / "in" / "drop" / "data.csv").is_symlink()
    assert (tmp_path / "in" / "contract" / "contract.json").read_bytes() == b"{}"
