"""What is set for one run goes along with the file."""

from pathlib import Path
from typing import Any

import pytest

from cli.commands import drop as command
from cli.commands.drop import settings_of
from cli.dropping import drop
from cli.errors import UserError
from cli.main import main
from dropforge.domain.overrides import read_settings
from tests.unit.cli.conftest import FakePlace, FakeS3


class Uploads:
    """An S3 client that remembers the last upload."""

    def __init__(self) -> None:
        self.extra: dict[str, Any] = {}

    def upload_file(self, _file: str, _bucket: str, _key: str, ExtraArgs: dict[str, Any]) -> None:  # noqa: N803
        self.extra = ExtraArgs

    def head_object(self, **_given: Any) -> dict[str, Any]:
        return {"ContentLength": 1, "ETag": '"e"', "VersionId": "v1"}


@pytest.fixture
def place() -> FakePlace:
    place = FakePlace("dropforge")
    place._clients["s3"] = Uploads()
    return place


def test_settings_go_along_as_metadata(place: FakePlace, tmp_path: Path) -> None:
    settings = settings_of(["model.max_depth=4", "gate.accuracy=0.9"])

    drop(place, "fraud", tmp_path / "claims.csv", settings=settings)

    sent = place.client("s3").extra["Metadata"]["set"]
    assert sent == "model.max_depth=4;gate.accuracy=0.9"
    assert read_settings(sent) == settings


def test_a_drop_without_settings_has_no_metadata(place: FakePlace, tmp_path: Path) -> None:
    drop(place, "fraud", tmp_path / "claims.csv")
    assert place.client("s3").extra == {"Metadata": {}}


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


def test_a_file_without_a_contract_in_force_is_not_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """FakeS3 takes no uploads: sending would end in a fault."""
    (tmp_path / "claims.csv").write_text("a,b\n1,2\n")
    place = FakePlace("dropforge", _clients={"s3": FakeS3({})})
    monkeypatch.setattr(command, "place_for", lambda _arguments: place)
    assert main(["drop", "frau", str(tmp_path / "claims.csv")]) == 2
    assert capsys.readouterr().err == (
        "dropforge: frau has no contract in force; publish one with `./dropforge publish CONTRACT`\n"
    )
