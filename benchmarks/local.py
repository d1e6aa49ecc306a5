"""How fast the local cloud is: a fresh one is started, asked, and stopped.

Wall time as a client with open connections sees it, medians where many are asked. What depends on the machine
is measured in turns with its floor (benchmarks/floors.py) and judged by how many times that it takes; memory
and what must not be lost have a limit of their own.
"""

import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from benchmarks import loop
from benchmarks.figure import Figure, in_turns, timed
from benchmarks.floors import RuntimeAlone, python_with_the_handler
from localcloud.pytest_plugin import Clouds, IsolatedCloud
from localcloud.tests.integration.plain_ministack import PlainMiniStack

TEMPLATE = Path(__file__).with_name("local_app") / "template.yaml"
COLD_STARTS, EXECUTIONS, STARTS, MEGABYTE = 50, 200, 3, 1 << 20
MINISTACK, RUNTIME, PYTHON = "bare MiniStack", "runtime client alone", "bare Python, same imports"


def measure(build: Path, megabytes: int, say: Callable[[str], None]) -> list[Figure]:
    """Everything, on a cloud of its own and a bare MiniStack beside it."""
    found = []
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        for figure in _all(Path(name), build, megabytes):
            say("  ".join(figure.row).rstrip())
            found.append(figure)
    return found


def _all(folder: Path, build: Path, megabytes: int) -> Iterator[Figure]:
    yield _ready(folder, build)
    cloud, spare = _started(folder / "measured", build)
    spare.close()
    bare = PlainMiniStack(folder / "bare").start()
    try:
        time.sleep(5)  # what it imports after its start
        yield Figure("memory, idle", _memory(cloud, "VmRSS"), "MB", 250)
        outputs = cloud.deploy(TEMPLATE, "bench")
        yield from _functions(cloud, outputs)
        yield from _machines(cloud, bare, outputs["MachineRole"])
        yield from _objects(cloud, bare, outputs["Bucket"], folder, megabytes)
    finally:
        bare.stop()
        cloud.stop()
    ours, python = loop.overhead(), statistics.median(timed(python_with_the_handler) for _ in range(5)) / 1000
    yield Figure("loop, beside the jobs' own processes", ours, "s", 10, python, PYTHON)


def _ready(folder: Path, build: Path) -> Figure:
    """From the start of the process to its first answer: the best of some turns, since so few of so long are
    at the mercy of what else runs; the first of each only fills the disk's cache."""
    taken = [(_ready_alone(folder / f"ours-{turn}", build), _bare_ready(folder / f"bare-{turn}"))
             for turn in range(STARTS + 1)]  # fmt: skip
    ours, floor = (min(each) for each in zip(*taken[1:], strict=True))
    return Figure("ready, empty", ours, "s", 5, floor, MINISTACK)


def _ready_alone(folder: Path, build: Path) -> float:
    begun = time.perf_counter()
    cloud, spare = _started(folder, build)
    took = time.perf_counter() - begun
    spare.close()
    cloud.stop()
    return took


def _bare_ready(folder: Path) -> float:
    begun = time.perf_counter()
    bare = PlainMiniStack(folder).start()
    took = time.perf_counter() - begun
    bare.stop()
    return took


def _started(folder: Path, build: Path) -> tuple[IsolatedCloud, Clouds]:
    folder.mkdir()
    clouds = Clouds(folder, build, [])
    return clouds.take(), clouds


