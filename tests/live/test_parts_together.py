"""What a program with a camera of its own puts together: `LiveEstimator`, `LiveCounter`, `FallMonitor`."""

from dataclasses import replace

import numpy as np
import pytest
from tests import figures
from tests.falls.movements import FALLS, STANDS, Actor, film
from tests.painted import PaintedDetector, PaintedPose, PaintedSource, always, standing

from posespotter import (
    FallMonitor,
    LiveCount,
    LiveCounter,
    LiveEstimator,
    LivePoses,
    PoseEstimator,
    PoseSequence,
    draw_poses,
)  # fmt: skip
from posespotter.errors import InputError, ShapeError
from posespotter.exercises import analyze_exercise


def frames_of(poses: PoseSequence) -> list[PoseSequence]:
    """Each frame by itself, as a live source gives it: also those without people know their time."""
    times = dict(zip(poses.frame.tolist(), poses.time_s.tolist(), strict=True))
    return [replace(poses.at(i), last_s=times.get(i, i / poses.fps), n_frames=i + 1) for i in range(poses.n_frames)]


@pytest.fixture
def live() -> LiveEstimator:
    return LiveEstimator(PoseEstimator(PaintedDetector(), PaintedPose()))


def test_frames_in_people_out(live: LiveEstimator) -> None:
    for frame in PaintedSource(always(standing(200), standing(440)), 20):
        seen = live.step(frame.image, frame.time_s)
        assert isinstance(seen, LivePoses)
        assert (seen.frame.index, seen.frame.time_s) == (frame.index, frame.time_s)
        assert seen.latency_s > 0
    assert seen.poses.track_ids == (1, 2)
    assert seen.poses.last_s == frame.time_s
    before = frame.image.copy()
    assert draw_poses(frame.image, seen) is frame.image
    assert (frame.image != before).any()


def test_frames_that_do_not_follow(live: LiveEstimator) -> None:
    live.step(np.zeros((48, 64, 3), np.uint8), 1.0)
    with pytest.raises(ShapeError, match=r"expected a time after 1 s, got 1 s"):
        live.step(np.zeros((48, 64, 3), np.uint8), 1.0)
    with pytest.raises(ShapeError, match=r"expected 64x48 px as before, got 48x64 px"):
        live.step(np.zeros((64, 48, 3), np.uint8), 2.0)
    with pytest.raises(ShapeError, match=r"expected a \(height, width, 3\) uint8"):
        live.step(np.zeros((48, 64), np.uint8), 2.0)


def test_repetitions_frame_by_frame_are_those_of_the_clip() -> None:
    poses = figures.film(figures.squat(), fps=15, noise=0.003)
    counter = LiveCounter("squat")
    told = [counter.see(frame) for frame in frames_of(poses)]
    end_s = float(poses.time_s[-1])
    told += [counter.see(poses[:0], end_s + wait_s) for wait_s in (0.5, 1.5)]
    counts = [one.count for one in told]
    assert counts[-1] == analyze_exercise(poses, "squat").count > 0
    assert counts == sorted(counts)
    assert told[0] == LiveCount(0, "", None, "")


def test_a_picture_of_another_size_keeps_the_count() -> None:
    poses = figures.film(figures.squat(repetitions=1), fps=15)
    counter = LiveCounter("squat")
    for frame in frames_of(poses):
        counter.see(frame)
    for i, frame in enumerate(frames_of(poses)[:20], 1):
        later = replace(frame, frame_size=(480, 640), time_s=frame.time_s + poses.end_s + 1, last_s=None)
        count = counter.see(later, poses.end_s + 1 + i / 15)
    assert count.count == 1


@pytest.mark.parametrize(("keys", "falls"), [(STANDS, 0), (FALLS, 1)])
def test_falls_frame_by_frame(keys: object, falls: int) -> None:
    poses = film(Actor(keys), seconds=9.0)  # type: ignore[arg-type]
    monitor = FallMonitor()
    raised = [event for frame in frames_of(poses) for event in monitor.update(frame)]
    known = FallMonitor(frame_size=poses.frame_size)
    assert raised == [event for frame in frames_of(poses) for event in known.update(frame)]
    assert len(raised) == falls


@pytest.mark.parametrize(
    "see", [lambda poses: LiveCounter("squat").see(poses), lambda poses: FallMonitor().update(poses)]
)
def test_frames_without_a_time(see: object) -> None:
    poses = figures.film(figures.squat(), fps=15)
    with pytest.raises(InputError, match="expected the people of one frame"):
        see(poses)
    with pytest.raises(InputError, match="expected time_s with a frame without people"):
        see(replace(poses[:0], last_s=None))
