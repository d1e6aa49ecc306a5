"""Records as JSON text. Large binary members (code archives) go into files of their own, named by their
digest, so that a record that changes often does not carry them each time. Bodies are in files already."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

from localcloud.durability.bodies import Body, Folder

if TYPE_CHECKING:
    from pathlib import Path

_INLINE_BYTES = 4096


class Codec:
    def __init__(self, folder: Path, bodies: Folder) -> None:
        self._folder, self._bodies = folder, bodies
        # By identity, because to digest an archive each time would cost more than to write the record; the
        # bytes are kept along, so that an identity is not used again.
        self._digests: dict[int, tuple[bytes, str]] = {}
        self._read: dict[str, bytes] = {}

    def encode(self, value: Any) -> str:
        return json.dumps(value, default=self._odd, separators=(",", ":"))

    def decode(self, text: str) -> Any:
        return json.loads(text, object_hook=self._hook)

    def _odd(self, value: Any) -> Any:
        if isinstance(value, (bytes, bytearray)):
            data = value if isinstance(value, bytes) else bytes(value)
            if len(data) <= _INLINE_BYTES:
                return {"__bytes__": base64.b64encode(data).decode()}
            return {"__blob__": self._blob(data)}
        if isinstance(value, Body):
            digests = {name: digest.hex() for name, digest in value.digests.items()}
            return {"__body__": [value.file.name, len(value), digests]}
        if isinstance(value, (set, frozenset)):
            return {"__set__": list(value)}
        raise TypeError(f"a {type(value).__name__} cannot be kept")

    def _hook(self, value: dict[str, Any]) -> Any:
        if len(value) == 1:
            if "__bytes__" in value:
                return base64.b64decode(value["__bytes__"])
            if "__blob__" in value:
                return self._content(value["__blob__"])
            if "__body__" in value:
                name, length, digests = value["__body__"]
                return self._bodies.found(name, length, {k: bytes.fromhex(v) for k, v in digests.items()})
            if "__set__" in value:
                return set(value["__set__"])
        return value

    def _blob(self, data: bytes) -> str:
        known = self._digests.get(id(data))
        if known is not None:
            return known[1]
        digest = hashlib.sha256(data).hexdigest()
        file = self._folder / digest
        if not file.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            write_file(file, data)
        self._digests[id(data)] = (data, digest)
        return digest

    def _content(self, digest: str) -> bytes:
        """Records that share an archive share its bytes."""
        if digest not in self._read:
            data = (self._folder / digest).read_bytes()
            self._read[digest] = data
            self._digests[id(data)] = (data, digest)
        return self._read[digest]

    def tidy(self) -> None:
        """Everything was decoded: what no record asked for is not needed any more."""
        for file in self._folder.glob("*"):
            if file.name not in self._read:
                file.unlink(missing_ok=True)
        self._read.clear()


def write_file(file: Path, data: bytes) -> None:
    """The file whole, or not at all."""
    draft = file.with_name(file.name + ".new")
    draft.write_bytes(data)
    draft.replace(file)
