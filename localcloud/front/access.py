"""Everything of identity and access management, put together for one cloud."""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from localcloud.front.guard import Guard
from localcloud.iam.authority import Authority
from localcloud.iam.records import Records
from localcloud.ministack.iam.directory import MiniStackDirectory

_SAGEMAKER = "sagemaker.amazonaws.com"


class Access:
    """Make it once MiniStack's settings stand, `install()` it before the first request, `stop()` it last."""

    def __init__(self, state_dir: Path, account: str, region: str) -> None:
        self.directory = MiniStackDirectory(state_dir, account, region)
        self.authority = Authority(self.directory, Records(state_dir))
        self.guard = Guard(self.authority)

    def install(self) -> None:
        """Give functions the credentials of their roles."""
        from ministack.core import lambda_runtime
        from ministack.services.cloudformation import provisioners

        from localcloud.ministack.cloudformation import encryption

        self.authority.records.start()
        lambda_runtime.execution_credentials = self._of_function
        encryption.install(provisioners._RESOURCE_HANDLERS)

    def stop(self) -> None:
        self.authority.records.stop()

    def of_job(self, role_arn: str | None) -> dict[str, str]:
        """The environment of a SageMaker job or endpoint; without a role, SageMaker itself."""
        if role_arn is None:
            return self.directory.service_credentials(_SAGEMAKER)
        return self.directory.credentials(role_arn, "SageMaker")

    def of_execution(self, role_arn: str) -> tuple[str, str, str | None]:
        """What the tasks of a state machine sign with."""
        found = self.directory.credentials(role_arn, "StepFunctions")
        return found["AWS_ACCESS_KEY_ID"], found["AWS_SECRET_ACCESS_KEY"], found["AWS_SESSION_TOKEN"]

    def _of_function(self, config: Mapping[str, Any]) -> dict[str, str]:
        role = config.get("Role") or f"arn:aws:iam::{self.directory.account}:role/none"
        return self.directory.credentials(str(role), str(config.get("FunctionName", "function"))[:64])
