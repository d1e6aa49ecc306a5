"""The container image's name: its tag is the digest of all that goes into it, so equal code is built once."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from cli.local import ACCOUNT
from cli.paths import ROOT

DOCKERFILE = "training/Dockerfile"
INGREDIENTS = ("training", "layers/core/dropforge/__init__.py", "layers/core/dropforge/domain")


def image_uri(stack: str, region: str) -> str:
    """Where the image would be in the account's registry."""
    return f"{ACCOUNT}.dkr.ecr.{region}.amazonaws.com/{stack}:{digest()}"


def digest(root: Path = ROOT) -> str:
    """Twelve hex digits that change with any file of the image."""
    total = hashlib.sha256()
    for path in sorted(ingredients(root)):
        total.update(f"{path.relative_to(root)}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()[:12]


def ingredients(root: Path) -> Iterator[Path]:
    """The files that go into the image; what Python caches beside them does not."""
    for name in INGREDIENTS:
        path = root / name
        found = path.rglob("*") if path.is_dir() else [path]
        yield from (file for file in found if file.is_file() and "__pycache__" not in file.parts)
