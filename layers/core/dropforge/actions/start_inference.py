"""A file of records came in: start its inference, or the execution that says why not."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from dropforge.actions.answers import Ignored, Started
from dropforge.actions.contracts import contract_in_force
from dropforge.domain import keys
from dropforge.domain.admission import refuse
from dropforge.domain.names import endpoint_name
from dropforge.domain.run import InferenceRun

if TYPE_CHECKING:
    from dropforge.domain.events import ObjectCreated
    from dropforge.ports import Endpoints, Executions, Objects


def start_inference(
    dropped: ObjectCreated, *, objects: Objects, executions: Executions, endpoints: Endpoints, stack: str
) -> Started | Ignored:
    if keys.is_folder_marker(dropped.key, dropped.size):
        return Ignored(f"{dropped.key} marks a folder; nothing was dropped")
    usecase = keys.usecase_in(dropped.key)
    contract = contract_in_force(objects, usecase)
    refusal = refuse(dropped, contract, keys.INFERENCE)
    if usecase and not refusal:
        refusal = _refuse_unserved(usecase, endpoints, stack)
    run = InferenceRun.of(dropped, contract, refusal, stack)
    executions.start(run.run, asdict(run))
    return Started(run.run, run.usecase, "refused" if refusal else "started", refusal)


def _refuse_unserved(usecase: str, endpoints: Endpoints, stack: str) -> str | None:
    endpoint = endpoints.find(endpoint_name(stack, usecase))
    if endpoint is None:
        return f"no model of {usecase} is live yet: approve one, then put the file here again"
    if not endpoint.answers:
        return f"endpoint {endpoint.name} is {endpoint.status}: put the file here again once it is in service"
    return None
