"""Frames are looked at before their turn where it is known well enough where people will be, and seldom twice."""

import numpy as np
import pytest
from tests.painted import PaintedDetector, PaintedPose, PaintedSource, always, standing, together

from posespotter.estimation.early import AHEAD, EarlyLooks, Expected, calm
from posespotter.estimation.pose_tracker import PoseTracker
from posespotter.models.interfaces import Regions

BOX = [100.0, 100.0, 200.0, 300.0]  # its longer side is 200 px
SQUARE = [150.0, 200.0, 400.0, 0.0]
UNKNOWN = [np.nan] * 4


def regions(*squares):
    squares = np.array(squares, np.float32)
    return Regions.from_boxes(np.array([BOX] * len(squares), np.float32), np.ones(len(squares), np.float32), squares)


@pytest.mark.parametrize(
    ("ahead", "square", "moved_px", "known"),
    [
        (2, SQUARE, 23, True),  # 0.0575 of a side of 400 px: as fast as somebody walks
        (2, SQUARE, 25, False),  # 0.0625: as fast as somebody runs
        (3, SQUARE, 7, True),  # 0.0175: nearly still
        (3, SQUARE, 9, False),
        (2, UNKNOWN, 11, True),  # 0.055 of the box
        (2, UNKNOWN, 13, False),
    ],
)
def test_how_far_people_may_move(ahead, square, moved_px, known):
    for direction in ([1, 0], [0, -1], [0.6, 0.8]):
        motion = np.array([direction], np.float32) * moved_px
        assert calm(ahead, motion, regions(square)).tolist() == [known]


@pytest.mark.parametrize(
    ("ids", "offset_px", "rows"),
    [
        ([1, 2], 0, [0, 1]),
        ([2, 1], 0, [0, 1]),  # in the order of those who ask
        ([0, 1], 0, [1]),  # nobody without an id was looked at
        ([3, 4], 0, []),
        ([1, 2], 15, [0, 1]),  # 0.0375 of a side
        ([1, 2], 17, []),  # elsewhere by now: look again
    ],
)
def test_what_holds_of_an_early_look(ids, offset_px, rows):
    looks = EarlyLooks(PaintedPose())
    where = regions(SQUARE, SQUARE)
    look = looks.begin(np.zeros((480, 640, 3), np.uint8), Expected(np.array([1, 2], np.int32), where))
    shift = np.tile(np.array([offset_px, 0], np.float32), (2, 1))
    found, joints = look.joints(np.array(ids, np.int32), where.shifted(shift))
    assert (found.tolist(), len(joints), look.wait()) == (rows, len(rows), 2)
    looks.close()


@pytest.mark.parametrize(
    ("px_per_s", "early_after_hand_over", "early_after_step"),
    [
        (0, True, True),  # still: looked at as soon as it is handed over, three frames ahead
        (150, False, True),  # walks, 5 px a frame of a box of 240: one frame later
        (400, False, False),  # runs, 13 px a frame: when its turn comes
    ],
)
def test_how_early_a_frame_is_looked_at(px_per_s, early_after_hand_over, early_after_step):
    pose = PaintedPose()
    tracker = PoseTracker(PaintedDetector(), pose)
    frames = list(PaintedSource(lambda t: {1: standing(100 + px_per_s * t)}, 24, 30))
    for frame in frames[:20]:
        tracker.step(frame.time_s, frame.image)
    begun = []
    for frame in frames[20 : 20 + AHEAD]:
        tracker.begin(frame.time_s, frame.image)
    begun.append(tracker.ahead())
    tracker.step(frames[20].time_s, frames[20].image)
    begun.append(tracker.ahead())
    # Of the three that were handed over the first is never early; the second was two ahead, the third three.
    assert begun == [early_after_step + early_after_hand_over, 2 * early_after_step]
    assert len(tracker.step(frames[21].time_s, frames[21].image).ids) == 1


@pytest.mark.parametrize(("px_per_s", "most"), [(0, 1.05), (150, 1.15), (400, 1.25)])
def test_hardly_anything_is_looked_at_twice(px_per_s, most):
    calls = []
    for early in (False, True):
        pose = PaintedPose()
        tracker = PoseTracker(PaintedDetector(), pose)
        frames = list(PaintedSource(lambda t: {1: standing(80 + px_per_s * t)}, 36, 30))
        for index, frame in enumerate(frames):
            if early:
                for coming in frames[index + AHEAD - 1 : index + AHEAD] if index else frames[:AHEAD]:
                    tracker.begin(coming.time_s, coming.image)
            assert len(tracker.step(frame.time_s, frame.image).ids) == 1
        calls.append(pose.session.calls)
    assert calls[1] <= most * calls[0]


def test_those_who_stand_are_looked_at_early_beside_one_who_runs():
    pose = PaintedPose()
    tracker = PoseTracker(PaintedDetector(), pose)
    script = together([always(standing(500)), lambda t: {2: standing(80 + 400 * t)}])
    frames = list(PaintedSource(script, 24, 30))
    for frame in frames[:20]:
        tracker.step(frame.time_s, frame.image)
    for frame in frames[20 : 20 + AHEAD]:
        tracker.begin(frame.time_s, frame.image)
    assert tracker.ahead() == 1  # of two people, in the second frame; the third waits
