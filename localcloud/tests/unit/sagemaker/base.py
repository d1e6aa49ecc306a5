"""S3, CloudWatch Logs and CloudWatch for the tests, in a process of their own: `python base.py STATE PORT`.

The base emulator's state is global to a process, so it must not share one with the tests.
"""

from __future__ import annotations

import sys
from pathlib import Path

from localcloud.front.server import Server
from localcloud.ministack import settings


def main(state: Path, port: int) -> None:
    settings.prepare(state, port, "000000000000", "us-east-1")
    from localcloud.ministack.app import application

    server = Server(application(), port)
    server.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    # Ends with the tests, however they end: their end of this pipe closes.
    sys.stdin.read()
    server.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
