"""The image's files as the function finds them: its code in one layer, the domain that it shares in another.

A layer lies under /opt, what it has for Python under /opt/python. Laid out here as in the repository, which
is what the Dockerfile copies from.
"""

from __future__ import annotations

from pathlib import Path

OPT = Path("/opt")
CORE = ("__init__.py", "domain")


def image_files(opt: Path = OPT) -> dict[str, bytes]:
    core = opt / "python" / "dropforge"
    training = [path for path in opt.rglob("*") if not path.is_relative_to(opt / "python")]
    domain = [core / CORE[0], *(core / CORE[1]).rglob("*")]
    files = {f"training/{path.relative_to(opt)}": path for path in training}
    files |= {f"layers/core/dropforge/{path.relative_to(core)}": path for path in domain}
    return {name: path.read_bytes() for name, path in files.items() if path.is_file() and _is_source(path)}


def _is_source(path: Path) -> bool:
    return "__pycache__" not in path.parts
