"""May this object become a run? A sentence with the rule and the figure, or None.

Only what can be seen without reading the file; the rest is for the job, which sees every row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dropforge.domain import keys

if TYPE_CHECKING:
    from dropforge.domain.contract import Contract
    from dropforge.domain.events import ObjectCreated

MEGABYTE = 1024 * 1024


def refuse(created: ObjectCreated, contract: Contract | None, folder: str) -> str | None:
    """`folder` is drops/ or inference/."""
    return (
        _refuse_key(created.key, folder)
        or _refuse_usecase(created.key, contract)
        or _refuse_size(created, contract)
        or _refuse_manifest(created.key, contract)
    )


def _refuse_key(key: str, folder: str) -> str | None:
    segments = key.split("/")
    if "." in segments or ".." in segments:
        return f"the key {key!r} has a part that is '.' or '..'; use {folder}<usecase>/<name>"
    if any(ord(character) < 32 or ord(character) == 127 for character in key):
        return f"the key {key!r} has a control character in it; use {folder}<usecase>/<name>"
    if keys.usecase_in(key) is None:
        return (
            f"the key {key!r} names no use case: put files under {folder}<usecase>/<name>, and a use case "
            "has at most 28 lower-case letters, digits and dashes"
        )
    if not segments[-1]:
        return f"the key {key!r} ends in '/', so it has no name; use {folder}<usecase>/<name>"
    return None


def _refuse_usecase(key: str, contract: Contract | None) -> str | None:
    if contract is not None:
        return None
    usecase = keys.usecase_in(key) or ""
    return (
        f"there is no contract of use case {usecase!r} in force: put one at {keys.contract_source(usecase)}"
    )


def _refuse_size(created: ObjectCreated, contract: Contract | None) -> str | None:
    if created.size == 0:
        return f"the file {created.key!r} is empty: it has 0 bytes"
    limit = contract.quality.megabytes if contract else 0.0
    if created.size > limit * MEGABYTE:
        return (
            f"the file has {created.size / MEGABYTE:.1f} MB, and the contract allows {limit:g} MB "
            "(quality.megabytes): split it, or raise the limit"
        )
    return None


def _refuse_manifest(key: str, contract: Contract | None) -> str | None:
    """SageMaker brings what a manifest names, which may be any number of files; a table is one."""
    if contract is None or contract.image is not None or not key.endswith(".manifest"):
        return None
    return (
        f"the file {key!r} is a manifest, which names pictures, and {contract.usecase} reads tables: "
        "drop the table itself"
    )
