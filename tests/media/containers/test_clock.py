import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posespotter.media.containers.clock import Clock

FPS = 10
STEADY = [k / FPS for k in range(30)]


def times(container_s, *, live=False, fps=FPS):
    return [time_s for _, time_s in Clock(fps, live=live).timed(container_s, lambda stamp: stamp)]


def with_strays(where, by_s):
    """Steady times, of which some are wrong by `by_s` seconds."""
    return [time_s + by_s * (k in where) for k, time_s in enumerate(STEADY)]


@pytest.mark.parametrize(
    ("container_s", "expected", "repaired"),
    [
        ([0, 0.1, 0.2], [0, 0.1, 0.2], 0),
        ([5, 5.1, 5.25, 7], [0, 0.1, 0.25, 2], 0),  # the first frame is at 0; variable rates stay
        ([None, None, None], [0, 0.1, 0.2], 0),  # no times at all: the usual 10 fps
        ([0, None, 0.2], [0, 0.1, 0.2], 0),
        ([0, None, None, 0.9], [0, 0.3, 0.6, 0.9], 0),
        ([None, 3.0, 3.1], [0, 0.1, 0.2], 0),
        ([0, 0.1, 0.1, 0.2], [0, 0.1, 0.15, 0.2], 1),  # one doubled time stands between its neighbours
        ([0, 0.1, 0.1, 0.1, 0.1], [0, 0.1, 0.2, 0.3, 0.4], 3),  # a clock that stopped goes on at the usual rate
        ([0, 0.1, 60.1, 60.2], [0, 0.1, 60.1, 60.2], 0),  # a pause stays as long as it is
        ([0, 0.1, 9000, 9000.1, 9000.2, 9000.3], [0, 0.1, 9000, 9000.1, 9000.2, 9000.3], 0),  # a night, too
        ([0, 0.1, 0.2, 5], [0, 0.1, 0.2, 5], 0),  # the last picture of a slide show
        ([8, 8.1, 8.2, 8.3, *STEADY[:9]], [k / FPS for k in range(13)], 1),  # a clock that starts again continues
    ],
)  # fmt: skip
def test_times(container_s, expected, repaired):
    clock = Clock(FPS)
    assert [time_s for _, time_s in clock.timed(container_s, lambda stamp: stamp)] == pytest.approx(expected)
    assert clock.repaired == repaired


IN_A_ROW = [(set(range(12, 12 + n)), by_s) for n in (3, 5, 7) for by_s in (3600, -3600)]
IN_THE_MIDDLE = [(where, by_s) for where in ({12}, {12, 13}, {3, 9, 15, 21}) for by_s in (37_600, -37_600, 5, -5, 0.15)]
AT_AN_END = [(where, by_s) for where in ({0}, {29}) for by_s in (37_600, -37_600)]  # a shorter one could be a pause
LIVE = [(where, by_s) for where in ({12}, {3, 9, 15, 21}) for by_s in (37_600, -37_600, 5, -5)]


@pytest.mark.parametrize(
    ("where", "by_s", "live"),
    [*((*one, False) for one in IN_THE_MIDDLE + IN_A_ROW + AT_AN_END), *((*one, True) for one in LIVE)],
)
def test_a_stray_time_moves_no_other(where, by_s, live):
    found = times(with_strays(where, by_s), live=live)
    assert all(b > a for a, b in pairwise(found))
    assert max(abs(a - b) for a, b in zip(found, STEADY, strict=True)) < 0.16


def test_pictures_that_come_once_an_hour():
    hours = [3600.0 * k for k in range(20)]
    assert times(hours, fps=1 / 3600) == hours
    assert times([0, *hours[6:]], fps=1 / 3600) == [0, *hours[6:]]


def test_a_live_frame_waits_only_in_doubt():
    """And then for one frame: an alarm must not come later because of the clock."""
    taken = []

    def coming():
        for stamp in [0, 0.1, 0.2, 50.0, 0.4, 0.5, 9.0, 9.1]:
            taken.append(stamp)
            yield stamp

    given = [(stamp, round(time_s, 3), len(taken)) for stamp, time_s in
             Clock(FPS, live=True).timed(coming(), lambda stamp: stamp)]  # fmt: skip
    assert given == [
        (0, 0.0, 2), (0.1, 0.1, 2), (0.2, 0.2, 3), (50.0, 0.3, 5), (0.4, 0.4, 5), (0.5, 0.5, 6), (9.0, 9.0, 8),
        (9.1, 9.1, 8),
    ]  # fmt: skip


def test_a_live_clock_that_starts_again_keeps_its_own_steps():
    found = times([8, 8.1, 8.2, 0, 0.3, 0.6, 0.7], live=True)
    assert found == pytest.approx([0, 0.1, 0.2, 0.3, 0.6, 0.9, 1.0])


@given(st.lists(st.none() | st.floats(-1e6, 1e6), max_size=40), st.floats(1, 240), st.booleans())
def test_times_go_forward_whatever_comes(container_s, fps, live):
    found = times(container_s, live=live, fps=fps)
    assert len(found) == len(container_s)
    assert all(b > a for a, b in pairwise(found))
    assert all(math.isfinite(t) for t in found)


@given(st.lists(st.integers(1, 10**5), min_size=1, max_size=60), st.integers(-(10**9), 10**9), st.booleans())
def test_good_times_are_kept(steps, start, live):
    ticks = [start + sum(steps[:k]) for k in range(len(steps))]
    found = times([t / 1000 for t in ticks], live=live, fps=30)
    assert found == pytest.approx([(t - start) / 1000 for t in ticks], abs=1e-6)
