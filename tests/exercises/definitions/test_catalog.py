"""Exercise files: those that come along, and the messages for those that are wrong."""

import re
from pathlib import Path

import pytest
from tests import figures

from posespotter.errors import InputError, SettingsError
from posespotter.exercises import analyze_exercise, exercise_names, explain, load_exercise
from posespotter.exercises.definitions.catalog import parse_exercise

SMALL = """
name = "knee-bend"
title = "Knee bend"
about = "Both knees bend a little."

[[signal]]
measure = "knee_angle"
change = -20

[[check]]
name = "too_deep"
measure = "knee_angle"
statistic = "least"
below = 90
views = ["left", "right"]
advice = "Not so deep."
source = "An example."
"""


def test_the_exercises_that_come_along() -> None:
    names = exercise_names()
    assert names == (
        "biceps-curl", "deadlift", "lateral-raise", "lunge", "push-up", "shoulder-press", "sit-up", "squat",
    )  # fmt: skip
    for name in names:
        exercise = load_exercise(name)
        assert exercise.name == name
        assert exercise.source
        assert all(check.source and check.advice for check in exercise.check)
        assert exercise.title in explain(exercise)


def test_explain_says_where_limits_come_from() -> None:
    text = explain(load_exercise("squat"))
    for words in (
        "Schoenfeld 2010",
        "Knees inward [knees_inward]: a fault",
        "against hips and ankles at the bottom is less than 80 %",
        "from the front and behind",
        "a note, which leaves the repetition good",
    ):
        assert words in text


def test_a_small_file_is_enough(tmp_path) -> None:
    assert len(SMALL.strip().splitlines()) <= 30
    path = tmp_path / "my.toml"
    path.write_text(SMALL)
    assert load_exercise(path).check[0].limit == 90
    assert load_exercise(str(path)).name == "knee-bend"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            ("[[signal]]", "[[signals]]"),
            r"my.toml: key signal is missing \('signals' was found\); unknown key signals, did you mean 'signal'",
        ),
        (("change = -20", "chnge = -20"), r"signal\[1\].change is missing.*signal\[1\].chnge, did you mean 'change'"),
        (("advice", "advise"), r"unknown key check\[1\].advise, did you mean 'advice'"),
        (("title", "titel"), r"unknown key titel, did you mean 'title'"),
        (('"knee_angle"\nch', '"kne_angle"\nch'), r"signal\[1\].measure: unknown .* did you mean 'knee_angle'"),
        (('"knee_angle"\nch', '"height(hip, ankel)"\nch'), r"unknown joint 'ankel', did you mean 'ankle'"),
        (('"knee_angle"\nch', '"height(hip)"\nch'), r"height takes 2 joints in brackets"),
        (('"knee_angle"\nch', '"travel(hip)"\nch'), r"travel can be asked for in \[\[require\]\] only"),
        (('"knee_angle"\nch', '"drift(hip)"\nch'), r"drift can be asked for in \[\[require\]\] only"),
        (('"knee_angle"\nch', '"slope(hip, ankle)"\nch'), r"expected the slope of a limb \(.*slope\(hip, knee\)"),
        (
            ('advice = "N', 'finding = "{vlaue} deep"\nadvice = "N'),
            r"finding \(too_deep\): expected {value} and {limit}",
        ),
        (("change = -20", "change = 0"), r"signal\[1\].change: expected a number other than 0"),
        (("below = 90", "below = 90\nabove = 3"), r"check\[1\] \(too_deep\): expected either above or below"),
        (('"left", "right"', '"left", "top"'), r"check\[1\].views\[2\] \(too_deep\): expected 'front', .*, got 'top'"),
        (('"least"', '"leest"'), r"statistic \(too_deep\): expected 'worst', .*, got 'leest', did you mean 'least'\?"),
        (("change = -20", 'change = "far"'), r"signal\[1\].change: expected a number, got 'far'"),
        (("below = 90", "below = 90\nshortest_s = 1"), r"check\[1\].shortest_s, which belongs to the whole exercise"),
        (("title =", "title"), r"my.toml: expected an exercise as TOML, .*line 3"),
    ],
)
def test_a_wrong_file_is_told_by_file_key_and_nearest_key(change, message) -> None:
    with pytest.raises(InputError, match=message):
        parse_exercise(SMALL.replace(*change), "my.toml")


def test_what_follows_from_another_error_is_not_told() -> None:
    with pytest.raises(InputError) as error:
        parse_exercise(SMALL.replace('"knee_angle"\nch', '"kne_angle"\nch'), "my.toml")
    assert str(error.value) == "my.toml: signal[1].measure: unknown measure 'kne_angle', did you mean 'knee_angle'?"


def test_files_that_are_not_there() -> None:
    with pytest.raises(InputError, match="cannot be read: No such file"):
        load_exercise("nothing.toml")
    with pytest.raises(SettingsError, match="expected one of: biceps-curl"):
        load_exercise("swimming")


def test_the_page_on_adding_an_exercise_tells_the_truth() -> None:
    """Its file, with the level that it shows, counts what it says."""
    page = (Path(__file__).parents[3] / "docs" / "how-to" / "add-an-exercise.md").read_text("utf-8")
    exercise = parse_exercise("\n".join(re.findall(r"```toml\n(.*?)```", page, re.DOTALL)), "calf.toml")
    way, seconds = figures.there_and_back(3)

    def at(t: figures.Floats) -> figures.Joints:
        heels = 0.06 * way(t)
        hips = figures.points(0 * t, 0, figures.standing_hips(len(t)) + heels)
        return figures.upright(hips, 2.0, heels=heels)

    poses = figures.film(figures.Figure("calf raise", seconds, at, 3), yaw_deg=90, noise=0.003)
    analysis = analyze_exercise(poses, exercise)
    assert [(one.verdict, one.level) for one in analysis.repetitions] == [("good", "high")] * 3
