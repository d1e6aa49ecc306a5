"""A cloud that is not there: enough to put the SageMaker service together and ask what it has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from localcloud.services.sagemaker import Image, ImageUnavailable


@dataclass(frozen=True)
class Nowhere:
    """CloudPorts that lead nowhere."""

    endpoint_url: str = "http://127.0.0.1:1"
    account: str = "000000000000"
    region: str = "us-east-1"

    def credentials_env(self, role_arn: str | None) -> dict[str, str]:  # noqa: ARG002 - as CloudPorts has it
        return {}

    def emit(self, source: str, detail_type: str, resources: list[str], detail: dict[str, Any]) -> None:
        """Nobody listens."""

    def image(self, uri: str) -> Image:
        raise ImageUnavailable(f"there is no image {uri}")

    def fence_env(self) -> dict[str, str]:
        return {}
