"""The image's digest, the shape of the code and the doctor's findings."""

from pathlib import Path

from benchmarks.shape import functions, shape
from cli.doctor import machine
from cli.image import digest
from cli.paths import ROOT
from cli.show import cell, metrics
from tests.architecture.allowed_imports import is_allowed


def test_the_images_tag_changes_with_its_files_and_not_with_what_python_caches(tmp_path: Path) -> None:
    core = tmp_path / "layers" / "core" / "dropforge"
    (tmp_path / "training" / "__pycache__").mkdir(parents=True)
    (core / "domain").mkdir(parents=True)
    (core / "__init__.py").touch()
    (tmp_path / "training" / "train.py").write_text("1")
    first = digest(tmp_path)
    (tmp_path / "training" / "__pycache__" / "train.pyc").write_text("x")
    assert digest(tmp_path) == first
    (tmp_path / "training" / "train.py").write_text("2")
    assert digest(tmp_path) != first


def test_a_docstring_does_not_make_a_function_longer(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text('def f():\n    """One.\n\n    Two.\n    """\n    return 1\n\n\ndef g(): ...\n')
    assert [(node.name, length) for node, length in functions(path)] == [("f", 2), ("g", 1)]
    assert shape("p", [path]).function_max == 2


def test_an_import_is_allowed_by_the_whole_name_of_a_package() -> None:
    assert is_allowed("json.decoder", set())
    assert is_allowed("dropforge.domain.run", {"dropforge.domain"})
    assert not is_allowed("dropforge.domains", {"dropforge.domain"})
    assert not is_allowed("boto3", {"dropforge"})


def test_this_checkout_has_a_lock_that_its_doctor_finds_well() -> None:
    assert machine.lock().ok
    assert machine.template().ok == (ROOT / "template.yaml").exists()


def test_a_cell_is_one_line_and_metrics_are_short() -> None:
    assert cell("two\n lines") == "two lines"
    assert cell(None) == "-"
    assert metrics({"rows": 3, "auc": 0.98765, "accuracy": 1.0}) == "accuracy 1.0000 auc 0.9877"
