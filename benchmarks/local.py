"""How fast the local cloud is: a fresh one is started, asked, and stopped.

Each figure stands beside its limit. Medians where many are asked; wall time as a client with open connections
sees it.
"""

import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from benchmarks import loop
from localcloud.pytest_plugin import Clouds, IsolatedCloud

TEMPLATE = Path(__file__).with_name("local_app") / "template.yaml"
COLD_STARTS, EXECUTIONS, MEGABYTE = 50, 200, 1 << 20


@dataclass(frozen=True)
class Figure:
    """One measurement and the most that it may be, if something was promised."""

    what: str
    value: float
    unit: str
    limit: float | None = None

    @property
    def within(self) -> bool:
        """True when it keeps the promise."""
        return self.limit is None or self.value <= self.limit

    @property
    def document(self) -> dict[str, Any]:
        """The measurement as JSON prints it."""
        return {**asdict(self), "within": self.within}


def measure(build: Path, megabytes: int, say: Callable[[str], None]) -> list[Figure]:
    """Everything, on a cloud of its own."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        begun = time.perf_counter()
        clouds = Clouds(Path(folder), build, [])
        cloud = clouds.take()
        found = [Figure("ready, empty", time.perf_counter() - begun, "s", 3)]
        clouds.close()
        try:
            for figure in _figures(cloud, Path(folder), megabytes):
                say(f"{figure.what}: {figure.value:.1f} {figure.unit}")
                found.append(figure)
        finally:
            cloud.stop()
    return [*found, Figure("loop, beside the jobs' own processes", loop.overhead(), "s", 4)]


def _figures(cloud: IsolatedCloud, folder: Path, megabytes: int) -> Iterator[Figure]:
    time.sleep(5)  # what it imports after its start
    yield Figure("memory, idle", _memory(cloud, "VmRSS"), "MB", 250)
    outputs = cloud.deploy(TEMPLATE, "bench")
    yield from _functions(cloud, outputs)
    yield from _machines(cloud, outputs["MachineRole"])
    yield from _objects(cloud, outputs["Bucket"], folder, megabytes)


def _functions(cloud: IsolatedCloud, outputs: dict[str, str]) -> Iterator[Figure]:
    lambdas = _client(cloud, "lambda")

    def invoke(name: str, event: dict[str, Any]) -> Any:
        answer = lambdas.invoke(FunctionName=outputs[name], Payload=json.dumps(event))
        said = json.loads(answer["Payload"].read())
        return None if "FunctionError" in answer else said

    invoke("Quick", {})
    yield Figure("Lambda, warm", _median(lambda: invoke("Quick", {}), 100), "ms", 5)
    times = []
    for turn in range(5):
        variables = {"Variables": {"TURN": str(turn)}}
        lambdas.update_function_configuration(FunctionName=outputs["Heavy"], Environment=variables)
        time.sleep(0.7)
        times.append(_timed(lambda: invoke("Heavy", {})))
    yield Figure("Lambda, cold, Powertools and boto3", statistics.median(times), "ms", 400)
    begun = time.perf_counter()
    with ThreadPoolExecutor(COLD_STARTS) as pool:
        said = list(pool.map(lambda _: invoke("Heavy", {"seconds": 20}), range(COLD_STARTS)))
    took = time.perf_counter() - begun
    yield Figure(f"{COLD_STARTS} cold starts at once ({took:.0f} s): failed", said.count(None), "", 0)


def _machines(cloud: IsolatedCloud, role: str) -> Iterator[Figure]:
    states = _client(cloud, "stepfunctions")
    chain = {f"S{i}": {"Type": "Pass", "Next": f"S{i + 1}"} for i in range(19)}
    chain["S19"] = {"Type": "Succeed"}
    long = _machine(states, "chain", role, chain, "S0")

    def run() -> None:
        arn = states.start_execution(stateMachineArn=long)["executionArn"]
        while (status := states.describe_execution(executionArn=arn)["status"]) == "RUNNING":
            time.sleep(0.001)
        if status != "SUCCEEDED":
            raise RuntimeError(f"the chain ended {status}")

    run()
    yield Figure("20 Pass states", _median(run, 15), "ms", 50)
    five = {f"S{i}": {"Type": "Pass", "Next": f"S{i + 1}"} for i in range(4)}
    short = _machine(states, "five", role, {**five, "S4": {"Type": "Succeed"}}, "S0")
    begun = time.perf_counter()
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda _: states.start_execution(stateMachineArn=short), range(EXECUTIONS)))
    ended = 0
    while ended < EXECUTIONS and time.perf_counter() - begun < 60:
        pages = states.get_paginator("list_executions").paginate(
            stateMachineArn=short, statusFilter="SUCCEEDED"
        )
        ended = sum(len(page["executions"]) for page in pages)
    took = time.perf_counter() - begun
    yield Figure(f"{EXECUTIONS} executions at once ({took:.1f} s): lost", EXECUTIONS - ended, "", 0)


def _machine(states: Any, name: str, role: str, definition: dict[str, Any], start: str) -> str:
    text = json.dumps({"StartAt": start, "States": definition})
    return str(states.create_state_machine(name=name, definition=text, roleArn=role)["stateMachineArn"])


def _objects(cloud: IsolatedCloud, bucket: str, folder: Path, megabytes: int) -> Iterator[Figure]:
    s3 = _client(cloud, "s3")
    body, keys = os.urandom(1024), iter(range(10_000))
    put = _median(lambda: s3.put_object(Bucket=bucket, Key=f"k{next(keys)}", Body=body), 100)
    yield Figure("S3 put of 1 KB", put, "ms", 5)
    big = folder / "big"
    with big.open("wb") as file:
        for _ in range(megabytes):
            file.write(os.urandom(MEGABYTE))
    before = _memory(cloud, "VmRSS")
    s3.upload_file(str(big), bucket, "big")
    grown = _memory(cloud, "VmHWM") - before
    yield Figure(f"memory for an object of {megabytes} MB", grown, "MB", 200)
    before = _memory(cloud, "VmRSS")
    s3.download_file(bucket, "big", str(big))
    big.unlink()
    yield Figure("memory for reading it", _memory(cloud, "VmHWM") - before, "MB", 200)


def _client(cloud: IsolatedCloud, service: str) -> Any:
    config = Config(
        retries={"total_max_attempts": 1},
        max_pool_connections=COLD_STARTS,
        read_timeout=180,
        s3={"addressing_style": "path"},
    )
    return boto3.session.Session().client(  # type: ignore[call-overload]
        service,
        endpoint_url=cloud.endpoint_url,
        region_name="us-east-1",
        aws_access_key_id="000000000000",
        aws_secret_access_key="local",  # noqa: S106 - nobody's
        config=config,
    )


def _median(call: Callable[[], Any], times: int) -> float:
    return statistics.median(_timed(call) for _ in range(times))


def _timed(call: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    call()
    return (time.perf_counter() - begun) * 1000


def _memory(cloud: IsolatedCloud, kind: str) -> float:
    """VmRSS (now) or VmHWM (the most so far) of the cloud's own process, in megabytes; 0 where unknown."""
    try:
        status = Path(f"/proc/{cloud.process.pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    line = next(line for line in status.splitlines() if line.startswith(f"{kind}:"))
    return int(line.split()[1]) / 1024
