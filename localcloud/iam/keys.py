"""The condition keys that this cloud fills in, or leaves out because they do not apply.

A key that is not here might have had a value on AWS, so a condition on it cannot be decided.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from localcloud.iam.principals import Principal

_GLOBAL = frozenset(
    "aws:" + name
    for name in [
        "calledvia",
        "calledviafirst",
        "calledvialast",
        "currenttime",
        "epochtime",
        "federatedprovider",
        "multifactorauthage",
        "multifactorauthpresent",
        "principalaccount",
        "principalarn",
        "principalisawsservice",
        "principalorgid",
        "principalorgpaths",
        "principalservicename",
        "principalservicenameslist",
        "principaltype",
        "referer",
        "requestedregion",
        "resourceaccount",
        "resourceorgid",
        "securetransport",
        "sourceaccount",
        "sourcearn",
        "sourceip",
        "sourceorgid",
        "sourceidentity",
        "sourcevpc",
        "sourcevpce",
        "tagkeys",
        "useragent",
        "userid",
        "username",
        "viaawsservice",
        "vpcsourceip",
    ]
)
_OF_SERVICES = frozenset(
    {
        "iam:passedtoservice",
        "kms:viaservice",
        "kms:calleraccount",
        "kms:encryptioncontextkeys",
        "s3:prefix",
        "s3:delimiter",
        "s3:max-keys",
        "s3:versionid",
        "s3:x-amz-acl",
        "s3:x-amz-server-side-encryption",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
        "s3:x-amz-storage-class",
        "s3:x-amz-copy-source",
        "s3:x-amz-metadata-directive",
        "s3:x-amz-content-sha256",
        "s3:resourceaccount",
        "sns:protocol",
        "sns:endpoint",
        "sts:externalid",
        "sts:rolesessionname",
        "sts:sourceidentity",
        "cloudwatch:namespace",
        "lambda:functionarn",
        "sagemaker:instancetypes",
        "sagemaker:networkisolation",
        "sagemaker:intercontainertrafficencryption",
        "sagemaker:volumekmskey",
        "sagemaker:outputkmskey",
        "sagemaker:vpcsubnets",
        "sagemaker:vpcsecuritygroupids",
    }
)
_PREFIXES = (
    "aws:principaltag/",
    "aws:requesttag/",
    "aws:resourcetag/",
    "sagemaker:resourcetag/",
    "kms:encryptioncontext:",
)


@functools.lru_cache(maxsize=1024)
def known(key: str) -> bool:
    """Whether this cloud gives the key (in lower case) a value wherever AWS does."""
    return key in _GLOBAL or key in _OF_SERVICES or key.startswith(_PREFIXES)


class Context(dict[str, Any]):
    """A request's keys. Those that cost something are worked out when a condition asks for them."""

    def __init__(self, given: Mapping[str, Any], later: Mapping[str, Any]) -> None:
        super().__init__(given)
        self._later = later

    def get(self, key: str, default: Any = None) -> Any:
        if key in self:
            return self[key]
        for name, work_out in self._later.items():
            if key == name or (name.endswith("/") and key.startswith(name)):
                value = work_out(key.removeprefix(name)) if name.endswith("/") else work_out()
                self[key] = value
                return value
        return default


def of_principal(who: Principal) -> dict[str, Any]:
    kinds = {"root": "Account", "user": "User", "role": "AssumedRole", "service": "Service"}
    if who.kind == "anonymous":
        return {"aws:principaltype": "Anonymous", "aws:principalisawsservice": "false"}
    if who.kind == "service":
        return {"aws:principalisawsservice": "true", "aws:principalservicename": who.identity}
    found = {
        "aws:principalaccount": who.account,
        # For a session, AWS gives the role here, not the session.
        "aws:principalarn": who.identity,
        "aws:principaltype": kinds[who.kind],
        "aws:principalisawsservice": "false",
    }
    return found | ({"aws:username": who.name} if who.kind == "user" else {})


def of_moment() -> dict[str, Any]:
    return {
        "aws:currenttime": lambda: datetime.now(UTC).isoformat(),
        "aws:epochtime": lambda: str(int(datetime.now(UTC).timestamp())),
    }
