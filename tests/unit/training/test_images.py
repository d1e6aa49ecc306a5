"""Pictures → numbers: the same for the same bytes, whatever format; hostile bytes are told apart."""

from __future__ import annotations

import contextlib
import io
import os
import stat
import struct
import time
import warnings
import zipfile
import zlib
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image as Pillow

from dropforge.domain.contract import Image
from tests.unit.training.pictures import CLASSES, archive, contract, drop, picture
from training.errors import Refused
from training.images.columns import tabular
from training.images.decode import BrokenPicture, pixels
from training.images.features import NAMES, WIDTH, features
from training.images.read import Pictures, rows
from training.quarantine import Quarantine


def read(
    tmp_path: Path, files: dict[str, bytes] | bytes, **changes: object
) -> tuple[Pictures, dict[str, int]]:
    file = tmp_path / "drop" / "drop.zip"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(files if isinstance(files, bytes) else archive(files))
    return read_drop(file, tmp_path, **changes)


def read_drop(file: Path, tmp_path: Path, **changes: object) -> tuple[Pictures, dict[str, int]]:
    with Quarantine(tmp_path / "quarantine") as quarantine:
        return rows(file, contract(**changes), quarantine), dict(quarantine.reasons)


@pytest.mark.parametrize("size", [Image(), Image(8, 8), Image(50, 33), Image(256, 256)])
def test_every_size_gives_the_same_columns_and_finite_numbers(size: Image) -> None:
    vector = features(picture(size=40), size)

    assert vector.dtype == np.float32
    assert vector.shape == (WIDTH,) == (len(NAMES),)
    assert np.isfinite(vector).all()


def test_the_same_bytes_give_the_same_vector() -> None:
    assert features(picture(), Image()).tobytes() == features(picture(), Image()).tobytes()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF", "WEBP"])
def test_each_format_is_read(kind: str) -> None:
    found = pixels(picture(kind=kind), Image()).astype(int)

    assert abs(found - pixels(picture(), Image())).mean() < 12


