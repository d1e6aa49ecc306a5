"""Events on their way: what a service has accepted and somebody has not got yet.

Each is noted on the disk before whoever caused it is answered, is handed over in a thread of its own, and is
forgotten once that thread has done its work. What is noted at a start was cut off by a kill and is handed
over again, so everything is handed over at least once, as on AWS.
"""

from __future__ import annotations

import contextvars
import json
import logging
import threading
from typing import TYPE_CHECKING, Any

from localcloud.durability.tracked import current

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from localcloud.durability.unit import Keeper

_log = logging.getLogger("localcloud.events")
# Set around what is handed over again after a kill; what comes of it inherits it.
_cut_off: contextvars.ContextVar[bool] = contextvars.ContextVar("cut_off", default=False)


class InFlight:
    """The notes of one cloud. Make it before anything is noted: what it finds is of an earlier process."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._cut_off = keeper.database.pending()
        self.stopping = False

    def hand_over(self, kind: str, value: list[Any], work: Callable[[], None]) -> None:
        """Note an event, and do the work of handing it over in a thread. Returns when the note is written, or
        is part of the piece of work that is going on. After a kill `kind`'s own function gets `value`."""
        identity = self._keeper.handing_over(kind, [_scope(), *value])
        context = contextvars.copy_context()
        # What is done there is not part of the piece of work that started it.
        context.run(current.set, None)

        def hand_over() -> None:
            try:
                context.run(work)
            finally:
                self._forget(identity)

        threading.Thread(target=hand_over, name=f"localcloud-{kind}", daemon=True).start()

    @property
    def was_cut_off(self) -> bool:
        """Whether a kill cut off the first handing over of what is handed over now."""
        return _cut_off.get()

    def resume(self, kinds: Mapping[str, Callable[..., None]]) -> None:
        """Hand over again what was cut off, each by the function of its kind."""
        token = _cut_off.set(True)
        for event in self._cut_off:
            scope, *value = json.loads(event.value)
            try:
                _in_scope(scope, kinds[event.kind], value)
            except Exception:  # noqa: BLE001 - one event must not keep the others
                _log.exception("an event of %s that was cut off could not be handed over", event.kind)
            self._forget(event.id)
        _cut_off.reset(token)

    def stop(self) -> None:
        """The cloud goes down: what fails now is handed over at the next start."""
        self.stopping = True

    def _forget(self, identity: str) -> None:
        if not self.stopping:
            self._keeper.handed_over(identity)


def _scope() -> list[str]:
    from ministack.core.responses import get_account_id, get_region

    return [get_account_id(), get_region()]


def _in_scope(scope: list[str], function: Callable[..., None], arguments: list[Any]) -> None:
    from ministack.core.responses import request_scope

    with request_scope(*scope):
        function(*arguments)
