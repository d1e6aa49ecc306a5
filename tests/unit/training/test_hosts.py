"""Several hosts train one model: each its share of the rows, and the first one writes it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.training.container import REPOSITORY
from tests.unit.training.learning import Job, contract_of, rows_of
from training.errors import JobError
from training.train.hosts import Hosts

NAMES = ("127.0.0.1", "localhost")
"""Both are this machine, as the hosts of a job on a laptop are."""


def host(folder: Path, name: str, rows: int = 1200) -> Job:
    job = Job(folder, contract_of("binary", algorithm={"name": "xgboost", "parameters": {"rounds": 20}}))
    frame = rows_of("binary", rows)
    job.give(frame[: rows - 200], frame[rows - 200 :])
    config = folder / "input" / "config"
    config.mkdir()
    document = {"current_host": name, "hosts": list(NAMES), "network_interface_name": "eth0"}
    (config / "resourceconfig.json").write_text(json.dumps(document))
    return job


def started(job: Job) -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ,
        "SAGEMAKER_BASE_DIR": str(job.base),
        "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY}/layers/core",
        "TRAINING_JOB_NAME": f"test-{os.getpid()}-{job.base.parent.name}",
    }
    program = [sys.executable, "-m", "training", "train"]
    return subprocess.Popen(program, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


@pytest.mark.slow
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_hosts_train_one_model_whichever_starts_first(order: tuple[int, int], tmp_path: Path) -> None:
    jobs = [host(tmp_path / name, name) for name in NAMES]
    running = {rank: started(jobs[rank]) for rank in order}
    said = {rank: process.communicate(timeout=100)[0].decode() for rank, process in running.items()}
    assert [running[rank].returncode for rank in (0, 1)] == [0, 0], said
    assert not (jobs[1].model / "manifest.json").exists()
    facts = jobs[0].document("training.json")
    assert facts["hosts"] == 2
    assert facts["rows"]["train"] == 1000
    assert facts["metrics"]["auc"] > 0.9
    assert "validation-auc:" in said[0]
    assert "has done its part; 127.0.0.1 writes the model" in said[1]


def test_a_host_that_waits_in_vain_says_for_what(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from training.train import hosts

    monkeypatch.setattr(hosts, "WAIT", 0.5)
    job = host(tmp_path, NAMES[1])
    assert job.run() == 1
    assert job.failure.startswith("the first host's tracker did not answer on port ")


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("{", "resourceconfig.json does not name this host and all hosts"),
        ('{"hosts": ["algo-1"]}', "does not name this host"),
        ('{"current_host": "algo-3", "hosts": ["algo-1", "algo-2"]}', "names 'algo-3' as this host"),
    ],
)
def test_a_configuration_that_makes_no_sense_is_refused(document: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "resourceconfig.json").write_text(document)
    with pytest.raises(JobError, match=said):
        Hosts.read(tmp_path / "resourceconfig.json")


def test_hosts_are_counted_and_not_spelled(tmp_path: Path) -> None:
    names = [f"algo-{number}" for number in range(1, 12)]
    file = tmp_path / "resourceconfig.json"
    file.write_text(json.dumps({"current_host": "algo-10", "hosts": sorted(names)}))
    hosts = Hosts.read(file)
    assert hosts.names == tuple(names)
    assert hosts.rank == 9
    assert not hosts.first
    assert Hosts.read(tmp_path / "absent.json") == Hosts()
