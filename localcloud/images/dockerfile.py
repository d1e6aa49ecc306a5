"""Parsing a Dockerfile: FROM python, WORKDIR, COPY, RUN pip install, ENV, LABEL, EXPOSE, USER, ENTRYPOINT,
CMD.

Anything else is an error that names the line, because skipping an instruction would run something that is
not the image. Of RUN only `pip install … -r FILE` is understood (and `&&` between such commands).
"""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from localcloud.errors import ImageError

if TYPE_CHECKING:
    from pathlib import Path

_PIP = re.compile(r"^(python3? -m )?(uv )?pip3? install\b")
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_NO_EFFECT = {"LABEL", "EXPOSE", "USER", "STOPSIGNAL", "SHELL"}


@dataclass
class Recipe:
    """What a Dockerfile says, as far as it matters for running its image as a process."""

    workdir: str = "/"
    copies: list[tuple[list[str], str]] = field(default_factory=list)
    requirements: list[str] = field(default_factory=list)
    env: dict[str, str] = field(default_factory=dict)
    entrypoint: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)


def parse(path: Path) -> Recipe:
    """Read a Dockerfile; ImageError names the line that cannot be done here."""
    recipe = Recipe()
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise ImageError(f"cannot read {path}: {error.strerror}") from error
    arguments: dict[str, str] = {}
    for number, line in _logical_lines(text):
        word, _, rest = line.partition(" ")
        try:
            _apply(recipe, word.upper(), rest.strip(), arguments)
        except (ValueError, NotImplementedError) as error:
            raise ImageError(f"{path}, line {number}: {error}\n  {line}") from error
    return recipe


def _logical_lines(text: str) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    start, parts = 0, list[str]()
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        start = start or number
        parts.append(line.removesuffix("\\").strip())
        if not line.endswith("\\"):
            found.append((start, " ".join(parts)))
            start, parts = 0, []
    return found


def _apply(recipe: Recipe, word: str, rest: str, arguments: dict[str, str]) -> None:
    known = {**arguments, **recipe.env}
    if word == "FROM":
        _from(rest)
    elif word == "ARG":
        name, _, default = rest.partition("=")
        arguments[name] = default.strip("\"'")
    elif word == "WORKDIR":
        recipe.workdir = _join(recipe.workdir, _expand(rest, known))
    elif word == "COPY":
        recipe.copies.append(_copy(recipe, _expand(rest, known)))
    elif word == "RUN":
        recipe.requirements += _run(rest)
    elif word == "ENV":
        recipe.env.update(_pairs(rest, known))
    elif word == "ENTRYPOINT":
        recipe.entrypoint, recipe.command = _exec(rest), []
    elif word == "CMD":
        recipe.command = _exec(rest)
    elif word not in _NO_EFFECT:
        raise NotImplementedError(f"{word} cannot be done without a container")


def _from(rest: str) -> None:
    words = [w for w in rest.split() if not w.startswith("--")]
    image = words[0].rsplit("/", 1)[-1]
    if len(words) > 1:
        raise NotImplementedError("builds of several stages cannot be done without a container")
    if not re.match(r"python(:|@|$)", image):
        raise NotImplementedError("only images FROM python can be built without a container")


def _copy(recipe: Recipe, rest: str) -> tuple[list[str], str]:
    words = _exec(rest) if rest.startswith("[") else shlex.split(rest)
    if any(w.startswith("--from") for w in words):
        raise NotImplementedError("COPY --from needs several stages")
    words = [w for w in words if not w.startswith("--")]
    if len(words) < 2:
        raise ValueError("COPY needs a source and a destination")
    target = _join(recipe.workdir, words[-1])
    return words[:-1], target + "/" if words[-1].endswith(("/", ".")) and not target.endswith("/") else target


def _run(rest: str) -> list[str]:
    found = []
    for part in rest.split("&&"):
        command = re.sub(r"--mount=\S+\s*", "", part.strip())
        if not _PIP.match(command):
            raise NotImplementedError("only RUN pip install -r FILE can be done without a container")
        words = shlex.split(command)
        files = [words[i + 1] for i, w in enumerate(words[:-1]) if w in ("-r", "--requirement")]
        loose = [
            w
            for i, w in enumerate(words[words.index("install") + 1 :], words.index("install") + 1)
            if not w.startswith("-") and words[i - 1] not in ("-r", "--requirement")
        ]
        if not files or loose:
            raise NotImplementedError(
                "pip install must name requirements files only (-r FILE), so that all is locked"
            )
        found += files
    return found


def _pairs(rest: str, known: dict[str, str]) -> dict[str, str]:
    if "=" not in rest.split(maxsplit=1)[0]:
        name, _, value = rest.partition(" ")
        return {name: _expand(value, known)}
    return {k: _expand(v, known) for k, _, v in (w.partition("=") for w in shlex.split(rest))}


def _expand(text: str, known: dict[str, str]) -> str:
    return _VARIABLE.sub(lambda m: known.get(m.group(1) or m.group(2), ""), text)


def _exec(rest: str) -> list[str]:
    try:
        words: Any = json.loads(rest)
    except ValueError:
        raise NotImplementedError('only the exec form ["program", "argument"] can be done here') from None
    if not isinstance(words, list) or not all(isinstance(w, str) for w in words):
        raise ValueError("the exec form is a list of strings")
    return words


def _join(base: str, path: str) -> str:
    path = path.removesuffix("/.").rstrip("/") if path not in (".", "/", "./") else path
    if path.startswith("/"):
        return path or "/"
    return base if path in (".", "./", "") else f"{base.rstrip('/')}/{path.removeprefix('./')}"
