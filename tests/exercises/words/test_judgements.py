"""A therapist's judgements: what is dismissed no longer counts, and nothing else changes."""

import pytest
from tests import figures

from posespotter.exercises import ExerciseAnalysis, analyze_exercise
from posespotter.exercises.words.judgements import Said, dismissed_in, overruled


@pytest.fixture(scope="module")
def analysis() -> ExerciseAnalysis:
    return analyze_exercise(figures.film(figures.squat({"knees_inward"}, repetitions=2)), "squat")


def test_nothing_said_changes_nothing(analysis: ExerciseAnalysis) -> None:
    assert not Said()
    assert overruled(analysis, Said()).repetitions == analysis.repetitions
    assert overruled(analysis, Said(confirmed=frozenset({(1, "knees_inward")}))).repetitions == analysis.repetitions
    assert overruled(analysis, Said(comments={(1, "knees_inward"): "see it"})).repetitions == analysis.repetitions


@pytest.mark.parametrize("finding", [(3, "knees_inward"), (1, "no_such_check")])
def test_what_was_not_found_cannot_be_dismissed(analysis: ExerciseAnalysis, finding: tuple[int, str]) -> None:
    said = Said(dismissed=frozenset({finding}))
    assert all(dismissed_in(one, said) == [] for one in analysis.repetitions)
    assert overruled(analysis, said).repetitions == analysis.repetitions


def test_all_dismissed_faults_leave_good_repetitions(analysis: ExerciseAnalysis) -> None:
    everything = frozenset((one.index, fault.name) for one in analysis.repetitions for fault in one.faults)
    assert everything
    followed = overruled(analysis, Said(dismissed=everything))
    assert [one.verdict for one in followed.repetitions] == ["good", "good"]
    assert [one.faults for one in followed.repetitions] == [(), ()]
    assert [one.metrics for one in followed.repetitions] == [one.metrics for one in analysis.repetitions]
