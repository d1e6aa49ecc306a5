"""What a function's process executes: the fence, then the official runtime client.

Its standard input is a pipe whose other end the cloud holds: when the cloud dies, however it dies, so do
the function and what it has started (its process group), before they meet the next cloud with what they began
in this one. The function itself finds its input empty.

Run by path with -S -s -P and never imported. sys.path is, as on AWS: the function's code and its layers
(PYTHONPATH), the standard library, and the runtime's own packages last, so that a layer's boto3 wins over
the runtime's.
"""

import _thread
import os
import runpy
import signal
import sys


def _end_with_the_cloud(life: int) -> None:
    os.read(life, 1)
    os.killpg(0, signal.SIGKILL)


_thread.start_new_thread(_end_with_the_cloud, (os.dup(0),))
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
fence = os.environ.pop("_LOCALCLOUD_FENCE")
runpy.run_path(fence)
# This one is for the processes that the function starts.
children = os.path.join(os.path.dirname(fence), "children")  # noqa: PTH118, PTH120 - pathlib costs a cold start
sys.path[:] = [folder for folder in sys.path if folder != children]
sys.path.append(os.environ["LAMBDA_RUNTIME_DIR"])

from awslambdaric.__main__ import main  # noqa: E402 - only after the fence and the path stand

main([sys.argv[0], os.environ["_HANDLER"]])
