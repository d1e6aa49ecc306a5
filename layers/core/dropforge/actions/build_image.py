"""The stack builds its own container image, so that nobody who deploys it needs Docker.

The image's tag is a digest of its code: what was built once is not built again, and a registered model keeps
pointing at the image it was made with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dropforge.actions.results import Built
from dropforge.domain.errors import Refused
from dropforge.domain.image import archive, tag

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dropforge.ports import Images, Objects

POLL_SECONDS = 10.0


def build_image(
    files: Mapping[str, bytes],
    *,
    objects: Objects,
    images: Images,
    sleep: Callable[[float], None],
    patience: float,
) -> Built:
    """`patience` is how many seconds the build may take."""
    digest = tag(files)
    uri = images.uri(digest)
    if images.exists(digest):
        return Built(uri)
    source = f"image/{digest}.zip"
    objects.write(source, archive(files), "application/zip")
    build = images.start(source, uri)
    waited = 0.0
    while (state := images.state(build)) == "IN_PROGRESS" and waited < patience:
        sleep(POLL_SECONDS)
        waited += POLL_SECONDS
    if state != "SUCCEEDED":
        raise Refused(
            f"build {build} of the image ended {state} after {waited:.0f} s; its log is in CodeBuild. "
            "Mend it and deploy again, or give the stack an ImageUri"
        )
    return Built(uri)
