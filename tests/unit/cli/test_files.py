"""Files that a person names are read and written, or one sentence says why not."""

from pathlib import Path

import pytest

from cli.errors import UserError
from cli.files import write


def test_a_file_is_written_with_the_folders_on_the_way(tmp_path: Path) -> None:
    write(tmp_path / "pages" / "page.html", b"page")
    assert (tmp_path / "pages" / "page.html").read_bytes() == b"page"


def test_what_cannot_be_written_is_the_callers_to_fix(tmp_path: Path) -> None:
    (tmp_path / "pages").write_bytes(b"no folder")
    with pytest.raises(UserError, match=r"cannot write .*page\.html: "):
        write(tmp_path / "pages" / "page.html", b"page")
    with pytest.raises(UserError, match="Is a directory"):
        write(tmp_path, b"page")
