"""Who is analysed, and what is said where there is little to analyse."""

from dataclasses import replace

import numpy as np
import pytest
from tests import figures
from tests.exercises import movements

from posespotter.errors import SettingsError
from posespotter.exercises import analyze_exercise, load_exercise
from posespotter.exercises.analyze import analyze_all
from posespotter.poses import PoseSequence


def beside(first: PoseSequence, second: PoseSequence, px: float = 1200.0) -> PoseSequence:
    """Two people in one picture, the second one to the right, as track 2."""
    other = replace(figures.moved(second, 1.0, (px, 0.0)), track_id=np.full(len(second), 2, np.int32))
    first = replace(first, frame_size=other.frame_size, n_frames=max(first.n_frames, other.n_frames))
    order = np.argsort(np.concatenate([first.frame, other.frame]), kind="stable")
    columns = {name: np.concatenate([array, getattr(other, name)])[order] for name, array in first.columns().items()}
    return replace(first, **columns)


@pytest.fixture(scope="module")
def squats() -> PoseSequence:
    return figures.film(figures.squat(repetitions=2))


@pytest.fixture(scope="module")
def stands() -> PoseSequence:
    return figures.film(movements.others()[0])


def test_who_does_most_of_it_is_chosen_and_all_who_do_it_are_analysed(squats: PoseSequence) -> None:
    both = beside(squats, figures.film(figures.squat(repetitions=3)))
    most, first = analyze_exercise(both, "squat"), analyze_exercise(both, "squat", person=1)
    assert (most.track_id, most.count, first.track_id, first.count) == (2, 3, 1, 2)
    assert [(one.track_id, one.count) for one in analyze_all(both, "squat")] == [(1, 2), (2, 3)]
    assert (analyze_exercise(both, "squat", person=1).track_id, analyze_exercise(both, "squat", person=1).count) == (
        1,
        2,
    )


def test_of_people_who_do_not_do_it_one_is_analysed(stands: PoseSequence) -> None:
    (one,) = analyze_all(beside(stands, stands), "squat")
    assert one.count == 0
    assert one.reason


def test_nobody(squats: PoseSequence) -> None:
    (one,) = analyze_all(squats.where(np.zeros(len(squats), bool)), "squat")
    assert (one.count, one.track_id, one.judged_share) == (0, None, 0)
    assert one.reason


@pytest.mark.parametrize("view", ["back", "", "above"])
def test_an_unknown_view_is_refused(squats: PoseSequence, view: str) -> None:
    with pytest.raises(SettingsError, match="view: expected one of auto, front, rear, left, right"):
        analyze_exercise(squats, "squat", view=view)  # type: ignore[arg-type]


def test_a_name_and_its_definition_give_the_same(squats: PoseSequence) -> None:
    by_name, by_file = analyze_exercise(squats, "squat"), analyze_exercise(squats, load_exercise("squat"))
    assert by_name.to_json() == by_file.to_json()


def test_a_view_that_is_given_is_that_of_every_repetition(squats: PoseSequence) -> None:
    analysis = analyze_exercise(squats, "squat", view="rear")
    assert {one.view for one in analysis.repetitions} == {analysis.view} == {"rear"}
