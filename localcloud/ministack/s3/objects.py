"""Everything of S3 put together: MiniStack's, with objects that are files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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


def objects_as_files(application: Any, bodies: Folder, replaced: Path) -> Uploads:
    """MiniStack's application with them. Bodies on their way are in the one folder, objects that are being
    replaced in the other."""
    from ministack.services import s3

    Storage(s3, Replacing(replaced))
    multipart.keep_uploads(s3)
    multipart.read_parts(s3)
    completion = Completion(s3, bodies)
    Dispatch(s3, bodies, completion)
    return Uploads(application, bodies, completion)


def encrypt_buckets_by_default() -> None:
    """Once the buckets of an earlier start are in."""
    from ministack.services import s3

    encrypt_all_by_default(s3)
