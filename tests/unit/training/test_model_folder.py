"""A model's folder is data: checked before anything is loaded, and nothing in it can run."""

import ast
import gzip
import io
import json
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.unit.training.container import REPOSITORY, Container
from tests.unit.training.learning import contract_of, learned
from training.errors import JobError
from training.model.archive import unpack
from training.model.manifest import MANIFEST, write_manifest
from training.model.predictor import Prediction, Predictor

SOURCES = sorted((REPOSITORY / "training").rglob("*.py")) + sorted(
    (REPOSITORY / "layers/core/dropforge").rglob("*.py")
)
FORBIDDEN = ("pickle", "joblib", "cloudpickle", "dill", "shelve", "marshal")


@pytest.fixture
def folder(trained: Container, tmp_path: Path) -> Path:
    copy = tmp_path / "model"
    shutil.copytree(trained.base / "model", copy)
    return copy


def archive_of(folder: Path, target: Path) -> Path:
    with tarfile.open(target, "w:gz") as tar:
        tar.add(folder, arcname=".")
    return target


@pytest.mark.parametrize(
    "name", ["model.onnx", "transform.onnx", "labels.json", "contract.json", "importance.json"]
)
def test_one_byte_changed_is_refused(name: str, folder: Path) -> None:
    body = bytearray((folder / name).read_bytes())
    body[len(body) // 2] ^= 1
    (folder / name).write_bytes(body)
    with pytest.raises(JobError, match=f"not what was trained: {name} does not match its SHA-256"):
        Predictor(folder)


def test_a_file_added_is_refused(folder: Path) -> None:
    (folder / "extra.py").write_text("print()")
    with pytest.raises(JobError, match=r"not whole: extra\.py is not in the manifest"):
        Predictor(folder)


def test_a_file_added_in_a_folder_is_refused(folder: Path) -> None:
    (folder / "code").mkdir()
    (folder / "code" / "inference.py").write_text("print()")
    with pytest.raises(JobError, match=r"code/inference\.py is not in the manifest"):
        Predictor(folder)


def test_a_file_taken_away_is_refused(folder: Path) -> None:
    (folder / "labels.json").unlink()
    with pytest.raises(JobError, match=r"not whole: labels\.json is missing"):
        Predictor(folder)


def test_a_wrong_digest_is_refused(folder: Path) -> None:
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest["sha256"]["model.onnx"] = "0" * 64
    (folder / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(JobError, match=r"model\.onnx does not match its SHA-256"):
        Predictor(folder)


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"sha256": []}', "\x00"])
def test_a_manifest_that_is_none_is_refused(body: str, folder: Path) -> None:
    (folder / MANIFEST).write_text(body)
    with pytest.raises(JobError, match="the model's manifest"):
        Predictor(folder)


def test_without_a_manifest_nothing_is_loaded(folder: Path) -> None:
    (folder / MANIFEST).unlink()
    with pytest.raises(JobError, match=r"the model has no manifest\.json"):
        Predictor(folder)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.5, 0.9, 0.999])
def test_an_archive_with_one_byte_changed_is_refused(share: float, folder: Path, tmp_path: Path) -> None:
    archive = archive_of(folder, tmp_path / "model.tar.gz")
    body = bytearray(archive.read_bytes())
    body[int(len(body) * share)] ^= 0x10
    archive.write_bytes(body)
    with pytest.raises(JobError):
        _loaded(archive, tmp_path / "out")


def test_an_archive_cut_short_is_refused(folder: Path, tmp_path: Path) -> None:
    archive = archive_of(folder, tmp_path / "model.tar.gz")
    archive.write_bytes(archive.read_bytes()[:-100])
    with pytest.raises(JobError, match=r"model\.tar\.gz cannot be unpacked"):
        _loaded(archive, tmp_path / "out")


def test_what_is_not_an_archive_is_refused(tmp_path: Path) -> None:
    for index, body in enumerate((b"", b"hello", gzip.compress(b"hello"))):
        archive = tmp_path / f"{index}.tar.gz"
        archive.write_bytes(body)
        with pytest.raises(JobError):
            _loaded(archive, tmp_path / f"out{index}")


@pytest.mark.parametrize("name", ["../evil", "a/../../evil"])
def test_a_member_outside_the_folder_is_refused(name: str, tmp_path: Path) -> None:
    archive = tmp_path / "model.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        member = tarfile.TarInfo(name)
        member.size = 1
        tar.addfile(member, io.BytesIO(b"x"))
    with pytest.raises(JobError):
        unpack(archive, tmp_path / "out")
    assert not (tmp_path / "evil").exists()


