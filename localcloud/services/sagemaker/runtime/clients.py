"""boto3 clients towards our own cloud, one a service and identity.

A client takes about 50 ms to make and is safe to share between threads, so they are kept. Clients never see
the user's own AWS configuration: endpoint, region and credentials are all given, and proxies are switched
off.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from localcloud.api.models import clean_session

if TYPE_CHECKING:
    from localcloud.services.sagemaker.ports import CloudPorts


class Clients:
    def __init__(self, ports: CloudPorts) -> None:
        self._ports = ports
        self._clients: dict[tuple[str, ...], Any] = {}
        # Making a client is not safe between threads, only using one is.
        self._lock = threading.Lock()

    def of(self, service: str, role_arn: str | None = None) -> Any:
        """The client of a service, acting as the role, or as SageMaker itself."""
        env = self._ports.credentials_env(role_arn)
        identity = {
            "aws_access_key_id": env["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": env["AWS_SECRET_ACCESS_KEY"],
            "aws_session_token": env.get("AWS_SESSION_TOKEN"),
        }
        key = (service, *(value or "" for value in identity.values()))
        with self._lock:
            if key not in self._clients:
                self._clients[key] = self._make(service, identity)
            return self._clients[key]

    def close(self) -> None:
        """Let go of every connection."""
        with self._lock:
            for client in self._clients.values():
                client.close()
            self._clients.clear()

    def _make(self, service: str, identity: dict[str, str | None]) -> Any:
        config = Config(
            connect_timeout=5,
            read_timeout=60,
            retries={"max_attempts": 3, "mode": "standard"},
            max_pool_connections=32,
            s3={"addressing_style": "path"},
            proxies={},
        )
        maker: Any = boto3.Session(botocore_session=clean_session(), region_name=self._ports.region)
        return maker.client(service, endpoint_url=self._ports.endpoint_url, config=config, **identity)
