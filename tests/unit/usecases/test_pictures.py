"""The made-up pictures: seeded, of three classes, apart for training and test."""

import io
import zipfile
from collections import Counter

from PIL import Image, UnidentifiedImageError

from usecases.images.generate import SHAPES, SIZE, pictures, write


def packed(rows: int, seed: int, bad: int = 0, labelled: bool = True) -> bytes:
    out = io.BytesIO()
    write(out, rows, seed, bad, labelled)
    return out.getvalue()


def opens(picture: bytes) -> bool:
    try:
        Image.open(io.BytesIO(picture)).load()
    except (UnidentifiedImageError, OSError):
        return False
    return True


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    assert packed(9, 1) == packed(9, 1) != packed(9, 2)


def test_every_class_is_in_training_and_in_test() -> None:
    folders = Counter(name.rpartition("/")[0] for name, _ in pictures(150, 1))
    assert folders == {f"train/{name}": 40 for name in SHAPES} | {f"test/{name}": 10 for name in SHAPES}


def test_they_are_pictures_of_one_size_some_with_a_fourth_channel() -> None:
    opened = [Image.open(io.BytesIO(picture)) for _, picture in pictures(50, 1)]
    assert {picture.size for picture in opened} == {(SIZE, SIZE)}
    assert Counter(picture.mode for picture in opened) == {"RGB": 48, "RGBA": 2}


def test_as_many_files_are_not_pictures_as_were_asked_for() -> None:
    assert sum(not opens(picture) for _, picture in pictures(30, 1, bad=5)) == 5


def test_without_folders_nothing_says_what_they_show() -> None:
    with zipfile.ZipFile(io.BytesIO(packed(6, 1, labelled=False))) as pack:
        assert all("/" not in name for name in pack.namelist())
