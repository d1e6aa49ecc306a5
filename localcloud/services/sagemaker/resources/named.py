"""What models and endpoint configurations share: records with a name, made whole, that never change."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from localcloud.api.errors import ApiError
from localcloud.services.sagemaker.context import Call, Context, now
from localcloud.services.sagemaker.listing import Listing

if TYPE_CHECKING:
    from localcloud.services.sagemaker.store import Record


class NamedRecords(ABC):
    """Create, Describe, List and Delete. `noun`: as the API's members say it, `words`: as its messages do."""

    kind: ClassVar[str]
    noun: ClassVar[str]
    words: ClassVar[str]
    event: ClassVar[str]

    def __init__(self, context: Context) -> None:
        self._context = context
        self._store = context.stores.of(self.kind)
        self._listing = Listing(f"{self.noun}s", f"{self.noun}Name", newest_first=True)

    @abstractmethod
    def made(self, call: Call) -> Record:
        """The record that the call asks for, with what it leaves open filled in; raises ApiError."""

    def create(self, call: Call) -> Record:
        record = self.made(call)
        name = record[f"{self.noun}Name"]
        arn = self._context.arn(self.kind, name)
        record |= {f"{self.noun}Arn": arn, "CreationTime": now()}
        with self._store.lock:
            if self._store.get(name) is not None:
                raise ApiError("ValidationException", f'Cannot create already existing {self.words} "{arn}".')
            self._store.put(name, record)
        self._emit(record)
        return {f"{self.noun}Arn": arn}

    def describe(self, call: Call) -> Record:
        return self.found(call.payload[f"{self.noun}Name"])

    def page(self, call: Call) -> Record:
        return self._listing.page(self._store.all(), call.payload)

    def delete(self, call: Call) -> Record:
        record = self.describe(call)
        self._store.delete(record[f"{self.noun}Name"])
        self._emit(record)
        return {}

    def found(self, name: str) -> Record:
        record = self._store.get(name)
        if record is None:
            arn = self._context.arn(self.kind, name)
            raise ApiError("ValidationException", f'Could not find {self.words} "{arn}".')
        return record

    def _emit(self, record: Record) -> None:
        # AWS's events carry milliseconds where its API carries seconds.
        facts = {"CreationTime": round(record["CreationTime"] * 1000), "Tags": record.get("Tags", [])}
        self._context.emit(self.event, record[f"{self.noun}Arn"], record | facts)
