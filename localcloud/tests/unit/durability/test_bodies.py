"""Bodies in files, and the digests that are taken of them as they pass."""

from __future__ import annotations

import hashlib
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ministack.services import s3

from localcloud.durability.bodies import Body, Folder
from localcloud.durability.digests import NAMES, digest, digest_of


def body_of(folder: Folder, data: bytes, *names: str) -> Body:
    with folder.draft(names) as draft:
        draft.write(data)
        return draft.body()


def files(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


@pytest.mark.parametrize(("name", "expected"), [("CRC32C", 0xE3069283), ("CRC64NVME", 0xAE8B14860A799888)])
def test_a_checksum_has_its_published_check_value(name: str, expected: int) -> None:
    assert int.from_bytes(digest_of(name, b"123456789"), "big") == expected


@given(st.integers(0, 70_000), st.integers(0, 70_000), st.randoms(use_true_random=False))
def test_a_checksum_does_not_depend_on_the_pieces(first: int, second: int, random: object) -> None:
    """However long the pieces are: many lanes at once, or a byte at a time."""
    data = random.randbytes(first + second)  # type: ignore[attr-defined]
    for name, own in (("CRC32C", s3._crc32c), ("CRC64NVME", s3._crc64nvme), ("CRC32", zlib.crc32)):
        taken = digest(name)
        taken.update(data[:first])
        taken.update(data[first:])
        assert int.from_bytes(taken.digest(), "big") == own(data)


def test_a_body_stands_where_bytes_would(tmp_path: Path) -> None:
    data = bytes(range(256)) * 100
    body = body_of(Folder(tmp_path), data, "MD5")
    assert (len(body), bytes(body), bytes(body[100:300])) == (len(data), data, data[100:300])
    assert bytes(body[20_000:][5:9]) == data[20_005:20_009]
    assert body.digest("MD5") == hashlib.md5(data).digest()
    assert {name: body.digest(name) for name in NAMES} == {name: digest_of(name, data) for name in NAMES}


def test_a_file_goes_with_the_last_reference(tmp_path: Path) -> None:
    """Also when a part of the body is all that is left of it."""
    body = body_of(Folder(tmp_path), b"abc")
    part = body[1:]
    del body
    assert bytes(part) == b"bc"
    del part
    assert files(tmp_path) == []


def test_a_draft_of_which_nothing_becomes_leaves_nothing(tmp_path: Path) -> None:
    with Folder(tmp_path).draft() as draft:
        draft.write(b"abc")
        assert files(tmp_path)
    assert files(tmp_path) == []


def test_placing_copies_nothing_of_a_whole_body(tmp_path: Path) -> None:
    """The target is the same file; only a part is written anew."""
    body = body_of(Folder(tmp_path / "bodies"), b"abcdef")
    whole, part = tmp_path / "whole", tmp_path / "part"
    whole.write_bytes(b"what was there")
    body.link_to(whole)
    body[2:4].link_to(part)
    assert (whole.read_bytes(), part.read_bytes()) == (b"abcdef", b"cd")
    assert whole.stat().st_ino == body.file.stat().st_ino
    assert sorted(files(tmp_path)) == ["bodies", "part", "whole"]


def test_an_open_body_is_what_it_was(tmp_path: Path) -> None:
    """Whatever takes the file's place."""
    file = tmp_path / "object"
    file.write_bytes(b"before")
    body = Body.of(file)
    (tmp_path / "new").write_bytes(b"after!")
    (tmp_path / "new").replace(file)
    body.link_to(tmp_path / "copy")
    assert bytes(body) == (tmp_path / "copy").read_bytes() == b"before"


def test_an_earlier_process_s_bodies_are_kept_if_asked_for(tmp_path: Path) -> None:
    (tmp_path / "wanted").write_bytes(b"abc")
    (tmp_path / "forgotten").write_bytes(b"abc")
    folder = Folder(tmp_path)
    found = folder.found("wanted", 3, {})
    folder.tidy()
    assert (bytes(found), files(tmp_path)) == (b"abc", ["wanted"])
