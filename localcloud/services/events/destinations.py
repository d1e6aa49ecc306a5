"""Where a function wants to be told what came of its asynchronous invocations."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

from localcloud.services.events import queues
from localcloud.services.events.delivery import Undelivered

if TYPE_CHECKING:
    from collections.abc import Callable

    from localcloud.services.events.bus import Bus
    from localcloud.services.events.service_permissions import ServicePermissions

_log = logging.getLogger("localcloud.destinations")


class Destinations:
    """The destinations in one cloud. `invoke` invokes a function by its ARN."""

    def __init__(self, permissions: ServicePermissions, bus: Bus, invoke: Callable[[str, Any], bool]) -> None:
        self._permissions, self._bus, self._invoke = permissions, bus, invoke
        self._services = {
            "sqs": self._to_queue,
            "sns": self._to_topic,
            "lambda": self._to_function,
            "events": self._to_bus,
        }

    def send(self, destination: str, config: dict[str, Any], text: str, attributes: dict[str, Any]) -> None:
        """Send what came of an invocation of the function of this configuration, as its role."""
        refusal = self._permissions.destination_refused(config, destination)
        if refusal is not None:
            _log.warning("%s", refusal)
            return
        service = self._services.get(destination.split(":")[2])
        if service is None:
            _log.warning("the destination %s is not of a known kind", destination)
            return
        try:
            service(destination, text, attributes)
        except Undelivered as failure:
            name = config["FunctionName"]
            _log.warning("what came of an invocation of %s is lost: %s", name, failure.message)

    def _to_queue(self, queue: str, text: str, attributes: dict[str, Any]) -> None:
        queues.put(queue, text, attributes)

    def _to_topic(self, topic: str, text: str, _: dict[str, Any]) -> None:
        from ministack.services import sns

        sns.publish_internal(topic, text)

    def _to_function(self, function: str, text: str, _: dict[str, Any]) -> None:
        self._invoke(function, json.loads(text))

    def _to_bus(self, bus: str, text: str, _: dict[str, Any]) -> None:
        context = json.loads(text)["requestContext"]
        outcome = "Success" if context["condition"] == "Success" else "Failure"
        entry = {
            "Source": "lambda",
            "DetailType": f"Lambda Function Invocation Result - {outcome}",
            "Detail": text,
            "Resources": [bus, context["functionArn"]],
            "EventBusName": bus.split(":", 5)[5].split("/", 1)[-1],
        }
        self._bus.put({"Entries": [entry]})
