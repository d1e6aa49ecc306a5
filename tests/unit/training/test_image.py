"""The image's build files say what SageMaker and the builders read."""

from pathlib import Path

import yaml

from tests.unit.training.container import REPOSITORY

IMAGE = REPOSITORY / "training"
INSTRUCTIONS = ("FROM", "WORKDIR", "COPY", "RUN", "ENV", "LABEL", "EXPOSE", "ENTRYPOINT")


def lines() -> list[str]:
    text = (IMAGE / "Dockerfile").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_the_dockerfile_keeps_to_the_instructions_that_need_no_docker() -> None:
    assert {line.split()[0] for line in lines()} <= set(INSTRUCTIONS)
    assert [line for line in lines() if line.startswith("RUN")] == [
        "RUN pip install --no-cache-dir --require-hashes -r training/requirements.txt"
    ]


def test_the_image_can_be_given_a_port_and_is_started_by_verb() -> None:
    assert "LABEL com.amazonaws.sagemaker.capabilities.accept-bind-to-port=true" in lines()
    assert lines()[-1] == 'ENTRYPOINT ["python", "-m", "training"]'


def test_everything_that_is_copied_exists() -> None:
    copied = [Path(REPOSITORY, line.split()[1]) for line in lines() if line.startswith("COPY")]
    assert copied
    assert all(path.exists() for path in copied)


def test_the_build_pushes_what_it_built() -> None:
    buildspec = yaml.safe_load((IMAGE / "buildspec.yml").read_text(encoding="utf-8"))
    assert any("--file training/Dockerfile ." in line for line in buildspec["phases"]["build"]["commands"])
    assert 'docker push "$IMAGE_URI"' in buildspec["phases"]["post_build"]["commands"]
