"""The zero-phase low-pass filter: what moves faster than people do is taken away, and nothing is delayed."""

import numpy as np
from scipy.signal import butter, sosfiltfilt

from posespotter.arrays import Bool, Float64

_UNEVEN = 0.1
"""Steps that differ from the median by more than this share make a time base uneven: it is resampled."""

_FEWEST = 4  # values; of fewer the filter has nothing to start from


def lowpass(time_s: Float64, values: Float64, cutoff_hz: float) -> Float64:
    """Values without what is faster than `cutoff_hz`.

    Args:
        time_s: (N,) seconds, strictly ascending; even or not.
        values: (N, ...) without NaN.
        cutoff_hz: frequency that is halved in power.

    Returns:
        The filtered values, same shape. Straight lines pass unchanged. Fewer than four values, or a frame rate too low
        to hold `cutoff_hz`, leave them as they are.
    """
    n = len(time_s)
    if n < _FEWEST:
        return values
    steps = np.diff(time_s)
    step = float(np.median(steps))
    # Filtering twice lowers the cut-off; the design raises it by this much (Winter 2009, section 2.3.4).
    corner = cutoff_hz / 0.802 * 2 * step
    if corner >= 1:
        return values
    if np.abs(steps - step).max() > _UNEVEN * step:
        grid = np.linspace(time_s[0], time_s[-1], max(round((time_s[-1] - time_s[0]) / step) + 1, _FEWEST))
        flat = values.reshape(n, -1)
        even = np.stack([np.interp(grid, time_s, column) for column in flat.T], 1)
        even = _filter(even, corner)
        return np.stack([np.interp(time_s, grid, column) for column in even.T], 1).reshape(values.shape)
    return _filter(values, corner)


def lowpass_between_gaps(time_s: Float64, values: Float64, cutoff_hz: float, longest_step_s: float = np.inf) -> Float64:
    """Filter each joint between its gaps; joints that are seen in the same frames are filtered together.

    Args:
        time_s: (N,) seconds, strictly ascending.
        values: (N, K, D), NaN where a joint was not seen: a gap, which nothing is filtered across.
        cutoff_hz: as for `lowpass`.
        longest_step_s: a longer step between two rows is a gap too.
    """
    out = values.copy()
    seen: Bool = np.asarray(np.isfinite(values).all(-1), np.bool_)
    patterns, pattern_of = np.unique(np.packbits(seen, axis=0), axis=1, return_inverse=True)
    for pattern in range(patterns.shape[1]):
        joints = np.flatnonzero(pattern_of.ravel() == pattern)
        rows = np.flatnonzero(seen[:, joints[0]])
        broken: Bool = np.asarray((np.diff(rows) > 1) | (np.diff(time_s[rows]) > longest_step_s), np.bool_)
        for segment in np.split(rows, np.flatnonzero(broken) + 1):
            if len(segment):
                at = np.ix_(segment, joints)
                out[at] = lowpass(time_s[segment], values[at], cutoff_hz)
    return out


def _filter(values: Float64, corner: float) -> Float64:
    """Filter evenly spaced values; the straight line through them is set aside, so that the ends do not bend."""
    n = len(values)
    at = (np.arange(n) - (n - 1) / 2).reshape(-1, *[1] * (values.ndim - 1))
    middle = values.mean(0, keepdims=True)
    line = middle + at * ((values - middle) * at).sum(0, keepdims=True) / (at**2).sum()
    # Run forwards and backwards the second order gives the fourth, which gait studies use (Winter 2009, section 2.3.4).
    sections = butter(2, corner, output="sos")
    pad = min(n - 1, int(np.ceil(6 / corner)))
    return np.asarray(line + sosfiltfilt(sections, values - line, axis=0, padlen=pad), np.float64)
