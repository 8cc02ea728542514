"""How many pixels a person's standing height has, measured by the limbs that are seen in full."""

from collections.abc import Mapping

import numpy as np
from scipy.ndimage import percentile_filter, uniform_filter1d

from posespotter.arrays import Float64

_SEGMENTS: Mapping[tuple[str, str], float] = {
    ("shoulder", "hip"): 0.288,
    ("hip", "knee"): 0.245,
    ("knee", "ankle"): 0.246,
    ("shoulder", "elbow"): 0.186,
    ("elbow", "wrist"): 0.146,
}
"""Length of each segment as a share of the standing height (Drillis and Contini 1966, in Winter 2009, figure 4.1)."""

_WINDOW_S = 10.0  # long enough to hold a moment in which each limb lies across the line of sight
_GRID_S = 0.2
_SCORE = 0.3


def body_length_px(time_s: Float64, places: Float64, scores: Float64, index: Mapping[str, int]) -> Float64:
    """(N,) px of the standing height around each moment; NaN throughout where no segment was ever seen.

    A limb looks shorter when it points at the camera and never longer, so its length is what it reaches now and then
    within 10 s; people who walk towards the camera grow in the meantime. Of the segments the median counts.
    """
    n = len(time_s)
    if not n:
        return np.zeros(0)
    grid = np.arange(time_s[0], time_s[-1] + _GRID_S, _GRID_S)
    heights = []
    for (a, b), share in _SEGMENTS.items():
        sides = [_segment(places, scores, index[f"{side}_{a}"], index[f"{side}_{b}"]) for side in ("left", "right")]
        both = np.stack(sides)
        known = np.isfinite(both).any(0)
        if known.sum() < max(2, 0.2 * n):
            continue
        # The far limb, hidden by the near one, is only guessed: the longer of the two is the one seen in full.
        longer = np.where(known, np.nanmax(np.where(np.isfinite(both), both, -1.0), axis=0), np.nan)
        steady = np.interp(grid, time_s[known], longer[known])
        heights.append(_reach(steady) / share)
    if not heights:
        return np.full(n, np.nan)
    middle = np.median(np.stack(heights), axis=0)
    width = min(len(grid), round(2 / _GRID_S))
    return np.asarray(np.interp(time_s, grid, uniform_filter1d(middle, width, mode="nearest")), np.float64)


def _segment(places: Float64, scores: Float64, a: int, b: int) -> Float64:
    length = np.linalg.norm(places[:, a] - places[:, b], axis=-1)
    return np.where((scores[:, a] >= _SCORE) & (scores[:, b] >= _SCORE), length, np.nan)


def _reach(lengths: Float64) -> Float64:
    """What the lengths reach within the window around each moment: their 90th percentile."""
    window = round(_WINDOW_S / _GRID_S)
    if len(lengths) <= window:
        return np.full(len(lengths), np.percentile(lengths, 90))
    return np.asarray(percentile_filter(lengths, 90, size=window, mode="nearest"), np.float64)