@pytest.mark.parametrize("mode", ["RGBA", "P", "L", "1", "LA", "CMYK", "I;16"])
def test_each_kind_of_pixel_becomes_red_green_and_blue(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"

    assert pixels(picture(kind=kind, mode=mode), Image()).shape == (32, 32, 3)


def test_what_is_transparent_is_white_whatever_colour_lies_under_it() -> None:
    out = io.BytesIO()
    Pillow.new("RGBA", (32, 32), (200, 10, 10, 0)).save(out, "PNG")

    assert (pixels(out.getvalue(), Image()) == 255).all()


def test_a_gif_is_its_first_frame() -> None:
    out = io.BytesIO()
    red, blue = Pillow.new("RGB", (32, 32), "red"), Pillow.new("RGB", (32, 32), "blue")
    red.save(out, "GIF", save_all=True, append_images=[blue])

    assert pixels(out.getvalue(), Image())[0, 0].tolist() == [255, 0, 0]


def png_of(width: int, height: int) -> bytes:
    """A header that declares so many pixels, and hardly any bytes after it."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">L", len(body)) + name + body + struct.pack(">L", zlib.crc32(name + body))

    header = struct.pack(">LLBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 99))
        + chunk(b"IEND", b"")
    )


BROKEN = {
    "nothing": (b"", "is not in one of the formats PNG"),
    "text": (b"bicycle", "is not in one of the formats PNG"),
    "a format that nobody asked for": (picture(kind="TIFF"), "is not in one of the formats PNG"),
    "cut off": (picture()[:200], "cannot be decoded"),
    "a pixel bomb": (png_of(5_000, 5_000), "has 5000 x 5000 pixels, more than"),
    "a larger pixel bomb": (png_of(2**31 - 1, 2**31 - 1), "exceeds limit"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_not_a_picture_says_so_and_is_not_decoded(case: str) -> None:
    body, words = BROKEN[case]

    with pytest.raises(BrokenPicture, match=words):
        pixels(body, Image())


def test_any_bytes_are_a_picture_or_broken_and_nothing_else() -> None:
    random = np.random.default_rng(7)
    for kind in ("PNG", "JPEG", "BMP", "GIF", "WEBP"):
        whole = bytearray(picture(kind=kind))
        for _ in range(60):
            hurt = whole.copy()
            for index in random.integers(0, len(hurt), 4):
                hurt[index] = random.integers(256)
            with contextlib.suppress(BrokenPicture):
                assert np.isfinite(features(bytes(hurt), Image())).all()


def test_a_zip_becomes_a_table_in_the_order_of_names(tmp_path: Path) -> None:
    found, quarantined = read(tmp_path, drop(each=3))

    assert found.rows.columns == [*NAMES, "label"]
    assert found.rows.schema["image_000"] == pl.Float32
    assert found.rows["label"].to_list() == sorted(CLASSES * 3)
    assert found.parts is None
    assert (found.read, quarantined) == (9, {})


def test_top_folders_name_the_parts(tmp_path: Path) -> None:
    found, _ = read(tmp_path, drop(each=2, parts=("test", "train")))

    assert found.parts is not None
    assert found.parts.to_list() == ["test"] * 6 + ["train"] * 6


@pytest.mark.parametrize("parts", [(), ("train", "test")])
def test_the_folder_that_a_packer_puts_around_all_is_not_a_class(
    tmp_path: Path, parts: tuple[str, ...]
) -> None:
    wrapped = {f"my pictures/{name}": body for name, body in drop(each=2, parts=parts).items()}
    found, quarantined = read(tmp_path, wrapped)

    assert set(found.rows["label"]) == set(CLASSES)
    assert quarantined == {}


def test_a_folder_is_read_as_the_zip_is(tmp_path: Path) -> None:
    for name, body in drop(each=2, parts=("test", "train")).items():
        file = tmp_path / "tree" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
    (tmp_path / "tree" / "train" / "rings" / "link.png").symlink_to("/etc/passwd")
    zipped, _ = read(tmp_path, drop(each=2, parts=("test", "train")))
    found, _ = read_drop(tmp_path / "tree", tmp_path)

    assert found.rows.equals(zipped.rows)
    assert found.parts is not None
    assert zipped.parts is not None
    assert found.parts.equals(zipped.parts)
    again, _ = read_drop(tmp_path / "tree", tmp_path)
    assert again.sha256 == found.sha256


def test_a_folder_with_a_zip_alone_is_that_zip(tmp_path: Path) -> None:
    zipped, _ = read(tmp_path, drop(each=2))
    found, _ = read_drop(tmp_path / "drop", tmp_path)

    assert (found.sha256, found.rows.equals(zipped.rows)) == (zipped.sha256, True)


@pytest.mark.parametrize("body", [b"a,b\n1,2\n", picture(), archive(drop(each=2))[:-400]])
def test_a_folder_with_something_else_alone_is_not_a_drop_of_pictures(tmp_path: Path, body: bytes) -> None:
    file = tmp_path / "drop" / "drop.bin"
    file.parent.mkdir()
    file.write_bytes(body)

    with pytest.raises(Refused, match="that can be read"):
        read_drop(file.parent, tmp_path)


def test_what_is_not_a_picture_of_a_class_is_set_aside_with_its_reason(tmp_path: Path) -> None:
    found, quarantined = read(
        tmp_path,
        {
            **drop(each=2),
            "rings/notes.txt": b"rings are round",
            "alone.png": picture(),
            "rings/deep/er.png": picture(),
            "moons/1.png": picture(),
            "__MACOSX/rings/._0.png": b"\0",
            "rings/.DS_Store": b"\0",
        },
        classes=CLASSES,
    )

    assert found.rows.height == 6
    assert quarantined == {
        "the picture is not in one of the formats PNG, JPEG, BMP, GIF, WEBP": 1,
        "the picture lies in no folder that says its class": 1,
        "the picture does not lie at class/file": 1,
        "the picture is of 'moons', none of the contract's classes": 1,
    }
    assert "rings/notes.txt" in (tmp_path / "quarantine" / "rows.csv").read_text()


def member(name: str, body: bytes = b"x", **changes: int) -> bytes:
    out, info = io.BytesIO(), zipfile.ZipInfo(name)
    for field, value in changes.items():
        setattr(info, field, value)
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr(info, body)
    return out.getvalue()


def doubled() -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as packed:
            packed.writestr("a/1.png", picture())
            packed.writestr("a/1.png", picture())
    return out.getvalue()


def overlapping() -> bytes:
    """One picture under a hundred names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("a/0.png", picture(size=64))
        (first,) = packed.infolist()
        for number in range(100):
            other = zipfile.ZipInfo(f"a/{number + 1}.png")
            for field in ("header_offset", "compress_size", "file_size", "CRC"):
                setattr(other, field, getattr(first, field))
            packed.filelist.append(other)
    return out.getvalue()


HOSTILE = {
    "no zip": (picture(), "not a .zip"),
    "half a zip": (archive(drop(each=2))[:-400], "not a .zip"),
    "nothing in it": (archive({}), "0 pictures"),
    "a name that climbs": (member("../../etc/1.png"), "leaves the archive"),
    "an absolute name": (member("/etc/passwd"), "leaves the archive"),
    "a drive": (member("C:/rings/1.png"), "leaves the archive"),
    "a link": (member("a/1.png", external_attr=(stat.S_IFLNK | 0o777) << 16), "a link"),
    "a device": (member("a/1.png", external_attr=(stat.S_IFCHR | 0o777) << 16), "a device"),
    "a bomb": (member("a/1.png", bytes(30_000_000), compress_type=zipfile.ZIP_DEFLATED), "packed into"),
    "a name twice": (doubled(), "twice"),
    "files over one another": (overlapping(), "over one another"),
    "a line break in a name": (member("a/1\n.png"), "control characters"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_an_archive_that_means_harm_is_refused_with_its_fault(tmp_path: Path, case: str) -> None:
    body, words = HOSTILE[case]

    with pytest.raises(Refused, match=words):
        read(tmp_path, body)


def test_an_encrypted_archive_is_refused(tmp_path: Path) -> None:
    body = bytearray(archive({"a/1.png": picture()}))
    start = body.index(b"PK\x01\x02")
    body[start + 8] |= 1

    with pytest.raises(Refused, match="encrypted"):
        read(tmp_path, bytes(body))


def test_a_damaged_member_costs_that_picture(tmp_path: Path) -> None:
    body = bytearray(archive({"a/1.png": picture(), "b/1.png": picture()}))
    start = body.index(b"\x89PNG") + 60
    body[start : start + 20] = os.urandom(20)
    found, quarantined = read(tmp_path, bytes(body))

    assert found.rows["label"].to_list() == ["b"]
    assert "Bad CRC-32" in next(iter(quarantined))


def test_a_directory_of_gigabytes_is_refused_before_it_is_read(tmp_path: Path) -> None:
    body = bytearray(archive(drop(each=1)))
    start = body.rindex(b"PK\x05\x06")
    body[start + 12 : start + 16] = struct.pack("<L", 2**31)

    with pytest.raises(Refused, match="directory of 2147483648 bytes"):
        read(tmp_path, bytes(body))


def test_the_tables_contract_has_a_number_a_feature_and_the_class() -> None:
    made = tabular(contract(classes=CLASSES))

    assert [column.name for column in made.features] == list(NAMES)
    assert made.target_column.values == CLASSES
    assert tabular(made) == made


@pytest.mark.real_data
@pytest.mark.skipif("DROPFORGE_REAL_DATA" not in os.environ, reason="DROPFORGE_REAL_DATA names no folder")
def test_on_real_photographs_svm_and_boosting_reach_85_percent(tmp_path: Path) -> None:
    """On the given test set, and 1,800 pictures take a few seconds at most."""
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC
    from xgboost import XGBClassifier

    begun = time.monotonic()
    found, _ = read_drop(Path(os.environ["DROPFORGE_REAL_DATA"]) / "images.zip", tmp_path)
    assert time.monotonic() - begun < 60
    assert found.parts is not None
    x = found.rows.select(NAMES).to_numpy()
    y = found.rows["label"].cast(pl.Enum(sorted(set(found.rows["label"])))).to_physical().to_numpy()
    train, test = (found.parts == "train").to_numpy(), (found.parts == "test").to_numpy()
    assert (int(train.sum()), int(test.sum())) == (1500, 300)
    models = (
        make_pipeline(StandardScaler(), SVC(C=3)),
        XGBClassifier(n_estimators=200, max_depth=4, learning_rate=0.1),
    )
    for model in models:
        assert model.fit(x[train], y[train]).score(x[test], y[test]) >= 0.85
