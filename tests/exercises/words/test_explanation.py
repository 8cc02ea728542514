"""Exercise files in plain words."""

import pytest

from posespotter.exercises import exercise_names, explain, load_exercise
from posespotter.exercises.definitions.definition import CheckRule, ExerciseDefinition, Require, Signal
from posespotter.exercises.words.explanation import condition, counted, seen_from


def rule(**values: object) -> CheckRule:
    given = {"name": "a_fault", "measure": "knee_angle", "above": 100.0, "advice": "Less.", "source": "Our choice."}
    return CheckRule.model_validate(given | values)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, "If the knee angle is more than 100°, for at least 0.2 s"),
        (
            {"above": None, "below": 90.0, "during": "hold"},
            "If the knee angle at the bottom is less than 90°, for at least 0.2 s",
        ),
        ({"statistic": "least", "during": "down"}, "If the least knee angle on the way there is more than 100°"),
        ({"statistic": "range"}, "If the change of the knee angle is more than 100°"),
        (
            {"side": "difference", "statistic": "most"},
            "If the greatest difference between the sides in knee angle is more than 100°",
        ),
        (
            {"from_rest": True},
            "If the knee angle is more than 100° different from the person's own rest, for at least 0.2 s",
        ),
        ({"measure": None, "statistic": "seconds", "above": 3.0}, "If the time of a repetition is more than 3 s"),
        (
            {"measure": None, "statistic": "seconds", "above": 3.0, "during": "up"},
            "If the time on the way back is more than 3 s",
        ),
    ],
)
def test_condition(values: dict[str, object], expected: str) -> None:
    assert condition(rule(**values), "bottom") == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, "Can be judged from any side."),
        ({"views": ["front", "rear"]}, "Can be judged from the front and behind."),
        (
            {"views": ["front"], "views_3d": ["oblique"]},
            "Can be judged from the front, and with joints in 3-D from an angle.",
        ),
    ],
)
def test_seen_from(values: dict[str, object], expected: str) -> None:
    assert seen_from(rule(**values)) == expected


def test_what_counts() -> None:
    exercise = ExerciseDefinition(
        name="bend",
        title="Bend",
        about="Bend.",
        signal=(Signal(measure="height(hip, ankle)", change=-0.1),),
        require=(Require(measure="knee_angle", at="rest", least=150, most=190),),
    )
    assert counted(exercise) == [
        "the height of the hips above the ankles falls by at least 10 % of body height, and comes back",
        "before and after, the knee angle is at least 150° and at most 190°",
        "it lasts 0.5 to 15 s, of which at most 5 s at the bottom",
    ]


@pytest.mark.parametrize("name", exercise_names())
def test_every_exercise_is_explained_in_a_hundred_columns_with_each_limit_and_its_source(name: str) -> None:
    exercise = load_exercise(name)
    text = explain(exercise)
    assert max(len(line) for line in text.splitlines()) <= 100
    assert text.count("Where the limit comes from: ") == len(exercise.check)
    for check in exercise.check:
        assert f"[{check.name}]" in text
