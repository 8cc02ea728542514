"""A person's own norm: what is usual, and from where on a change is one."""

import math

import pytest

from posespotter.errors import InputError
from posespotter.exercises.baseline import DURATION, against, baseline_of, distance, progress
from posespotter.exercises.comparison import StoredAnalysis, StoredRepetition


def session(
    values: list[float | None], *, exercise: str = "squat", view: str = "left", source: str = "one.mp4"
) -> StoredAnalysis:
    repetitions = tuple(
        StoredRepetition(start_s=0.0, end_s=2.0 + 0.1 * (i % 2), verdict="good", metrics={"knee_deg": value})
        for i, value in enumerate(values)
    )
    return StoredAnalysis(exercise=exercise, view=view, source=source, repetitions=repetitions)


def test_the_mean_the_spread_and_the_least_change() -> None:
    norm = baseline_of([session([88, 90, 92]), session([94, 96, 98])]).metrics["knee_deg"]
    assert (norm.mean, norm.sessions, norm.repetitions) == (93, 2, 6)
    assert norm.spread == pytest.approx(2)  # within each session
    assert norm.sem == pytest.approx(math.sqrt(18))  # of the means 90 and 96
    assert norm.mdc == pytest.approx(1.96 * math.sqrt(2) * norm.sem)


def test_of_sessions_that_agree_by_chance_the_repetitions_decide() -> None:
    norm = baseline_of([session([88, 90, 92]), session([88, 90, 92])]).metrics["knee_deg"]
    assert norm.sem == pytest.approx(2 / math.sqrt(3))


@pytest.mark.parametrize(
    ("values", "finding"), [([99, 101, 103], "within"), ([120, 122, 124], "changed"), ([None, None], "cannot_tell")]
)
def test_a_change_is_one_beyond_the_least_change_only(values: list[float | None], finding: str) -> None:
    norm = baseline_of([session([88, 90, 92]), session([94, 96, 98])])
    change = next(one for one in against(norm, session(values)).changes if one.name == "knee_deg")
    assert change.finding == finding


def test_the_distance_is_in_the_persons_own_spreads() -> None:
    norm = baseline_of([session([88, 90, 92, 90, 90])])
    spread = norm.metrics["knee_deg"].spread
    away = StoredRepetition(start_s=0, end_s=norm.metrics[DURATION].mean, verdict="good",
                            metrics={"knee_deg": 90 + 3 * spread})  # fmt: skip
    assert distance(norm, away) == pytest.approx(3 / math.sqrt(2))


def test_progress_keeps_the_order_and_knows_the_norm() -> None:
    good = [session([88, 90, 92], source="a"), session([94, 96, 98], source="b")]
    found = progress(good, [session([120, 122, 124], source="c")])
    assert [one.source for one in found.sessions] == ["a", "b", "c"]
    assert found.in_norm == (True, True, False)
    assert found.to_json()["sessions"][2]["changes"][1]["finding"] == "changed"


@pytest.mark.parametrize(
    ("other", "says"),
    [
        (session([1.0] * 5, exercise="lunge"), "expected a session of squat"),
        (session([1.0] * 5, view="front"), "seen from the left as in the baseline, got one seen from the front"),
    ],
)
def test_other_exercises_and_views_are_refused(other: StoredAnalysis, says: str) -> None:
    with pytest.raises(InputError, match=says):
        baseline_of([session([1.0] * 5), other])
    with pytest.raises(InputError, match=says):
        against(baseline_of([session([1.0, 2, 3, 4, 5])]), other)


def test_too_few_repetitions_are_refused() -> None:
    with pytest.raises(InputError, match="at least 5 repetitions"):
        baseline_of([session([1, 2, 3])])
