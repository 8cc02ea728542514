"""The target depth: whose limit it is, and when it is reached, frame by frame."""

from dataclasses import replace

import numpy as np
import pytest
from tests import figures

from posespotter.exercises import exercise_names, load_exercise
from posespotter.exercises.target import Depth, DepthMeter, direction_of, target_of
from posespotter.poses import PoseSequence

WITH_DEPTH = {
    "squat": ("103°", "knee_angle_min_deg", "down"),
    "lunge": ("12", "hip_drop_bl", "down"),
    "push-up": ("110°", "elbow_angle_min_deg", "down"),
    "lateral-raise": ("65°", "shoulder_angle_max_deg", "up"),
}


@pytest.mark.parametrize("name", exercise_names())
def test_which_exercises_have_one(name: str) -> None:
    target = target_of(load_exercise(name))
    if name not in WITH_DEPTH:
        assert target is None
        return
    words, metric, direction = WITH_DEPTH[name]
    assert target is not None
    assert target.words.startswith(words)
    assert (target.metric, direction_of(target)) == (metric, direction)


def depths(poses: PoseSequence, goal: float | None = None) -> list[Depth]:
    target = target_of(load_exercise("squat"), goal)
    assert target is not None
    meter = DepthMeter(target)
    seen = [meter.see(poses.at(i), i / poses.fps) for i in range(poses.n_frames)]
    return [one for one in seen if one is not None]


@pytest.mark.parametrize("yaw_deg", [0, 60, 90])
@pytest.mark.parametrize(
    ("thigh", "goal", "reached"),
    [(85, None, 3), (85, 60, 0), (40, None, 0), (60, None, 0), (60, 125, 3)],  # goals are angles of the knee
)
def test_each_repetition_that_goes_far_enough_is_told_once(
    yaw_deg: float, thigh: float, goal: float | None, reached: int
) -> None:
    poses = figures.film(figures.squat(repetitions=3, thigh=thigh), yaw_deg=yaw_deg, fps=12, noise=0.002)
    found = depths(poses, goal)
    assert sum(one.first for one in found) == reached
    assert all(one.reached or one.share < 1 for one in found)


def test_nobody_a_jump_of_the_clock_and_another_person() -> None:
    poses = figures.film(figures.squat(repetitions=1), fps=12)
    target = target_of(load_exercise("squat"))
    assert target is not None
    meter = DepthMeter(target)
    assert meter.see(poses[:0], 0.0) is None
    other = replace(poses, track_id=np.full(len(poses), 2, np.int32))
    for i in range(12):
        meter.see(poses.at(i), 1 + i / 12)
    assert meter.see(other.at(12), 2.1) is None  # joints of two people make no curve
    assert meter.see(poses.at(13), 500.0) is None
