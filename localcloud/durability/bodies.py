"""Bodies that lie in files and are never held in memory.

    with folder.draft(["MD5"]) as draft:
        draft.write(piece)
    body = draft.body()

A body stands where bytes would: it has a length, can be sliced, and `bytes(body)` reads it whole for whoever
must have it so. It is never changed. To store it is to give its file a second name (`link_to`), so that a
gigabyte is stored as fast as a byte. The file in the folder goes when nobody refers to the body any more, or
at the next start. The cost: what is written to a placed file in place would change every copy of it; files
must be replaced.
"""

from __future__ import annotations

import contextlib
import os
import uuid
import weakref
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from localcloud.durability.digests import digest

PIECE = 1 << 20


class Body:
    """So many bytes of a file."""

    def __init__(
        self,
        file: Path,
        start: int,
        length: int,
        digests: Mapping[str, bytes] | None = None,
        opened: int | None = None,
    ) -> None:
        self.file, self._start, self._length, self._opened = file, start, length, opened
        self.digests = dict(digests or {})
        # What a part of a body is part of: its file must stay.
        self._whole: Body | None = None

    @classmethod
    def of(cls, file: Path) -> Body:
        """A file as it is now: what takes its place later is not seen."""
        opened = os.open(file, os.O_RDONLY)
        body = cls(file, 0, os.fstat(opened).st_size, opened=opened)
        weakref.finalize(body, os.close, opened)
        return body

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, part: slice) -> Body:
        start, stop, _ = part.indices(self._length)
        part_of_it = Body(self.file, self._start + start, max(0, stop - start), opened=self._opened)
        part_of_it._whole = self
        return part_of_it

    def __bytes__(self) -> bytes:
        return b"".join(self.pieces())

    def __deepcopy__(self, _: object) -> Body:
        return self

    def pieces(self, size: int = PIECE) -> Iterator[bytes]:
        with self._open() as source:
            at, end = self._start, self._start + self._length
            while at < end:
                piece = os.pread(source, min(size, end - at), at)
                if not piece:
                    raise OSError(f"{self.file.name} is shorter than it was")
                at += len(piece)
                yield piece

    def digest(self, name: str) -> bytes:
        """One that was taken while the body came in, or else is taken now."""
        if name not in self.digests:
            taken = digest(name)
            for piece in self.pieces():
                taken.update(piece)
            self.digests[name] = taken.digest()
        return self.digests[name]

    def link_to(self, target: Path) -> None:
        """Let the target be this body, at once and whole."""
        draft = target.with_name(f".{uuid.uuid4().hex}.tmp")
        try:
            if not self._linked(draft):
                with _new(draft) as file:
                    file.writelines(self.pieces())
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)

    def _linked(self, draft: Path) -> bool:
        """By a second name of the file, if it is still the same file and this body is all of it."""
        try:
            os.link(self.file, draft)
            with self._open() as source:
                there, here = draft.stat(), os.fstat(source)
        except OSError:
            draft.unlink(missing_ok=True)
            return False
        if there.st_ino == here.st_ino and self._start == 0 and here.st_size == self._length:
            return True
        draft.unlink()
        return False

    @contextlib.contextmanager
    def _open(self) -> Iterator[int]:
        opened = os.open(self.file, os.O_RDONLY) if self._opened is None else self._opened
        try:
            yield opened
        finally:
            if self._opened is None:
                os.close(opened)


class Draft:
    """A body on its way in; what is not taken with `body` is removed at the end of the `with`."""

    def __init__(self, folder: Folder, names: Iterable[str]) -> None:
        self._folder, self._file = folder, folder.new_file()
        self._stream = _new(self._file)
        self._digests = {name: digest(name) for name in names}
        self._taken = False

    def __enter__(self) -> Draft:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()
        if not self._taken:
            self._folder.forget(self._file)

    def write(self, piece: bytes) -> None:
        self._stream.write(piece)
        for taken in self._digests.values():
            taken.update(piece)

    def body(self) -> Body:
        self._stream.flush()
        length, self._taken = self._stream.tell(), True
        digests = {name: taken.digest() for name, taken in self._digests.items()}
        return self._folder.kept(Body(self._file, 0, length, digests))


class Folder:
    """Where bodies are that nothing has been made of yet."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._names: set[str] = set()
        path.mkdir(parents=True, exist_ok=True)

    def draft(self, names: Iterable[str] = ()) -> Draft:
        return Draft(self, names)

    def joined(self, bodies: Iterable[Body], names: Iterable[str] = ()) -> Body:
        """One after the other."""
        with self.draft(names) as draft:
            for body in bodies:
                for piece in body.pieces():
                    draft.write(piece)
            return draft.body()

    def of_its_own(self, body: Body | bytes) -> Body:
        """The same with a file in here, whatever becomes of the one it is in."""
        if isinstance(body, bytes):
            with self.draft() as draft:
                draft.write(body)
                return draft.body()
        file = self.new_file()
        body.link_to(file)
        return self.kept(Body(file, 0, len(body), body.digests))

    def found(self, name: str, length: int, digests: Mapping[str, bytes]) -> Body:
        """One that an earlier process left."""
        self._names.add(name)
        return self.kept(Body(self._path / name, 0, length, digests))

    def kept(self, body: Body) -> Body:
        """Its file goes when the last reference to it goes, but not because the process ends."""
        weakref.finalize(body, self.forget, body.file).atexit = False
        return body

    def new_file(self) -> Path:
        file = self._path / uuid.uuid4().hex
        self._names.add(file.name)
        return file

    def tidy(self) -> None:
        """Remove what an earlier process left and nobody asked for."""
        for file in self._path.glob("*"):
            if file.name not in self._names:
                file.unlink(missing_ok=True)

    def forget(self, file: Path) -> None:
        file.unlink(missing_ok=True)
        self._names.discard(file.name)


def _new(file: Path) -> BinaryIO:
    """For nobody but the user, as all objects are."""
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
