"""The curves behind an analysis: where they are known, and where a fault shows best."""

from dataclasses import replace

import numpy as np
import pytest
from tests import figures

from posespotter.exercises import ExerciseAnalysis, analyze_exercise
from posespotter.exercises.curves import Curves
from posespotter.exercises.definitions.vocabulary import parse_measure
from posespotter.poses import PoseSequence

KNEE = parse_measure("knee_angle")


@pytest.fixture(scope="module")
def poses() -> PoseSequence:
    return figures.film(figures.squat({"knees_inward"}, repetitions=2))


@pytest.fixture(scope="module")
def analysis(poses: PoseSequence) -> ExerciseAnalysis:
    return analyze_exercise(poses, "squat")


def test_a_moment_a_frame(poses: PoseSequence, analysis: ExerciseAnalysis) -> None:
    curves = Curves(poses, analysis)
    np.testing.assert_array_equal(curves.frame, poses.frame)
    np.testing.assert_array_equal(curves.time_s, poses.time_s)
    assert curves.values(KNEE, "mean").shape == poses.time_s.shape


def test_the_least_of_the_curve_is_what_the_analysis_says(poses: PoseSequence, analysis: ExerciseAnalysis) -> None:
    curves = Curves(poses, analysis)
    for one in analysis.repetitions:
        during = (curves.time_s >= one.start_s) & (curves.time_s <= one.end_s)
        least = float(np.nanmin(curves.values(KNEE, "mean")[during]))
        assert least == pytest.approx(one.metrics["knee_angle_min_deg"], abs=2)


def test_a_fault_is_shown_where_it_is_worst(poses: PoseSequence, analysis: ExerciseAnalysis) -> None:
    curves = Curves(poses, analysis)
    for one in analysis.repetitions:
        (fault,) = (fault for fault in one.faults if fault.name == "knees_inward")
        time_s, values = curves.of_fault(fault, one)
        assert time_s[0] < one.start_s < one.end_s < time_s[-1]
        during = (time_s >= fault.start_s) & (time_s <= fault.end_s)
        assert float(np.nanmean(values[during])) == pytest.approx(fault.value, abs=1e-6)  # judged by the mean
        assert fault.start_frame <= curves.worst_frame(fault, one) <= fault.end_frame


def test_a_fault_that_the_exercise_does_not_know_has_no_curve(poses: PoseSequence, analysis: ExerciseAnalysis) -> None:
    curves, repetition = Curves(poses, analysis), analysis.repetitions[0]
    fault = replace(repetition.faults[0], name="no_such_check")
    assert [len(part) for part in curves.of_fault(fault, repetition)] == [0, 0]
    assert curves.worst_frame(fault, repetition) == (fault.start_frame + fault.end_frame) // 2


def test_nobody_has_no_curves(poses: PoseSequence) -> None:
    nobody = poses.where(np.zeros(len(poses), bool))
    curves = Curves(nobody, analyze_exercise(nobody, "squat"))
    assert len(curves.frame) == len(curves.time_s) == len(curves.values(KNEE, "mean")) == 0
