"""Uploads: never under the sender's name, looked into, and gone when refused."""

import io
import os
import time
from pathlib import Path

import pytest

from posespotter.errors import InputError
from posespotter.runs import Library
from posespotter.ui.uploads import receive, remove_forgotten, waiting_upload


class Sent(io.BytesIO):
    def __init__(self, name: str, content: bytes) -> None:
        super().__init__(content)
        self.name = name


def test_good_and_bad_files_come_together(tmp_path, demo_clip):
    library = Library(tmp_path)
    clip = demo_clip.read_bytes()
    good, bad = receive([Sent("../../walk.mp4", clip), Sent("evil.mp4", b"<html>" * 100)], library)
    assert good.content is not None
    assert good.content.kind == "video"
    assert good.name == "walk.mp4"
    assert good.path.parent == tmp_path / "uploads"
    assert good.path.suffix == ".mp4"
    assert "walk" not in good.path.name
    assert bad.content is None
    assert bad.refusal.startswith("evil.mp4")
    assert list((tmp_path / "uploads").iterdir()) == [good.path]


def test_what_was_looked_into_before_is_not_written_again(tmp_path, demo_clip):
    library, sent = Library(tmp_path), Sent("walk.mp4", demo_clip.read_bytes())
    sent.file_id = "1"
    (first,) = receive([sent], library)
    assert waiting_upload(library, first.path.name) == first.path
    other, again = receive([Sent("evil.mp4", b"<html>" * 100), sent], library, {"1": first})
    assert (again, other.content) == (first, None)
    assert list((tmp_path / "uploads").iterdir()) == [first.path]
    first.path.unlink()  # as after a day
    (new,) = receive([sent], library, {"1": first})
    assert new.path.is_file()


@pytest.mark.parametrize("name", ["../library.sqlite", "a.mp4", f"{'0' * 32}.mp4", "", f"{'a' * 32}/../x.mp4"])
def test_what_is_no_upload_that_waits(tmp_path, name):
    (tmp_path / "uploads").mkdir()
    (tmp_path / "uploads" / f"{'0' * 32}.mp4").symlink_to(__file__)
    with pytest.raises(InputError, match="expected an upload that waits"):
        waiting_upload(Library(tmp_path), name)


@pytest.mark.parametrize("name", ["a.exe", "a", "con.mp4 ", "x.mp4/../../y.sh", ".mp4"])
def test_a_name_chooses_no_path(tmp_path, name):
    (received,) = receive([Sent(name, b"nothing")], Library(tmp_path))
    assert received.path.parent == tmp_path / "uploads"
    assert received.path.suffix in {".mp4", ".bin"}
    assert received.refusal


def test_what_no_job_took_is_removed_after_a_day(tmp_path):
    folder = tmp_path / "uploads"
    folder.mkdir()
    old, new = folder / "old.mp4", folder / "new.mp4"
    for path in (old, new):
        path.write_bytes(b"x")
    os.utime(old, times=(time.time() - 90_000,) * 2)
    remove_forgotten(Library(tmp_path))
    assert [path.name for path in folder.iterdir()] == ["new.mp4"]
    remove_forgotten(Library(Path(tmp_path / "none")))
