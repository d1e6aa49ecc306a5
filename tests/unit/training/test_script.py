"""A user's own training script: what it is given, and what its model must be."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.unit.training.container import REPOSITORY
from tests.unit.training.learning import Job, contract_of, rows_of

GOOD = """
import json, os
from pathlib import Path
import numpy as np
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.linear_model import {kind}

train, held = (Path(os.environ["SM_CHANNEL_" + part]) for part in ("TRAIN", "VALIDATION"))
features, labels = np.load(train / "features.npy"), np.load(train / "labels.npy")
names = json.loads((train / "names.json").read_text())
assert features.dtype == np.float32 and features.shape[1] == len(names)
assert len(np.load(held / "features.npy")) == len(np.load(held / "labels.npy")) == 100
assert os.environ["SM_HP_STRENGTH"] == "0.5" and json.loads(os.environ["SM_HPS"])["mode"] == "fast"
assert not any(name.startswith("AWS_") for name in os.environ)
print("validation-own:0.5")
model = {kind}().fit(features, labels)
graph = to_onnx(model, initial_types=[("features", FloatTensorType([None, features.shape[1]]))],
                target_opset={{"": 18, "ai.onnx.ml": 3}}, options={options})
graph.graph.output[-1].name, before = "{output}", graph.graph.output[-1].name
for node in graph.graph.node:
    for index, name in enumerate(node.output):
        if name == before:
            node.output[index] = "{output}"
(Path(os.environ["SM_MODEL_DIR"]) / "model.onnx").write_bytes(graph.SerializeToString())
(Path(os.environ["SM_MODEL_DIR"]) / "evil.py").write_text("print()")
"""
MAKE = """
import os
from pathlib import Path
import numpy as np
from onnx import TensorProto, helper, numpy_helper
width = np.load(Path(os.environ["SM_CHANNEL_TRAIN"]) / "features.npy").shape[1]
target = Path(os.environ["SM_MODEL_DIR"]) / "model.onnx"
def info(name, columns, kind=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, kind, [None, columns])
def save(nodes, inputs, outputs, weights=(), opsets=(("", 18),)):
    graph = helper.make_graph(nodes, "g", inputs, outputs, weights)
    imports = [helper.make_opsetid(*pair) for pair in opsets]
    model = helper.make_model(graph, opset_imports=imports, ir_version=9)
    target.write_bytes(model.SerializeToString())
def weight(values):
    return numpy_helper.from_array(np.asarray(values, np.float32), "w")
def product(take="features", give="probabilities", columns=2, value=1.0, rows=width, outside=False):
    held = weight(np.full((rows, columns), value))
    if outside:
        (target.parent / "w.bin").write_bytes(held.raw_data)
        held.ClearField("raw_data")
        held.data_location = TensorProto.EXTERNAL
        entry = held.external_data.add()
        entry.key, entry.value = "location", "w.bin"
    node = helper.make_node("MatMul", [take, "w"], [give])
    save([node], [info(take, rows)], [info(give, columns)], [held])
def node(operator, kind=TensorProto.FLOAT, domain="", **attributes):
    made = helper.make_node(operator, ["features"], ["probabilities"], domain=domain, **attributes)
    opsets = [("", 18), *([(domain, 1)] if domain else [])]
    save([made], [info("features", width)], [info("probabilities", width, kind)], opsets=opsets)
