"""The images that this cloud can run: URIs given at start, each built when it is first asked for."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from localcloud.errors import CloudError
from localcloud.images.builder import build_image
from localcloud.sagemaker.ports import Image, ImageUnavailable

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
        self._sources, self._cache, self._report = dict(sources), cache, report
        self._lock = threading.Lock()

    def add(self, uri: str, source: Source) -> None:
        self._sources[uri] = source

    def image(self, uri: str) -> Image:
        """The image, for whoever runs a container. Raises ImageUnavailable."""
        source = self._sources.get(uri)
        if source is None:
            known = ", ".join(sorted(self._sources)) or "none"
            raise ImageUnavailable(
                f"the local cloud has no image {uri}; it has: {known}. Give it one with --image"
            )
        try:
            return self.build(source)
        except CloudError as error:
            raise ImageUnavailable(str(error)) from error

    def build(self, source: Source) -> Image:
        """Build or find an image. Raises ImageError or BuildError."""
        with self._lock:
            return build_image(source.context, source.dockerfile, self._cache, self._report)


def parse_image(text: str) -> tuple[str, Source]:
    """`URI=CONTEXT_DIR:DOCKERFILE`; the Dockerfile is looked up in the context and in the current folder."""
    uri, _, place = text.partition("=")
    context, _, dockerfile = place.rpartition(":")
    if not uri or not context or not dockerfile:
        raise CloudError(f"--image {text!r}: write it as URI=CONTEXT_DIR:DOCKERFILE")
    folder = Path(context).resolve()
    candidates = [folder / dockerfile, Path(dockerfile).resolve()]
    found = next((path for path in candidates if path.is_file()), None)
    if found is None:
        raise CloudError(f"--image {text!r}: there is no {candidates[0]}")
    return uri, Source(folder, found)
