"""Canvases in place of pictures, where no pixels of people may be kept."""

from dataclasses import replace

import numpy as np
import pytest
from tests.painted import PaintedSource, always, standing
from tests.runs.runs_made import two_people

from posespotter.drawing.colours import PALETTE
from posespotter.drawing.privacy import canvases_for, to_draw_on, to_draw_over


def painted():
    return PaintedSource(always(standing(200)), 5, 30)


def test_where_pictures_may_be_kept_everything_stays():
    source = painted()
    frame = next(iter(source))
    assert to_draw_on(source, skeletons_only=False) is source
    assert to_draw_over(frame, skeletons_only=False) is frame
    assert canvases_for(two_people(), skeletons_only=False) is None


def test_each_picture_becomes_a_board_of_its_size_and_time():
    frames, canvases = list(painted()), list(to_draw_on(painted(), skeletons_only=True))
    assert [(one.index, one.time_s) for one in canvases] == [(one.index, one.time_s) for one in frames]
    assert all((one.image == PALETTE.canvas).all() and one.image.shape == frames[0].image.shape for one in canvases)
    assert (frames[0].image != PALETTE.canvas).any()
    assert (to_draw_over(frames[0], skeletons_only=True).image == PALETTE.canvas).all()


def test_poses_alone_give_boards_for_all_frames_at_their_times():
    poses = two_people(30)  # nobody in the first half
    canvases = canvases_for(poses, skeletons_only=True)
    assert (canvases.info.width, canvases.info.height, canvases.info.n_frames) == (160, 120, 30)
    frames = list(canvases)
    assert [one.index for one in frames] == list(range(30))
    np.testing.assert_allclose([one.time_s for one in frames], np.arange(30) / 30, atol=1e-9)
    assert list(canvases_for(poses.where(np.zeros(len(poses), bool)), skeletons_only=True))[-1].time_s == pytest.approx(
        29 / 30
    )


def test_boards_have_the_pauses_and_the_end_of_the_video():
    poses = two_people(30)
    poses = replace(poses, time_s=poses.time_s + 60.0 * (poses.frame >= 20), last_s=90.0, n_frames=33, fps=0.4)
    times = [one.time_s for one in canvases_for(poses, skeletons_only=True)]
    np.testing.assert_allclose(times[:20], np.arange(20) / 30, atol=1e-6)
    np.testing.assert_allclose(times[20:30], 60 + np.arange(20, 30) / 30, atol=1e-6)
    assert times[-1] == 90.0
