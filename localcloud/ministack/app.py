"""MiniStack's own ASGI application."""

from __future__ import annotations

import logging
from typing import Any


def application() -> Any:
    from ministack import app

    # Its loggers are named after its services; they all are children of the root, which it configures itself.
    logging.getLogger("ministack").setLevel(logging.ERROR)
    return app.app
