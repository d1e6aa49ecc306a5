"""The SageMaker service: every part put together, and the two doors to it, `handle` and `runtime`.

Both block (on disks, S3 and containers), so an event loop asks them in a thread.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from localcloud.api.errors import ApiError
from localcloud.api.validation import validate
from localcloud.services.sagemaker.context import Call, Context, Limits, Operation, log
from localcloud.services.sagemaker.endpoints.capture import Capture
from localcloud.services.sagemaker.endpoints.deployment import Deployments
from localcloud.services.sagemaker.endpoints.invoke import Invocation, Invoker
from localcloud.services.sagemaker.endpoints.metrics import Meter
from localcloud.services.sagemaker.endpoints.operations import Endpoints
from localcloud.services.sagemaker.jobs.processing.operations import ProcessingJobs
from localcloud.services.sagemaker.jobs.runner import Runner
from localcloud.services.sagemaker.jobs.training.operations import TrainingJobs
from localcloud.services.sagemaker.jobs.tuning.operations import TuningJobs
from localcloud.services.sagemaker.ports import CloudPorts
from localcloud.services.sagemaker.resources.endpoint_configs import EndpointConfigs
from localcloud.services.sagemaker.resources.model_package_groups import ModelPackageGroups
from localcloud.services.sagemaker.resources.model_packages import ModelPackages
from localcloud.services.sagemaker.resources.models import Models
from localcloud.services.sagemaker.resources.tags import Tags, check_tags
from localcloud.services.sagemaker.search.operations import Search
from localcloud.services.sagemaker.shapes import answer, operation_model, runtime_operation

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_INVOKE = re.compile(r"/endpoints/([^/]+)/invocations/?")


class SageMaker:
    """Make it, `start()` it once the cloud answers at its URL, ask it from any thread, `stop()` it."""

    def __init__(self, state_dir: Path, ports: CloudPorts, limits: Limits | None = None) -> None:
        context = Context(state_dir, ports, limits or Limits())
        self._context = context
        self._meter = Meter(context.clients)
        self._capture = Capture(context.clients)
        self._invoker = Invoker(context, self._meter, self._capture)
        self._runner = Runner(context)
        self._deployments = Deployments(context, self._invoker)
        self._training = TrainingJobs(context, self._runner)
        self._processing = ProcessingJobs(context, self._runner)
        self._tuning = TuningJobs(context, self._training)
        jobs = (self._training, self._processing, self._tuning)
        self._tags = Tags(context)
        parts = (*jobs, *self._hosting(), self._tags, Search(context))
        self.operations: dict[str, Operation] = {
            action: operation for part in parts for action, operation in part.operations.items()
        }

    def _hosting(self) -> tuple[ModelPackageGroups, ModelPackages, Models, EndpointConfigs, Endpoints]:
        context = self._context
        groups = ModelPackageGroups(context)
        packages = ModelPackages(context, groups)
        models = Models(context, packages)
        configs = EndpointConfigs(context, models)
        return groups, packages, models, configs, Endpoints(context, configs, models, self._deployments)

    def start(self) -> None:
        """Settle what an earlier life left, and begin to ship logs, metrics and captures."""
        self._context.logs.start()
        self._meter.start()
        self._capture.start()
        self._training.recover()
        self._processing.recover()
        self._tuning.recover()
        self._deployments.recover()

    def stop(self) -> None:
        """End every process. Jobs become Failed and endpoints serve again at the next start."""
        self._context.stopping.set()
        self._capture.stop()
        self._meter.stop()
        self._runner.shut_down()
        self._tuning.shut_down()
        self._deployments.shut_down()
        self._context.logs.stop()
        self._context.clients.close()

    def handle(self, action: str, payload: dict[str, Any], caller: str | None = None) -> dict[str, Any]:
        """One operation of the API, in the wire's form: times are epoch seconds. Raises ApiError."""
        model = operation_model(action)
        if model is None:
            raise ApiError("UnknownOperationException", f"SageMaker has no operation {action}.")
        operation = self.operations.get(action)
        if operation is None:
            raise ApiError(
                "UnknownOperationException", f"localcloud does not have SageMaker {action} yet.", 501
            )
        validate(model.input_shape, payload)
        check_tags(payload.get("Tags") or [])
        given = {name: value for name, value in payload.items() if value is not None}
        try:
            return answer(action, operation(Call(action, given, caller or self._root())))
        except ApiError:
            raise
        except Exception as error:
            log.exception("SageMaker %s", action)
            raise ApiError(
                "InternalFailure", f"localcloud failed in SageMaker {action}: {error}", 500
            ) from error

    def tags(self, arn: str) -> Mapping[str, str]:
        """The tags of a resource, for policies that ask for them; none where it does not exist."""
        return self._tags.of(arn)

    def runtime(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Mapping[str, str], bytes]:
        """The runtime's REST door: POST /endpoints/NAME/invocations. Raises ApiError."""
        resource = path.split("?", maxsplit=1)[0]
        found = _INVOKE.fullmatch(resource)
        if method != "POST" or found is None:
            asked = runtime_operation(method, resource) or f"{method} {path}"
            raise ApiError("UnknownOperationException", f"localcloud does not have SageMaker {asked} yet.")
        lower = {name.lower(): value for name, value in headers.items()}
        said = self._invoker.invoke(Invocation(unquote(found.group(1)), lower, body))
        return said.status, said.headers, said.body

    @functools.cached_property
    def supported(self) -> list[str]:
        """The names of all operations that are here, for tables and for the curious."""
        return sorted([*self.operations, "InvokeEndpoint"])

    def _root(self) -> str:
        return f"arn:aws:iam::{self._context.ports.account}:root"
