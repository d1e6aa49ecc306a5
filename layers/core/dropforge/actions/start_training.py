"""A file was dropped: start its run.

A drop that can be refused at once starts a run too, which ends in the refusal: so listing, telling and
"once only" work the same for every drop. The dropped version is copied into the run's folder first; what is
trained on can then no longer change, and its name no longer matters.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from dropforge.actions.answers import Ignored, Started
from dropforge.actions.contracts import contract_in_force
from dropforge.domain import keys
from dropforge.domain.admission import refuse
from dropforge.domain.contract import contract_to_json
from dropforge.domain.errors import Absent
from dropforge.domain.run import TrainingRun

if TYPE_CHECKING:
    from dropforge.domain.contract import Contract
    from dropforge.domain.events import ObjectCreated
    from dropforge.ports import Executions, Objects


def start_training(
    dropped: ObjectCreated, *, objects: Objects, executions: Executions, stack: str
) -> Started | Ignored:
    if keys.is_folder_marker(dropped.key, dropped.size):
        return Ignored(f"{dropped.key} marks a folder; nothing was dropped")
    contract = contract_in_force(objects, keys.usecase_in(dropped.key))
    run = TrainingRun.of(dropped, contract, refuse(dropped, contract, keys.DROPS), stack)
    if contract and not run.refusal:
        run = _pin(run, contract, objects, dropped)
    executions.start(run.run, asdict(run))
    return Started(run.run, run.usecase, "refused" if run.refusal else "started", run.refusal)


def _pin(run: TrainingRun, contract: Contract, objects: Objects, dropped: ObjectCreated) -> TrainingRun:
    try:
        objects.copy(dropped.key, dropped.version_id, keys.pinned_drop(run.usecase, run.run, dropped.key))
    except Absent:
        gone = f"the file {dropped.key!r} was deleted before it could be read: drop it again"
        return TrainingRun.of(dropped, contract, gone, run.stack)
    objects.write(f"{run.prefix}/contract.json", contract_to_json(contract).encode(), "application/json")
    return run
