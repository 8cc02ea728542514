"""Overlay videos: what is begun is ended, whatever happens."""

import threading

import pytest
from tests.drawing.test_overlay import picture

from posespotter.drawing.overlay_video import OverlayWriter
from posespotter.errors import InputError, OutputError
from posespotter.media import SourceInfo, open_source

INFO = SourceInfo("walk.mp4", "video", 64, 48, 30, 1, False)


def test_frames_come_out_in_order(tmp_path):
    with OverlayWriter(tmp_path / "overlay.mp4", INFO) as video:
        for index in range(12):
            video.add(picture(64, 48), index / 30)
    with open_source(video.path) as source:
        assert [frame.time_s for frame in source] == pytest.approx([k / 30 for k in range(12)], abs=1e-3)


def test_a_writer_that_cannot_begin_leaves_no_thread(tmp_path):
    (tmp_path / "file").touch()
    before = set(threading.enumerate())
    video = OverlayWriter(tmp_path / "file" / "overlay.mp4", INFO)
    with pytest.raises(OutputError, match="could not be written"):
        video.__enter__()
    assert set(threading.enumerate()) <= before


def test_after_an_error_nothing_is_left(tmp_path):
    before = set(threading.enumerate())

    def break_off():
        with OverlayWriter(tmp_path / "overlay.mp4", INFO) as video:
            video.add(picture(64, 48), 0)
            raise InputError("x")

    with pytest.raises(InputError, match="x"):
        break_off()
    assert list(tmp_path.iterdir()) == []
    for thread in set(threading.enumerate()) - before:
        thread.join(5)
    assert set(threading.enumerate()) <= before