def _functions(cloud: IsolatedCloud, outputs: dict[str, str]) -> Iterator[Figure]:
    lambdas = _client(cloud.endpoint_url, "lambda")

    def invoke(name: str, event: dict[str, Any]) -> Any:
        answer = lambdas.invoke(FunctionName=outputs[name], Payload=json.dumps(event))
        said = json.loads(answer["Payload"].read())
        return None if "FunctionError" in answer else said

    invoke("Quick", {})
    with RuntimeAlone().running("quick") as alone:
        alone.ask({})
        warm, floor = in_turns(lambda: invoke("Quick", {}), lambda: alone.ask({}), 100)
    yield Figure("Lambda, warm", warm, "ms", 8, floor, RUNTIME)
    times = []
    for turn in range(5):
        variables = {"Variables": {"TURN": str(turn)}}
        lambdas.update_function_configuration(FunctionName=outputs["Heavy"], Environment=variables)
        time.sleep(0.7)
        times.append((timed(lambda: invoke("Heavy", {})), timed(python_with_the_handler)))
    cold, floor = (statistics.median(each) for each in zip(*times[1:], strict=True))
    yield Figure("Lambda, cold, Powertools and boto3", cold, "ms", 2.5, floor, PYTHON)
    begun = time.perf_counter()
    with ThreadPoolExecutor(COLD_STARTS) as pool:
        said = list(pool.map(lambda _: invoke("Heavy", {"seconds": 20}), range(COLD_STARTS)))
    took = time.perf_counter() - begun
    yield Figure(f"{COLD_STARTS} cold starts at once ({took:.0f} s): failed", said.count(None), "", 0)


def _machines(cloud: IsolatedCloud, bare: PlainMiniStack, role: str) -> Iterator[Figure]:
    states, floor = _client(cloud.endpoint_url, "stepfunctions"), _client(_url(bare), "stepfunctions")
    yield Figure("20 Pass states", *_chains(states, floor, role))
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


def _chains(ours: Any, bare: Any, role: str) -> tuple[float, str, float, float, str]:
    """Twenty states one after the other, from the start to a status that says so."""
    states = {f"S{i}": {"Type": "Pass", "Next": f"S{i + 1}"} for i in range(19)} | {
        "S19": {"Type": "Succeed"}
    }
    arns = {client: _machine(client, "chain", role, states, "S0") for client in (ours, bare)}

    def run(client: Any) -> None:
        arn = client.start_execution(stateMachineArn=arns[client])["executionArn"]
        while (status := client.describe_execution(executionArn=arn)["status"]) == "RUNNING":
            time.sleep(0.001)
        if status != "SUCCEEDED":
            raise RuntimeError(f"the chain ended {status}")

    run(ours)
    run(bare)
    taken, floor = in_turns(lambda: run(ours), lambda: run(bare), 15)
    return taken, "ms", 1, floor, MINISTACK


def _machine(states: Any, name: str, role: str, definition: dict[str, Any], start: str) -> str:
    text = json.dumps({"StartAt": start, "States": definition})
    return str(states.create_state_machine(name=name, definition=text, roleArn=role)["stateMachineArn"])


def _objects(
    cloud: IsolatedCloud, bare: PlainMiniStack, bucket: str, folder: Path, megabytes: int
) -> Iterator[Figure]:
    s3, floor = _client(cloud.endpoint_url, "s3"), _client(_url(bare), "s3")
    floor.create_bucket(Bucket=bucket)
    body, keys = os.urandom(1024), iter(range(10_000))

    def put(client: Any) -> None:
        client.put_object(Bucket=bucket, Key=f"k{next(keys)}", Body=body)

    taken, least = in_turns(lambda: put(s3), lambda: put(floor), 100)
    yield Figure("S3 put of 1 KB, durable", taken, "ms", 3, least, MINISTACK)
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


def _url(bare: PlainMiniStack) -> str:
    return f"http://127.0.0.1:{bare.port}"


def _client(endpoint_url: str, service: str) -> Any:
    config = Config(
        retries={"total_max_attempts": 1},
        max_pool_connections=COLD_STARTS,
        read_timeout=180,
        s3={"addressing_style": "path"},
    )
    return boto3.session.Session().client(  # type: ignore[call-overload]
        service,
        endpoint_url=endpoint_url,
        region_name="us-east-1",
        aws_access_key_id="000000000000",
        aws_secret_access_key="local",  # noqa: S106 - not a secret
        config=config,
    )


def _memory(cloud: IsolatedCloud, kind: str) -> float:
    """VmRSS (now) or VmHWM (the most so far) of the cloud's own process, in megabytes; 0 where unknown."""
    try:
        status = Path(f"/proc/{cloud.process.pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    line = next(line for line in status.splitlines() if line.startswith(f"{kind}:"))
    return int(line.split()[1]) / 1024
