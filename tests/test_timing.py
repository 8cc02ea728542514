import numpy as np
import pytest

from posespotter.timing import typical_step_s

STEADY = np.arange(50) / 25


@pytest.mark.parametrize(
    ("time_s", "expected"),
    [
        ([], 0),
        ([3.0], 0),
        ([3.0, 3.5], 0.5),
        ([0, 0.1, 9], 0.1),
        (STEADY, 0.04),
        (np.concatenate([STEADY, 60 + STEADY]), 0.04),  # a pause of a minute
        (STEADY[np.arange(50) % 4 != 3], 0.04),  # every fourth frame was dropped
        (np.round(np.arange(300) * 1001 / 30000, 3), 1001 / 30000),  # Matroska rounds to milliseconds
        (np.cumsum([0] + [2, 3] * 50) / 60, 1 / 24),  # film as video: the steps alternate
    ],
)
def test_typical_step(time_s, expected):
    assert typical_step_s(time_s) == pytest.approx(expected, rel=1e-3)
