"""The framing of uploads by AWS SDKs is taken off as the body comes in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localcloud.ministack.s3.chunked import BadFraming, Chunked


def framed(chunks: list[bytes], trailers: dict[str, str], extension: str = "") -> bytes:
    body = b"".join(b"%x%s\r\n%s\r\n" % (len(chunk), extension.encode(), chunk) for chunk in chunks if chunk)
    return body + b"0\r\n" + b"".join(f"{k}:{v}\r\n".encode() for k, v in trailers.items()) + b"\r\n"


def taken(pieces: list[bytes]) -> tuple[bytes, dict[str, str]]:
    framing = Chunked()
    data = b"".join(part for piece in pieces for part in framing.feed(piece))
    framing.close()
    return data, framing.trailers


@given(
    st.lists(st.binary(max_size=300), max_size=5),
    st.sampled_from([{}, {"x-amz-checksum-crc32": "AAAAAA==", "x-amz-trailer-signature": "ab"}]),
    st.sampled_from(["", ";chunk-signature=0a1b"]),
    st.integers(1, 50),
)
def test_it_does_not_matter_where_the_pieces_end(
    chunks: list[bytes], trailers: dict[str, str], extension: str, size: int
) -> None:
    body = framed(chunks, trailers, extension)
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    assert taken(pieces) == (b"".join(chunks), trailers)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"3\r\nab",
        b"3\r\nabc\r\n",
        b"3\r\nabcd\r\n0\r\n\r\n",
        b"-1\r\n\r\n",
        b"x\r\n",
        b"f" * 17 + b"\r\n",
        b"0" * 10_000,
        b"0\r\nno header\r\n\r\n",
        b"0\r\n\r\nmore",
    ],
)
def test_what_is_framed_badly_is_refused(body: bytes) -> None:
    with pytest.raises(BadFraming):
        taken([body])


@given(st.binary(max_size=200))
def test_anything_is_taken_or_refused(body: bytes) -> None:
    with pytest.raises(BadFraming):
        taken([body, b"\r\nneither"])
