from dataclasses import replace

import pytest
from tests import figures
from tests.exercises import movements

from posespotter.exercises import ExerciseAnalysis, analyze_exercise
from posespotter.exercises.words import phrases as words


def from_the_floor() -> figures.Figure:
    """A deadlift that begins and ends at the floor."""
    whole = movements.deadlift(2)
    # Each repetition takes 3 s after its rest of 0.8 s: from the first turn at 1.9 s to the second at 4.9 s.
    return figures.Figure("deadlift", 3.0, lambda t: whole.at(t + 1.9))


@pytest.fixture(scope="module")
def good() -> ExerciseAnalysis:
    return analyze_exercise(figures.film(figures.squat()), "squat")


@pytest.fixture(scope="module")
def inward() -> ExerciseAnalysis:
    return analyze_exercise(figures.film(figures.squat({"knees_inward"}, repetitions=1)), "squat")


@pytest.mark.parametrize(
    ("indices", "expected"),
    [([2], "2"), ([1, 2], "1 and 2"), ([3, 1, 2], "1 to 3"), ([1, 3, 4, 5, 9], "1, 3 to 5 and 9"), ([1, 1], "1")],
)
def test_numbers(indices: list[int], expected: str) -> None:
    assert words.numbers(indices) == expected


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (84.13, "deg", "84°"),
        (0.1234, "body lengths", "12 % of body height"),
        (0.0351, "body lengths", "3.5 % of body height"),
        (0.04, "body lengths", "4 % of body height"),
        (0.714, "ratio", "71 %"),
        (0.4, "s", "0.4 s"),
        (-0.02, "body lengths", "−2 % of body height"),
        (-0.0001, "body lengths", "0 % of body height"),
        (None, "deg", "–"),
    ],
)
def test_quantity(value: float | None, unit: str, expected: str) -> None:
    assert words.quantity(value, unit) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("knee_angle_min_deg", ("knee angle, least", "deg")),
        ("hip_drop_bl", ("hip drop", "body lengths")),
        ("knee_alignment_bottom_ratio", ("knee alignment, at the bottom", "ratio")),
        ("duration_s", ("duration", "s")),
        ("swing", ("swing", "")),
    ],
)
def test_metric_words(name: str, expected: tuple[str, str]) -> None:
    assert words.metric_words(name) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"), [(7.44, "0:07.4"), (59.97, "1:00.0"), (75, "1:15.0"), (-0.01, "0:00.0")]
)
def test_clock(seconds: float, expected: str) -> None:
    assert words.clock(seconds) == expected


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("knee_angle", "knee angle"),
        ("height(hip, ankle)", "height of the hips above the ankles"),
        ("angle(hip, shoulder, elbow)", "shoulder angle"),
        ("tilt(shoulder)", "tilt of the shoulders"),
        ("slope(hip, knee)", "thigh above level"),
        ("angle(shoulder, hip, ankle)", "angle at the hip between shoulder and ankle"),
        ("distance(shoulder, wrist)", "distance from the shoulders to the wrists"),
    ],
)
def test_measure_words(measure: str, expected: str) -> None:
    assert words.measure_words(measure) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("", ""), ("the trunk leaned 60°", "The trunk leaned 60°."), ("Done.", "Done.")]
)
def test_sentence(text: str, expected: str) -> None:
    assert words.sentence(text) == expected


def test_summary_of_good_ones(good: ExerciseAnalysis) -> None:
    assert words.summary(good) == "3 repetitions, all good."
    assert words.coverage(good).startswith("Seen from the front, ")


def test_summary_of_one_fault(inward: ExerciseAnalysis) -> None:
    assert words.summary(inward) == "1 repetition, with a fault: knees inward."


def test_summary_of_several(good: ExerciseAnalysis, inward: ExerciseAnalysis) -> None:
    first, second, third = good.repetitions
    bad = replace(second, verdict="fault", faults=inward.repetitions[0].faults)
    mixed = replace(good, repetitions=(first, bad, third))
    assert words.summary(mixed) == "3 repetitions, 2 good, 1 with a fault: knees inward in repetition 2."
    both = replace(good, repetitions=(replace(bad, index=1), bad, replace(third, verdict="cannot_tell")))
    assert words.summary(both) == (
        "3 repetitions, 1 that could not be judged, 2 with faults: knees inward in repetitions 1 and 2."
    )


def test_summary_of_nothing(good: ExerciseAnalysis) -> None:
    nothing = replace(good, repetitions=(), reason="nobody was found in the clip")
    assert words.summary(nothing) == "No repetitions: nobody was found in the clip."
    assert not words.coverage(nothing)
    assert not words.notes(nothing)


@pytest.mark.parametrize(
    ("figure", "exercise", "expected"),
    [
        (figures.squat(repetitions=1), "squat", "bottom"),
        (movements.curl(1), "biceps-curl", "top"),
        (movements.deadlift(1), "deadlift", "bottom"),
        (from_the_floor(), "deadlift", "top"),
    ],
)
def test_far_end(figure: figures.Figure, exercise: str, expected: str) -> None:
    analysis = analyze_exercise(figures.film(figure, yaw_deg=90), exercise)
    assert [words.far_end(analysis, repetition) for repetition in analysis.repetitions] == [expected]
