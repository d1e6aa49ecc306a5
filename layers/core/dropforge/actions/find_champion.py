"""Which version does a use case's endpoint serve now? A new model is compared with it on the same rows."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from dropforge.actions.results import Champion, NoChampion
from dropforge.domain.errors import Absent
from dropforge.domain.names import endpoint_name

if TYPE_CHECKING:
    from dropforge.ports import Endpoints, Objects


def find_champion(
    usecase: str, *, endpoints: Endpoints, objects: Objects, stack: str
) -> Champion | NoChampion:
    """None is not a fault: the first model of a use case has nobody to be compared with."""
    endpoint = endpoints.find(endpoint_name(stack, usecase))
    if endpoint is None:
        return NoChampion(usecase, f"no version of {usecase} is live yet")
    live = endpoints.live_model(endpoint)
    if live is None:
        return NoChampion(
            usecase, f"endpoint {endpoint.name} ({endpoint.status}) serves no version of the registry"
        )
    try:
        objects.head(urlsplit(live.model_data).path.lstrip("/"))
    except Absent:
        return NoChampion(usecase, f"the files of version {live.version} are gone: {live.model_data}")
    return Champion(usecase, live.package_arn, live.version, live.model_data, live.run)
