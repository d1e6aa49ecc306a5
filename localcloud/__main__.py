"""`python -m localcloud up --template template.yaml --stack NAME --port N --state DIR …`, and
`python -m localcloud decisions --state DIR --denied`.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from localcloud.errors import CloudError
from localcloud.fence import fence_this_process
from localcloud.iam import decisions

if TYPE_CHECKING:
    from localcloud.cloud import Cloud


def main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    if options.command == "decisions":
        return decisions.show(options)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    fence_this_process()
    try:
        return _up(options, stopped)
    except CloudError as error:
        _say(f"error: {error}")
        return 2


def _up(options: argparse.Namespace, stopped: threading.Event) -> int:
    from localcloud.cloud import Cloud
    from localcloud.images.registry import parse_image

    images = dict(parse_image(text) for text in options.image)
    parameters = dict(_pair(text) for text in options.parameter)
    cloud = Cloud(
        options.state,
        options.port,
        images=images,
        build_dir=options.build,
        report=_say,
        time_scale=options.time_scale,
        iam=not options.no_iam,
    )
    cloud.start()
    try:
        if options.template:
            for key, value in sorted(cloud.deploy(options.template, options.stack, parameters).items()):
                _say(f"  {key} = {value}")
        _say(f"up: {cloud.endpoint_url} (stop with Ctrl-C)")
        again = _redeploying(cloud, options.template, options.stack, parameters) if options.watch else None
        _wait(stopped, os.getppid() if options.with_parent else None, again)
    finally:
        _say("stopping")
        cloud.stop()
    _say("stopped")
    return 0


def _wait(stopped: threading.Event, parent: int | None, again: Callable[[], None] | None) -> None:
    while not stopped.wait(1.0):
        if parent is not None and os.getppid() != parent:
            return
        if again:
            again()


def _redeploying(
    cloud: Cloud, template: Path | None, stack: str, parameters: dict[str, str]
) -> Callable[[], None] | None:
    """Deploys again when the template or what it names has changed; what is wrong with it is told."""
    from localcloud.deploy.watch import Watch

    if not template:
        return None
    watch = Watch(template)

    def look() -> None:
        if watch.changed():
            try:
                cloud.deploy(template, stack, parameters)
                _say("deployed what changed")
            except CloudError as error:
                _say(f"error: {error}")

    return look


def _pair(text: str) -> tuple[str, str]:
    key, separator, value = text.partition("=")
    if not separator or not key:
        raise CloudError(f"--parameter {text!r}: write it as NAME=VALUE")
    return key, value


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m localcloud")
    commands = parser.add_subparsers(dest="command", required=True)
    decisions.add_arguments(
        commands.add_parser("decisions", help="what was asked of the policies, and what they said")
    )
    up = commands.add_parser("up", help="start, and deploy a template")
    up.add_argument("--template", type=Path, help="a SAM template; without one the endpoint is empty")
    up.add_argument("--stack", default="local")
    up.add_argument("--parameter", action="append", default=[], metavar="NAME=VALUE")
    up.add_argument("--image", action="append", default=[], metavar="URI=CONTEXT_DIR:DOCKERFILE")
    up.add_argument("--port", type=int, default=4566)
    up.add_argument("--state", type=Path, default=Path(".localcloud/state"), metavar="DIR")
    up.add_argument(
        "--build", type=Path, metavar="DIR", help="caches of what was built (default: build beside the state)"
    )
    up.add_argument(
        "--time-scale",
        type=float,
        default=1.0,
        metavar="FACTOR",
        help="shortens Wait states, alarm periods, schedules and bake times: 0.1 makes a minute 6 s",
    )
    up.add_argument(
        "--no-iam", action="store_true", help="let every call pass, whatever the policies of roles say"
    )
    up.add_argument("--watch", action="store_true", help="deploy again whenever the code changes on disk")
    up.add_argument(
        "--with-parent", action="store_true", help="stop when the process that started this one ends"
    )
    return parser


def run() -> None:
    """The command `localcloud`."""
    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    run()
