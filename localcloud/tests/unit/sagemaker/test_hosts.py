"""Jobs of several machines: as many processes, each with its own tree and name, that end together."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from localcloud.fence import GUARD
from localcloud.services.sagemaker.jobs.hosts import hosts_in
from localcloud.services.sagemaker.runtime.process import can_mount
from localcloud.tests.patience import eventually
from localcloud.tests.unit.sagemaker.laptop import alive
from localcloud.tests.unit.sagemaker.test_jobs import (
    processing_request,
    training_request,
    unpacked,
    wait_training,
)

if TYPE_CHECKING:
    from localcloud.tests.unit.sagemaker.laptop import Laptop

many_addresses = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux has more than one address of its own"
)


def start(laptop: Laptop, name: str, count: int = 2, shared: bool = False, **settings: str) -> None:
    for number in range(5):
        laptop.put(f"data/train/{number}.csv", str(number))
    request = training_request(laptop, name)
    request["HyperParameters"] = {"mode": "hosts", **settings}
    request["ResourceConfig"]["InstanceCount"] = count
    if shared:
        source = request["InputDataConfig"][0]["DataSource"]["S3DataSource"]
        source["S3DataDistributionType"] = "ShardedByS3Key"
    laptop.sagemaker.create_training_job(**request)


def model(laptop: Laptop, name: str) -> dict[str, Any]:
    files = unpacked(laptop.get(f"model/{name}/output/model.tar.gz"))
    return {
        path: json.loads(body) if path.endswith(".json") else body.decode() for path, body in files.items()
    }


def processes(laptop: Laptop) -> list[str]:
    """The command lines that run with something of this cloud in their environment."""
    found = []
    for file in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"SAGEMAKER_BASE_DIR={laptop.state}".encode() in file.read_bytes():
                found.append(file.parent.name)
        except OSError:
            continue
    return [pid for pid in found if alive(int(pid))]


def test_the_machines_of_a_job_find_one_another_by_name_and_leave_one_model(laptop: Laptop) -> None:
    start(laptop, "three", count=3)
    job = wait_training(laptop, "three")

    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    files = model(laptop, "three")
    assert files["algo-1.json"]["met"] == ["algo-2", "algo-3"]
    assert files["algo-3.json"]["met"] == ["algo-1"]
    assert [files[f"algo-{number}.txt"] for number in (1, 2, 3)] == ["algo-1", "algo-2", "algo-3"]
    assert files["shared.txt"] == "algo-1"
    assert job["FinalMetricDataList"][0]["Value"] == 0.5


def test_each_machine_has_a_log_stream_of_its_own(laptop: Laptop) -> None:
    start(laptop, "logs")
    wait_training(laptop, "logs")

    for name in ("algo-1", "algo-2"):
        lines = laptop.log_lines("/aws/sagemaker/TrainingJobs", f"logs/{name}-")
        assert lines[0] == f"hello from {name}"


@pytest.mark.parametrize("shared", [False, True])
def test_an_input_is_whole_on_each_machine_or_shared_out_by_key(laptop: Laptop, shared: bool) -> None:
    start(laptop, "data", shared=shared)
    wait_training(laptop, "data")
    files = model(laptop, "data")
    parts = [files[f"algo-{number}.json"]["data"] for number in (1, 2)]

    if shared:
        assert parts == [["0.csv", "2.csv", "4.csv"], ["1.csv", "3.csv"]]
    else:
        assert parts == [[f"{number}.csv" for number in range(5)]] * 2


@many_addresses
def test_two_jobs_that_use_the_same_port_do_not_meet(laptop: Laptop) -> None:
    for name in ("left", "right"):
        start(laptop, name)
    for name in ("left", "right"):
        job = wait_training(laptop, name)
        assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    found = [model(laptop, name)["algo-1.json"]["addresses"]["python"] for name in ("left", "right")]
    assert not set(found[0]) & set(found[1])


@many_addresses
@pytest.mark.skipif(not can_mount(), reason="this system lets an ordinary user mount nothing")
def test_programs_that_are_not_python_know_the_names_too(laptop: Laptop) -> None:
    start(laptop, "names")
    wait_training(laptop, "names")
    addresses = model(laptop, "names")["algo-1.json"]["addresses"]

    assert addresses["system"] == addresses["python"]


def test_the_names_of_this_machine_stay_known(tmp_path: Path) -> None:
    own = Path("/etc/hosts").read_text() if Path("/etc/hosts").exists() else "127.0.0.1 localhost"
    (host,) = hosts_in(tmp_path, 1)
    host.tree.make()

    assert host.write_names().read_text().startswith(own.rstrip() + "\n127.")


def test_a_machine_that_fails_ends_the_others_and_says_why(laptop: Laptop) -> None:
    start(laptop, "broken", count=3, fails="algo-2")
    job = wait_training(laptop, "broken")

    assert job["TrainingJobStatus"] == "Failed"
    assert job["FailureReason"] == "AlgorithmError: algo-2 has no memory left, exit code: 5"
    assert processes(laptop) == []


def test_stopping_a_job_stops_all_its_machines(laptop: Laptop) -> None:
    start(laptop, "halt", waits="yes")
    second = laptop.state / "jobs/training-job/halt/algo-2/log"
    eventually(lambda: second.exists() and "hello from algo-2" in second.read_text())
    laptop.sagemaker.stop_training_job(TrainingJobName="halt")

    assert wait_training(laptop, "halt")["TrainingJobStatus"] == "Stopped"
    assert processes(laptop) == []


def test_a_time_limit_ends_all_machines(laptop: Laptop) -> None:
    laptop.put("data/train/a.csv", "1")
    request = training_request(laptop, "slow", StoppingCondition={"MaxRuntimeInSeconds": 1})
    request["HyperParameters"] = {"mode": "hosts", "waits": "yes"}
    request["ResourceConfig"]["InstanceCount"] = 2
    laptop.sagemaker.create_training_job(**request)

    assert wait_training(laptop, "slow")["SecondaryStatus"] == "MaxRuntimeExceeded"
    assert processes(laptop) == []


def test_the_outputs_of_a_processing_jobs_machines_come_together(laptop: Laptop) -> None:
    for number in range(4):
        laptop.put(f"drops/{number}.csv", str(number))
    request = processing_request(laptop, "shared")
    request["ProcessingResources"]["ClusterConfig"]["InstanceCount"] = 2
    source = request["ProcessingInputs"][0]["S3Input"]
    source |= {"S3Uri": laptop.uri("drops/"), "S3DataDistributionType": "ShardedByS3Key"}
    laptop.sagemaker.create_processing_job(**request)

    def over() -> Any:
        job = laptop.sagemaker.describe_processing_job(ProcessingJobName="shared")
        return job if job["ProcessingJobStatus"] != "InProgress" else None

    job = eventually(over)
    assert job["ProcessingJobStatus"] == "Completed", job.get("FailureReason")
    assert json.loads(laptop.get("runs/report/report.json"))["text"] == "02"


@pytest.mark.parametrize("count", [0, 21])
def test_how_many_machines_a_job_may_have(laptop: Laptop, count: int) -> None:
    request = training_request(laptop, "many")
    request["ResourceConfig"]["InstanceCount"] = count
    with pytest.raises(ClientError, match=r"InstanceCount|is 20 Instances"):
        laptop.sagemaker.create_training_job(**request)


def test_the_fence_answers_for_the_names_of_machines_and_for_no_other(tmp_path: Path) -> None:
    (host,) = hosts_in(tmp_path, 1)
    program = (
        f"import runpy; runpy.run_path({str(GUARD)!r})\n"
        "import socket\n"
        "print(socket.gethostbyname('ALGO-1'), socket.getaddrinfo('algo-1', 80)[0][4][0])\n"
        "socket.gethostbyname('algo-2')\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], env=host.environment, capture_output=True, text=True, check=False
    )
    address = host.environment["LOCALCLOUD_HOSTS"].removeprefix("algo-1=")
    assert ran.stdout.split() == [address, address]
    assert "OutsideRefused" in ran.stderr
    assert socket.inet_aton(address)[0] == 127
