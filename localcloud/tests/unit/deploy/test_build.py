"""`sam build` and `sam package`: what becomes of a template's local paths."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from localcloud.deploy.package import Packager
from localcloud.deploy.template import read_template
from localcloud.deploy.zips import zipped
from localcloud.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def template(tmp_path: Path, text: str) -> dict[str, Any]:
    (tmp_path / "template.yaml").write_text(text)
    return read_template(tmp_path / "template.yaml")


def packaged(tmp_path: Path, text: str) -> tuple[dict[str, Any], dict[str, bytes]]:
    uploads: dict[str, bytes] = {}

    def upload(key: str, read: Callable[[], bytes]) -> None:
        uploads[key] = read()

    parsed = template(tmp_path, text)
    packager = Packager(parsed, tmp_path, tmp_path / "cache", "bucket", upload, lambda text: None)
    return packager.package(), uploads


def test_short_tags_become_the_long_form(tmp_path: Path) -> None:
    """!Ref, !GetAtt and !Sub as JSON knows them, and dates stay text."""
    parsed = template(
        tmp_path,
        "AWSTemplateFormatVersion: 2010-09-09\nResources:\n  A: {Type: X, Properties:"
        " {a: !Ref B, b: !GetAtt B.Arn.x, c: !Sub 'x${B}', d: !If [C, !Ref D, 1]}}\n",
    )
    assert parsed["AWSTemplateFormatVersion"] == "2010-09-09"
    assert parsed["Resources"]["A"]["Properties"] == {
        "a": {"Ref": "B"},
        "b": {"Fn::GetAtt": ["B", "Arn.x"]},
        "c": {"Fn::Sub": "x${B}"},
        "d": {"Fn::If": ["C", {"Ref": "D"}, 1]},
    }


@pytest.mark.parametrize("text", ["Resources: [", "just text", "Parameters: {}"])
def test_what_is_not_a_template_is_reported(tmp_path: Path, text: str) -> None:
    """The error is a sentence with the file in it."""
    with pytest.raises(TemplateError, match=r"template\.yaml is not a template"):
        template(tmp_path, text)


def test_functions_layers_and_definitions_are_uploaded(tmp_path: Path) -> None:
    """Code as it is, a layer under python/, a definition as an object; all named by their digest."""
    (tmp_path / "code" / "__pycache__").mkdir(parents=True)
    (tmp_path / "code" / "handler.py").write_text("x = 1")
    (tmp_path / "code" / "__pycache__" / "handler.pyc").write_text("no")
    (tmp_path / "machine.json").write_text('{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}')
    resources, uploads = packaged(
        tmp_path,
        "Resources:\n"
        "  F: {Type: AWS::Serverless::Function, Properties: {CodeUri: code/}}\n"
        "  L: {Type: AWS::Serverless::LayerVersion, Metadata: {BuildMethod: python3.13},"
        " Properties: {ContentUri: code}}\n"
        "  M: {Type: AWS::Serverless::StateMachine, Properties: {DefinitionUri: machine.json}}\n",
    )
    properties = {name: r["Properties"] for name, r in resources["Resources"].items()}
    names = {
        name: zipfile.ZipFile(io.BytesIO(uploads[properties[name][key].rsplit("/", 1)[1]])).namelist()
        for name, key in (("F", "CodeUri"), ("L", "ContentUri"))
    }
    assert names == {"F": ["handler.py"], "L": ["python/handler.py"]}
    assert properties["M"]["DefinitionUri"]["Key"] in uploads


def test_a_layer_without_a_build_method_is_its_folder_as_it_lies_there(tmp_path: Path) -> None:
    """SAM builds nothing for it: its requirements are a file like any other."""
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "requirements.txt").write_text("there-is-no-such-package==1\n")
    resources, uploads = packaged(
        tmp_path,
        "Resources: {L: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: source}}}\n",
    )
    key = resources["Resources"]["L"]["Properties"]["ContentUri"].rsplit("/", 1)[1]
    assert zipfile.ZipFile(io.BytesIO(uploads[key])).namelist() == ["requirements.txt"]


def test_what_is_uploaded_already_is_not_read(tmp_path: Path) -> None:
    """Whoever uploads asks for the bytes only if they are not there."""
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "handler.py").write_text("x = 1")
    keys: list[str] = []
    text = "Resources: {F: {Type: AWS::Serverless::Function, Properties: {CodeUri: code}}}\n"
    for _ in range(2):
        parsed = template(tmp_path, text)
        Packager(
            parsed, tmp_path, tmp_path / "cache", "bucket", lambda key, _: keys.append(key), lambda _: None
        ).package()
        for archive in (tmp_path / "cache" / "zips").iterdir():
            archive.write_bytes(b"damaged, which nobody notices who does not read it")
    assert len(keys) == 2
    assert keys[0] == keys[1]


def test_a_definition_is_checked_before_it_is_uploaded(tmp_path: Path) -> None:
    """The resource, the file and the fault are told."""
    (tmp_path / "machine.json").write_text('{"StartAt":"B","States":{"A":{"Type":"Succeed"}}}')
    with pytest.raises(TemplateError, match=r"(?s)M: machine\.json is not a valid definition.*StartAt"):
        packaged(
            tmp_path,
            "Resources: {M: {Type: AWS::Serverless::StateMachine,"
            " Properties: {DefinitionUri: machine.json}}}",
        )


def test_what_lies_in_s3_already_is_left_alone(tmp_path: Path) -> None:
    """A template that `sam package` made deploys as it is."""
    resources, uploads = packaged(
        tmp_path, "Resources: {F: {Type: AWS::Serverless::Function, Properties: {CodeUri: 's3://b/k'}}}"
    )
    assert resources["Resources"]["F"]["Properties"]["CodeUri"] == "s3://b/k"
    assert uploads == {}


def test_a_zip_depends_on_content_only(tmp_path: Path) -> None:
    """Touching a file changes nothing, changing it does."""
    file = tmp_path / "a.py"
    file.write_text("1")
    first = zipped([(tmp_path, "")])
    file.touch()
    assert zipped([(tmp_path, "")]) == first
    file.write_text("2")
    assert zipped([(tmp_path, "")]) != first
