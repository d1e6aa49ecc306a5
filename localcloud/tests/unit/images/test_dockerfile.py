"""Dockerfiles without a container: what is understood, and that nothing is skipped in silence."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from localcloud.errors import CloudError, ImageError
from localcloud.images.builder import build_image
from localcloud.images.dockerfile import parse
from localcloud.images.registry import Registry, Source, parse_image
from localcloud.services.sagemaker.ports import ImageUnavailable

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """
# a comment
FROM --platform=linux/amd64 public.ecr.aws/docker/library/python:3.13-slim
ARG PLACE=/opt/program
WORKDIR ${PLACE}
COPY requirements.txt extra.txt ./
COPY program program
RUN pip install --no-cache-dir \\
    -r requirements.txt
ENV PYTHONPATH=/opt/program A="b c"
LABEL x=y
EXPOSE 8080
ENTRYPOINT ["python", "-m", "program"]
CMD ["--help"]
"""


@pytest.fixture
def context(tmp_path: Path) -> Path:
    (tmp_path / "program").mkdir()
    (tmp_path / "program" / "__init__.py").touch()
    (tmp_path / "program" / "__main__.py").write_text("import os, sys; print(os.environ['A'], sys.argv[1:])")
    for name in ("requirements.txt", "extra.txt"):
        (tmp_path / name).touch()
    (tmp_path / "Dockerfile").write_text(GOOD)
    return tmp_path


def test_a_dockerfile_is_read(context: Path) -> None:
    """Continued lines, ARG in WORKDIR, quoted ENV, the exec forms."""
    recipe = parse(context / "Dockerfile")
    assert recipe.workdir == "/opt/program"
    assert recipe.copies == [
        (["requirements.txt", "extra.txt"], "/opt/program/"),
        (["program"], "/opt/program/program"),
    ]
    assert recipe.requirements == ["requirements.txt"]
    assert recipe.env == {"PYTHONPATH": "/opt/program", "A": "b c"}
    assert recipe.entrypoint == ["python", "-m", "program"]
    assert recipe.command == ["--help"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("RUN apt-get update", "only RUN pip install"),
        ("RUN pip install requests", "requirements files only"),
        ("ADD x y", "ADD cannot be done"),
        ("COPY --from=build /a /b", "several stages"),
        ("FROM python:3.13 AS build", "several stages"),
        ("FROM ubuntu:24.04", "FROM python"),
        ("ENTRYPOINT python -m x", "exec form"),
        ("HEALTHCHECK NONE", "HEALTHCHECK cannot be done"),
    ],
)
def test_what_needs_a_container_is_an_error_that_names_the_line(
    tmp_path: Path, line: str, reason: str
) -> None:
    """Skipping it would run something else than the image."""
    (tmp_path / "Dockerfile").write_text(f"# one\n{line}\n")
    with pytest.raises(ImageError, match=f"line 2: .*{reason}"):
        parse(tmp_path / "Dockerfile")


@pytest.mark.slow
def test_an_image_runs_as_a_process_behind_the_fence(context: Path, tmp_path: Path) -> None:
    """ENTRYPOINT, ENV and WORKDIR hold; the interpreter refuses other hosts; the second build is the first
    one."""
    said: list[str] = []
    image = build_image(context, context / "Dockerfile", tmp_path / "cache", said.append)
    command = [*image.argv_prefix, *image.default_arguments]
    done = subprocess.run(
        command, env=dict(image.env), cwd=image.root, capture_output=True, text=True, check=True
    )
    assert done.stdout == "b c ['--help']\n"
    outside = "import socket; socket.create_connection(('example.com', 80))"
    fenced = subprocess.run(
        [image.argv_prefix[0], "-c", outside],
        env=dict(image.env),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "fence refused a connection to 'example.com'" in fenced.stderr
    before = len(said)
    assert build_image(context, context / "Dockerfile", tmp_path / "cache", said.append) == image
    assert len(said) == before


def test_a_change_of_any_file_is_another_image(context: Path, tmp_path: Path) -> None:
    """The digest covers the Dockerfile and everything copied."""
    first = build_image(context, context / "Dockerfile", tmp_path / "cache", lambda text: None)
    (context / "program" / "__main__.py").write_text("print(1)")
    assert (
        build_image(context, context / "Dockerfile", tmp_path / "cache", lambda text: None).digest
        != first.digest
    )


def test_an_unknown_image_says_which_there_are(tmp_path: Path) -> None:
    """And how to give one."""
    with pytest.raises(ImageUnavailable, match=r"has no image other.*--image"):
        Registry({}, tmp_path, lambda text: None).image("other")


def test_an_image_argument_names_context_and_dockerfile(context: Path) -> None:
    """URI=CONTEXT:DOCKERFILE, where the URI may hold colons."""
    uri, source = parse_image(f"host:5000/name:tag={context}:Dockerfile")
    assert uri == "host:5000/name:tag"
    assert source.dockerfile == context / "Dockerfile"
    with pytest.raises(CloudError, match="URI=CONTEXT_DIR:DOCKERFILE"):
        parse_image("nonsense")


def test_an_image_of_an_earlier_start_is_still_there(context: Path, tmp_path: Path) -> None:
    """A model outlives the code it was made from: its URI finds the image that was built then."""
    first = Registry(
        {"app:1": Source(context, context / "Dockerfile")}, tmp_path / "cache", lambda text: None
    )
    built = first.image("app:1")
    (context / "program" / "__main__.py").write_text("changed")
    later = Registry(
        {"app:2": Source(context, context / "Dockerfile")}, tmp_path / "cache", lambda text: None
    )
    later.build_all()
    assert later.image("app:1").digest == built.digest
    assert later.image("app:2").digest != built.digest