def test_a_link_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "model.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        member = tarfile.TarInfo("model.onnx")
        member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(member)
    with pytest.raises(JobError, match="neither a file nor a folder"):
        unpack(archive, tmp_path / "out")


def test_a_whole_archive_is_loaded(folder: Path, tmp_path: Path) -> None:
    _loaded(archive_of(folder, tmp_path / "model.tar.gz"), tmp_path / "out")


def _loaded(archive: Path, out: Path) -> None:
    out.mkdir()
    unpack(archive, out)
    Predictor(out)


def test_a_graph_that_names_another_file_does_not_reach_that_file(folder: Path) -> None:
    """Weights outside the graph would be read from wherever it says."""
    import onnx
    from onnx import TensorProto, helper

    outside = TensorProto(
        name="w", data_type=TensorProto.FLOAT, dims=[1, 1], data_location=TensorProto.EXTERNAL
    )
    entry = outside.external_data.add()
    entry.key, entry.value = "location", "/etc/passwd"
    take = helper.make_tensor_value_info("features", TensorProto.FLOAT, [None, 1])
    give = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [None, 1])
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["features", "w"], ["probabilities"])], "g", [take], [give], [outside]
    )
    (folder / "model.onnx").write_bytes(onnx.helper.make_model(graph).SerializeToString())
    (folder / MANIFEST).unlink()
    write_manifest(folder)
    with pytest.raises(Exception, match=r"(?i)external|path|file"):
        Predictor(folder)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_no_source_of_ours_can_load_a_pickle(source: Path) -> None:
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            assert not {name.name.split(".")[0] for name in node.names} & set(FORBIDDEN)
        if isinstance(node, ast.ImportFrom):
            assert (node.module or "").split(".")[0] not in FORBIDDEN
            assert not {name.name for name in node.names} & set(FORBIDDEN)
        if isinstance(node, ast.Call):
            _check_call(node)


def _check_call(node: ast.Call) -> None:
    called = ast.unparse(node.func)
    allowed = [word for word in node.keywords if word.arg == "allow_pickle"]
    assert all(isinstance(word.value, ast.Constant) and word.value.value is False for word in allowed)
    if called in ("np.load", "numpy.load"):
        assert allowed, "np.load without allow_pickle=False"
    assert called not in ("eval", "exec", "__import__", "pl.read_pickle", "pandas.read_pickle")


def test_serving_loads_no_learning_library(trained: Container) -> None:
    """What is not loaded cannot be reached, and costs no start-up."""
    program = (
        "import sys; from pathlib import Path; from training.model.predictor import Predictor; "
        "import training.serve.application, training.serve.requests; "
        f"Predictor(Path({str(trained.base / 'model')!r})); "
        "print(sorted({'sklearn', 'joblib', 'xgboost', 'skl2onnx', 'onnx', 'statsmodels', 'pandas', 'scipy', "
        "'matplotlib'} & {name.split('.')[0] for name in sys.modules}))"
    )
    environment = {"PYTHONPATH": f"{REPOSITORY}:{REPOSITORY}/layers/core", "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_boosted_model_is_trained_without_scikit_learn() -> None:
    program = (
        "import sys; import training.train.algorithms.xgboost_train, training.train.job; "
        "print([name for name in ('sklearn', 'joblib', 'pandas', 'skl2onnx') if name in sys.modules])"
    )
    environment = {"PYTHONPATH": f"{REPOSITORY}:{REPOSITORY}/layers/core", "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("problem", "applies"),
    [
        ("binary", {"label", "probability", "confidence"}),
        ("multiclass", {"label", "confidence", "probabilities"}),
        ("regression", {"value"}),
    ],
)
def test_a_prediction_holds_what_applies_to_its_problem(
    problem: str, applies: set[str], tmp_path: Path
) -> None:
    job = learned(tmp_path, contract_of(problem), rounds=5)
    record = {"size": 10, "age": None, "day": "2016-01-01", "colour": "red", "shape": "5"}
    (found,) = job.predictor().predict([record], ["record 1"])
    assert set(found.document()) == applies
    if problem == "multiclass":
        assert found.probabilities is not None
        assert max(found.probabilities, key=lambda name: found.probabilities[name]) == found.label
        assert found.confidence == max(found.probabilities.values())


def test_a_positive_class_may_come_first_among_the_classes() -> None:
    from training.model.labels import Labels

    labels = Labels(("no", "yes"), "no")
    assert labels.positive_index == 0
    assert labels.negative == "yes"
    assert Prediction(value=0.0).document() == {"value": 0.0}
