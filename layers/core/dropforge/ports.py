"""What the actions need of the world. Each has an adapter in `aws` and a fake in the tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from _typeshed import DataclassInstance

    from dropforge.domain.contract import Contract
    from dropforge.domain.notifications import Notification

    ReadContract = Callable[[bytes], Contract]
    """The YAML that people write → Contract, or ContractError."""


@dataclass(frozen=True)
class Stored:
    size: int
    version_id: str
    etag: str
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Endpoint:
    name: str
    status: str
    config: str

    @property
    def answers(self) -> bool:
        """A fleet that is being replaced still answers; one that is being made does not yet."""
        return self.status in (
            "InService",
            "Updating",
            "SystemUpdating",
            "RollingBack",
            "UpdateRollbackFailed",
        )


@dataclass(frozen=True)
class LiveModel:
    """The version of a model that an endpoint serves. `run` trained it, where the registry says which."""

    package_arn: str
    version: int
    model_data: str
    run: str | None


class Objects(Protocol):
    """The data bucket. Reading what is not there raises Absent."""

    def head(self, key: str, version_id: str = "") -> Stored: ...
    def read(self, key: str) -> bytes: ...
    def open(self, key: str, version_id: str) -> BinaryIO: ...
    def write(self, key: str, body: bytes, content_type: str) -> None: ...
    def copy(self, key: str, version_id: str, target: str) -> None: ...


class Executions(Protocol):
    """One state machine. Starting the same name again is the same execution, not an error."""

    def start(self, name: str, document: Mapping[str, object]) -> None: ...


@dataclass(frozen=True)
class Documents:
    """An execution's input and output; each is empty where there is none or it is not an object."""

    input: Mapping[str, Any]
    output: Mapping[str, Any]


class EndedExecutions(Protocol):
    """The executions of every state machine of the stack, by ARN."""

    def documents(self, execution_arn: str) -> Documents: ...


class Notifications(Protocol):
    def publish(self, notification: Notification) -> None: ...


class RunOnce(Protocol):
    """Does what it is given, or repeats its earlier answer under the same key. Errors are not remembered."""

    def __call__(self, key: str, act: Callable[[], DataclassInstance]) -> Mapping[str, Any]: ...


class Registry(Protocol):
    def ensure_group(self, name: str, description: str, tags: Mapping[str, str]) -> None: ...


class Endpoints(Protocol):
    def find(self, name: str) -> Endpoint | None: ...
    def config_tags(self, config: str) -> Mapping[str, str]: ...
    def live_model(self, endpoint: Endpoint) -> LiveModel | None: ...


class Predictor(Protocol):
    """Raises Refused for a request the model will not take, EndpointUnavailable for one to be tried again."""

    def predict(self, endpoint: str, body: bytes) -> bytes: ...


class Images(Protocol):
    """The repository of container images, and what builds them."""

    def uri(self, tag: str) -> str: ...
    def exists(self, tag: str) -> bool: ...
    def start(self, source: str, uri: str) -> str: ...
    def state(self, build: str) -> str: ...
