"""Exercises in poses whose times no camera makes: an answer, and no remark of a library."""

import warnings
from dataclasses import replace

import numpy as np
import pytest

from posespotter.exercises import analyze_exercise
from posespotter.poses import PoseSequence
from posespotter.synthetic.sample import sample_squats


@pytest.fixture(scope="module")
def squats() -> PoseSequence:
    return sample_squats()


@pytest.mark.parametrize("name", ["at once", "same", "months", "one late", "nearly twice"])
def test_times_that_no_camera_makes(squats: PoseSequence, name: str) -> None:
    n, time_s = len(squats), squats.time_s
    times = {
        "at once": np.arange(n) * 1e-12,
        "same": np.zeros(n),
        "months": np.arange(n) * 1e7,
        "one late": np.concatenate([np.arange(n - 1) * 1e-9, [1e7]]),
        "nearly twice": np.repeat(time_s[::2], 2)[:n] + np.tile([0, 1e-9], n)[:n],
    }[name]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        analysis = analyze_exercise(replace(squats, time_s=times), "squat")
    assert analysis.count == (5 if name == "nearly twice" else 0)
    assert analysis.count or "too short for one repetition" in analysis.reason


def test_a_gap_of_years_is_a_cut(squats: PoseSequence) -> None:
    late = np.where(np.arange(len(squats)) > len(squats) // 2, 1e9, 0)
    assert analyze_exercise(replace(squats, time_s=squats.time_s + late), "squat").count == 4
