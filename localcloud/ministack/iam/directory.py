"""Who callers are and which policies there are, from what MiniStack keeps.

Nothing is copied: a policy that is put or taken away counts for the next call.
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Mapping
from typing import Any

from localcloud.iam import managed
from localcloud.iam.directory import Guarded
from localcloud.iam.policies import Document, Grants, Policy, policy
from localcloud.iam.principals import ANONYMOUS, Principal, UnknownCaller, root
from localcloud.ministack.iam.credentials import Credentials

_ACCOUNT = re.compile(r"\d{12}")
_KMS_IN_XML = re.compile(r"<KMSMasterKeyID>([^<]+)</KMSMasterKeyID>")
# What `sam local` gives to a function when its caller has no credentials.
_SAM_LOCAL_KEY = "defaultkey"
_NOBODY = "The security token included in the request is invalid."


class MiniStackDirectory:
    """localcloud.iam.directory.Directory. `sagemaker_tags` says the tags of a resource of SageMaker, which
    MiniStack does not have."""

    def __init__(
        self,
        account: str,
        region: str,
        credentials: Credentials,
        sagemaker_tags: Callable[[str], Mapping[str, str]],
    ) -> None:
        self.account, self.region = account, region
        self._credentials, self._sagemaker_tags = credentials, sagemaker_tags

    def caller(self, access_key: str, session_token: str | None) -> Principal:
        if not access_key:
            return ANONYMOUS
        if _ACCOUNT.fullmatch(access_key):
            return root(access_key)
        if access_key == _SAM_LOCAL_KEY:
            return root(self.account)
        own = self._credentials.service_of(access_key, session_token)
        if own is not None:
            return own
        from ministack.core.iam_evaluator import CredentialResolutionError, resolve_credential

        found = resolve_credential(access_key, self.account, session_token)
        if isinstance(found, CredentialResolutionError) or access_key == "test":
            raise UnknownCaller(getattr(found, "code", "InvalidClientTokenId"), _NOBODY)
        if found.principal_type == "User":
            return Principal("user", found.principal_arn, found.account_id, found.principal_arn)
        if found.principal_type == "AssumedRole":
            identity = self._role_arn(found.principal_arn, found.account_id)
            return Principal("role", found.principal_arn, found.account_id, identity, access_key)
        raise UnknownCaller("InvalidClientTokenId", _NOBODY)

    def grants(self, who: Principal) -> Grants:
        from ministack.services import iam

        if who.kind == "role":
            role = iam._roles.get_scoped(who.account, None, who.name)
            return self._grants(role, (role or {}).get("InlinePolicies") or {}, who)
        if who.kind == "user":
            user = iam._users.get_scoped(who.account, None, who.name)
            return self._grants(user, iam._user_inline_policies.get(who.name) or {}, who)
        return Grants()

    def guard(self, resource: str) -> Guarded | None:
        from ministack.core.iam_evaluator import _resource_policy

        service_name = resource.split(":", 3)[2] if resource.startswith("arn:") else ""
        if service_name not in ("s3", "sqs", "sns", "lambda", "kms", "secretsmanager", "ecr", "kinesis"):
            return None
        with self._scope(resource):
            found = _resource_policy(service_name, resource)
        return Guarded(found[0] or None, service_name == "kms") if found else None

    def tags(self, resource: str) -> Mapping[str, str]:
        if ":sagemaker:" in resource:
            return self._sagemaker_tags(resource)
        from ministack.services.tagging import resource_tags

        with self._scope(resource):
            return resource_tags(resource) or {}

    def trust(self, role_arn: str) -> Document | None:
        from ministack.services import iam

        role = iam._roles.get_scoped(role_arn.split(":")[4], None, role_arn.rsplit("/", 1)[-1])
        document: Document | None = role.get("AssumeRolePolicyDocument") if role else None
        return document

    def key_of(self, resource: str) -> str | None:
        from ministack.services import kms

        with self._scope(resource):
            named = _key_named(resource)
            if not named or named.startswith("alias/aws/"):
                return None
            record = kms._resolve_key(named)
            return str(record["Arn"]) if record else None

    # ---- parts

    def _role_arn(self, session_arn: str, account: str) -> str:
        from ministack.services import iam

        name = session_arn.split("/")[1]
        role = iam._roles.get_scoped(account, None, name) or {}
        return str(role.get("Arn") or f"arn:aws:iam::{account}:role/{name}")

    def _grants(self, record: Any, inline: Mapping[str, Document], who: Principal) -> Grants:
        if record is None:
            return Grants()
        attached = list(record.get("AttachedPolicies") or [])
        own = tuple(policy(name, document) for name, document in inline.items())
        if who.kind == "user":
            own += tuple(_of_groups(who.name, attached))
        boundary = record.get("PermissionsBoundary")
        arn = boundary.get("PermissionsBoundaryArn") if isinstance(boundary, dict) else boundary
        return Grants(
            own + tuple(self._managed(arn, who.account) for arn in attached),
            self._managed(arn, who.account) if arn else None,
            self._session_policies(who),
            _facts(record),
        )

    def _managed(self, arn: str, account: str) -> Policy:
        document = managed.document(arn)
        if document is None:
            from ministack.core.iam_evaluator import _resolve_managed_policy_document

            document = _resolve_managed_policy_document(arn, account)
        return policy(arn.rsplit("/", 1)[-1], document)

    def _session_policies(self, who: Principal) -> tuple[Policy, ...] | None:
        """What AssumeRole was told to cut the session down to."""
        from ministack.services import sts

        passed = (sts._sessions.get(who.session_key) or {}).get("SessionPolicies")
        if not passed:
            return None
        inline = [policy("session", passed["Policy"])] if passed.get("Policy") else []
        attached = [self._managed(arn, who.account) for arn in passed.get("PolicyArns") or []]
        return tuple(inline + attached)

    def _scope(self, resource: str) -> contextlib.AbstractContextManager[Any]:
        from ministack.core.responses import request_scope

        parts = resource.split(":", 5)
        account, region = (parts[4], parts[3]) if len(parts) == 6 else ("", "")
        scope: contextlib.AbstractContextManager[Any] = request_scope(
            account or self.account, region or self.region
        )
        return scope


def _key_named(resource: str) -> str | None:
    """The key as the resource's own settings name it: an ARN, an id or an alias."""
    from ministack.services import dynamodb, s3, sns, sqs

    if resource.startswith("arn:aws:s3:::"):
        settings = s3._bucket_encryption.get(resource[13:].split("/", 1)[0])
        found = _KMS_IN_XML.search(str(settings)) if settings else None
        return found.group(1) if found else None
    kind = resource.split(":", 3)[2] if resource.startswith("arn:") else ""
    if kind == "sns":
        topic: dict[str, Any] = sns._topic_by_arn_any_scope(resource) or {}
        return topic.get("attributes", {}).get("KmsMasterKeyId") or None
    if kind == "sqs":
        queue = sqs._queue_by_arn(resource)
        return queue["attributes"].get("KmsMasterKeyId") if queue else None
    if kind == "dynamodb":
        table = dynamodb._tables.get(resource.split("/")[1]) or {}
        return (table.get("SSEDescription") or {}).get("KMSMasterKeyArn")
    return None


def _of_groups(user: str, attached: list[str]) -> list[Policy]:
    from ministack.services import iam

    found = []
    for name, group in list(iam._groups.items()):
        if user in group.get("Users", []):
            attached += group.get("AttachedPolicies") or []
            inline = iam._group_inline_policies.get(name) or {}
            found += [policy(f"{name}/{key}", document) for key, document in inline.items()]
    return found


def _facts(record: Mapping[str, Any]) -> dict[str, str]:
    tags = record.get("Tags") or []
    listed = [(tag["Key"], tag["Value"]) for tag in tags] if isinstance(tags, list) else list(tags.items())
    return {f"aws:principaltag/{str(key).lower()}": str(value) for key, value in listed}
