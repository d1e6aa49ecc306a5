"""What the numerical libraries are told before they are loaded, since they read it only then.

One rounding on every machine that can: OpenBLAS chooses kernels by the processor's maker, and takes narrower
ones on an AMD processor with the same vector instructions as an Intel one. Sums are then rounded otherwise;
where columns tie, as when some give the target exactly, even another set of them is selected. So the widest
kernels are asked for wherever the processor has their instructions.

Threads that wait do so asleep: by default they spin, and where several trials share two cores, each takes
from the others what it does nothing with (one case took 25 s in place of 6).
"""

from __future__ import annotations

import os
from pathlib import Path

INSTRUCTIONS = frozenset(("avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"))
KERNELS = "SkylakeX"
PROCESSOR = Path("/proc/cpuinfo")


def settle() -> None:
    """Whatever the shell says of kernels: the same drop gives the same model, not the same drop and shell."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    if PROCESSOR.exists() and _flags(PROCESSOR.read_text(encoding="utf-8")) >= INSTRUCTIONS:
        os.environ["OPENBLAS_CORETYPE"] = KERNELS


def _flags(text: str) -> frozenset[str]:
    """Of the first core."""
    line = next((line for line in text.splitlines() if line.startswith("flags")), "")
    return frozenset(line.partition(":")[2].split())
