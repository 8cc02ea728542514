"""Judging one repetition: tables of values against limits, on squats whose angles are known."""

import numpy as np
import pytest
from tests import figures

from posespotter.exercises import ExerciseAnalysis, analyze_exercise, load_exercise
from posespotter.exercises.checks import compared
from posespotter.exercises.definitions.definition import CheckRule


def rule(**values: object) -> CheckRule:
    given = {"name": "a_check", "measure": "knee_angle", "above": 200.0, "advice": "Less.", "source": "Our choice."}
    return CheckRule.model_validate(given | values)


def judged_by(check: CheckRule, yaw: float = 90.0, **options: object) -> ExerciseAnalysis:
    """Two squats from the side, of which this is the only check."""
    squat = load_exercise("squat").model_copy(update={"check": (check,), "core": (), "unseen": ""})
    return analyze_exercise(figures.film(figures.squat(repetitions=2), yaw_deg=yaw, **options), squat)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"above": 200.0}, "good"),  # no knee opens so far
        ({"above": 90.0}, "fault"),  # all of the way down and up
        ({"above": 90.0, "severity": "note"}, "note"),
        ({"above": None, "below": 20.0}, "good"),
        ({"above": None, "below": 130.0, "statistic": "least"}, "fault"),
        ({"above": None, "below": 130.0, "statistic": "most"}, "good"),
        ({"above": None, "below": 130.0, "for_s": 5.0}, "borderline"),  # beyond it, but not for so long
        ({"above": 5.0, "statistic": "range"}, "fault"),
        ({"above": 20.0, "from_rest": True, "absolute": True}, "fault"),
        ({"measure": None, "statistic": "seconds", "above": 60.0}, "good"),
        ({"measure": None, "statistic": "seconds", "above": 0.5}, "fault"),
        ({"views": ["front"]}, "cannot_tell"),
    ],
)
def test_outcomes(values: dict[str, object], expected: str) -> None:
    analysis = judged_by(rule(**values))
    assert [check.verdict for one in analysis.repetitions for check in one.checks] == [expected] * 2


def test_a_value_within_the_error_of_its_limit_is_borderline_on_either_side() -> None:
    (check,) = judged_by(rule(above=None, below=20.0, statistic="least")).repetitions[0].checks
    least, error = check.value, check.error
    assert least is not None
    assert error > 0
    for limit in (least - 0.5 * error, least + 0.5 * error):
        analysis = judged_by(rule(above=None, below=limit, statistic="least"))
        assert analysis.repetitions[0].checks[0].verdict == "borderline"
        assert all(fault.severity == "note" and fault.borderline for fault in analysis.repetitions[0].faults)
    for limit, verdict in ((least - 2 * error, "good"), (least + 2 * error, "fault")):
        assert judged_by(rule(above=None, below=limit, statistic="least")).repetitions[0].checks[0].verdict == verdict


@pytest.mark.parametrize(
    ("yaw", "expected"),
    [
        (0.0, "seen from the front; this is judged from the side"),
        (180.0, "seen from behind; this is judged from the side"),
        (45.0, "seen at an angle; this is judged from the side"),
    ],
)
def test_why_a_view_does_not_do(yaw: float, expected: str) -> None:
    analysis = judged_by(rule(views=["left", "right"]), yaw)
    assert {check.reason for one in analysis.repetitions for check in one.checks} == {expected}


def test_a_fault_names_its_moment_its_joints_and_its_limit() -> None:
    analysis = judged_by(rule(above=90.0, finding="{value} is more than {limit}"))
    for one in analysis.repetitions:
        (fault,) = one.faults
        assert one.start_frame <= fault.start_frame <= fault.end_frame <= one.end_frame
        assert fault.value > fault.limit == 90.0
        assert fault.joints == ("hip", "knee", "ankle")
        assert fault.finding.endswith("is more than 90°")


@pytest.mark.parametrize(("absolute", "expected"), [(False, [-10.0, 0.0, 10.0]), (True, [10.0, 0.0, 10.0])])
def test_values_are_compared_from_rest(absolute: bool, expected: list[float]) -> None:
    check = rule(from_rest=True, absolute=absolute)
    np.testing.assert_array_equal(compared(check, np.array([160.0, 170.0, 180.0]), 170.0), expected)
