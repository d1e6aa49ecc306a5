"""Who made or changed something, in the registry's form."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from localcloud.services.sagemaker.store import Record


def user_of(caller: str) -> Record:
    """CreatedBy and LastModifiedBy of an IAM caller."""
    principal = caller.rsplit("/", 1)[-1].rsplit(":", 1)[-1]
    return {"IamIdentity": {"Arn": caller, "PrincipalId": principal}}
