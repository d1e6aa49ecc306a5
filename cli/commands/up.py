"""Starts the local cloud and deploys the application; stays in the foreground unless --detach is given."""

import signal
import subprocess
from argparse import ArgumentParser, Namespace
from pathlib import Path

from cli import local
from cli.commands.status import describe
from cli.errors import Refused
from cli.paths import LOG, STATE
from cli.show import document, note, wants_json
from cli.starting import Start, bring_up, end, free_port, pass_on
from cli.target import DEFAULT_STACK, Target

NEXT = """ready: {url}  (stack {stack}, state in {state})
  publish a contract   ./dropforge publish usecases/loan/contract.yaml
  drop a file          ./dropforge drop loan FILE --wait
  any AWS tool         eval "$(./dropforge env)"
  stop                 {stop}"""


def add_arguments(parser: ArgumentParser) -> None:
    """Where it listens and where its state lies."""
    parser.add_argument("--port", type=int, metavar="N", help="the port (4566 or the next free one; 0: any)")
    parser.add_argument(
        "--state", type=Path, metavar="DIR", help="where the state is kept (.dropforge/state)"
    )
    parser.add_argument(
        "--time-scale",
        type=float,
        default=1.0,
        metavar="FACTOR",
        help="shorten waits, alarm periods and schedules: 0.1 makes a minute 6 s (1)",
    )
    parser.add_argument(
        "--watch", action="store_true", help="deploy again whenever the template or a function's code changes"
    )
    parser.add_argument("--detach", action="store_true", help="go on in the background once it is ready")


def run(arguments: Namespace) -> int:
    """Start it, unless it runs already."""
    existing = local.running()
    if existing:
        note(f"the local cloud already runs at {existing.endpoint_url}")
        report(existing, arguments, attached=False)
        return 0
    state = (arguments.state or STATE).resolve()
    start = Start(
        vars(arguments).get("stack", DEFAULT_STACK),
        free_port(arguments.port),
        state,
        not arguments.detach,
        arguments.time_scale,
        arguments.watch,
    )
    cloud, process = bring_up(start, note)
    report(cloud, arguments, attached=not arguments.detach)
    return 0 if arguments.detach else stay(process)


def report(cloud: local.LocalCloud, arguments: Namespace, *, attached: bool) -> None:
    """Where it is and what to do next."""
    if wants_json(arguments):
        document(describe(Target(cloud.stack, cloud=cloud)))
    stop = "Ctrl-C, or ./dropforge down" if attached else "./dropforge down"
    note(NEXT.format(url=cloud.endpoint_url, stack=cloud.stack, state=cloud.state_dir, stop=stop))


def stay(process: subprocess.Popen[bytes]) -> int:
    """Show what the cloud says until it ends; ending this command ends the cloud."""

    def leave(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, leave)
    try:
        follow(process)
    except KeyboardInterrupt:
        note("stopping the local cloud")
        end(process)
        return 0
    local.forget(process.pid)
    if process.returncode not in (0, -signal.SIGTERM):
        raise Refused(f"the local cloud ended with status {process.returncode}; its log is {LOG}")
    note("the local cloud was stopped")
    return 0


def follow(process: subprocess.Popen[bytes]) -> None:
    """Pass its lines on until its process is gone."""
    with LOG.open(encoding="utf-8", errors="replace") as lines:
        lines.seek(0, 2)
        while process.poll() is None:
            pass_on(lines, note)
            try:
                process.wait(0.3)
            except subprocess.TimeoutExpired:
                continue
        pass_on(lines, note)
