"""Where things are in a checkout."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Everything made on this machine; safe to delete while nothing runs. Another home is another cloud beside it.
HOME = Path(os.environ.get("DROPFORGE_HOME") or ROOT / ".dropforge").resolve()
BUILD = ROOT / ".dropforge" / "build"  # caches by content, shared by all homes
STATE = HOME / "state"
CURRENT = HOME / "current.json"
LOG = HOME / "localcloud.log"
TEMPLATE = ROOT / "template.yaml"
