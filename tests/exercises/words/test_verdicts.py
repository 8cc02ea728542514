"""Verdicts: good needs evidence, and the words say how much there was."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import figures

from posespotter.exercises import analyze_exercise, exercise_names, load_exercise
from posespotter.exercises.comparison import compare, stored
from posespotter.exercises.words.verdicts import MARKS, VERDICTS, verdict_of, verdict_words
from posespotter.exercises.words.wording import apart

FORM = ("depth", "knees", "trunk")
CORE = (("depth",), ("knees", "trunk"))
OUTCOMES = ("good", "fault", "borderline", "cannot_tell")


def test_good_needs_what_makes_the_exercise() -> None:
    for depth, knees, trunk in product(OUTCOMES, repeat=3):
        verdict = verdict_of({"depth": depth, "knees": knees, "trunk": trunk, "pace": "note"}, FORM, CORE)
        if "fault" in (depth, knees, trunk):
            assert verdict == "fault"
        elif depth == "good" and "good" in (knees, trunk):
            assert verdict == "good"
        elif "good" in (depth, knees, trunk):
            assert verdict == "nothing_wrong_seen"
        else:
            assert verdict == "cannot_tell"


def test_words() -> None:
    assert verdict_words("nothing_wrong_seen", 4, 11) == "nothing wrong seen (4 of 11 checks judged)"
    assert verdict_words("good", 4, 11) == "good"
    assert VERDICTS.keys() == MARKS.keys()


def test_every_shipped_file_names_what_makes_its_exercise() -> None:
    for name in exercise_names():
        definition = load_exercise(name)
        assert definition.decisive
        assert {check for group in definition.decisive for check in group} <= set(definition.form)


@pytest.mark.parametrize(("thigh", "verdict"), [(30, "fault"), (46, "fault"), (59, "borderline"), (72, "good")])
def test_near_the_limit_is_borderline(thigh: float, verdict: str) -> None:
    """A half squat has knees at 103° or less, and one camera is off by some degrees."""
    analysis = analyze_exercise(figures.film(figures.squat(thigh=thigh, hold_s=0.5), yaw_deg=90), "squat")
    outcomes = [
        (check.verdict, one.verdict) for one in analysis.repetitions for check in one.checks
        if check.name == "too_shallow"
    ]  # fmt: skip
    assert {outcome for outcome, _ in outcomes} == {verdict}
    if verdict == "borderline":
        assert {judged for _, judged in outcomes} == {"nothing_wrong_seen"}
        near = [fault for one in analysis.repetitions for fault in one.faults if fault.borderline]
        assert {fault.severity for fault in near} <= {"note"}


@given(value=st.floats(0.001, 200), by=st.floats(1e-4, 1), unit=st.sampled_from(["deg", "body lengths", "ratio", "s"]))
def test_sentences_are_true_as_rounded(value: float, by: float, unit: str) -> None:
    told, limit = apart(value, value + by, unit)
    assert told != limit
    numbers = [float(text.split(" ")[0].rstrip("°")) for text in (told, limit)]
    assert numbers[0] < numbers[1]


def test_a_comparison_does_not_take_not_judged_for_better() -> None:
    front = analyze_exercise(figures.film(figures.squat({"knees_inward"})), "squat")
    side = analyze_exercise(figures.film(figures.squat(), yaw_deg=90), "squat")
    change = compare(stored(front), stored(side))
    (knees,) = [fault for fault in change.faults if fault.name == "knees_inward"]
    assert (knees.first, knees.first_judged, knees.second, knees.second_judged) == (3, 3, 0, 0)
    assert any("knees inward could not be judged" in caution for caution in change.cautions)
    april = stored(front).model_copy(update={"source": "april.mp4", "pose_model": "one"})
    may = april.model_copy(update={"source": "may.mp4", "pose_model": "another"})
    cautions = " ".join(compare(april, may).cautions)
    assert "same person is taken on trust" in cautions
    assert "different models (one, another)" in cautions
    assert "on trust" not in " ".join(compare(april, may, one_person=True).cautions)
    assert "different people" in " ".join(compare(april, april.model_copy(update={"track_ids": (7,)})).cautions)
