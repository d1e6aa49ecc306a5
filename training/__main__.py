"""`python -m training process|train|evaluate|serve|check|survey`: the image's entry point.

SageMaker passes `train` and `serve` by itself; a processing job names its verb in ContainerArguments. A
verb's modules are imported only when it runs, so that an endpoint does not load what only training needs.
"""

from __future__ import annotations

import importlib
import sys
import traceback
from typing import TYPE_CHECKING

from training.kernels import settle
from training.paths import Paths

if TYPE_CHECKING:
    from collections.abc import Sequence

VERBS = ("process", "train", "evaluate", "serve", "check", "survey")
LONGEST_REASON = 1000
"""SageMaker keeps the first 1,024 characters of a reason."""


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in VERBS:
        given = " ".join(arguments) or "nothing"
        print(f"usage: python -m training {'|'.join(VERBS)} (given: {given})", file=sys.stderr)
        return 2
    verb, paths = arguments[0], Paths.from_environment()
    try:  # our own errors are sentences; another's is told with its kind and its trace
        importlib.import_module(f"training.{verb}.job").run(paths)
    except Exception as fault:  # noqa: BLE001 - the last chance to tell SageMaker why
        ours = type(fault).__module__.startswith(("training.", "dropforge."))
        said = str(fault) if ours else f"{type(fault).__name__}: {fault}"
        if not ours:
            traceback.print_exc()
        print(said, file=sys.stderr, flush=True)
        file = paths.failure if verb == "train" else paths.message
        file.write_text(said[:LONGEST_REASON], encoding="utf-8")
        return 1
    return 0


if __name__ == "__main__":
    settle()  # before any verb loads a numerical library
    sys.exit(main(sys.argv[1:]))
