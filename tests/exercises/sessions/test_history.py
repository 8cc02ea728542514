"""Sessions over time: means and spreads a person can check by hand, and dismissed findings that do not count."""

from datetime import date

import pytest

from posespotter.exercises.comparison import StoredAnalysis, StoredFault, StoredRepetition
from posespotter.exercises.sessions.history import past_session


def repetition(depth, *faults, start_s=0.0):
    return StoredRepetition(
        start_s=start_s, end_s=start_s + 2, verdict="fault" if faults else "good",
        metrics={"depth_deg": depth}, faults=tuple(StoredFault(name=name) for name in faults),
    )  # fmt: skip


def test_a_session_in_numbers():
    analysis = StoredAnalysis(
        exercise="squat", view="front",
        repetitions=(repetition(80.0, "shallow"), repetition(90.0), repetition(None, "shallow", "knees")),
    )  # fmt: skip
    found = past_session(analysis, date(2026, 5, 12), "walk.mp4", {(1, "shallow"), (2, "knees")})
    assert (found.repetitions, found.faults, found.dismissed) == (3, {"shallow": 1, "knees": 1}, 1)
    depth = found.metrics["depth_deg"]
    assert (depth.mean, depth.repetitions) == (85.0, 2)
    assert depth.spread == pytest.approx(7.0711, abs=1e-4)
    assert found.metrics["duration_s"].mean == 2


def test_nothing_measured_has_no_mean():
    found = past_session(
        StoredAnalysis(exercise="squat", view="front", repetitions=(repetition(None),)), date(2026, 5, 12), ""
    )
    assert (found.metrics["depth_deg"].mean, found.metrics["depth_deg"].spread) == (None, None)
