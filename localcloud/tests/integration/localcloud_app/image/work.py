"""A job: write one file where Processing collects it, or fail and say why."""

import os
import sys
import time
import urllib.request
from pathlib import Path

base = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
if sys.argv[1] == "sleep":
    time.sleep(600)
if sys.argv[1] == "fail":
    (base / "output").mkdir(parents=True, exist_ok=True)
    (base / "output" / "message").write_text("asked to fail")
    sys.exit(3)
if sys.argv[1] == "aws":
    try:
        urllib.request.urlopen("https://sts.amazonaws.com", timeout=5)
    except Exception as error:  # noqa: BLE001 - the job tells whatever it was
        (base / "output").mkdir(parents=True, exist_ok=True)
        (base / "output" / "message").write_text(str(error))
        sys.exit(4)
output = base / "processing" / "output"
output.mkdir(parents=True, exist_ok=True)
(output / "greeting.txt").write_text(os.environ["GREETING"])
