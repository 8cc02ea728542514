"""Verdicts: good needs evidence, and the words say how much there was."""

from itertools import product

from posespotter.exercises import exercise_names, load_exercise
from posespotter.exercises.verdicts import MARKS, VERDICTS, verdict_of, verdict_words

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
