"""MiniStack's own ASGI application, with S3's objects as files."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from localcloud.ministack.s3 import multipart
from localcloud.ministack.s3.completion import Completion
from localcloud.ministack.s3.dispatch import Dispatch
from localcloud.ministack.s3.encryption import encrypt_all_by_default
from localcloud.ministack.s3.replacing import Replacing
from localcloud.ministack.s3.storage import Storage
from localcloud.ministack.s3.uploads import Uploads

if TYPE_CHECKING:
    from pathlib import Path

    from localcloud.durability.bodies import Folder


def application(bodies: Folder, replaced: Path) -> Uploads:
    """Bodies on their way are in the one folder, objects that are being replaced in the other."""
    from ministack import app
    from ministack.services import s3

    # Its loggers are named after its services; they all are children of the root, which it configures itself.
    logging.getLogger("ministack").setLevel(logging.ERROR)
    Storage(s3, Replacing(replaced))
    multipart.keep_uploads(s3)
    multipart.read_parts(s3)
    completion = Completion(s3, bodies)
    Dispatch(s3, bodies, completion)
    return Uploads(app.app, bodies, completion)


def encrypt_buckets_by_default() -> None:
    """Once the buckets of an earlier start are in."""
    from ministack.services import s3

    encrypt_all_by_default(s3)
