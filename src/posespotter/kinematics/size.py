"""How many pixels a person's standing height has, measured by the limbs that are seen in full."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from scipy.ndimage import percentile_filter, uniform_filter1d

from posespotter.arrays import Float64
from posespotter.skeletons import SEEN_SCORE, SEGMENT_SHARES

_WINDOW_S = 10.0  # long enough to hold a moment in which each limb lies across the line of sight
_CELL_S = 1.0
_LONGEST_GAP_S = 60.0
_STEADY_S = 2.0
_SEEN_SHARE = 0.2  # of the cells with the person a segment must be known in


def body_length_px(time_s: Float64, places: Float64, scores: Float64, index: Mapping[str, int]) -> Float64:
    """(N,) px of the standing height around each moment; NaN throughout where no segment was ever seen.

    A limb looks shorter when it points at the camera and never longer, so its length is what it reaches now and then
    within 10 s; people who walk towards the camera grow in the meantime. Of the segments the median counts. Lengths
    are averaged over a second first: of jitter the longest would be too long.
    """
    if not len(time_s):
        return np.zeros(0)
    time_s = _without_long_gaps(time_s)
    cell = (time_s / _CELL_S).astype(np.intp)
    cells = np.arange(cell[-1] + 1)
    there = len(np.unique(cell))
    heights = []
    for (a, b), share in SEGMENT_SHARES.items():
        lengths = _lengths(places, scores, [(index[f"{side}_{a}"], index[f"{side}_{b}"]) for side in ("left", "right")])
        reached = _averages(cell, lengths)
        known = np.isfinite(reached)
        if known.sum() >= max(1, _SEEN_SHARE * there):
            heights.append(_reach(np.interp(cells, cells[known], reached[known])) / share)
    if not heights:
        return np.full(len(time_s), np.nan)
    middle = np.median(np.stack(heights), axis=0)
    even = uniform_filter1d(middle, min(len(cells), round(_STEADY_S / _CELL_S)), mode="nearest")
    return np.asarray(np.interp(time_s / _CELL_S - 0.5, cells, even), np.float64)


def _without_long_gaps(time_s: Float64) -> Float64:
    """(N,) seconds from 0, with gaps that no window reaches across cut short: memory goes by people, not by time."""
    return np.concatenate([[0.0], np.cumsum(np.minimum(np.diff(time_s), _LONGEST_GAP_S))])


def _lengths(places: Float64, scores: Float64, sides: list[tuple[int, int]]) -> Float64:
    """(N,) length of a limb: both sides, the better seen one first, for the far one is only guessed."""
    total, weights = np.zeros(len(places)), np.zeros(len(places))
    for a, b in sides:
        length = np.linalg.norm(places[:, a] - places[:, b], axis=-1)
        score = np.minimum(scores[:, a], scores[:, b])
        weight = np.where((score >= SEEN_SCORE) & np.isfinite(length), score**2, 0.0)
        total += weight * np.nan_to_num(length)
        weights += weight
    with np.errstate(invalid="ignore"):
        return np.asarray(total / weights, np.float64)


def _averages(cell: npt.NDArray[np.intp], lengths: Float64) -> Float64:
    """Mean of the known lengths of each cell."""
    known = np.isfinite(lengths)
    size = int(cell[-1]) + 1
    with np.errstate(invalid="ignore"):
        return np.asarray(
            np.bincount(cell[known], lengths[known], size) / np.bincount(cell[known], minlength=size), np.float64
        )


def _reach(lengths: Float64) -> Float64:
    """What the lengths reach within the window around each moment: their 90th percentile."""
    window = round(_WINDOW_S / _CELL_S)
    if len(lengths) <= window:
        return np.full(len(lengths), np.percentile(lengths, 90))
    return np.asarray(percentile_filter(lengths, 90, size=window, mode="nearest"), np.float64)
