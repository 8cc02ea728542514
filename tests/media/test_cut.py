"""Cutting a part out of a video, in a child process."""

from pathlib import Path

import pytest

from posespotter.errors import InputError
from posespotter.media import open_source
from posespotter.media.cut import cut_video


def times(video: Path) -> list[float]:
    with open_source(video) as source:
        return [frame.time_s for frame in source]


@pytest.mark.parametrize(("start_s", "end_s"), [(0.0, 1.0), (0.5, 1.5), (3.0, 100.0)])
def test_the_frames_in_between_are_kept(demo_clip: Path, tmp_path: Path, start_s: float, end_s: float) -> None:
    chosen = [time_s for time_s in times(demo_clip) if start_s <= time_s <= end_s]
    done = cut_video(demo_clip, tmp_path / "cut.mp4", start_s, end_s)
    assert done.path == tmp_path / "cut.mp4"
    assert times(done.path) == pytest.approx([time_s - chosen[0] for time_s in chosen], abs=1e-3)
    assert done.frames == len(chosen)
    with open_source(demo_clip) as before, open_source(done.path) as after:
        assert (after.info.width, after.info.height) == (before.info.width, before.info.height)
        assert (done.width, done.height) == (before.info.width, before.info.height)
        assert done.fps == pytest.approx(before.info.fps, rel=0.02)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"hello, this is no video", "a text file"),
        (b"\x1a\x45\xdf\xa3" + bytes(5000), "could not be opened|expected a video|could not be read"),
        (b"#EXTM3U\nfile:///etc/passwd", "playlist"),
    ],
)
def test_what_is_no_video_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    source = tmp_path / "recording"
    source.write_bytes(content)
    with pytest.raises(InputError, match=says):
        cut_video(source, tmp_path / "cut.mp4", 0.0, 1.0)
    assert not (tmp_path / "cut.mp4").exists()


def test_a_time_without_pictures_is_refused(demo_clip: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no picture from 500\.0"):
        cut_video(demo_clip, tmp_path / "cut.mp4", 500.0, 501.0)
    assert list(tmp_path.iterdir()) == []
