"""A refused call's answer in the form of each of MiniStack's services."""

from __future__ import annotations

import uuid
from collections.abc import Mapping


def denial(
    service: str, action: str, message: str, headers: Mapping[str, str], code: str
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body; without a code, the service's own for what is denied."""
    from ministack.core.iam_actions import access_denied_response

    status, sent, body = access_denied_response(
        service, action, "", str(uuid.uuid4()), headers=dict(headers), error_code=code, message=message
    )
    return int(status), sent, body
