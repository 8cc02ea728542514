"""A limit for one person: judged by it, told with the usual one; a therapist's word: followed by the analysis."""

import pytest
from tests import figures

from posespotter.exercises import analyze_exercise, load_exercise, to_document
from posespotter.exercises.comparison import compare, stored
from posespotter.exercises.words.explanation import own_limits
from posespotter.exercises.words.judgements import Said, overruled
from posespotter.exercises.words.phrases import summary


@pytest.fixture(scope="module")
def knees_in():
    return figures.film(figures.squat({"knees_inward"}, repetitions=2))


def test_who_has_a_limit_of_their_own_is_judged_by_it_and_told_so():
    squat = load_exercise("squat").limited({"too_shallow": (60.0, "new knee"), "no_such_check": (1.0, "")})
    assert [(rule.name, rule.limit, rule.instead_of) for rule in squat.of_person] == [("too_shallow", 60.0, 103.0)]
    assert own_limits(squat) == "Too shallow, limit for this person: 60° instead of 103° (new knee)."
    poses = figures.film(figures.squat({"shallow"}, repetitions=1), yaw_deg=90)
    analysis = analyze_exercise(poses, squat)
    (fault,) = [one for one in analysis.repetitions[0].faults if one.name == "too_shallow"]
    assert fault.limit == 60
    assert fault.finding.startswith("the knee angle was ")
    assert "(limit for this person: 60° instead of 103°)" in fault.finding
    assert to_document([analysis])["person_limits"] == [
        {"check": "too_shallow", "limit": 60.0, "instead_of": 103.0, "unit": "deg", "reason": "new knee"}
    ]


def test_a_wider_limit_lets_a_fault_pass(knees_in):
    usual = analyze_exercise(knees_in, "squat")
    wider = analyze_exercise(knees_in, load_exercise("squat").limited({"knees_inward": (0.0, "")}))
    assert [one.verdict for one in usual.repetitions] == ["fault", "fault"]
    assert "fault" not in [one.verdict for one in wider.repetitions]
    (caution,) = [one for one in compare(stored(usual), stored(wider)).cautions if "limit" in one]
    assert caution == "The limit of knees inward was 80 % in the first, 0 % in the second."


def test_a_limit_set_twice_is_still_instead_of_the_usual_one():
    (rule,) = load_exercise("squat").limited({"drops_down": (0.3, "")}).limited({"drops_down": (0.2, "")}).of_person
    assert (rule.below, rule.above, rule.instead_of) == (0.2, None, 0.4)


def test_nothing_set_is_nothing_told():
    assert own_limits(load_exercise("squat")) == ""
    assert to_document([analyze_exercise(figures.film(figures.squat()), "squat")])["person_limits"] == []


def test_what_is_dismissed_is_no_fault_of_its_repetition_alone(knees_in):
    analysis = analyze_exercise(knees_in, "squat")
    followed = overruled(analysis, Said(dismissed=frozenset({(1, "knees_inward")})))
    assert [one.verdict for one in followed.repetitions] == ["good", "fault"]
    assert followed.repetitions[1] == analysis.repetitions[1]
    assert summary(followed) == "2 repetitions, 1 good, 1 with a fault: knees inward in repetition 2."
    assert {check.name: check.verdict for check in followed.repetitions[0].checks}["knees_inward"] == "good"


def test_what_is_confirmed_changes_nothing(knees_in):
    analysis = analyze_exercise(knees_in, "squat")
    assert overruled(analysis, Said(confirmed=frozenset({(1, "knees_inward")}))).repetitions == analysis.repetitions
