"""Live counts: those of the finished clip, never falling, whatever the pace of the analyses."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import figures
from tests.exercises import movements

from posespotter import PoseEstimator
from posespotter.exercises import analyze_exercise, load_exercise
from posespotter.exercises.live_counter import LiveCount, LiveCounter
from posespotter.media import open_source
from posespotter.poses import PoseSequence


def live(poses: PoseSequence, exercise: str, every_s: float, first_s: float = 0.1) -> list[LiveCount]:
    """What is said while the clip comes in, and for three seconds after it."""
    counter = LiveCounter(load_exercise(exercise))
    end_s = float(poses.time_s[-1]) + 3 if len(poses) else 3.0
    moments = np.arange(first_s, end_s, every_s)
    return [counter.update(poses.between(now_s - counter.window_s, now_s), float(now_s)) for now_s in moments]


@settings(max_examples=6)
@given(every_s=st.floats(0.5, 1.3), first_s=st.floats(0.0, 0.5), yaw=st.sampled_from([0.0, 45.0, 90.0]))
def test_live_counts_are_those_of_the_clip_and_never_fall(every_s: float, first_s: float, yaw: float) -> None:
    poses = figures.film(figures.squat(), yaw_deg=yaw, fps=15, noise=0.003)
    said = live(poses, "squat", every_s, first_s)
    counts = [one.count for one in said]
    assert counts == sorted(counts)
    assert counts[-1] == analyze_exercise(poses, "squat").count > 0
    assert said[0].verdict is None
    assert said[-1].verdict == "good"
    assert said[-1].advice == ""


def test_repetitions_that_left_the_window_stay_counted() -> None:
    poses = figures.film(movements.lunge(4), fps=15)
    counter = LiveCounter(load_exercise("lunge"))
    counts = [counter.update(poses.between(now_s - 6, now_s), now_s).count for now_s in np.arange(0.3, 30, 0.7)]
    assert counts[-1] == 4


def test_a_fault_comes_with_its_advice() -> None:
    poses = figures.film(figures.squat(frozenset({"too_shallow"})), yaw_deg=90.0, fps=15)
    last = live(poses, "squat", 0.7)[-1]
    fault = analyze_exercise(poses, "squat").repetitions[-1].faults[0]
    assert (last.verdict, last.advice) == ("fault", fault.advice)


@pytest.mark.parametrize(
    ("movement", "exercise", "on_the_way"), [("squat", "squat", "down"), ("curl", "biceps-curl", "up")]
)
def test_the_phase_is_that_of_the_movement_under_way(movement: str, exercise: str, on_the_way: str) -> None:
    """The first repetition: at rest until 0.8 s, a second on the way, 0.2 s there, a second back."""
    figure = figures.squat(repetitions=1) if movement == "squat" else movements.curl(1)
    poses = figures.film(figure, yaw_deg=90.0, noise=0.003)
    counter = LiveCounter(load_exercise(exercise))
    back = {"down": "up", "up": "down"}[on_the_way]
    for now_s, phase in ((0.7, "rest"), (1.4, on_the_way), (2.5, back), (3.7, "rest")):
        assert counter.update(poses.between(0, now_s), now_s).phase == phase, now_s


def test_nobody_does_nothing() -> None:
    nobody = figures.film(figures.squat(), fps=15).between(1e6, 2e6)
    assert LiveCounter(load_exercise("squat")).update(nobody, 10.0) == LiveCount(0, "", None, "")


@pytest.mark.parametrize(("every", "reason"), [(1, ""), (5, "3.0 pictures a second are too few")])
def test_too_few_pictures_a_second_are_told(every: int, reason: str) -> None:
    poses = figures.film(figures.squat(), yaw_deg=90.0, fps=15)
    now = LiveCounter(load_exercise("squat")).update(poses.where(poses.frame % every == 0), float(poses.time_s[-1]))
    assert now.reason.startswith(reason)
    assert bool(now.reason) == (now.count == 0) == bool(reason)


@pytest.mark.shared
def test_a_real_clip_counts_live_as_it_does_afterwards(shared: Path) -> None:
    # Its middle can be cut into repetitions in two ways, and the analyses on the way do so.
    file, exercise = "deadlift_right_2.mp4", "deadlift"
    with (shared / "data" / "exercise" / "clips.csv").open(newline="") as table:
        expected = next(int(row["repetitions"]) for row in csv.DictReader(table) if row["file"] == file)
    with open_source(shared / "data" / "exercise" / file) as source:
        poses = PoseEstimator(pose="movenet-thunder+blazepose-full").estimate_video(source)
    for every_s, first_s in ((0.6, 0.1), (0.7, 0.5), (1.0, 0.3)):
        assert live(poses, exercise, every_s, first_s)[-1].count == expected
