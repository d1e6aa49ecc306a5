"""`arn:aws:states:::aws-sdk:<service>:<action>`: any action of any service, by botocore's model of it."""

from __future__ import annotations

from localcloud.services.states import sdk
from localcloud.services.states.interpreter.seam import StateTaskServiceAwsSdk
from localcloud.services.states.interpreter.tasks.waiting import Waits


class SdkTask(Waits, StateTaskServiceAwsSdk):  # type: ignore[misc]
    optimised = False

    def _validate_service_integration_is_supported(self) -> None:
        service, action = self._api()
        if sdk.service_name(service.replace("-", "")) is None or sdk.operation(service, action) is None:
            raise ValueError(f"The resource provided {self.resource.resource_arn} is not recognized.")

    def _get_supported_parameters(self) -> None:
        return None
