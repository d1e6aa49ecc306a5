"""The folder that stands for /var/runtime: awslambdaric, boto3 and what they need, and nothing else.

It holds links to the installed distributions of this environment, which are locked, so making it costs
nothing and needs no network.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import re
import sys
from pathlib import Path

from localcloud.cached import made_once

_ROOTS = ("awslambdaric", "boto3")


def runtime_dir(build_dir: Path) -> Path:
    """Make or find the runtime's folder; it holds good for this environment and these versions."""
    versions = "-".join(importlib.metadata.version(root) for root in _ROOTS)
    environment = hashlib.sha256(sys.prefix.encode()).hexdigest()[:8]
    name = f"python{sys.version_info[0]}.{sys.version_info[1]}-{versions}-{environment}"

    def fill(target: Path) -> None:
        for distribution in sorted(_closure(_ROOTS)):
            _link(distribution, target)

    return made_once(build_dir / "runtime" / name, fill)


def _closure(roots: tuple[str, ...]) -> set[str]:
    """The distributions needed by the roots, without extras and without what other platforms need."""
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name not in found:
            found.add(name)
            waiting += [_name(r) for r in importlib.metadata.requires(name) or [] if _applies(r)]
    return found


def _name(requirement: str) -> str:
    return re.split(r"[\s\[;<>=!~(]", requirement, maxsplit=1)[0]


def _applies(requirement: str) -> bool:
    """Whether it is needed here: not of an extra, and installed (what other platforms need is not)."""
    if re.search(r";.*\bextra\b", requirement):
        return False
    try:
        importlib.metadata.distribution(_name(requirement))
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _link(name: str, target: Path) -> None:
    distribution = importlib.metadata.distribution(name)
    tops = {file.parts[0] for file in distribution.files or [] if file.parts[0] not in ("..", "__pycache__")}
    for top in tops:
        source = Path(str(distribution.locate_file(top)))
        if source.exists() and not top.endswith(".pth"):
            (target / top).symlink_to(source.resolve())
