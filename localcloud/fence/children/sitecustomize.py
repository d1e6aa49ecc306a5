"""Read by every Python process at its start, unless it is told not to (-S, -I, -E)."""

import runpy
from pathlib import Path

runpy.run_path(str(Path(__file__).parents[1] / "guard.py"))
