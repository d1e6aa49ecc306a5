"""Where things are in a checkout."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".dropforge"  # everything made on this machine; safe to delete while nothing runs
STATE = HOME / "state"
CURRENT = HOME / "current.json"
LOG = HOME / "localcloud.log"
TEMPLATE = ROOT / "template.yaml"
