"""Every name of MiniStack that the adapter uses stands in its list of hooks."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from localcloud.ministack.hooks import HOOKS

LOCALCLOUD = Path(__file__).resolve().parents[4] / "localcloud"
TREES = {
    str(path.relative_to(LOCALCLOUD)): ast.parse(path.read_text("utf-8"))
    for path in sorted(LOCALCLOUD.rglob("*.py"))
    if LOCALCLOUD / "tests" not in path.parents
}
# Modules that are joined to MiniStack, and those that are handed a module of it. The interpreter is moto's.
SOURCES = {
    name: tree
    for name, tree in TREES.items()
    if "interpreter" not in name and "ministack" in (LOCALCLOUD / name).read_text("utf-8").lower()
}
HOOKS_SOURCE = "ministack/hooks.py"
LISTED = {name for names in HOOKS.values() for name in names}


@pytest.mark.parametrize("source", SOURCES)
def test_names_of_imported_modules_are_listed(source: str) -> None:
    """`from ministack.services import sqs` and then `sqs.name`, and `from ministack.core.arn import name`."""
    used = set(_imported(SOURCES[source]))
    assert {f"{module}.{name}" for module, name in used if name not in HOOKS.get(module, {})} == set()


def test_private_names_of_modules_that_are_handed_on_are_listed() -> None:
    """`module._name`, wherever the module came from: a private name that nothing here defines."""
    own = {name for tree in TREES.values() for name in _defined(tree)}
    used = {
        (source, node.attr)
        for source, tree in SOURCES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__")
    }
    assert {(source, name) for source, name in used if name not in own | LISTED} == set()


def test_no_name_is_listed_that_nothing_uses() -> None:
    used = {name for source, tree in TREES.items() if source != HOOKS_SOURCE for name in _mentioned(tree)}
    assert sorted(LISTED - used) == []


def _mentioned(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.FunctionDef):
            yield node.name


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    modules = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "ministack":
            for alias in node.names:
                if importlib.util.find_spec(node.module) and _is_module(f"{node.module}.{alias.name}"):
                    modules[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                else:
                    yield node.module, alias.name
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            yield modules[node.value.id], node.attr


def _is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _defined(tree: ast.Module) -> Iterator[str]:
    """Names of functions, methods and variables, and of attributes that are assigned to `self`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and _is_self(node.value):
            yield node.attr


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"
