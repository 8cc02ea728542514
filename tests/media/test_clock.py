import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posespotter.media.clock import Clock


@pytest.mark.parametrize(
    ("container_s", "expected", "repaired"),
    [
        ([0, 0.1, 0.2], [0, 0.1, 0.2], 0),
        ([5, 5.1, 5.25, 7], [0, 0.1, 0.25, 2], 0),  # the first frame is at 0; variable rates stay
        ([None, None, None], [0, 0.1, 0.2], 0),  # no times at all: the nominal 10 fps
        ([0, None, 0.2], [0, 0.1, 0.2], 0),
        ([None, 3.0, 3.1], [0, 0.1, 0.2], 0),
        ([0, 0.1, 0.1, 0.2], [0, 0.1, 0.15, 0.2], 1),  # one doubled time stands between its neighbours
        ([0, 0.1, 0.1, 0.1, 0.1], [0, 0.1, 0.15, 0.25, 0.35], 3),  # a clock that stopped goes on at the nominal rate
        ([8, 8.1, 0, 0.1, 0.2], [0, 0.1, 0.2, 0.3, 0.4], 1),  # a restarted clock continues
    ],
)
def test_times(container_s, expected, repaired):
    clock = Clock(10)
    assert [clock.time_s(t) for t in container_s] == pytest.approx(expected)
    assert clock.repaired == repaired


@given(st.lists(st.none() | st.floats(-1e6, 1e6)), st.floats(1, 240))
def test_times_go_forward_whatever_comes(container_s, fps):
    clock = Clock(fps)
    times = [clock.time_s(t) for t in container_s]
    assert all(b > a for a, b in pairwise(times))
    assert all(math.isfinite(t) for t in times)


@given(st.lists(st.integers(1, 10**6), min_size=1), st.integers(-(10**9), 10**9))
def test_good_times_are_kept(steps, start):
    ticks = [start + sum(steps[:k]) for k in range(len(steps))]
    clock = Clock(30)
    assert [clock.time_s(t / 1000) for t in ticks] == pytest.approx([(t - start) / 1000 for t in ticks], abs=1e-6)
