"""What MiniStack's CloudFormation forgets: by which key a bucket, a topic or a table is encrypted,
and what bounds a role. Kept here, because the policies of keys and boundaries decide on calls.
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from xml.sax.saxutils import escape

from localcloud.ministack.s3.encryption import encrypt_by_default

Keep = Callable[[str, Mapping[str, Any]], None]


def install() -> None:
    """Have them kept whenever a stack makes or changes one."""
    from ministack.services.cloudformation import provisioners

    handlers = provisioners._RESOURCE_HANDLERS
    for kind, keep in (
        ("AWS::IAM::Role", _boundary),
        ("AWS::S3::Bucket", _bucket),
        ("AWS::SNS::Topic", _topic),
        ("AWS::DynamoDB::Table", _table),
    ):
        handlers[kind] = keeping(handlers[kind], keep)


def keeping(own: Mapping[str, Any], keep: Keep) -> dict[str, Any]:
    """A type's handlers that also keep what the template says; `create` is given the properties second,
    `update` third.
    """

    def after(handler: Any, properties_at: int) -> Any:
        def handle(*arguments: Any, **keywords: Any) -> Any:
            answer = handler(*arguments, **keywords)
            name = answer[0] if isinstance(answer, tuple) else answer or arguments[0]
            keep(str(name), arguments[properties_at] or {})
            return answer

        return handle

    changed = {"create": after(own["create"], 1)}
    if "update" in own:
        changed["update"] = after(own["update"], 2)
    return {**own, **changed}


def _boundary(name: str, properties: Mapping[str, Any]) -> None:
    from ministack.services import iam

    role = iam._roles.get(name.rsplit("/", 1)[-1])
    if role is not None:
        role["PermissionsBoundary"] = properties.get("PermissionsBoundary")


def _bucket(name: str, properties: Mapping[str, Any]) -> None:
    from ministack.services import s3

    rules = (properties.get("BucketEncryption") or {}).get("ServerSideEncryptionConfiguration") or []
    default = rules[0].get("ServerSideEncryptionByDefault") if rules else None
    if name not in s3._buckets:
        return
    if not default:
        s3._bucket_encryption.pop(name, None)
        encrypt_by_default(s3, name)
        return
    key = default.get("KMSMasterKeyID")
    named = f"<KMSMasterKeyID>{escape(str(key))}</KMSMasterKeyID>" if key else ""
    algorithm = f"<SSEAlgorithm>{escape(str(default.get('SSEAlgorithm', 'AES256')))}</SSEAlgorithm>"
    by_default = (
        f"<ApplyServerSideEncryptionByDefault>{algorithm}{named}</ApplyServerSideEncryptionByDefault>"
    )
    bucket_key = str(bool(rules[0].get("BucketKeyEnabled"))).lower()
    s3._bucket_encryption[name] = (
        '<ServerSideEncryptionConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule>'
        f"{by_default}<BucketKeyEnabled>{bucket_key}</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>"
    )


def _topic(arn: str, properties: Mapping[str, Any]) -> None:
    from ministack.services import sns

    topic = sns._topic_by_arn_any_scope(arn)
    key = properties.get("KmsMasterKeyId")
    if topic is None:
        return
    if key:
        topic["attributes"]["KmsMasterKeyId"] = str(key)
    else:
        topic["attributes"].pop("KmsMasterKeyId", None)


def _table(name: str, properties: Mapping[str, Any]) -> None:
    """A template writes SSEEnabled where the API has Enabled."""
    from ministack.services import dynamodb, kms

    table = dynamodb._tables.get(name)
    settings = properties.get("SSESpecification") or {}
    if table is None or "SSEEnabled" not in settings:
        return
    enabled = str(settings["SSEEnabled"]).lower() == "true"
    given = {
        "Enabled": enabled,
        "SSEType": settings.get("SSEType"),
        "KMSMasterKeyId": settings.get("KMSMasterKeyId"),
    }
    described = dynamodb._sse_description_from_spec(given)
    key = kms._resolve_key(settings.get("KMSMasterKeyId") or "")
    if described and key:
        described["KMSMasterKeyArn"] = key["Arn"]
    table["SSEDescription"] = described
