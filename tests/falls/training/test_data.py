"""Labelled clips: what the two files mean, and the messages for those that are wrong."""

from pathlib import Path

import pytest

from posespotter.errors import InputError, SettingsError
from posespotter.falls.training.data import LABELS, FallData, Segment

CLIPS = """clip_id,file,frames,fps,scene,subject,has_fall,has_deliberate_lying,split
a,a.mp4,10,25,kitchen,anna,1,0,train
b,b.mp4,8,24.5,hall,unknown,0,1,dev
"""
SEGMENTS = """clip_id,start_frame,end_frame,label
a,1,4,normal
a,5,6,fall
a,7,9,lying
b,5,8,lying
b,1,2,normal
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("clips.csv", CLIPS), ("segments.csv", SEGMENTS), ("a.mp4", ""), ("b.mp4", "")):
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def test_what_the_files_mean(folder: Path) -> None:
    data = FallData.read(folder)
    a, b = data
    assert (a.clip_id, a.path, a.n_frames, a.fps, a.split) == ("a", folder / "a.mp4", 10, 25.0, "train")
    assert (a.group, b.group) == ("subject anna", "scene hall")  # who, where that is known; else where
    assert a.falls == (Segment(4, 5, "fall"),)  # 5 to 6 in the file, which counts from 1
    assert [LABELS[i] for i in a.frame_labels] == ["normal"] * 4 + ["fall"] * 2 + ["lying"] * 3 + ["ignore"]
    assert [LABELS[i] for i in b.frame_labels] == ["normal"] * 2 + ["ignore"] * 2 + ["lying"] * 4
    assert (a.lies_down, b.lies_down) == (False, True)
    assert data.splits == ("train", "dev")
    assert [clip.clip_id for clip in data.split("dev")] == ["b"]
    with pytest.raises(SettingsError, match="expected a split of train, dev, got 'test'"):
        data.split("test")


def test_few_columns_are_enough_and_spreadsheets_may_leave_their_marks(folder: Path) -> None:
    (folder / "clips.csv").write_bytes(b"\xef\xbb\xbffile,clip_id,fps,frames,scene\r\na.mp4 ,a,25,10, hall\r\n,,,,\r\n")
    (folder / "segments.csv").write_text("clip_id,start_frame,end_frame,label\n")
    (clip,) = FallData.read(folder)
    assert (clip.group, clip.split, clip.segments) == ("scene hall", "", ())
    assert set(clip.frame_labels) == {LABELS.index("ignore")}


CLIPS_ERRORS = [
    (("fps", "rate"), "clips.csv: expected the columns clip_id, file, frames, fps; missing: fps."),
    (("scene,subject", "where,who"), "clips.csv: expected a column subject or scene, to keep people or rooms apart."),
    (("\nb,", "\na,"), "clips.csv, row 3, column clip_id: expected a name of its own, row 2 has it too, got 'a'."),
    (("\nb,", "\n../b,"), "row 3, column clip_id: expected letters, digits and . _ + - only, got '../b'."),
    (("\nb,", "\n,"), "clips.csv, row 3, column clip_id: expected something, got ''."),
    (("b.mp4", "c.mp4"), "clips.csv, row 3, column file: expected a video in "),
    ((",8,", ",8.5,"), "clips.csv, row 3, column frames: expected a whole number from 1, got '8.5'."),
    ((",8,", ",0,"), "clips.csv, row 3, column frames: expected a whole number from 1, got '0'."),
    (("24.5", "fast"), "clips.csv, row 3, column fps: expected a number above 0, at most 1000, got 'fast'."),
    (("24.5", "nan"), "clips.csv, row 3, column fps: expected a number above 0, at most 1000, got 'nan'."),
    (("hall,unknown", ",unknown"), "row 3, column subject: expected who or where it is, to keep them apart"),
    ((",1,0,train", ",0,0,train"), "row 2, column has_fall: expected 1, as segments.csv says, got '0'."),
    ((",0,1,dev", ",0,0,dev"), "row 3, column has_deliberate_lying: expected 1, as segments.csv says, got '0'."),
    ((",dev", ",dev,more"), "clips.csv, row 3: expected 9 cells, got 10."),
    ((CLIPS[CLIPS.index("\n") :], "\n"), "clips.csv: expected at least one clip, got none."),
    ((CLIPS, ""), "clips.csv: expected the columns"),
    (("kitchen", '"kitchen'), "clips.csv: expected a table as CSV in UTF-8, unexpected end of data."),
]  # fmt: skip
SEGMENTS_ERRORS = [
    (("label", "class"), "segments.csv: expected the columns clip_id, start_frame, end_frame, label; missing: label."),
    (("5,6,fall", "5,6,falling"), "row 3, column label: expected one of normal, fall, lying, ignore, got 'falling'."),
    (("b,5,8", "c,5,8"), "segments.csv, row 5, column clip_id: expected a clip of clips.csv, got 'c'."),
    (("b,5,8", "b,5,9"), "segments.csv, row 5, column end_frame: expected at most 8, the frames of b, got '9'."),
    (("b,1,2", "b,0,2"), "segments.csv, row 6, column start_frame: expected a whole number from 1, got '0'."),
    (("b,1,2", "b,-1,2"), "segments.csv, row 6, column start_frame: expected a whole number from 1, got '-1'."),
    (("b,1,2", "b,3,2"), "segments.csv, row 6, column start_frame: expected at most end_frame, 2, got '3'."),
    (("a,5,6", "a,4,6"), "segments.csv, row 3, column start_frame: expected more than 4, the end of row 2, got '4'."),
    (("b,1,2", "b,1,7"), "segments.csv, row 5, column start_frame: expected more than 7, the end of row 6, got '5'."),
    (("b,5,8,lying", "b,5,8"), "segments.csv, row 5: expected 4 cells, got 3."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [("clips.csv", *case) for case in CLIPS_ERRORS] + [("segments.csv", *case) for case in SEGMENTS_ERRORS],
)
def test_what_is_wrong_is_told_by_file_row_and_column(
    folder: Path, name: str, change: tuple[str, str], message: str
) -> None:
    text = (folder / name).read_text("utf-8")
    assert change[0] in text
    (folder / name).write_text(text.replace(*change, 1), "utf-8")
    with pytest.raises(InputError) as caught:
        FallData.read(folder)
    assert message in str(caught.value)
    assert str(caught.value).startswith(str(folder / name))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["clips.csv", "segments.csv"])
def test_files_that_cannot_be_read(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"clip_id\n\xff\n")
    with pytest.raises(InputError, match=f"{name}: expected a table as CSV in UTF-8"):
        FallData.read(folder)
    (folder / name).unlink()
    with pytest.raises(InputError, match=f"{name}: cannot be read: No such file"):
        FallData.read(folder)


@pytest.mark.shared
def test_the_shared_clips(shared: Path) -> None:
    data = FallData.read(shared / "data" / "falls")
    assert len(data) == 218
    assert (sum(bool(clip.falls) for clip in data), sum(clip.lies_down for clip in data)) == (127, 31)
    assert (len(data.split("train")), len(data.split("dev"))) == (142, 76)
    both = {clip.group for clip in data.split("train")} & {clip.group for clip in data.split("dev")}
    assert both == {"scene office_lying_mat"}  # the one room whose clips stand on both sides
