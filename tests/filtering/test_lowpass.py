"""The low-pass filter, and the gaps that it does not reach across."""

import numpy as np
import pytest

from posespotter.filtering.lowpass import lowpass, lowpass_between_gaps

AT_30 = np.arange(60) / 30


@pytest.mark.parametrize(
    ("hz", "kept"),
    [(0.5, 1.0), (1.0, 1.0), (6.0, 0.7), (12.0, 0.0)],  # the cut-off frequency keeps half of its power
)
def test_what_is_slow_passes_and_what_is_fast_does_not(hz, kept):
    time_s = np.arange(600) / 60
    wave = np.sin(2 * np.pi * hz * time_s)
    middle = slice(120, -120)
    assert np.abs(lowpass(time_s, wave, 6.0)[middle]).max() == pytest.approx(kept, abs=0.12)


def test_nothing_is_filtered_across_a_gap():
    values = np.where(np.arange(60) < 30, 0.0, 1.0)[:, None, None] * np.ones((60, 2, 2))
    values[28:32, 1] = np.nan  # the second joint is not seen while it jumps
    filtered = lowpass_between_gaps(AT_30, values, 3.0)
    assert np.abs(filtered[:28, 1]).max() < 1e-9
    assert np.abs(filtered[32:, 1] - 1).max() < 1e-9
    assert np.isnan(filtered[28:32, 1]).all()
    assert np.abs(filtered[26:30, 0]).max() > 0.1  # the first one is seen all the time


@pytest.mark.parametrize(("longest_s", "apart"), [(0.3, True), (np.inf, False)])
def test_a_long_step_is_a_gap_where_the_caller_says_so(longest_s, apart):
    time_s = AT_30 + np.where(np.arange(60) < 30, 0.0, 0.5)
    values = np.where(np.arange(60) < 30, 0.0, 1.0)[:, None, None] * np.ones((60, 1, 2))
    filtered = lowpass_between_gaps(time_s, values, 3.0, longest_s)
    assert (np.abs(filtered - values).max() < 1e-9) == apart
