"""What the numerical libraries are told before they are loaded."""

import os
from pathlib import Path

import pytest

from training import kernels

WIDE = "processor\t: 0\nflags\t\t: fpu avx512f avx512cd avx512bw avx512dq avx512vl sse\nbugs\t: none\n"


@pytest.mark.parametrize(
    ("processor", "expected"), [(WIDE, "SkylakeX"), ("flags : avx2 fma", "Haswell"), ("", "Haswell")]
)
def test_the_widest_kernels_are_taken_where_the_processor_has_them(
    processor: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cpuinfo").write_text(processor)
    monkeypatch.setattr(kernels, "PROCESSOR", tmp_path / "cpuinfo")
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    kernels.settle()
    assert os.environ["OPENBLAS_CORETYPE"] == expected
    assert os.environ["OMP_WAIT_POLICY"] == "passive"


def test_a_machine_without_that_file_keeps_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "PROCESSOR", tmp_path / "none")
    monkeypatch.delenv("OPENBLAS_CORETYPE", raising=False)
    monkeypatch.setenv("OMP_WAIT_POLICY", "active")
    kernels.settle()
    assert "OPENBLAS_CORETYPE" not in os.environ
    assert os.environ["OMP_WAIT_POLICY"] == "active"
