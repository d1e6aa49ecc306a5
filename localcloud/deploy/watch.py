"""What a template is made of on this disk, and whether it changed: for deploying again while one edits."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from localcloud.deploy.template import read_template
from localcloud.deploy.zips import files_of
from localcloud.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOCAL = ("CodeUri", "ContentUri", "DefinitionUri", "Code", "DefinitionS3Location")


class Watch:
    """Notices changes of the template and of every file or folder that it names."""

    def __init__(self, template: Path) -> None:
        self._template = template.resolve()
        self._seen = self._state()

    def changed(self) -> bool:
        """Whether something changed since the last time that this was asked."""
        now = self._state()
        before, self._seen = self._seen, now
        return now != before

    def _state(self) -> dict[str, tuple[int, int]]:
        try:
            local = set(_local_paths(read_template(self._template)))
        except TemplateError:
            local = set()  # half written; it is looked at again
        found = {}
        for path in [self._template, *(self._template.parent / name for name in sorted(local))]:
            for file in files_of(path) if path.is_dir() else [path]:
                try:
                    status = file.stat()
                except OSError:
                    continue
                found[str(file)] = (status.st_mtime_ns, status.st_size)
        return found


def _local_paths(template: dict[str, Any]) -> Iterator[str]:
    shared = (template.get("Globals") or {}).get("Function") or {}
    for resource in template["Resources"].values():
        for properties in (resource.get("Properties") or {}, shared):
            for name in _LOCAL:
                value = properties.get(name)
                if isinstance(value, str) and "://" not in value:
                    yield value
