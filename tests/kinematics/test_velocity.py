"""Speeds from positions in time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posespotter.kinematics.velocity import velocity


@pytest.mark.parametrize(("time_s", "values", "expected"), [
    ([0, 1, 2], [0, 3, 6], [3, 3, 3]),
    ([0, 1, 3], [0, 3, 9], [3, 3, 3]),               # uneven steps
    ([0, 1, 2], [0, np.nan, 6], [np.nan, 3, np.nan]),  # beside what was not seen
    ([5], [7], [np.nan]),
])  # fmt: skip
def test_velocity(time_s: list[float], values: list[float], expected: list[float]) -> None:
    np.testing.assert_allclose(velocity(np.array(time_s, float), np.array(values, float)), expected)


@given(st.integers(0, 100), st.floats(0.1, 10))
def test_slower_time_is_slower_speed(seed: int, factor: float) -> None:
    rng = np.random.default_rng(seed)
    time_s, values = np.cumsum(rng.uniform(0.01, 0.1, 20)), rng.normal(size=(20, 2))
    np.testing.assert_allclose(velocity(factor * time_s, values), velocity(time_s, values) / factor, rtol=1e-9)