"""


def job_of(folder: Path, script: str, problem: str = "binary") -> Job:
    job = Job(
        folder,
        contract_of(
            problem,
            algorithm={
                "name": "script",
                "entry": "train.py",
                "parameters": {"strength": 0.5, "mode": "fast"},
            },
        ),
    )
    frame = rows_of(problem, 500)
    job.give(frame[:400], frame[400:])
    job.folder("script").mkdir()
    (job.folder("script") / "train.py").write_text(script, encoding="utf-8")
    return job


@pytest.mark.parametrize(
    ("problem", "kind", "output"),
    [
        ("binary", "LogisticRegression", "probabilities"),
        ("multiclass", "LogisticRegression", "probabilities"),
        ("regression", "LinearRegression", "values"),
    ],
)
def test_a_scripts_model_is_kept_served_and_measured(
    problem: str, kind: str, output: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    options = '{"zipmap": False}' if problem != "regression" else "None"
    job = job_of(tmp_path, GOOD.format(kind=kind, output=output, options=options), problem)
    assert job.run() == 0, job.failure
    assert "validation-own:0.5" in capsys.readouterr().out
    assert not (job.model / "evil.py").exists()
    facts = job.document("training.json")
    assert facts["algorithm"] == "script"
    assert facts["script"] == "train.py"
    assert len(facts["script_sha256"]) == 64
    metric = {"binary": "auc", "multiclass": "accuracy", "regression": "r2"}[problem]
    assert facts["metrics"][metric] > 0.5
    scores = job.predictor().scores_of(rows_of(problem, 10, seed=3))
    assert scores.shape == (10, {"binary": 2, "multiclass": 3, "regression": 1}[problem])


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("print('so far'); raise SystemExit(3)", "train.py ended with code 3: so far"),
        ("import nothing_of_that_name", "ModuleNotFoundError: No module named 'nothing_of_that_name'"),
        ("def", "train.py ended with code 1"),
        ("print('done')", "the script left no model.onnx in SM_MODEL_DIR"),
        (MAKE + "target.write_bytes(b'no graph')", "the script's model.onnx is not a valid graph"),
        (MAKE + "target.symlink_to('/etc/passwd')", "the script left no model.onnx"),
        (MAKE + "product(take='x')", "has the inputs 'x', and not one named 'features'"),
        (MAKE + "product(give='p')", "has the outputs 'p', and none named 'probabilities'"),
        (MAKE + "product(columns=3)", "has the shape [100, 3], not [100, 2]"),
        (MAKE + "product()", "is not a probability a class: a row adds up to"),
        (MAKE + "product(value=np.nan)", "holds values that are not numbers"),
        (MAKE + "product(rows=width + 1)", "cannot answer the rows"),
        (MAKE + "product(outside=True)", "keeps weights in another file; save them inside it"),
        (MAKE + "node('Steal', domain='com.evil')", "operators that are not standard: 'com.evil'"),
        (MAKE + "node('Cast', TensorProto.DOUBLE, to=TensorProto.DOUBLE)", "not a tensor of 32-bit floats"),
    ],
)  # fmt: skip
def test_what_a_script_does_wrong_fails_the_job_with_a_sentence(
    script: str, said: str, tmp_path: Path
) -> None:
    job = job_of(tmp_path, script)
    assert job.run() == 1
    assert said in job.failure
    assert not (job.model / "manifest.json").exists()


def test_the_example_of_the_documentation_works(tmp_path: Path) -> None:
    page = (REPOSITORY / "docs" / "script.md").read_text(encoding="utf-8")
    example = page.split("```python")[1].split("```")[0]
    job = job_of(tmp_path, example)
    assert job.run(depth=4) == 0, job.failure
    assert job.document("training.json")["metrics"]["auc"] > 0.8


def test_a_run_without_its_script_says_so(tmp_path: Path) -> None:
    job = job_of(tmp_path, "")
    (job.folder("script") / "train.py").unlink()
    assert job.run() == 1
    assert "holds 0 files that match *.py" in job.failure


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process of its parent's end")
def test_a_script_ends_with_a_job_that_is_killed(tmp_path: Path) -> None:
    job = job_of(tmp_path, "import os, time; print('pid', os.getpid(), flush=True); time.sleep(60)")
    environment = {
        **os.environ,
        "SAGEMAKER_BASE_DIR": str(tmp_path),
        "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY}/layers/core",
    }
    program = [sys.executable, "-m", "training", "train"]
    with subprocess.Popen(program, env=environment, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        pid = next(int(line.split()[1]) for line in running.stdout if line.startswith("pid"))
        running.kill()
        running.stdout.read()
    assert job.folder("script").exists()
    deadline = time.monotonic() + 10
    while Path(f"/proc/{pid}/cmdline").exists() and Path(f"/proc/{pid}/cmdline").read_bytes():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_script_finds_what_lies_beside_it_and_nothing_of_ours_first(tmp_path: Path) -> None:
    job = job_of(
        tmp_path, "import sys; raise SystemExit(f'{sys.argv[0][-8:]} {sys.path[0][-6:]} {__name__}')"
    )
    assert job.run() == 1
    assert job.failure == "train.py ended with code 1: train.py script __main__"


def test_parameters_of_the_job_reach_the_script(tmp_path: Path) -> None:
    script = "import os; e = os.environ; raise SystemExit(e['SM_HP_STRENGTH'] + ' ' + e['SM_SEED'])"
    job = job_of(tmp_path, script)
    assert job.run(strength="0.25", _tuning_objective_metric="validation:auc") == 1
    assert job.failure == "train.py ended with code 1: 0.25 7"
    assert json.loads((tmp_path / "input/config/hyperparameters.json").read_text())["strength"] == "0.25"
