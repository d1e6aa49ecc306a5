"""The ports, in memory. Each records what was asked of it, so that tests read effects and not calls."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

from dropforge.domain.contract import Contract, contract_to_json, parse_contract
from dropforge.domain.errors import Absent
from dropforge.domain.events import ObjectCreated
from dropforge.domain.notifications import Notification
from dropforge.ports import Endpoint, LiveModel, Stored

BUCKET = "dropforge-data-000000000000-us-east-1"
STACK = "dropforge"
COLUMNS: dict[str, Any] = {
    "Age": {"type": "integer", "min": 18, "max": 100},
    "Income": "number",
    "Education": {"type": "category", "values": [1, 2, 3]},
    "Personal Loan": {"type": "category", "values": [0, 1]},
}


class FakeObjects:
    def __init__(self, **files: bytes) -> None:
        self.files: dict[str, bytes] = dict(files)
        self.version_id = "v1"
        self.metadata: dict[str, str] = {}

    def head(self, key: str, version_id: str = "") -> Stored:
        return Stored(len(self.read(key)), version_id or self.version_id, "etag", self.metadata)

    def read(self, key: str) -> bytes:
        if key not in self.files:
            raise Absent(f"s3://{BUCKET}/{key}")
        return self.files[key]

    def open(self, key: str, version_id: str) -> BinaryIO:
        return io.BytesIO(self.read(key))

    def write(self, key: str, body: bytes, content_type: str) -> None:
        self.files[key] = body

    def copy(self, key: str, version_id: str, target: str) -> None:
        self.files[target] = self.read(key)

    def in_force(self, contract: Contract) -> FakeObjects:
        self.files[f"contracts/{contract.usecase}/published.json"] = contract_to_json(contract).encode()
        return self


class FakeExecutions:
    def __init__(self) -> None:
        self.started: dict[str, Mapping[str, object]] = {}

    def start(self, name: str, document: Mapping[str, object]) -> None:
        json.dumps(document)
        self.started.setdefault(name, document)


class FakeNotifications:
    def __init__(self) -> None:
        self.sent: list[Notification] = []

    def publish(self, notification: Notification) -> None:
        self.sent.append(notification)


class FakeRegistry:
    def __init__(self) -> None:
        self.groups: dict[str, Mapping[str, str]] = {}

    def ensure_group(self, name: str, description: str, tags: Mapping[str, str]) -> None:
        self.groups.setdefault(name, tags)


class FakeEndpoints:
    def __init__(
        self,
        *endpoints: Endpoint,
        tags: Mapping[str, Mapping[str, str]] | None = None,
        live: LiveModel | None = None,
    ) -> None:
        self._endpoints = {endpoint.name: endpoint for endpoint in endpoints}
        self._tags = tags or {}
        self._live = live

    def find(self, name: str) -> Endpoint | None:
        return self._endpoints.get(name)

    def config_tags(self, config: str) -> Mapping[str, str]:
        return self._tags.get(config, {})

    def live_model(self, endpoint: Endpoint) -> LiveModel | None:
        return self._live if endpoint.answers else None


class FakePredictor:
    def __init__(self, answer: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> None:
        self._answer = answer
        self.asked: list[str] = []

    def predict(self, endpoint: str, body: bytes) -> bytes:
        self.asked.append(endpoint)
        return json.dumps({"predictions": self._answer(json.loads(body)["instances"])}).encode()


def loan_contract(**changes: Any) -> Contract:
    document = {
        "usecase": "loan",
        "problem": "binary",
        "target": "Personal Loan",
        "columns": COLUMNS,
        "drop": {"ID": "unique per row"},
        "confidence": 0.8,
        "quality": {"megabytes": 100},
    }
    return parse_contract({**document, **changes})


def created(key: str, size: int = 100, version_id: str = "v1") -> ObjectCreated:
    return ObjectCreated(bucket=BUCKET, key=key, size=size, etag="etag", version_id=version_id)
