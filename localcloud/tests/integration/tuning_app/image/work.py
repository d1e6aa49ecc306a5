"""A training job that says how near its hyperparameter is to a place nobody told it.

Where it is given a folder of tickets it ends only with one of them: so a test knows which trials are at work.
"""

import contextlib
import json
import os
import time
from pathlib import Path


def taken(tickets: Path) -> bool:
    """Whether this trial got one of the tickets, of which each lets one trial end."""
    for ticket in tickets.iterdir():
        with contextlib.suppress(FileNotFoundError):
            ticket.unlink()
            return True
    return False


base = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
settings = json.loads((base / "input/config/hyperparameters.json").read_text())
for turn in range(3):
    time.sleep(float(settings["pause"]))
    print(f"[{turn}] nearness={1 - abs(float(settings['x']) - 0.6):.4f};", flush=True)
while settings["tickets"] and not taken(Path(settings["tickets"])):
    time.sleep(0.02)
(base / "model/x").write_text(settings["x"])
