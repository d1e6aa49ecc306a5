"""Data between S3 and a tree: what SageMaker does before a container starts and after it ends.

Archives are written so that equal content gives equal bytes (sorted names, no times, no owners): the same
model is the same object. Archives that come in are held to be hostile: links, devices and paths that climb
are refused.
"""

from __future__ import annotations

import gzip
import json
import tarfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator

# What has come and is not written yet is held by this process: 256 KB times this.
_TRANSFER = TransferConfig(max_io_queue=100)

S3_ERRORS = (Boto3Error, BotoCoreError, ClientError)


class DataError(Exception):
    """Data could not be brought or taken away; the text is fit for a FailureReason."""


@dataclass(frozen=True)
class S3Uri:
    """An s3:// URI."""

    bucket: str
    key: str

    @classmethod
    def of(cls, uri: str) -> S3Uri:
        parts = urlsplit(uri, allow_fragments=False)
        if parts.scheme != "s3" or not parts.netloc:
            raise DataError(f"{uri!r} is not an s3:// URI")
        # A "?" is an ordinary character of a key.
        key = parts.path.lstrip("/") + (f"?{parts.query}" if parts.query else "")
        return cls(parts.netloc, key)

    def under(self, path: str) -> S3Uri:
        return S3Uri(self.bucket, f"{self.key.rstrip('/')}/{path}".lstrip("/"))

    @property
    def uri(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


def download(s3: Any, uri: str, data_type: str, folder: Path, share: tuple[int, int] = (0, 1)) -> None:
    """Bring an S3Prefix or a ManifestFile into a folder, or of its objects each n-th, beginning at some."""
    folder.mkdir(parents=True, exist_ok=True)
    current = S3Uri.of(uri)
    try:
        wanted = _manifest(s3, current) if data_type == "ManifestFile" else _prefix(s3, current)
        first, step = share
        count = 0
        for source, relative in wanted:
            current = source
            if count % step == first:
                _fetch(s3, source, inside(folder, relative))
            count += 1
    except S3_ERRORS as error:
        which = "" if current.uri == uri else f" ({current.uri})"
        raise DataError(f"Failed to download data from {uri}: {_say(error)}{which}") from error
    if count == 0:
        raise DataError(f"Failed to download data from {uri}: no object has this key or prefix")


def download_file(s3: Any, uri: str, target: Path) -> None:
    try:
        _fetch(s3, S3Uri.of(uri), target)
    except S3_ERRORS as error:
        raise DataError(f"Failed to download model data from {uri}: {_say(error)}") from error


def restore_folder(s3: Any, uri: str, folder: Path) -> None:
    """What was uploaded from a folder, back into it; there may be nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    prefix = S3Uri.of(uri.rstrip("/") + "/")
    try:
        for source, relative in _prefix(s3, prefix):
            _fetch(s3, source, inside(folder, relative))
    except S3_ERRORS as error:
        raise DataError(f"Failed to download checkpoints from {uri}: {_say(error)}") from error


def upload_folder(s3: Any, folder: Path, uri: str, kms_key: str | None = None) -> int:
    """Every file of a folder; symbolic links are left out, as SageMaker does."""
    target, count = S3Uri.of(uri), 0
    for file in files_of(folder):
        send(s3, file, target.under(file.relative_to(folder).as_posix()), kms_key)
        count += 1
    return count


def upload_archive(s3: Any, folder: Path, draft: Path, uri: str, kms_key: str | None = None) -> None:
    """A folder as one tar.gz."""
    pack(folder, draft)
    send(s3, draft, S3Uri.of(uri), kms_key)
    draft.unlink()


def pack(folder: Path, target: Path) -> None:
    with (
        target.open("wb") as raw,
        gzip.GzipFile("", "wb", compresslevel=6, fileobj=raw, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for path in sorted(folder.rglob("*")):
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                continue
            member = archive.gettarinfo(path, path.relative_to(folder).as_posix())
            member.mtime, member.uid, member.gid, member.uname, member.gname = 0, 0, 0, "", ""
            member.mode = 0o755 if path.is_dir() else 0o644
            with path.open("rb") if path.is_file() else _Nothing() as stream:
                archive.addfile(member, stream)


def unpack(archive_file: Path, folder: Path) -> None:
    """Unpack a model.tar.gz that nobody vouches for."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(archive_file, "r:*") as archive:
            for member in archive:
                if not (member.isfile() or member.isdir()):
                    raise DataError(
                        f"the model archive holds {member.name!r}, which is neither a file nor a folder"
                    )
                inside(folder, member.name)
                archive.extract(member, folder, filter="data")
    except (tarfile.TarError, OSError, EOFError, ValueError) as error:
        raise DataError(f"the model archive cannot be unpacked: {error}") from error


def inside(folder: Path, relative: str) -> Path:
    """The path below the folder; DataError where the name would leave it."""
    pure = PurePosixPath(relative)
    if pure.is_absolute() or ".." in pure.parts or not relative:
        raise DataError(f"the name {relative!r} leaves its folder")
    return folder / pure


def _prefix(s3: Any, prefix: S3Uri) -> Iterator[tuple[S3Uri, str]]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=prefix.bucket, Prefix=prefix.key)
    for page in pages:
        for item in page.get("Contents", []):
            key = item["Key"]
            # "Folders" made by a console are empty objects whose key ends in a slash.
            if not key.endswith("/"):
                yield S3Uri(prefix.bucket, key), _relative(key, prefix.key)


def _relative(key: str, prefix: str) -> str:
    """The name below the channel: after the prefix if it ends at a slash, else after the prefix's own
    folder."""
    if prefix and key != prefix and (prefix.endswith("/") or key[len(prefix)] == "/"):
        return key[len(prefix) :].lstrip("/")
    return key[prefix.rfind("/") + 1 :]


def _manifest(s3: Any, manifest: S3Uri) -> Iterator[tuple[S3Uri, str]]:
    body = s3.get_object(Bucket=manifest.bucket, Key=manifest.key)["Body"].read()
    try:
        first, *names = json.loads(body)
        base = S3Uri.of(first["prefix"])
    except (ValueError, TypeError, KeyError) as error:
        raise DataError(f"{manifest.uri} is not a manifest: a list of {{'prefix': …}} and names") from error
    for name in names:
        yield S3Uri(base.bucket, base.key + str(name)), str(name)


def _fetch(s3: Any, source: S3Uri, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    s3.download_file(source.bucket, source.key, str(target), Config=_TRANSFER)


def send(s3: Any, file: Path, target: S3Uri, kms_key: str | None) -> None:
    extra = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key} if kms_key else {}
    try:
        s3.upload_file(str(file), target.bucket, target.key, ExtraArgs=extra)
    except S3_ERRORS as error:
        raise DataError(f"Failed to upload to {target.uri}: {_say(error)}") from error


def files_of(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path


class _Nothing:
    """A with-statement's stand-in for the content of a folder."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        return None


def _say(error: Exception) -> str:
    if isinstance(error, ClientError):
        about = error.response.get("Error", {})
        return f"{about.get('Code', '?')}: {about.get('Message', error)}"
    return str(error)
