"""One boto3 client a service, made when first asked for.

boto3 takes 300 ms and more to import, which a function whose event is refused or was handled before need
not spend.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

Clients = Callable[[str], Any]
"""The boto3 client of a service by its name. A function has `client`; a caller with a profile, a region or an
endpoint of its own brings its own."""

READ_TIMEOUT = {"sagemaker-runtime": 65}
"""An endpoint may take 60 seconds to answer; no other call here takes long."""


@cache
def client(service: str) -> Any:
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=5,
        read_timeout=READ_TIMEOUT.get(service, 20),
        retries={"mode": "standard", "total_max_attempts": 4},
    )
    return boto3.client(service, config=config)  # type: ignore[call-overload]


def code_of(fault: Exception) -> str:
    """A ClientError's code. A missing permission or a wrong name have no class of their own in boto3."""
    response = getattr(fault, "response", {})
    return str(response.get("Error", {}).get("Code", ""))


def message_of(fault: Exception) -> str:
    response = getattr(fault, "response", {})
    return str(response.get("Error", {}).get("Message", ""))
