"""Which operations the pinned MiniStack has a handler for, read from its source without running it.

MiniStack keeps no list, and its services find a handler in three ways: a table by the operation's name, a
comparison with it, or a function of that name. All three are looked for, among the names that AWS's model
has. The cost: a handler that only refuses counts as one; what is known of such is in the facts.
"""

from __future__ import annotations

import ast
import importlib.util
from functools import cache
from pathlib import Path

from botocore import xform_name

from localcloud.api.models import service_model
from localcloud.ministack.cloudformation.sagemaker_types import KINDS


@cache
def operations(service: str) -> tuple[str, ...]:
    """Of a service, by botocore's name: the operations that have a handler."""
    words, functions = _names(_module(service))
    known = service_model(service).operation_names
    return tuple(name for name in known if name in words or xform_name(name) in functions)


@cache
def resource_types() -> frozenset[str]:
    """The CloudFormation types that can be made: MiniStack's own and those that the adapter adds."""
    from ministack.services.cloudformation import provisioners

    added = {"AWS::CloudWatch::CompositeAlarm", *(f"AWS::SageMaker::{kind.noun}" for kind in KINDS)}
    return frozenset(added | set(provisioners._RESOURCE_HANDLERS))  # noqa: SLF001 - there is no public list


def version() -> str:
    import importlib.metadata

    return importlib.metadata.version("ministack")


# Where MiniStack's name of a service is not botocore's.
_ROUTED = {"cloudwatch": "monitoring", "stepfunctions": "states"}


def _module(service: str) -> str:
    from ministack.app import SERVICE_REGISTRY

    return str(SERVICE_REGISTRY[_ROUTED.get(service, service)]["module"])


def _names(module: str) -> tuple[set[str], set[str]]:
    """The words that are keys or are compared with, and the names of functions."""
    words: set[str] = set()
    functions: set[str] = set()
    for file in _files(module):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                functions.add(node.name.lstrip("_"))
            elif isinstance(node, ast.Dict):
                words.update(_texts([key for key in node.keys if key is not None]))
            elif isinstance(node, ast.Compare):
                words.update(_texts(node.comparators))
    return words, functions


def _texts(nodes: list[ast.expr]) -> set[str]:
    flat = [
        item for node in nodes for item in (node.elts if isinstance(node, ast.Tuple | ast.Set) else [node])
    ]
    return {item.value for item in flat if isinstance(item, ast.Constant) and isinstance(item.value, str)}


def _files(module: str) -> list[Path]:
    spec = importlib.util.find_spec(f"ministack.services.{module}")
    if spec is None or spec.origin is None:
        raise LookupError(f"MiniStack has no module {module}")
    origin = Path(spec.origin)
    return sorted(origin.parent.glob("*.py")) if origin.name == "__init__.py" else [origin]
