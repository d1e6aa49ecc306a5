"""What a function was deployed with: typed, and checked whole at the cold start.

A wrong setting then names itself in the first log line, and not in the middle of an event. Written by hand
rather than with a validation library: that would cost each cold start a quarter of a second for five
strings.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, fields
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from dropforge.domain.errors import BadSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

STACK = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")
ARN = re.compile(r"arn:[a-z-]+:[a-z0-9-]+:[a-z0-9-]*:\d{12}:.+")
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
REPOSITORY = re.compile(r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.[a-z.]+/[a-z0-9._/-]+")
TABLE = re.compile(r"[A-Za-z0-9_.-]{3,255}")
RULES = {"stack": (STACK, "a stack's name"), "data_bucket": (BUCKET, "a bucket's name")}
RULES |= {"idempotency_table": (TABLE, "a table's name")}
RULES |= {
    "build_project": (TABLE, "a project's name"),
    "image_repository": (REPOSITORY, "a repository's URI"),
}
OF_ARNS = (ARN, "an ARN")


@dataclass(frozen=True)
class Settings:
    """What every function has. Each field is the environment variable of its name in capitals."""

    stack: str
    data_bucket: str
    topic_arn: str
    idempotency_table: str


@dataclass(frozen=True)
class TrainingSettings(Settings):
    training_state_machine_arn: str


@dataclass(frozen=True)
class DeploymentSettings(Settings):
    deployment_state_machine_arn: str


@dataclass(frozen=True)
class InferenceSettings(Settings):
    inference_state_machine_arn: str


@dataclass(frozen=True)
class ImageSettings(Settings):
    build_project: str
    image_repository: str


Kind = TypeVar("Kind", bound=Settings)


@cache
def settings() -> Settings:
    """Read when the first event asks, so that importing a function needs no environment."""
    return load(Settings, os.environ)


def load(kind: type[Kind], environment: Mapping[str, str]) -> Kind:
    """The settings, or BadSettings with every problem at once."""
    names = [field.name for field in fields(kind)]
    problems = [problem for name in names if (problem := _problem(name, environment.get(name.upper())))]
    if problems:
        raise BadSettings(problems)
    return kind(**{name: environment[name.upper()] for name in names})


def _problem(name: str, value: str | None) -> str | None:
    if not value:
        return f"environment variable {name.upper()} is not set"
    rule, meaning = RULES.get(name, OF_ARNS)
    return (
        None
        if rule.fullmatch(value)
        else f"environment variable {name.upper()} is {value!r}, which is not {meaning}"
    )
