import cv2
import numpy as np
import pytest

from posespotter.errors import InputError
from posespotter.media import expand_inputs, open_source


def paint(folder, names, size=(24, 32)):
    folder.mkdir(parents=True, exist_ok=True)
    for index, name in enumerate(names):
        cv2.imwrite(str(folder / name), np.full((*size, 3), 10 * index, np.uint8))
    return folder


def numbers(frames):
    return [int(frame.image[12, 16].mean()) // 10 for frame in frames]


@pytest.mark.parametrize(
    ("names", "one_source"),
    [
        (["f_0001.png", "f_0002.png", "f_0003.png"], True),
        (["f_8.png", "f_9.png", "f_10.png", "f_11.png"], True),
        (["000.bmp", "001.bmp", "002.bmp"], True),
        (["f_1.png", "f_2.png"], False),  # two are a pair of pictures
        (["f_1.png", "f_2.png", "f_4.png"], False),  # a gap
        (["f_1.png", "f_2.png", "g_3.png"], False),  # another name
        (["f_1.png", "f_2.png", "f_3.bmp"], False),  # another kind
        (["a.png", "b.png", "c.png"], False),
    ],
)
def test_folder_of_pictures(tmp_path, names, one_source):
    folder = paint(tmp_path / "shots", names)
    found = expand_inputs([str(folder)])
    if not one_source:
        assert found == [str(folder / name) for name in names]
        with pytest.raises(InputError, match=rf"numbered frames of one video, got {len(names)} separate files"):
            open_source(folder)
        return
    assert found == [str(folder)]
    with open_source(folder) as source:
        frames = list(source)
        info = source.info
    assert (info.name, info.kind, info.width, info.height, info.fps) == ("shots", "frames", 32, 24, 30)
    assert info.n_frames == len(names)
    assert numbers(frames) == list(range(len(names)))
    assert [frame.time_s for frame in frames] == pytest.approx([k / 30 for k in range(len(names))])


@pytest.mark.parametrize(
    ("numbers_there", "one_source"),
    [
        ([0, 1, 2, 4, 5], True),  # one of six is missing
        ([7, 8, 9, 10, 13, 14, 15, 16, 17], True),  # two of eleven
        ([0, 1, 2, 5], False),  # two of six
        ([2034, 2051, 2077, 2078], False),  # photographs that somebody kept
    ],
)
def test_missing_frames(tmp_path, numbers_there, one_source):
    folder = paint(tmp_path / "shots", [f"f_{number:04d}.png" for number in numbers_there])
    assert len(expand_inputs([str(folder)])) == (1 if one_source else len(numbers_there))
    if one_source:
        with open_source(folder, fps=10) as source:
            times = [frame.time_s for frame in source]
            (warning,) = source.warnings
        assert times == pytest.approx([(number - numbers_there[0]) / 10 for number in numbers_there])
        assert f"of the pictures {numbers_there[0]} to {numbers_there[-1]}" in warning


def test_how_fast_frames_were_taken_is_assumed_and_said(tmp_path):
    folder = paint(tmp_path / "shots", ["1.png", "2.png", "3.png"])
    for fps, warned in ((None, True), (30, False), (5, False)):
        with open_source(folder, fps=fps) as source:
            assert [frame.time_s for frame in source] == pytest.approx([k / (fps or 30) for k in range(3)])
            assert [("30 a second are assumed" in warning) for warning in source.warnings] == [True] * warned


@pytest.mark.parametrize(
    ("pattern", "order", "times"),
    [
        ("f_%04d.png", [0, 1, 2], [0, 0.1, 0.3]),  # the gap in the numbers is a gap in time
        ("f_%d.png", [0, 1, 2], [0, 0.1, 0.3]),
        ("f_*.png", [0, 1, 2], [0, 0.1, 0.3]),
        ("f_00??.png", [0, 1, 2], [0, 0.1, 0.3]),
        ("*.png", [0, 1, 2], [0, 0.1, 0.3]),
    ],
)
def test_patterns(tmp_path, pattern, order, times):
    folder = paint(tmp_path, ["f_0007.png", "f_0008.png", "f_0010.png"])
    with open_source(str(folder / pattern), fps=10) as source:
        frames = list(source)
        assert (source.info.name, source.info.fps) == (pattern, 10)
    assert numbers(frames) == order
    assert [frame.index for frame in frames] == [0, 1, 2]
    assert [frame.time_s for frame in frames] == pytest.approx(times)


@pytest.mark.parametrize("pattern", ["g_%04d.png", "*.jpg", "nowhere/f_%d.png"])
def test_pattern_without_files(tmp_path, pattern):
    paint(tmp_path, ["f_0001.png"])
    with pytest.raises(InputError, match="expected at least one file of this pattern"):
        open_source(str(tmp_path / pattern))


@pytest.mark.parametrize("fps", [0, -1, float("nan"), 1e9])
def test_fps_of_frames(tmp_path, fps):
    paint(tmp_path, ["1.png", "2.png", "3.png"])
    with pytest.raises(InputError, match="frames a second"):
        open_source(tmp_path, fps=fps)


def test_frames_that_cannot_be_read_or_differ(tmp_path):
    paint(tmp_path, [f"{k}.png" for k in range(5)])
    (tmp_path / "1.png").write_bytes(b"")
    paint(tmp_path, ["3.png"], size=(48, 32))
    with open_source(tmp_path, fps=30) as source:
        for _ in range(2):
            frames = list(source)
            assert [frame.index for frame in frames] == [0, 1, 2, 3]
            assert [frame.time_s for frame in frames] == pytest.approx([0, 2 / 30, 3 / 30, 4 / 30])
            assert {frame.image.shape for frame in frames} == {(24, 32, 3)}
            assert len(source.warnings) == 2
            assert "1.png" in source.warnings[0]
            assert "32x48" in source.warnings[1]


def test_expand_mixed_folder(tmp_path):
    paint(tmp_path, ["clip10.png", "clip2.png"])
    for name in ("clip1.mp4", "CLIP3.MOV", "notes.txt", ".hidden.mp4"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "sub.mp4").mkdir()
    names = ["clip1.mp4", "clip2.png", "CLIP3.MOV", "clip10.png"]
    assert expand_inputs([str(tmp_path)]) == [str(tmp_path / name) for name in names]


def test_expand_passes_everything_else_on(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "0").mkdir()
    specs = ["0", "rtsp://u:p@cam/live", "missing.mp4", "shots/f_%04d.png", ""]
    assert expand_inputs(specs) == specs


@pytest.mark.parametrize("files", [[], ["notes.txt"], [".hidden.mp4"]])
def test_folder_without_media(tmp_path, files):
    for name in files:
        (tmp_path / name).write_text("x")
    for use in (lambda: expand_inputs([str(tmp_path)]), lambda: open_source(tmp_path)):
        with pytest.raises(InputError, match=r"expected a folder with a picture .* or a video .* in it"):
            use()


@pytest.mark.parametrize("spec", ["", "  ", "no\0name.mp4", "x" * 5000, "%d" * 3000])
def test_names_that_are_none(spec):
    with pytest.raises(InputError):
        open_source(spec)


def test_file_named_with_a_number(make_video, tmp_path, monkeypatch):
    make_video("a.mp4", 3).rename(tmp_path / "0")
    monkeypatch.chdir(tmp_path)
    with open_source("./0") as source:
        assert source.info.kind == "video"


def test_content_decides_in_folders_too(make_video, tmp_path):
    clip = make_video("a.mp4", 4)
    folder = paint(tmp_path / "all", ["p.png"])
    for name in ("GL010001.LRV", "b.qt", "c.3gp", "d", "e.vid"):
        (folder / name).write_bytes(clip.read_bytes())
    (folder / "f.photo").write_bytes((folder / "p.png").read_bytes())
    (folder / "notes.doc").write_bytes(b"what somebody noted\n" * 100)
    (folder / "cut.webm").write_bytes(b"")  # its name promises a video: whoever opens it is told what is wrong
    found = expand_inputs([str(folder)])
    names = ["b.qt", "c.3gp", "cut.webm", "d", "e.vid", "f.photo", "GL010001.LRV", "p.png"]
    assert found == [str(folder / name) for name in names]


def test_frames_of_any_name(tmp_path):
    folder = paint(tmp_path / "shots", [f"{k}.png" for k in range(4)])
    for path in folder.iterdir():
        path.rename(path.with_suffix(".shot"))
    assert expand_inputs([str(folder)]) == [str(folder)]
    with open_source(folder, fps=10) as source:
        assert numbers(source) == [0, 1, 2, 3]


@pytest.mark.parametrize("damaged", [{0}, {0, 1}, {2}])
def test_damaged_frames_refuse_no_others(tmp_path, damaged):
    folder = paint(tmp_path / "shots", [f"{k}.png" for k in range(5)])
    for k in damaged:
        (folder / f"{k}.png").write_bytes((folder / f"{k}.png").read_bytes()[:40])
    with open_source(folder, fps=10) as source:
        frames = list(source)
        assert [warning.startswith("left out: ") for warning in source.warnings] == [True] * len(damaged)
    good = [k for k in range(5) if k not in damaged]
    assert numbers(frames) == good
    assert [frame.time_s for frame in frames] == pytest.approx([(k - good[0]) / 10 for k in good])


def test_frames_of_which_none_can_be_read(tmp_path):
    folder = paint(tmp_path / "shots", [f"{k}.png" for k in range(3)])
    for path in folder.iterdir():
        path.write_bytes(b"")
    with pytest.raises(InputError, match=r"0\.png: expected a picture"):
        open_source(folder)


def test_sources_are_opened_where_they_are():
    """As programs have done from the first version on."""
    from posespotter import media
    from posespotter.media.sources import open_source as here

    assert here is media.open_source
