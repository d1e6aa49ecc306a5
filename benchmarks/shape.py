"""The shape of the code: how long files and functions are, beside the codebases that it learns from.

A function's length is its lines without its docstring. A signal, not a law: what stands out is looked at.
"""

import ast
import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = ("functions", "layers/core/dropforge", "training", "localcloud", "cli", "usecases", "benchmarks")
TESTS = ("localcloud/tests", "tests")
PACKAGES = (*SHIPPED, *TESTS)
LONG_FUNCTION, LONG_FILE, SHORT_FILE = 25, 250, 30
Function = ast.FunctionDef | ast.AsyncFunctionDef
# file lines median, max; function lines median, p90, max: measured in November 2026
PEERS = {
    "cosmicpython/code": (36, 120, 4, 11, 31),
    "ran-isenberg/aws-lambda-handler-cookbook": (32, 138, 5, 19, 34),
    "hynek/svcs": (273, 1199, 8, 24, 38),
    "encode/httpx": (248, 2019, 6, 31, 133),
    "aws-powertools/powertools-lambda-python": (54, 2699, 2, 21, 137),
    "simonw/llm": (267, 4306, 10, 52, 462),
    "karpathy/nanoGPT": (37, 336, 8, 25, 55),
}


@dataclass(frozen=True)
class Shape:
    """One package's figures."""

    package: str
    files: int
    short_files: int
    file_median: int
    file_max: int
    functions: int
    function_median: int
    function_p90: int
    function_max: int

    @property
    def document(self) -> dict[str, Any]:
        """The figures as JSON prints them."""
        return asdict(self)


@dataclass(frozen=True)
class Long:
    """A file or a function over the suggested budget."""

    where: str
    lines: int


def measure() -> list[Shape]:
    """Every package, and all that ships together."""
    files = {package: sources(package) for package in PACKAGES}
    shipped = [path for package in SHIPPED for path in files[package]]
    groups = {**files, "all that ships": shipped}
    return [shape(name, paths) for name, paths in groups.items() if paths]


def shape(name: str, paths: Sequence[Path]) -> Shape:
    """The figures of some files."""
    lines = [len(path.read_text(encoding="utf-8").splitlines()) for path in paths]
    lines = [count for count in lines if count] or [0]
    lengths = [length for path in paths for _, length in functions(path)] or [0]
    return Shape(
        package=name,
        files=len(paths),
        short_files=sum(count < SHORT_FILE for count in lines),
        file_median=round(statistics.median(lines)),
        file_max=max(lines),
        functions=len(lengths),
        function_median=round(statistics.median(lengths)),
        function_p90=sorted(lengths)[math.ceil(len(lengths) * 0.9) - 1],
        function_max=max(lengths),
    )


def longest() -> list[Long]:
    """What is over the budget, the longest first."""
    found = []
    for package in PACKAGES:
        for path in sources(package):
            count = len(path.read_text(encoding="utf-8").splitlines())
            name = str(path.relative_to(ROOT))
            found += [Long(name, count)] if count > LONG_FILE else []
            found += [
                Long(f"{name}:{node.lineno} {node.name}", length)
                for node, length in functions(path)
                if length > LONG_FUNCTION
            ]
    return sorted(found, key=lambda each: each.lines, reverse=True)


def sources(package: str) -> list[Path]:
    """The Python files of a package; tests are one of their own."""
    found = sorted(path for path in (ROOT / package).rglob("*.py") if "__pycache__" not in path.parts)
    return found if package in TESTS else [path for path in found if "tests" not in path.parts]


def functions(path: Path) -> Iterator[tuple[Function, int]]:
    """Every function and its length without the docstring."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, Function):
            yield node, (node.end_lineno or node.lineno) - node.lineno + 1 - docstring_lines(node)


def docstring_lines(node: Function) -> int:
    """How many lines the docstring takes."""
    first = node.body[0]
    if ast.get_docstring(node) is None:
        return 0
    return (first.end_lineno or first.lineno) - first.lineno + 1
