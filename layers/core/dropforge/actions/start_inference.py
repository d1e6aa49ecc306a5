"""A file of records came in: start its inference, or the execution that says why not."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from dropforge.actions.contracts import contract_at, contract_in_force
from dropforge.actions.results import Ignored, Started
from dropforge.domain import keys
from dropforge.domain.admission import refuse
from dropforge.domain.errors import Refused
from dropforge.domain.names import endpoint_name
from dropforge.domain.run import InferenceRun, Served

if TYPE_CHECKING:
    from dropforge.domain.contract import Contract
    from dropforge.domain.events import ObjectCreated
    from dropforge.ports import Endpoints, Executions, Objects


def start_inference(
    dropped: ObjectCreated, *, objects: Objects, executions: Executions, endpoints: Endpoints, stack: str
) -> Started | Ignored:
    if keys.is_folder_marker(dropped.key, dropped.size):
        return Ignored(f"{dropped.key} marks a folder; nothing was dropped")
    contract = contract_in_force(objects, keys.usecase_in(dropped.key))
    refusal, served = refuse(dropped, contract, keys.INFERENCE), None
    if contract and not refusal:
        try:
            served = _served(contract, objects, endpoints, stack)
        except Refused as fault:
            refusal = fault.reason
    run = InferenceRun.of(dropped, contract, refusal, stack, served)
    executions.start(run.run, asdict(run))
    return Started(run.run, run.usecase, "refused" if refusal else "started", refusal)


def _served(contract: Contract, objects: Objects, endpoints: Endpoints, stack: str) -> Served:
    """The live model and its own contract.

    The contract in force may have been edited since; for a model that no run of this stack trained, it is all
    there is to go by.
    """
    usecase = contract.usecase
    endpoint = endpoints.find(endpoint_name(stack, usecase))
    if endpoint is None:
        raise Refused(f"no model of {usecase} is live yet: approve one, then put the file here again")
    if not endpoint.answers:
        raise Refused(
            f"endpoint {endpoint.name} is {endpoint.status}: put the file here again once it is in service"
        )
    live = endpoints.live_model(endpoint)
    if live and live.run:
        pinned = keys.pinned_contract(usecase, live.run)
        if own := contract_at(objects, pinned):
            return Served(live.package_arn, own.problem, pinned)
    return Served(live.package_arn if live else "", contract.problem, keys.published_contract(usecase))
