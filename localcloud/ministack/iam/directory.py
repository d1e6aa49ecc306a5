"""Who callers are and which policies there are, from what MiniStack keeps.

Nothing is copied: a policy that is put or taken away counts for the next call.
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

import contextlib
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from localcloud.iam import managed
from localcloud.iam.directory import Guarded
from localcloud.iam.policies import Document, Grants, Policy, policy
from localcloud.iam.principals import ANONYMOUS, Principal, UnknownCaller, root, service, session

_ACCOUNT = re.compile(r"\d{12}")
_KMS_IN_XML = re.compile(r"<KMSMasterKeyID>([^<]+)</KMSMasterKeyID>")
# What `sam local` gives to a function when its caller has no credentials.
_SAM_LOCAL_KEY = "defaultkey"
_SERVICE_KEY = "ASIASERVICE"
_NOBODY = "The security token included in the request is invalid."


class MiniStackDirectory:
    """localcloud.iam.directory.Directory."""

    def __init__(self, state_dir: Path, account: str, region: str) -> None:
        self.account, self.region = account, region
        self._secret = _secret(state_dir / "credentials.key")
        self.sagemaker_tags: Callable[[str], Mapping[str, str]] = lambda _: {}

    # ---- credentials

    def credentials(self, role_arn: str, session_name: str) -> dict[str, str]:
        """The environment of a process that acts as the role; the same each time, so clients can be kept."""
        from ministack.services import sts

        digest = self._digest(f"{role_arn}/{session_name}")
        key, secret, token = f"ASIA{digest[:16].upper()}", digest[16:56], digest
        if key not in sts._sessions:
            who = session(role_arn, session_name)
            record = {"Arn": who.arn, "UserId": f"{who.name}:{session_name}", "RoleArn": role_arn}
            sts.register_session(key, {**record, "SecretAccessKey": secret, "SessionToken": token})
        return {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": token}

    def service_credentials(self, name: str) -> dict[str, str]:
        """What an AWS service of this cloud signs its own calls with."""
        digest = self._digest(name)
        key = f"{_SERVICE_KEY}-{name}"
        return {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": digest[:40], "AWS_SESSION_TOKEN": digest}

    def _digest(self, text: str) -> str:
        return hmac.new(self._secret, text.encode(), hashlib.sha256).hexdigest()

    # ---- Directory

    def caller(self, access_key: str, session_token: str | None) -> Principal:
        if not access_key:
            return ANONYMOUS
        if _ACCOUNT.fullmatch(access_key):
            return root(access_key)
        if access_key == _SAM_LOCAL_KEY:
            return root(self.account)
        if access_key.startswith(_SERVICE_KEY):
            return self._service(access_key, session_token)
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
            return self.sagemaker_tags(resource)
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

    def _service(self, access_key: str, token: str | None) -> Principal:
        name = access_key.removeprefix(f"{_SERVICE_KEY}-")
        if not hmac.compare_digest(token or "", self._digest(name)):
            raise UnknownCaller("InvalidClientTokenId", _NOBODY)
        return service(name, self.account)

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


@lru_cache(maxsize=8)
def _secret(path: Path) -> bytes:
    """What session credentials are derived from; kept with the state, so that they outlive a restart."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch(0o600)
        path.write_text(secrets.token_hex(32), "ascii")
    return path.read_text("ascii").encode()
