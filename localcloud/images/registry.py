"""The images that this cloud can run.

Each URI given at start is built; what was built is remembered beside the cache, because models and endpoints
outlive the code that they were made from: a URI of an earlier start still finds its image, as it would in a
registry.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from localcloud.errors import CloudError
from localcloud.images.builder import build_image
from localcloud.services.sagemaker.ports import Image, ImageUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Source:
    """Where an image's Dockerfile and context are."""

    context: Path
    dockerfile: Path


class Registry:
    """URI to image. Building happens under a lock, so that an image is built once whoever asks."""

    def __init__(self, sources: dict[str, Source], cache: Path, report: Callable[[str], None]) -> None:
        self._sources, self._cache, self._report = sources, cache, report
        self._lock = threading.Lock()

    def build_all(self) -> None:
        """Build every image whose source is known. Raises ImageError or BuildError."""
        for uri in self._sources:
            self._build(uri)

    def image(self, uri: str) -> Image:
        """The image, for whoever runs a container. Raises ImageUnavailable."""
        try:
            image = self._build(uri) if uri in self._sources else self._remembered(uri)
        except CloudError as error:
            raise ImageUnavailable(str(error)) from error
        if image is None:
            known = ", ".join(sorted(self._sources)) or "none"
            message = f"the local cloud has no image {uri}; it has: {known}. Give it one with --image"
            raise ImageUnavailable(message)
        return image

    def _build(self, uri: str) -> Image:
        source = self._sources[uri]
        with self._lock:
            image = build_image(source.context, source.dockerfile, self._cache, self._report)
            record = self._record(uri)
            record.parent.mkdir(parents=True, exist_ok=True)
            record.write_text(json.dumps({"uri": uri, **dataclasses.asdict(image)}, default=str), "utf-8")
        return image

    def _remembered(self, uri: str) -> Image | None:
        try:
            known = json.loads(self._record(uri).read_text("utf-8"))
        except FileNotFoundError:
            return None
        del known["uri"]
        image = Image(**{**known, "root": Path(known["root"])})
        return image if image.root.is_dir() else None

    def _record(self, uri: str) -> Path:
        return self._cache / "uris" / f"{hashlib.sha256(uri.encode()).hexdigest()[:24]}.json"


def parse_image(text: str) -> tuple[str, Source]:
    """`URI=CONTEXT_DIR:DOCKERFILE`; the Dockerfile is looked up in the context and in the current folder."""
    uri, _, dockerfile_at = text.partition("=")
    context, _, dockerfile = dockerfile_at.rpartition(":")
    if not uri or not context or not dockerfile:
        raise CloudError(f"--image {text!r}: write it as URI=CONTEXT_DIR:DOCKERFILE")
    folder = Path(context).resolve()
    candidates = [folder / dockerfile, Path(dockerfile).resolve()]
    found = next((path for path in candidates if path.is_file()), None)
    if found is None:
        raise CloudError(f"--image {text!r}: there is no {candidates[0]}")
    return uri, Source(folder, found)
