"""The checks in the order in which they are shown; each is a program that anyone can run by hand."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from cli.paths import BUILD, HOME, ROOT

BIN = Path(sys.prefix) / "bin"
PYTHON = str(BIN / "python")
COVERAGE = HOME / "coverage"


@dataclass(frozen=True)
class Step:
    """A named program."""

    name: str
    command: tuple[str, ...]


def static_steps() -> list[Step]:
    """All but the tests."""
    machines = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "statemachines").glob("*.asl.*"))
    return [
        Step("mypy", (tool("mypy"),)),
        Step("ruff check", (tool("ruff"), "check", ".")),
        Step("ruff format", (tool("ruff"), "format", "--check", ".")),
        Step("import rules", (tool("lint-imports"), "--no-cache")),
        Step("lock and exports", (PYTHON, "-P", "-m", "cli", "lock", "--check")),
        Step("start script", ("/bin/sh", "-n", "dropforge")),
        Step("template", (tool("cfn-lint"), "template.yaml")),
        Step("state machines", (PYTHON, "-P", "-m", "localcloud.services.states.validate", *machines)),
    ]


EXTENTS = {
    "fast": ["-m", "not slow and not e2e and not thorough"],
    "usual": ["-m", "not thorough"],
    "thorough": [],
}


def test_command(extra: list[str], extent: str) -> list[str]:
    """pytest under coverage, on both cores; which tests stay together is for their plugin to say."""
    parallel = ["-n", "2", "--dist", "loadgroup", "--no-loadscope-reorder"]
    shown = ["-p", "cli.checks.progress"]
    return [tool("coverage"), "run", "-m", "pytest", *parallel, *shown, *EXTENTS[extent], *extra]


def environment() -> dict[str, str]:
    """What every step runs with; the checkout's packages are found wherever the command was started.

    Lines are counted by the interpreter's own monitoring where it has one, which costs nothing; a tracer
    takes half as long again.
    """
    path = os.pathsep.join((str(ROOT), str(ROOT / "layers" / "core")))
    core = {"COVERAGE_CORE": "sysmon"} if sys.version_info >= (3, 12) else {}
    return {
        **os.environ,
        **core,
        "PYTHONPATH": path,
        "LOCALCLOUD_BUILD": str(BUILD),
        "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}",
    }


def tool(name: str) -> str:
    """A program of the locked environment."""
    return str(BIN / name)
