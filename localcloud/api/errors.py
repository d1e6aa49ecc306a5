"""How a service of this cloud refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class ApiError(Exception):
    """An error that the caller of the API sees: AWS's code, a sentence, the HTTP status."""

    def __init__(
        self, code: str, message: str, status: int = 400, fields: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        # Members beside the message, such as ModelError's OriginalStatusCode.
        self.fields = dict(fields or {})
