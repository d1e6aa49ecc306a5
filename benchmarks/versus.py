"""Two checkouts in turn, as whole processes: `python3 benchmarks/versus.py OLD NEW --turns 3 -- demo`.

    -- up      a fresh state, warm caches; to the line that says ready, then stopped
    -- demo    or any other command, to its end

A machine that others use makes wall time a matter of luck, so the processor's time of the command and of all
that it started stands beside it, each turn runs both, and the ratio of the medians is what to quote. It needs
nothing but Python and the two checkouts, so it measures commits that lack it.
"""

import argparse
import os
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

UNWANTED = ("PYTHONPATH", "VIRTUAL_ENV", "DROPFORGE_STACK", "AWS_ENDPOINT_URL")


@dataclass(frozen=True)
class Turn:
    """What one run took, in seconds."""

    wall: float
    processor: float


def measure(checkout: Path, words: list[str]) -> Turn:
    """Run a command of a checkout on a fresh state."""
    home = Path(tempfile.mkdtemp(prefix="versus-"))
    environment = {name: value for name, value in os.environ.items() if name not in UNWANTED}
    before, begun = _children(), time.monotonic()
    command = [str(checkout / "dropforge"), *words, *(["--port", "0"] if words == ["up"] else [])]
    with (
        (home / "said").open("w+") as said,
        subprocess.Popen(
            command, stdout=said, stderr=said, env={**environment, "DROPFORGE_HOME": str(home)}, cwd=checkout
        ) as process,
    ):
        wall = _until_ready(process, Path(said.name), begun) if words == ["up"] else None
        status = process.wait()
    wall = wall or time.monotonic() - begun
    if status:
        sys.exit(f"{command} ended with {status}; {home / 'said'} says why")
    shutil.rmtree(home)
    return Turn(wall, _children() - before)


def _until_ready(process: "subprocess.Popen[bytes]", said: Path, begun: float) -> float:
    while process.poll() is None and "\nready: " not in said.read_text(errors="replace"):
        time.sleep(0.02)
    took = time.monotonic() - begun
    process.send_signal(signal.SIGTERM)
    return took


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Both in turn, then the medians and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("words", nargs="+", metavar="-- COMMAND")
    given = parser.parse_args()
    taken: dict[Path, list[Turn]] = {given.old.resolve(): [], given.new.resolve(): []}
    for number in range(given.turns):
        for checkout, turns in taken.items():
            turns.append(measure(checkout, given.words))
            print(f"turn {number + 1}  {checkout}: {_shown(turns[-1])}", flush=True)
    old, new = (_median(turns) for turns in taken.values())
    print(f"median  old: {_shown(old)}\nmedian  new: {_shown(new)}")
    print(f"new / old: wall {new.wall / old.wall:.0%}, processor {new.processor / old.processor:.0%}")


def _median(turns: list[Turn]) -> Turn:
    return Turn(statistics.median(t.wall for t in turns), statistics.median(t.processor for t in turns))


def _shown(turn: Turn) -> str:
    return f"{turn.wall:.1f} s wall, {turn.processor:.1f} s processor"


if __name__ == "__main__":
    main()
