"""The drawing of the packages is that of the code."""

from benchmarks.packages import main


def test_the_drawing_is_what_the_imports_make() -> None:
    assert main(["--check"]) == 0, "run `python -m benchmarks.packages`"
