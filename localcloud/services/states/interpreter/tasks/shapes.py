"""An API's answer as a state sees it: plain JSON with the key names of AWS's Java SDK.

The aws-sdk integrations show times as ISO 8601 and names as the Java SDK writes them (`SSEKMSKeyId` is
`SsekmsKeyId`); the optimised ones show milliseconds since 1970 and the API's own names in PascalCase.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

# DynamoDB's attribute for null would not be a Java name.
_JAVA_NAMES = {("AttributeValue", "NULL"): "Nul"}


def output(shape: Any, value: Any, *, optimised: bool) -> Any:
    if isinstance(value, Mapping):
        return _object(shape, value, optimised=optimised)
    if isinstance(value, (list, tuple, set)):
        return [output(getattr(shape, "member", None), item, optimised=optimised) for item in value]
    if isinstance(value, datetime):
        moment = value.astimezone(UTC)
        return int(moment.timestamp() * 1000) if optimised else _instant(moment)
    if hasattr(value, "read"):
        value = value.read()
    if isinstance(value, (bytes, bytearray)):
        return _text(bytes(value))
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _object(shape: Any, value: Mapping[str, Any], *, optimised: bool) -> dict[str, Any]:
    kind = getattr(shape, "type_name", "")
    if kind == "map":
        return {key: output(shape.value, item, optimised=optimised) for key, item in value.items()}
    members = shape.members if kind == "structure" else {}
    return {
        key_of(shape, key, optimised): output(members.get(key), item, optimised=optimised)
        for key, item in value.items()
        if item is not None
    }


def key_of(shape: Any, key: str, optimised: bool) -> str:
    special = _JAVA_NAMES.get((getattr(shape, "name", ""), key))
    if optimised or special:
        return (None if optimised else special) or key[:1].upper() + key[1:]
    return _java(key)


_ACRONYM = re.compile(r"^[A-Za-z][A-Z]*(?![a-z])")


def _java(key: str) -> str:
    """The Java SDK reads the acronym that a name begins with as a word, and leaves the others."""
    name = _ACRONYM.sub(lambda first: first.group().lower(), key)
    return name[:1].upper() + name[1:]


def _instant(moment: datetime) -> str:
    """As Java prints an Instant: no fraction when it is whole."""
    whole = moment.strftime("%Y-%m-%dT%H:%M:%S")
    return f"{whole}.{moment.microsecond // 1000:03d}Z" if moment.microsecond >= 1000 else f"{whole}Z"


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return base64.b64encode(data).decode()


def metadata(answer: Mapping[str, Any]) -> dict[str, Any]:
    """What the optimised integrations tell of the HTTP exchange."""
    about = answer.get("ResponseMetadata", {})
    headers = {name.title(): value for name, value in about.get("HTTPHeaders", {}).items()}
    return {
        "SdkHttpMetadata": {
            "AllHttpHeaders": {name: [value] for name, value in headers.items()},
            "HttpHeaders": headers,
            "HttpStatusCode": about.get("HTTPStatusCode", 200),
        },
        "SdkResponseMetadata": {"RequestId": about.get("RequestId", "")},
    }
