"""A request is one piece of work: what it changed is written before its answer leaves."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from localcloud.durability.tracked import current
from localcloud.durability.unit import Unit

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from localcloud.durability.unit import Keeper

    Scope = dict[str, Any]
    Receive = Callable[[], Awaitable[dict[str, Any]]]
    Send = Callable[[dict[str, Any]], Awaitable[None]]

_READS = ("Describe", "List", "Get", "BatchGet", "Head", "Query", "Scan", "Filter", "Validate")
_READS_THAT_CHANGE = ("GetActivityTask",)


class Kept:
    """An ASGI application whose answers leave once what the request changed is written."""

    def __init__(self, inner: Callable[[Scope, Receive, Send], Awaitable[None]], keeper: Keeper) -> None:
        self._inner, self._keeper = inner, keeper

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        unit = Unit()
        token = current.set(unit)
        changes = not _only_reads(scope)

        async def send_kept(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start" and not unit.closed:
                ticket = self._keeper.close(unit, changed=changes)
                if not self._keeper.database.settled(ticket):
                    await asyncio.get_running_loop().run_in_executor(None, self._keeper.database.wait, ticket)
            await send(message)

        try:
            await self._inner(scope, receive, send_kept)
        finally:
            if not unit.closed:
                self._keeper.close(unit)
            current.reset(token)


def _only_reads(scope: Scope) -> bool:
    if scope["method"] in ("GET", "HEAD"):
        return True
    target = next((v for k, v in scope["headers"] if k.lower() == b"x-amz-target"), b"").decode("latin-1")
    action = target.rpartition(".")[2]
    return action.startswith(_READS) and action not in _READS_THAT_CHANGE
