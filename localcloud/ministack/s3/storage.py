"""S3's objects, stored and read without being held in memory.

MiniStack keeps an object as a file with its metadata beside it, but moves it about as bytes, and keeps the
bytes of every version. Here a Body (`localcloud.durability.bodies`) goes through its functions instead: the
six that digest, write and read are replaced by ones that take it, so what MiniStack checks and records stays
MiniStack's. A large upload arrives as one (`uploads`); it, a copy, an older version and a replica are links
to one file. Whoever reads an object inside the process gets bytes; a request over HTTP gets the file
(`as_files`).
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

import base64
import contextlib
import contextvars
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from localcloud.durability.bodies import Body
from localcloud.durability.digests import NAMES, digest_of
from localcloud.ministack.rebinding import replace
from localcloud.ministack.s3.multipart import OF_PARTS
from localcloud.ministack.s3.replacing import Replacing

_as_files: contextvars.ContextVar[bool] = contextvars.ContextVar("as_files", default=False)


@contextlib.contextmanager
def as_files() -> Iterator[None]:
    """What is read in here is read as files."""
    token = _as_files.set(True)
    try:
        yield
    finally:
        _as_files.reset(token)


def drop_bytes(s3: Any, bucket: str, key: str) -> None:
    """Let the versions of a key be in their files only."""
    for version in s3._object_versions.get((bucket, key)) or ():
        if version.get("data") is not None:
            version["data"] = None


class Storage:
    """Made before anybody is answered, but after MiniStack has read which objects there are."""

    def __init__(self, s3: Any, replacing: Replacing) -> None:
        replacing.undo(Path(s3.DATA_DIR))
        self._s3, self._replacing = s3, replacing
        self._own_md5 = replace(s3, "md5_hash", self._md5)
        self._own_checksum = replace(s3, "_compute_s3_checksum", self._checksum)
        self._own_read = replace(s3, "_read_body", self._read)
        self._own_read_version = replace(s3, "_version_body", self._read_version)
        replace(s3, "_persist_object", self._write)
        replace(s3, "_persist_displaced_version", self._keep_displaced)

    # ---- digests

    def _md5(self, data: Any) -> Any:
        return data.digest("MD5").hex() if isinstance(data, Body) else self._own_md5(data)

    def _checksum(self, algorithm: str, body: Any) -> Any:
        name = (algorithm or "").upper().replace("_", "")
        if name not in NAMES:
            return self._own_checksum(algorithm, body)
        taken = body.digest(name) if isinstance(body, Body) else digest_of(name, body)
        return base64.b64encode(taken).decode()

    # ---- reading

    def _read(self, bucket_name: str, key: str, obj: Mapping[str, Any]) -> Any:
        if obj.get("body") is not None:
            return self._own_read(bucket_name, key, obj)
        found = _content(self._s3._object_disk_path(bucket_name, key))
        return self._own_read(bucket_name, key, obj) if found is None else found

    def _read_version(self, bucket: Any, bucket_name: str, key: str, v: Mapping[str, Any]) -> Any:
        found = _content(self._s3._version_disk_path(bucket_name, key, v["version_id"]))
        return self._own_read_version(bucket, bucket_name, key, v) if found is None else found

    # ---- writing

    def _write(self, bucket: str, key: str, obj: dict[str, Any]) -> None:
        """The object's file and, beside it, its metadata. MiniStack's own only logs what goes wrong here, and
        leaves out that an object was made of parts."""
        s3, name = self._s3, self._s3._object_disk_path(bucket, key)
        if name is None:
            raise OSError(f"s3://{bucket}/{key} does not have a path in {s3.DATA_DIR}")
        file = Path(name)
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        parts = {member: obj[member] for member in OF_PARTS if obj.get(member)}
        history = s3._key_history_meta(bucket, key)
        metadata = {**s3._object_meta_from_record(obj), **parts, **history, "key": key}
        with self._replacing.replacing(file):
            if obj.get("body") is not None:
                self._put(file, obj["body"])
            s3._atomic_write(f"{name}.meta.json", json.dumps(metadata), text=True)
        obj["body"] = None
        drop_bytes(s3, bucket, key)
        base = Path(s3.DATA_DIR, s3.get_account_id(), bucket)
        s3._remove_key_files(s3._other_key_disk_path(str(base), key, name))

    def _keep_displaced(
        self, bucket_name: str, key: str, prior_obj: Mapping[str, Any] | None, versioning: str
    ) -> None:
        """The file of the object that a version takes the place of becomes the older version's."""
        s3, suspended = self._s3, versioning == "Suspended"
        if suspended:
            s3._delete_version_file(bucket_name, key, "null")
        version = (prior_obj or {}).get("version_id") or "null"
        if prior_obj is None or (suspended and version == "null"):
            return
        file = Path(s3._version_disk_path(bucket_name, key, version))
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with as_files():
            self._put(file, self._read(bucket_name, key, prior_obj))

    def _put(self, file: Path, content: Body | bytes) -> None:
        if isinstance(content, Body):
            content.link_to(file)
        else:
            self._s3._atomic_write(str(file), content)


def _content(path: str | None) -> Body | bytes | None:
    if path is None:
        return None
    with contextlib.suppress(OSError):
        file = Body.of(Path(path))
        return file if _as_files.get() else bytes(file)
    return None
