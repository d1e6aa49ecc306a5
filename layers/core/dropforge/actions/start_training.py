"""A file was dropped: start its run.

A drop that can be refused at once starts a run too, which ends in the refusal: so listing, notifying and
"once only" work the same for every drop. The dropped version is copied into the run's folder first, with the
contract that holds for this run and the script it names: what is trained on and by can then no longer change,
and its name no longer matters.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from dropforge.actions.contracts import contract_in_force
from dropforge.actions.results import Ignored, Started
from dropforge.domain import keys
from dropforge.domain.admission import refuse
from dropforge.domain.contract import ContractError, contract_to_json
from dropforge.domain.errors import Absent, Refused
from dropforge.domain.overrides import METADATA, Settings, overridden, read_settings
from dropforge.domain.run import TrainingRun

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dropforge.domain.contract import Contract
    from dropforge.domain.events import ObjectCreated
    from dropforge.ports import Executions, Objects


def start_training(
    dropped: ObjectCreated, *, objects: Objects, executions: Executions, stack: str
) -> Started | Ignored:
    if keys.is_folder_marker(dropped.key, dropped.size):
        return Ignored(f"{dropped.key} marks a folder; nothing was dropped")
    contract = contract_in_force(objects, keys.usecase_in(dropped.key))
    run = TrainingRun.of(dropped, contract, refuse(dropped, contract, keys.DROPS), stack, {})
    if contract and not run.refusal:
        try:
            run = _pinned(dropped, contract, objects, stack)
        except Refused as fault:
            run = TrainingRun.of(dropped, contract, fault.reason, stack, {})
    executions.start(run.run, asdict(run))
    return Started(run.run, run.usecase, "refused" if run.refusal else "started", run.refusal)


def _pinned(dropped: ObjectCreated, contract: Contract, objects: Objects, stack: str) -> TrainingRun:
    try:
        settings = _settings(objects.head(dropped.key, dropped.version_id).metadata)
        contract = _with(settings, contract)
        run = TrainingRun.of(dropped, contract, None, stack, settings)
        objects.copy(dropped.key, dropped.version_id, run.data)
    except Absent:
        gone = f"the file {dropped.key!r} was deleted before it could be read: drop it again"
        raise Refused(gone) from None
    _pin_script(contract, objects, run.prefix)
    objects.write(f"{run.prefix}/contract.json", contract_to_json(contract).encode(), "application/json")
    return run


def _with(settings: Mapping[str, str], contract: Contract) -> Contract:
    try:
        return overridden(contract, settings)
    except ContractError as fault:
        raise Refused(f"what is set for this run does not fit the contract: {fault}") from fault


def _settings(metadata: Mapping[str, str]) -> Settings:
    try:
        return read_settings(metadata.get(METADATA, ""))
    except ContractError as fault:
        raise Refused(f"the object's metadata {METADATA!r} cannot be read: {fault}") from fault


def _pin_script(contract: Contract, objects: Objects, prefix: str) -> None:
    entry = contract.algorithm.entry
    if entry is None:
        return
    source = keys.script(contract.usecase, entry)
    try:
        objects.copy(source, "", keys.pinned_script(prefix, entry))
    except Absent:
        raise Refused(f"the contract's script {entry!r} is not there: put it at {source}") from None
