"""What a function's process executes: the fence, then the official runtime client.

Run by path with -S -s -P and never imported. sys.path is, as on AWS: the function's code and its layers
(PYTHONPATH), the standard library, and the runtime's own packages last, so that a layer's boto3 wins over
the runtime's.
"""

import os
import runpy
import sys

runpy.run_path(os.environ.pop("_LOCALCLOUD_FENCE"))
sys.path.append(os.environ["LAMBDA_RUNTIME_DIR"])

from awslambdaric.__main__ import main  # noqa: E402 - only after the fence and the path stand

main([sys.argv[0], os.environ["_HANDLER"]])
