"""Multipart uploads whose parts are files.

Uploads that are going on are records like others, so they survive a kill; what an object was made of is kept
with its metadata. A part that is copied gets a file of its own. Completing is `completion`'s.
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from localcloud.durability.bodies import Folder

# What MiniStack leaves out of an object's saved metadata, and does not read.
OF_PARTS = ("parts", "checksum_type")


def keep_uploads(s3: Any) -> None:
    """MiniStack's table of what it saves has them from now on."""
    s3._PERSISTED_BUCKET_DICTS["multipart_uploads"] = s3._multipart_uploads


def read_parts(s3: Any) -> None:
    """Give the objects that were read at the start what they were made of."""
    for (account, bucket), found in s3._buckets._data.items():
        made_of_parts = {key: one for key, one in found["objects"].items() if "-" in one["etag"]}
        for key, record in made_of_parts.items():
            file = Path(s3._object_disk_path(bucket, key, account) + ".meta.json")
            if file.exists():
                kept = json.loads(file.read_bytes())
                record.update({name: kept[name] for name in OF_PARTS if name in kept})


def own_copy(s3: Any, folder: Folder, query: Any) -> None:
    """A part that was copied stays what it was, whatever becomes of its source."""
    upload = s3._multipart_uploads[s3._qp(query, "uploadId")]
    part, algorithm = upload["parts"][int(s3._qp(query, "partNumber", "1"))], upload.get("checksum_algorithm")
    part["body"] = folder.of_its_own(part["body"])
    if algorithm:
        part["checksums"] = {algorithm: s3._compute_s3_checksum(algorithm, part["body"])}
