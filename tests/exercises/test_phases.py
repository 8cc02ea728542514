"""The phase machine on signals that can be drawn by hand: 1 is the least movement that counts."""

import numpy as np
import pytest

from posespotter.exercises.phases import find_cycles, phases_of, turning_points


def path(*points: float) -> np.ndarray:
    """Straight lines through the points, 10 steps each."""
    return np.interp(np.arange(10 * (len(points) - 1) + 1) / 10, np.arange(len(points)), points)


@pytest.mark.parametrize(
    ("signal", "cycles"),
    [
        (path(0, 2, 0), 1),
        (path(0, 2, 0, 2, 0, 2, 0), 3),
        (path(0, 0.9, 0), 0),  # too small
        (path(0, 2), 0),  # never comes back
        (path(2, 0), 0),  # never went
        (path(2, 0, 2, 0, 2), 1),  # begins and ends at the far end: only the middle is whole
        (path(0, 2, 1, 2, 0), 1),  # half way back is not back
        (path(0, 2, 0.5, 2, 0), 2),  # three quarters are
        (path(0, 2, 2, 2, 1.8, 2, 0), 1),  # trembles
        (path(0, 2, 1), 0),
        (path(1, 2, 0), 0),  # did not begin at rest
        (path(0, 0), 0),
        (np.concatenate([path(0, 2), [np.nan], path(2, 0)]), 0),  # a gap takes it
        (np.full(5, np.nan), 0),
        (np.zeros(0), 0),
    ],
)
def test_cycles(signal, cycles) -> None:
    assert len(find_cycles(signal)) == cycles


def test_places() -> None:
    (cycle,) = find_cycles(path(0, 0, 2, 2, 0, 0))
    assert (cycle.start, cycle.hold_start, cycle.hold_end, cycle.end) == pytest.approx((11, 19, 31, 39), abs=1)
    assert 20 <= cycle.work <= 30
    assert cycle.before <= cycle.start < cycle.end <= cycle.after


def test_turning_points() -> None:
    assert turning_points(path(0, 1, 0.7, 2, 0), 0.4) == [(0, False), (30, True), (40, False)]


@pytest.mark.parametrize(
    ("signal", "phases"),
    [
        (path(0, 0, 2, 2, 0, 0), ["rest", "down", "hold", "up", "rest"]),
        (path(2, 2, 0, 0), ["hold", "up", "rest"]),  # began at the far end
        (path(0, 0, 2, 2, 2), ["rest", "down", "hold"]),  # stays there
        (path(0, 0, 2), ["rest", "down"]),  # still on the way
        (path(0, 0, 2, 1), ["rest", "down", "hold", "up"]),  # half way back
        (path(0, 2, 2, 0), ["rest", "down", "hold", "up"]),  # not back yet
        (path(0, 0.3, 0), ["rest"]),  # trembles
        (np.concatenate([path(0, 2), [np.nan], path(2, 0)]), ["rest", "down", "", "hold", "up"]),
        (np.full(5, np.nan), [""]),
    ],
)
def test_what_goes_on(signal, phases) -> None:
    found = phases_of(np.arange(len(signal)) / 25, signal)
    assert [phase for i, phase in enumerate(found) if i == 0 or phase != found[i - 1]] == phases
