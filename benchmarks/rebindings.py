"""What the local cloud puts in the place of others' functions while it starts, seen as it happens.

    python -m benchmarks.rebindings       # names and how often, as JSON; `./dropforge bench shape` sums up

A cloud is started in this process and runs one state machine. Every module that is not this one's notes who
assigns to its names from outside, so nothing has to be declared to be counted; methods that were put into
somebody's classes are found afterwards. What a cloud writes into a table that a library keeps for extensions
is not a rebinding.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import json
import os
import subprocess
import sys
import tempfile
import time
import types
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parent.parent
OURS = "localcloud"
WATCHED = ("botocore", "hypercorn", "jsonata", "ministack", "moto", OURS)
TRUST = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}
MACHINE = {"QueryLanguage": "JSONata", "StartAt": "Done", "States": {"Done": {"Type": "Pass", "End": True}}}
_seen: Counter[str] = Counter()


class Watched(types.ModuleType):
    """A module that notes what the local cloud assigns to its names."""

    def __setattr__(self, name: str, value: Any) -> None:
        if _is_foreign(self.__name__, name, value, sys._getframe(1)):  # noqa: SLF001 - who assigns
            _seen[f"{self.__name__}.{name}"] += 1
        super().__setattr__(name, value)


class Finder(importlib.abc.MetaPathFinder):
    """Makes a watched module of each module that is imported from a watched package."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name.partition(".")[0] not in WATCHED:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            spec.loader = _Loader(name, spec.loader.path)
        return spec


class _Loader(importlib.machinery.SourceFileLoader):
    def exec_module(self, module: types.ModuleType) -> None:
        super().exec_module(module)
        module.__class__ = Watched


def _is_foreign(module: str, name: str, value: Any, frame: types.FrameType | None) -> bool:
    """Whether code of the local cloud assigns here, and not the import of a submodule."""
    if name.startswith("__") or (
        isinstance(value, types.ModuleType) and value.__name__ == f"{module}.{name}"
    ):
        return False
    while frame is not None and frame.f_globals.get("__name__") in (__name__, f"{OURS}.ministack.rebinding"):
        frame = frame.f_back
    return frame is not None and str(frame.f_globals.get("__name__", "")).partition(".")[0] == OURS


def methods() -> set[str]:
    """The methods of the local cloud that stand in others' classes."""
    found = set()
    for module in [each for name, each in sys.modules.items() if name.partition(".")[0] in WATCHED[:-1]]:
        for owner in [each for each in vars(module).values() if isinstance(each, type)]:
            if owner.__module__.partition(".")[0] != OURS:
                found |= {
                    f"{owner.__module__}.{owner.__qualname__}.{name}"
                    for name, value in vars(owner).items()
                    if str(getattr(value, "__module__", "")).partition(".")[0] == OURS
                    and isinstance(value, types.FunctionType)
                }
    return found


def measure(folder: Path) -> dict[str, int]:
    """How often each name was rebound while a cloud started and a state machine ran."""
    for module in [each for each in sys.modules.values() if type(each) is types.ModuleType]:
        if module.__name__.partition(".")[0] in sys.stdlib_module_names:
            module.__class__ = Watched
    sys.meta_path.insert(0, Finder())
    from localcloud.cloud import Cloud

    with Cloud(folder / "state", build_dir=folder / "build", report=lambda _: None) as cloud:
        _run_a_machine(cloud)
        return dict(sorted((_seen + Counter(methods())).items()))


def _run_a_machine(cloud: Any) -> None:
    trust = json.dumps({"Statement": TRUST})
    role = cloud.client("iam").create_role(RoleName="runs", AssumeRolePolicyDocument=trust)["Role"]
    states = cloud.client("stepfunctions")
    machine = states.create_state_machine(name="one", definition=json.dumps(MACHINE), roleArn=role["Arn"])
    run = states.start_execution(stateMachineArn=machine["stateMachineArn"])["executionArn"]
    while (status := states.describe_execution(executionArn=run)["status"]) == "RUNNING":
        time.sleep(0.05)
    if status != "SUCCEEDED":
        raise RuntimeError(f"the state machine that was to be watched ended {status}")


def count() -> dict[str, int]:
    """The same, in a process of its own: modules that were imported before cannot be watched."""
    command = [sys.executable, "-P", str(Path(__file__))]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, text=True)
    return {str(name): int(times) for name, times in json.loads(done.stdout).items()}


def whose(name: str) -> str:
    """Whose name it is, in a word."""
    package = name.partition(".")[0]
    return {"ministack": "MiniStack", "moto": "moto", OURS: "its own"}.get(package, "other libraries")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        print(json.dumps(measure(Path(temporary))))
