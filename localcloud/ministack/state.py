"""MiniStack's state, kept while it changes.

MiniStack would write its state when it is stopped in order, and is told not to. Here every dictionary of
records that its services make notes what was looked at; after each request, before its answer leaves, what
the request touched is compared and written (`durability`). At the start the records go back in by each
service's own restoring, so what that mends is mended. Objects in S3 are files from the beginning (`s3`).

Its cost: what a request touched is encoded again to be compared. Log events and metrics may lose the last
second.
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from localcloud.durability.bodies import Folder
from localcloud.durability.codec import Codec
from localcloud.durability.database import Database, Stored
from localcloud.durability.records import Appended, Fingerprinted, Split, Table, Watched
from localcloud.durability.tracked import Tracked, unnoticed
from localcloud.durability.unit import Keeper
from localcloud.ministack.rebinding import replace

# Where a dictionary's name is not the one that it has in the saved state.
_RENAMED = {("s3", "_buckets"): "buckets_meta", ("eventbridge", "_event_buses"): "buses"}
# What MiniStack does not save of a record, because it can be had again.
_LEFT_OUT = {("s3", "buckets_meta"): ("objects",), ("dynamodb", "tables"): ("_index_members",)}
_SLOW = {("cloudwatch_logs", None), ("cloudwatch", "metrics")}
# These save something else than their records as they are; they are compared whole.
_CONVERTED = ("kms", "cognito", "secretsmanager")


def _scalars(part: Any) -> Any:
    return tuple(v for v in part.values() if v is None or isinstance(v, (str, int, float, bool)))


def _stream_mark(stream: Any) -> Any:
    return len(stream.get("events") or ()), _scalars(stream)


class _Numbered(Watched):
    """Parts of an upload, which have numbers for names."""

    def join(self, parts: list[tuple[str, Any]]) -> Any:
        return {int(name): part for name, part in parts if part["body"].file.exists()}


def _split(service: str, store: str) -> Split | None:
    if (service, store) == ("sqs", "queues"):
        return Fingerprinted("messages", _scalars, "id")
    if (service, store) == ("dynamodb", "tables"):
        return Watched("items")
    if (service, store) == ("cloudwatch_logs", "log_groups"):
        return Fingerprinted("streams", _stream_mark)
    if (service, store) == ("s3", "multipart_uploads"):
        return _Numbered("parts")
    if service == "stepfunctions" and store == "executions":
        return Appended("events")
    return None


def track() -> None:
    """Let MiniStack's services make their dictionaries of records from classes of ours, which note what is
    looked at. To be called before the services are imported."""
    from ministack.core import responses

    class Accounts(responses.AccountScopedDict):  # type: ignore[misc]
        def __init__(self) -> None:
            self._data = Tracked()

    class AccountsAndRegions(responses.AccountRegionScopedDict):  # type: ignore[misc]
        def __init__(self) -> None:
            self._data = Tracked()

    replace(responses, "AccountScopedDict", Accounts)
    replace(responses, "AccountRegionScopedDict", AccountsAndRegions)


class Durable:
    """The kept state of one cloud."""

    def __init__(self, base: Path) -> None:
        self.bodies = Folder(base / "bodies")
        self._codec = Codec(base / "blobs", self.bodies)
        self._database = Database(base / "state.db")
        self.keeper = Keeper(self._database, self._table_of)
        self._loaded: dict[tuple[str, str], dict[str, list[str]]] = {}
        # What the last start found running, by execution; the engine takes it.
        self.running: dict[tuple[str, ...], dict[str, Any]] = {}

    def restore(self) -> None:
        """Give every service the records that it had. To be called before the first request."""
        from ministack import app

        for service, module in app._state_map.items():
            records = self._load(service)
            if records:
                app._get_module(module).load_persisted_state(records)

    def start(self) -> None:
        """The records are in: keep what changes from now on."""
        self._codec.tidy()
        self.bodies.tidy()
        self.keeper.catch_up()
        self.keeper.start()

    def stop(self) -> None:
        self.keeper.stop()

    def freeze(self, store: Tracked) -> None:
        """Keep the records of a dictionary as they stand."""
        table = self._table_of(store)
        if table is not None:
            table.frozen = True

    def _load(self, service: str) -> dict[str, Any] | None:
        rows: dict[str, list[Stored]] = defaultdict(list)
        for row in self._database.stored(service):
            rows[row.store].append(row)
        with unnoticed():
            state = {store: self._assemble(service, store, found) for store, found in rows.items()}
        return state or None

    def _assemble(self, service: str, store: str, rows: list[Stored]) -> Any:
        parts: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            parts[row.key].append(row.part)
        self._loaded[service, store] = parts
        records = self._make_table(service, store).assemble(rows)
        if set(records) == {""}:
            return records[""]  # a member of the state that is not a dictionary of records
        if (service, store) == ("stepfunctions", "executions"):
            self._set_aside(records)
        return _scoped(records)

    def _set_aside(self, executions: dict[Any, Any]) -> None:
        """MiniStack would fail what was running; the engine continues it."""
        self.running = {
            key: record for key, record in executions.items() if record.get("status") == "RUNNING"
        }
        for key in self.running:
            del executions[key]

    def _make_table(self, service: str, store: str) -> Table:
        slow = bool({(service, None), (service, store)} & _SLOW)
        table = Table(
            service, store, self._codec, _LEFT_OUT.get((service, store), ()), _split(service, store), slow
        )
        table.known(self._loaded.get((service, store), {}))
        return table

    def _table_of(self, store: Tracked) -> Any:
        if store.table is None or isinstance(store.table, int):
            self._find(store)
        return None if isinstance(store.table, int) else store.table

    def _find(self, store: Tracked) -> None:
        """Look for the module and the name under which the dictionary is known. What is not found is not
        looked for again before another module has been imported."""
        from ministack import app

        modules = [name for name in list(sys.modules) if name.startswith("ministack.services.")]
        if store.table == len(modules):
            return
        for service, name in app._state_map.items():
            module = sys.modules.get(f"ministack.services.{name}")
            if module is None or not hasattr(module, "get_state"):
                continue
            for variable, value in list(vars(module).items()):
                if getattr(value, "_data", None) is store and variable.startswith("_"):
                    # RuntimeError where another thread changes a record meanwhile: it is not found out yet.
                    store.table = self._named(service, variable, module) or len(modules)
                    return
        store.table = len(modules)

    def _named(self, service: str, variable: str, module: Any) -> Any:
        if service in _CONVERTED:
            return Converted(service, module, self)
        known = _RENAMED.get((service, variable), variable[1:])
        with unnoticed():
            saved = known in module.get_state()
        return self._make_table(service, known) if saved else None


class Converted:
    """The table of a service that saves them in another form: compared whole."""

    slow = False
    store = "all"

    def __init__(self, service: str, module: Any, durable: Durable) -> None:
        self.service, self._module, self._durable = service, module, durable
        self._tables: dict[str, Table] = {}

    def rows(self, _: Tracked, __: set[Any]) -> list[Any]:
        rows: list[Any] = []
        for name, value in self._module.get_state().items():
            table = self._tables.setdefault(name, self._durable._make_table(self.service, name))
            data = getattr(value, "_data", None)
            records = dict(data) if data is not None else {"": value}
            known = {*records, *table._written}
            rows += table.rows(records, known)  # type: ignore[arg-type]
        return rows


def _scoped(records: dict[Any, Any]) -> Any:
    """Keys of two are an account's, keys of three an account's in a region."""
    from ministack.core.responses import AccountRegionScopedDict, AccountScopedDict

    kind = AccountScopedDict if any(len(key) == 2 for key in records) else AccountRegionScopedDict
    scoped = kind()
    dict.update(scoped._data, records)
    return scoped
