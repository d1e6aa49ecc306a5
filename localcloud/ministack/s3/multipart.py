"""Multipart uploads whose parts are files.

Uploads that are going on are records like others, so they survive a kill; what an object was made of is kept
with its metadata. A part that is copied gets a file of its own. Completing is `completion`'s.
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from localcloud.durability.bodies import Folder
from localcloud.ministack.s3.completion import Answer, Completion, early

_OF_PARTS = ("parts", "checksum_type")


def install(s3: Any, folder: Folder) -> None:
    s3._PERSISTED_BUCKET_DICTS["multipart_uploads"] = s3._multipart_uploads
    _keep_parts(s3)
    completion = Completion(s3, folder)
    s3._complete_multipart_upload = completion.answer
    handle, copy_part = s3.handle_request, s3._upload_part_copy

    async def handle_request(
        method: str, path: str, headers: Any, body: Any, query_params: Any, *others: Any, **more: Any
    ) -> Answer:
        if method == "POST" and "uploadId" in query_params:
            early.set(await completion.joined_early(body, query_params))
        try:
            answer: Answer = await handle(method, path, headers, body, query_params, *others, **more)
        finally:
            early.set(None)
        return answer

    def upload_part_copy(bucket: str, key: str, query_params: Any, headers: Any) -> Answer:
        answer: Answer = copy_part(bucket, key, query_params, headers)
        if answer[0] == 200:
            _own_copy(s3, folder, query_params)
        return answer

    s3.handle_request, s3._upload_part_copy = handle_request, upload_part_copy


def _keep_parts(s3: Any) -> None:
    """MiniStack leaves out of an object's saved metadata that it was made of parts, and does not read it."""
    metadata = s3._object_meta_from_record

    def with_parts(record: Mapping[str, Any]) -> dict[str, Any]:
        return {**metadata(record), **{name: record[name] for name in _OF_PARTS if record.get(name)}}

    s3._object_meta_from_record = with_parts
    for (account, bucket), found in s3._buckets._data.items():
        made_of_parts = {key: one for key, one in found["objects"].items() if "-" in one["etag"]}
        for key, record in made_of_parts.items():
            file = Path(s3._object_disk_path(bucket, key, account) + ".meta.json")
            if file.exists():
                kept = json.loads(file.read_bytes())
                record.update({name: kept[name] for name in _OF_PARTS if name in kept})


def _own_copy(s3: Any, folder: Folder, query: Any) -> None:
    """A part that was copied stays what it was, whatever becomes of its source."""
    upload = s3._multipart_uploads[s3._qp(query, "uploadId")]
    part, algorithm = upload["parts"][int(s3._qp(query, "partNumber", "1"))], upload.get("checksum_algorithm")
    part["body"] = folder.of_its_own(part["body"])
    if algorithm:
        part["checksums"] = {algorithm: s3._compute_s3_checksum(algorithm, part["body"])}
