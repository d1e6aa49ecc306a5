"""A training job that says how near its hyperparameter is to a place nobody told it."""

import json
import os
import time
from pathlib import Path

base = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
settings = json.loads((base / "input/config/hyperparameters.json").read_text())
for turn in range(3):
    time.sleep(float(settings["pause"]))
    print(f"[{turn}] nearness={1 - abs(float(settings['x']) - 0.6):.4f};", flush=True)  # noqa: T201 - metrics are read from what it prints
(base / "model/x").write_text(settings["x"])
