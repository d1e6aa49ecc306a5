"""The image is built from exactly the deployment's code, once, and CloudFormation is told how that ended."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from dropforge.actions.build_image import build_image
from dropforge.domain.errors import BadEvent, Refused
from dropforge.domain.image import tag
from dropforge.edge.custom_resource import answer_cloudformation
from dropforge.edge.image_source import image_files
from tests.unit.actions.fakes import FakeObjects

FILES = {"training/__main__.py": b"print()", "layers/core/dropforge/__init__.py": b""}


class FakeImages:
    def __init__(self, *states: str, there: bool = False) -> None:
        self._states = list(states)
        self._there = there
        self.started: list[str] = []

    def uri(self, tag: str) -> str:
        return f"repository:{tag}"

    def exists(self, tag: str) -> bool:
        return self._there

    def start(self, source: str, uri: str) -> str:
        self.started.append(source)
        return "build:1"

    def state(self, build: str) -> str:
        return self._states.pop(0) if len(self._states) > 1 else self._states[0]


def build(images: FakeImages, objects: FakeObjects) -> str:
    answer = build_image(FILES, objects=objects, images=images, sleep=lambda _: None, patience=100)
    return answer.uri


def test_the_source_is_handed_over_and_the_build_waited_for() -> None:
    images, objects = FakeImages("IN_PROGRESS", "IN_PROGRESS", "SUCCEEDED"), FakeObjects()

    assert build(images, objects) == f"repository:{tag(FILES)}"

    with zipfile.ZipFile(io.BytesIO(objects.files[images.started[0]])) as package:
        assert {name: package.read(name) for name in package.namelist()} == FILES


def test_an_image_that_is_there_is_not_built_again() -> None:
    images = FakeImages("FAILED", there=True)

    build(images, FakeObjects())

    assert images.started == []


@pytest.mark.parametrize("state", ["FAILED", "STOPPED", "IN_PROGRESS"])
def test_a_build_that_fails_or_takes_too_long_says_so(state: str) -> None:
    with pytest.raises(Refused, match=rf"build:1 .* {state}"):
        build(FakeImages(state), FakeObjects())


def test_the_tag_changes_with_any_name_and_any_content() -> None:
    renamed = {"training/main.py": b"print()", "layers/core/dropforge/__init__.py": b""}

    assert len({tag(FILES), tag(renamed), tag({**FILES, "training/__main__.py": b""})}) == 3


def test_the_layers_are_laid_out_as_the_dockerfile_wants_them(tmp_path: Path) -> None:
    for name in ("Dockerfile", "train/job.py", "train/__pycache__/job.pyc", "python/yaml/x.py"):
        _write(tmp_path / name)
    for name in ("__init__.py", "domain/run.py", "aws/s3.py"):
        _write(tmp_path / "python" / "dropforge" / name)

    assert set(image_files(tmp_path)) == {
        "training/Dockerfile",
        "training/train/job.py",
        "layers/core/dropforge/__init__.py",
        "layers/core/dropforge/domain/run.py",
    }


def _write(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")


REQUEST = {
    "RequestType": "Create",
    "ResponseURL": "https://cloudformation-custom-resource-response.example/x",
    "StackId": "arn:aws:cloudformation:us-east-1:000000000000:stack/dropforge/1",
    "RequestId": "1",
    "LogicalResourceId": "Image",
}


def answered(act: Any, **changes: str) -> dict[str, Any]:
    sent: list[tuple[str, bytes]] = []
    answer_cloudformation({**REQUEST, **changes}, act, lambda url, body: sent.append((url, body)))
    ((url, body),) = sent
    assert url == REQUEST["ResponseURL"]
    return dict(json.loads(body))


def test_success_is_told_with_the_images_address() -> None:
    answer = answered(lambda: {"uri": "repository:1"})

    assert (answer["Status"], answer["Data"]["uri"]) == ("SUCCESS", "repository:1")
    assert answer["RequestId"] == "1"


def test_a_fault_is_told_so_that_no_stack_waits_for_an_hour() -> None:
    def fail() -> dict[str, Any]:
        raise Refused("no quota")

    answer = answered(fail)

    assert (answer["Status"], answer["Reason"]) == ("FAILED", "no quota")


def test_deleting_the_resource_keeps_the_image() -> None:
    answer = answered(lambda: pytest.fail("built"), RequestType="Delete", PhysicalResourceId="repository:1")

    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", "repository:1")


def test_what_is_not_a_request_is_refused() -> None:
    with pytest.raises(BadEvent, match="ResponseURL"):
        answer_cloudformation({"RequestType": "Create"}, dict)


def test_the_answer_goes_to_https_alone() -> None:
    with pytest.raises(BadEvent, match="https"):
        answer_cloudformation({**REQUEST, "ResponseURL": "file:///etc/passwd"}, dict)
