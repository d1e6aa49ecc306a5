"""Building an image as folders and a virtual environment, and describing how to run a process of it.

The environment is cached by the digest of its requirements, the image's files by the digest of everything
copied, so a second build of the same image takes milliseconds. Its cost against a container: the operating
system is this machine's, the Python is the one that runs the local cloud, and absolute paths of the image
lie under `root`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from localcloud.cached import made_once
from localcloud.deploy.requirements import installed_environment
from localcloud.deploy.zips import files_of
from localcloud.errors import ImageError
from localcloud.fence import fence_environment
from localcloud.images.dockerfile import Recipe, parse
from localcloud.services.sagemaker.ports import Image

if TYPE_CHECKING:
    from collections.abc import Callable


def build_image(context: Path, dockerfile: Path, cache: Path, report: Callable[[str], None]) -> Image:
    """Build or find the image of a Dockerfile in a context folder."""
    context, cache = context.resolve(), cache.resolve()
    recipe = parse(dockerfile)
    requirements = [_requirements(recipe, context, name) for name in recipe.requirements]
    files = _copied(recipe, context)
    digest = _digest(dockerfile, files)

    def fill(tree: Path) -> None:
        report(f"building the image of {dockerfile.name} in {context.name}")
        _copy(files, tree)

    tree = made_once(cache / "images" / digest[:24], fill)
    environment = installed_environment(requirements, cache, report)
    fence_environment(_site_packages(environment))
    root = tree / recipe.workdir.lstrip("/")
    root.mkdir(parents=True, exist_ok=True)
    env = {
        **_relocated(recipe.env, tree),
        "PATH": f"{environment / 'bin'}:/usr/local/bin:/usr/bin:/bin",
        "VIRTUAL_ENV": str(environment),
    }
    prefix = (
        [_program(recipe.entrypoint[0], environment), *recipe.entrypoint[1:]] if recipe.entrypoint else []
    )
    return Image(prefix, env, root, f"sha256:{digest}", recipe.command)


def _requirements(recipe: Recipe, context: Path, name: str) -> Path:
    """The requirements file in the context that RUN finds in the image."""
    wanted = name if name.startswith("/") else f"{recipe.workdir.rstrip('/')}/{name}"
    for target, source in _copied(recipe, context).items():
        if target == wanted:
            return source
    raise ImageError(f"RUN pip install -r {name}: no COPY puts that file into the image")


def _copied(recipe: Recipe, context: Path) -> dict[str, Path]:
    """Every file of the image: its path there, its path here. Later COPYs win."""
    ignored = _ignored(context)
    found: dict[str, Path] = {}
    for sources, target in recipe.copies:
        many = len(sources) > 1 or any("*" in s for s in sources)
        for path in (p for s in sources for p in _matches(context, s)):
            if path.is_dir():
                for file in files_of(path):
                    found[f"{target.rstrip('/')}/{file.relative_to(path).as_posix()}"] = file
            else:
                found[f"{target.rstrip('/')}/{path.name}" if target.endswith("/") or many else target] = path
    return {t: p for t, p in found.items() if not any(p.is_relative_to(i) for i in ignored)}


def _matches(context: Path, source: str) -> list[Path]:
    cleaned = source.lstrip("/")
    found = sorted(context.glob(cleaned)) if "*" in cleaned else [context / cleaned]
    for path in found:
        if not path.exists() or not path.resolve().is_relative_to(context.resolve()):
            raise ImageError(f"COPY {source}: it is not in the build context {context}")
    return found


def _ignored(context: Path) -> list[Path]:
    """Paths that .dockerignore names plainly; patterns are not expanded."""
    file = context / ".dockerignore"
    lines = file.read_text("utf-8").splitlines() if file.is_file() else []
    return [
        context / line.strip().strip("/")
        for line in lines
        if line.strip() and not line.startswith(("#", "!")) and "*" not in line
    ]


def _digest(dockerfile: Path, files: dict[str, Path]) -> str:
    digest = hashlib.sha256(dockerfile.read_bytes())
    digest.update(sys.implementation.cache_tag.encode() if sys.implementation.cache_tag else b"")
    for target in sorted(files):
        content = hashlib.sha256(files[target].read_bytes()).hexdigest()
        digest.update(json.dumps([target, content]).encode())
    return digest.hexdigest()


def _copy(files: dict[str, Path], tree: Path) -> None:
    for target, source in files.items():
        copy = tree / target.lstrip("/")
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, copy)
        copy.chmod(0o755 if os.access(source, os.X_OK) else 0o644)


def _site_packages(environment: Path) -> Path:
    found = next(iter(sorted((environment / "lib").glob("python*/site-packages"))), None)
    if found is None:
        raise ImageError(f"{environment} is not a virtual environment; remove it and build again")
    return found


def _relocated(env: dict[str, str], tree: Path) -> dict[str, str]:
    """Paths of the image that were copied, as paths of this machine: PYTHONPATH must find the code."""
    moved = dict(env)
    if "PYTHONPATH" in moved:
        parts = moved["PYTHONPATH"].split(":")
        moved["PYTHONPATH"] = ":".join(f"{tree}{p}" if p.startswith("/") else p for p in parts if p)
    return moved


def _program(name: str, environment: Path) -> str:
    inside = environment / "bin" / Path(name).name
    if inside.exists():
        return str(inside)
    found = shutil.which(name)
    if found is None:
        raise ImageError(f"ENTRYPOINT {name!r} is neither in the image's environment nor on this machine")
    return found
