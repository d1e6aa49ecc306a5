"""Checks of the checkout and the computer; none needs a cloud."""

import platform
import shutil
import sys
from collections.abc import Iterator

from cli import local
from cli.doctor.findings import Finding, well, wrong
from cli.errors import UserError
from cli.paths import CURRENT, HOME, LOG, ROOT, TEMPLATE
from cli.requirements import check_lock, stale_exports
from cli.starting import FIRST_PORT, free_port

GIGABYTE = 1e9
DISK_GIGABYTES = 3.0


def findings() -> Iterator[Finding]:
    """Everything that can be seen without a cloud."""
    yield python()
    yield lock()
    yield disk()
    yield template()
    yield record()
    yield port()


def python() -> Finding:
    """The Python that runs this."""
    return well("python", f"{platform.python_version()} in {sys.prefix}")


def lock() -> Finding:
    """The lock and what derives from it."""
    try:
        check_lock()
        stale = stale_exports()
    except UserError as problem:
        return wrong("lock", str(problem).splitlines()[0], "run `uv lock`, then `./dropforge lock`")
    if stale:
        return wrong("lock", f"{', '.join(stale)} do not match uv.lock", "run `./dropforge lock`")
    return well("lock", "uv.lock and the requirements files match pyproject.toml")


def disk() -> Finding:
    """Room for environments, images and data."""
    HOME.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(HOME).free / GIGABYTE
    if free < DISK_GIGABYTES:
        remedy = f"free some space, or remove {HOME} while nothing runs"
        return wrong("disk", f"{free:.1f} GB free for {HOME}", remedy)
    return well("disk", f"{free:.1f} GB free for {HOME}")


def template() -> Finding:
    """The application itself."""
    if not TEMPLATE.exists():
        return wrong("template", f"{TEMPLATE} is missing", "restore it from version control")
    return well("template", str(TEMPLATE.relative_to(ROOT)))


def record() -> Finding:
    """The record of the running cloud."""
    cloud = local.read(CURRENT)
    if cloud is None:
        return well("local cloud", "not running; `./dropforge up` starts one")
    if not local.is_local_cloud(cloud.pid):
        remedy = f"`./dropforge down` clears its record; {LOG} has its last words"
        return wrong("local cloud", f"process {cloud.pid} ended without being stopped", remedy)
    return well("local cloud", f"process {cloud.pid} at {cloud.endpoint_url}")


def port() -> Finding:
    """The port that `up` would take."""
    cloud = local.running()
    if cloud:
        return well("port", f"the local cloud listens at {cloud.endpoint_url}")
    try:
        found = free_port(None)
    except UserError as problem:
        return wrong("port", str(problem), "give a free port with `./dropforge up --port N`")
    taken = "" if found == FIRST_PORT else f"; {FIRST_PORT} is taken by another program"
    return well("port", f"`./dropforge up` would listen on {found}{taken}")
