"""A contract was written: put it in force, or say what is wrong with it and leave the last one in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dropforge.actions.results import Ignored, Notified, Published
from dropforge.domain import keys, messages
from dropforge.domain.contract import ContractError, contract_to_json
from dropforge.domain.errors import Absent, Refused
from dropforge.domain.names import endpoint_name, too_long

if TYPE_CHECKING:
    from dropforge.domain.contract import Contract
    from dropforge.domain.events import ObjectCreated
    from dropforge.ports import Notifications, Objects, ReadContract, Registry

LARGEST = 256 * 1024


def publish_contract(
    written: ObjectCreated,
    *,
    objects: Objects,
    registry: Registry,
    notifications: Notifications,
    read_contract: ReadContract,
    stack: str,
) -> Published | Ignored | Notified:
    """Works on the newest version only: events may come out of order, and each version has its own."""
    usecase = keys.usecase_in(written.key)
    try:
        newest = objects.head(written.key)
        if newest.version_id and written.version_id and newest.version_id != written.version_id:
            return Ignored(f"{written.key} has been written again since; that version has its own event")
        body = objects.read(written.key) if newest.size <= LARGEST else b""
    except Absent:
        return Ignored(f"{written.key} is not there any more")
    try:
        contract = _read(written.key, usecase, newest.size, body, read_contract, stack)
    except Refused as refused:
        return _refuse(written, usecase, refused.reason, notifications)
    name = endpoint_name(stack, contract.usecase)
    tags = {"dropforge:stack": stack, "dropforge:usecase": contract.usecase}
    registry.ensure_group(name, f"Models of use case {contract.usecase}", tags)
    target = keys.published_contract(contract.usecase)
    objects.write(target, contract_to_json(contract).encode(), "application/json")
    notifications.publish(messages.contract_published(written, contract.usecase))
    return Published(contract.usecase, f"s3://{written.bucket}/{target}")


def _read(
    key: str, usecase: str | None, size: int, body: bytes, read_contract: ReadContract, stack: str
) -> Contract:
    if usecase is None or key != keys.contract_source(usecase):
        raise Refused(
            f"the key {key!r} names no use case: a contract belongs at "
            "contracts/<usecase>/contract.yaml, with at most 28 lower-case letters, digits and dashes"
        )
    if size > LARGEST:
        raise Refused(f"the contract has {size} bytes; it may have {LARGEST}")
    try:
        contract = read_contract(body)
    except ContractError as faults:
        raise Refused(str(faults)) from faults
    if contract.usecase != usecase:
        raise Refused(f"usecase: the contract says {contract.usecase!r}, its key {key} says {usecase!r}")
    if problem := too_long(stack, usecase):
        raise Refused(problem)
    return contract


def _refuse(
    written: ObjectCreated, usecase: str | None, reason: str, notifications: Notifications
) -> Notified:
    notification = messages.contract_refused(written, usecase, reason)
    notifications.publish(notification)
    return Notified.of(notification, status="refused")
