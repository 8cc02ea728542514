"""The schema of exercise files: what it accepts, what it refuses, and limits for one person."""

import pytest
from pydantic import ValidationError

from posespotter.exercises.definitions.definition import CheckRule, ExerciseDefinition, Level, Metric, Require, Signal

SIGNAL = {"measure": "knee_angle", "change": -30.0}
CHECK = {"name": "too_far", "measure": "knee_angle", "above": 100.0, "advice": "Less.", "source": "Our choice."}
EXERCISE = {"name": "bend", "title": "Bend", "about": "Bend.", "signal": [SIGNAL], "check": [CHECK]}


@pytest.mark.parametrize(
    ("kind", "values", "message"),
    [
        (Signal, SIGNAL | {"change": 0.0}, "other than 0"),
        (Signal, SIGNAL | {"measure": "travel(ankle)"}, r"in \[\[require\]\] only"),
        (Signal, SIGNAL | {"measure": "knie_angle"}, "did you mean 'knee_angle'"),
        (Metric, {"name": "m", "measure": "drift(foot)", "statistic": "most"}, r"in \[\[require\]\] only"),
        (Require, {"measure": "knee_angle"}, "expected least, most or both"),
        (CheckRule, CHECK | {"below": 50.0}, "either above or below"),
        (CheckRule, CHECK | {"above": None}, "either above or below"),
        (CheckRule, CHECK | {"measure": None}, "expected a measure"),
        (CheckRule, CHECK | {"statistic": "seconds"}, "expected a measure"),
        (CheckRule, CHECK | {"confirmed_by": "hip_angle", "statistic": "most"}, "confirmed_by goes with"),
        (CheckRule, CHECK | {"finding": "{speed} is too fast"}, "no other braces"),
        (CheckRule, CHECK | {"name": "Too far"}, "string_pattern_mismatch|should match pattern"),
        (CheckRule, CHECK | {"abve": 3.0}, "extra"),
        (Level, {"metric": "m", "names": ["a", "b"], "limits": [1.0, 2.0], "source": "s"}, "one fewer than names"),
        (Level, {"metric": "m", "names": ["a", "b", "c"], "limits": [2.0, 1.0], "source": "s"}, "ascending limits"),
        (ExerciseDefinition, EXERCISE | {"signal": []}, "at least 1"),
        (ExerciseDefinition, EXERCISE | {"core": [["no_such_check"]]}, r"core: expected groups .*too_far"),
        (ExerciseDefinition, EXERCISE | {"core": [[]]}, "core: expected groups"),
        (
            ExerciseDefinition,
            EXERCISE | {"level": {"metric": "depth", "names": ["a"], "limits": [], "source": "s"}},
            "level: expected the name of a metric",
        ),
    ],
)
def test_refused(kind: type, values: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        kind.model_validate(values)


def test_defaults_and_units() -> None:
    exercise = ExerciseDefinition.model_validate(EXERCISE)
    (check,) = exercise.check
    assert (exercise.plane, exercise.work, exercise.shortest_s, exercise.longest_s) == ("sagittal", "bottom", 0.5, 15.0)
    assert (check.limit, check.unit, check.for_s, check.severity) == (100.0, "deg", 0.2, "fault")
    assert exercise.form == ("too_far",)
    assert exercise.decisive == (("too_far",),)  # without a core every fault decides


def test_a_note_decides_nothing() -> None:
    exercise = ExerciseDefinition.model_validate(EXERCISE | {"check": [CHECK | {"severity": "note"}]})
    assert exercise.form == ()


def test_a_check_of_time_is_in_seconds() -> None:
    check = CheckRule.model_validate(CHECK | {"measure": None, "statistic": "seconds"})
    assert check.unit == "s"
    with pytest.raises(ValueError, match="measures time"):
        _ = check.parsed


@pytest.mark.parametrize("side", ["above", "below"])
def test_a_limit_for_one_person_keeps_its_side_and_the_usual_one(side: str) -> None:
    given = CHECK | {"above": None, side: 100.0}
    check = CheckRule.model_validate(given).limited(80.0, "new knee")
    assert (getattr(check, side), check.limit, check.instead_of, check.reason) == (80.0, 80.0, 100.0, "new knee")
    again = check.limited(70.0, "")
    assert (again.limit, again.instead_of) == (70.0, 100.0)
