"""A job: write one file where Processing collects it, or fail and say why."""

import os
import sys
from pathlib import Path

base = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
if sys.argv[1] == "fail":
    (base / "output").mkdir(parents=True, exist_ok=True)
    (base / "output" / "message").write_text("asked to fail")
    sys.exit(3)
output = base / "processing" / "output"
output.mkdir(parents=True, exist_ok=True)
(output / "greeting.txt").write_text(os.environ["GREETING"])
