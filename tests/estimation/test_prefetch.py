"""Frames are worked on before their turn where it is known well enough where people will be, and seldom twice."""

from dataclasses import replace

import numpy as np
import pytest
from tests.painted import PaintedDetector, PaintedPose, PaintedSource, always, standing, together

from posespotter.estimation.pose_tracker import PoseTracker
from posespotter.estimation.prefetch import AHEAD, Prefetch, calm
from posespotter.media import Frame
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
    ("order", "offset_px", "detected", "asked_again"),
    [
        ([0, 1], 0, False, 0),
        ([1, 0], 0, False, 0),  # in the order of those who ask
        ([1], 0, False, 0),
        ([0, 1, 2], 0, False, 1),  # the third was not expected
        ([0, 1], 15, False, 0),  # 0.0375 of a side
        ([0, 1], 17, False, 2),  # elsewhere by now
        ([0, 1], 0, True, 2),  # the detector has better boxes now
    ],
)
def test_what_holds_of_a_prefetched_frame(order, offset_px, detected, asked_again):
    pose = PaintedPose()
    prefetch = Prefetch(pose)
    frame = Frame(0, 0.0, np.zeros((480, 640, 3), np.uint8))
    three = regions([150, 200, 400, 0], [350, 200, 400, 0], [550, 200, 400, 0])
    three = replace(three, margins=np.zeros((3, 4), np.float32))
    prefetch.add(replace(frame, image=frame.image.copy()), lambda *_: None)
    prefetch.add(frame, lambda *_: three.take(slice(2)))
    assert prefetch.pending() == pose.session.calls == 2
    assert [prefetch.next().image is frame.image for _ in range(2)] == [False, True]
    shift = np.tile(np.array([offset_px, 0], np.float32), (len(order), 1))
    now = three.take(np.array(order)).shifted(shift)
    if detected:
        now = replace(now, margins=np.full_like(now.margins, np.nan))
    joints = prefetch.estimate(frame.image, now)
    assert pose.session.calls == 2 + asked_again
    assert joints.regions.squares[:, 0] == pytest.approx(
        three.squares[order, 0] + (offset_px if asked_again == 2 else 0)
    )
    prefetch.close()


def test_another_picture_is_never_mistaken_for_the_one_worked_on():
    pose = PaintedPose()
    prefetch = Prefetch(pose)
    frames = [Frame(i, i / 30, np.zeros((480, 640, 3), np.uint8)) for i in range(2)]
    for frame in frames:
        prefetch.add(frame, lambda *_: regions(SQUARE))
    prefetch.pending()
    prefetch.next()
    prefetch.estimate(frames[1].image, regions(SQUARE))  # not the frame whose turn it is
    assert pose.session.calls == 2
    prefetch.close()


@pytest.mark.parametrize(
    ("px_per_s", "early_after_hand_over", "early_after_step"),
    [
        (0, True, True),  # still: looked at as soon as it is handed over, three frames ahead
        (150, False, True),  # walks, 5 px a frame of a box of 240: one frame later
        (400, False, False),  # runs, 13 px a frame: when its turn comes
    ],
)
def test_how_early_a_frame_is_looked_at(px_per_s, early_after_hand_over, early_after_step):
    tracker, prefetch = followed()
    frames = list(PaintedSource(lambda t: {1: standing(100 + px_per_s * t)}, 24, 30))
    for frame in frames[:20]:
        tracker.step(frame.time_s, frame.image)
    begun = []
    for frame in frames[20 : 20 + AHEAD]:
        prefetch.add(frame, tracker.expected)
    begun.append(prefetch.pending())
    stepped(tracker, prefetch)
    begun.append(prefetch.pending())
    # Of the three that were handed over the first is never early; the second was two ahead, the third three.
    assert begun == [early_after_step + early_after_hand_over, 2 * early_after_step]
    assert len(stepped(tracker, prefetch).ids) == 1
    prefetch.close()


def followed():
    prefetch = Prefetch(PaintedPose())
    return PoseTracker(PaintedDetector(), prefetch), prefetch


def stepped(tracker, prefetch):
    frame = prefetch.next()
    people = tracker.step(frame.time_s, frame.image)
    prefetch.start(tracker.expected)
    return people


@pytest.mark.parametrize(("px_per_s", "most"), [(0, 1.05), (150, 1.15), (400, 1.25)])
def test_hardly_anything_is_looked_at_twice(px_per_s, most):
    frames = list(PaintedSource(lambda t: {1: standing(80 + px_per_s * t)}, 36, 30))
    pose = PaintedPose()
    tracker = PoseTracker(PaintedDetector(), pose)
    for frame in frames:
        tracker.step(frame.time_s, frame.image)
    tracker, prefetch = followed()
    for frame in frames:
        prefetch.add(frame, tracker.expected)
        if len(prefetch) == AHEAD:
            assert len(stepped(tracker, prefetch).ids) == 1
    while len(prefetch):
        assert len(stepped(tracker, prefetch).ids) == 1
    assert prefetch.sessions[0].calls <= most * pose.session.calls
    prefetch.close()


def test_those_who_stand_are_looked_at_early_beside_one_who_runs():
    tracker, prefetch = followed()
    script = together([always(standing(500)), lambda t: {2: standing(80 + 400 * t)}])
    frames = list(PaintedSource(script, 24, 30))
    for frame in frames[:20]:
        tracker.step(frame.time_s, frame.image)
    for frame in frames[20 : 20 + AHEAD]:
        prefetch.add(frame, tracker.expected)
    assert prefetch.pending() == 1  # of two people, in the second frame; the third waits
    prefetch.close()
