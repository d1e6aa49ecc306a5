"""Lambda: MiniStack's pool and Runtime API, our processes.

MiniStack already speaks the Lambda Runtime API to `provided.*` functions, and hands over the error that the
runtime posts. A Python function here is such a function whose bootstrap is the official runtime client, so
the real errorType reaches Step Functions. Only how the process is started differs (`worker`).
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from localcloud.ministack.cloudformation.custom_resources import fail_at_once
from localcloud.ministack.rebinding import replace

if TYPE_CHECKING:
    from pathlib import Path

Credentials = Callable[[Mapping[str, Any]], dict[str, str]]


def install(endpoint_url: str, runtime: Path, work_dir: Path, credentials: Credentials | None) -> None:
    """Make Python functions run in the official runtime client; functions act as whom `credentials` of their
    configuration say, or else as the account."""
    from ministack.core import lambda_runtime
    from ministack.services import lambda_svc

    from localcloud.ministack.lambdas.worker import PythonWorker, Setting

    PythonWorker.setting = Setting(endpoint_url, runtime, work_dir)

    def worker_class_for(config: dict[str, Any]) -> Any:
        return PythonWorker if _is_python(config) else other_class(config)

    def execute(func: dict[str, Any], event: Any, request_id: str) -> Any:
        if not _is_python(func.get("config") or func):
            result = other_execute(func, event, request_id)
        else:
            result = lambda_svc._execute_function_provided_warm(func, event, request_id)
            # MiniStack takes a log of this source as it is, with the lines that Lambda itself writes.
            result = {**result, "log_source": "rie"}
        fail_at_once(event, result)
        return result

    other_class = replace(lambda_runtime, "_worker_class_for", worker_class_for)
    other_execute = replace(lambda_svc, "_execute_function_warm", execute)
    if credentials is not None:
        replace(lambda_runtime, "execution_credentials", credentials)


def stop() -> None:
    """End every worker."""
    from ministack.core import lambda_runtime

    lambda_runtime.reset()


def _is_python(config: dict[str, Any]) -> bool:
    return str(config.get("Runtime", "")).startswith("python")
