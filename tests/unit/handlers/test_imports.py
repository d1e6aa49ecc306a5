"""What the layer does when it is imported: nothing that anyone sees."""

from __future__ import annotations

import subprocess
import sys

EVERYTHING = (
    "import pkgutil, importlib, dropforge; "
    "[importlib.import_module(m.name) for m in pkgutil.walk_packages(dropforge.__path__, 'dropforge.')]"
)


def test_importing_every_module_of_the_layer_prints_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", EVERYTHING], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
