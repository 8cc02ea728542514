"""Body scale: how many px one standing height has where a person is, by the limbs that are seen.

A limb looks shorter when it points at the camera and never longer. One pose knows no better than the mean of its limbs,
or one of the longer ones; over time each limb lies across the line of sight now and then.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.ndimage import percentile_filter, uniform_filter1d

from posespotter.arrays import Array, Bool, Float64
from posespotter.skeletons import SEEN_SCORE, SEGMENT_SHARES

_WINDOW_S = 10.0  # long enough to hold a moment in which each limb lies across the line of sight
_CELL_S = 1.0  # lengths are averaged over it: of jitter the longest would be too long
_LONGEST_GAP_S = 60.0
_STEADY_S = 2.0
_SEEN_SHARE = 0.2  # of the cells with the person a segment must be known in


@dataclass(frozen=True, eq=False)
class Limbs:
    """Segments of the trunk and the limbs, the left one of each pair and then the right one.

    Attributes:
        ends: (S, 2) positions of both ends along the axis of the joints.
        shares: (S,) length as a share of the standing height.
    """

    ends: npt.NDArray[np.intp]
    shares: Float64

    def lengths(self, places: Array) -> Float64:
        """(N, S) px, of (N, J, 2) px; NaN where an end was not seen."""
        along = places[:, self.ends[:, 0]].astype(np.float64) - places[:, self.ends[:, 1]]
        return np.asarray(np.hypot(along[..., 0], along[..., 1]), np.float64)


@lru_cache(maxsize=16)
def limbs_of(joints: tuple[str, ...], without: tuple[str, str] | None = None) -> Limbs:
    """The segments whose ends are among the names of these joints; `without` leaves one kind out."""
    named = [
        (joints.index(f"{side}_{a}"), joints.index(f"{side}_{b}"), share)
        for (a, b), share in SEGMENT_SHARES.items()
        if (a, b) != without
        for side in ("left", "right")
        if f"{side}_{a}" in joints and f"{side}_{b}" in joints
    ]
    ends = np.array([one[:2] for one in named], np.intp).reshape(-1, 2)
    return Limbs(ends, np.array([share for *_, share in named], np.float64))


def pose_scale_px(places: Array, limbs: Limbs, known: Bool | None = None, quantile: float | None = None) -> Float64:
    """Body scale by single poses.

    Args:
        places: (N, J, 2) positions in px; NaN means "not seen".
        limbs: of the axis of the joints.
        known: (N, S) which limbs count; None for those that are seen.
        quantile: this share of the limbs' answers is shorter; None for their mean, long limbs counting more.

    Returns:
        (N,) px; NaN where no limb counts.
    """
    lengths = limbs.lengths(places)
    known = np.isfinite(lengths) if known is None else known
    n = known.sum(axis=1)
    if quantile is None:
        shares, total = known @ limbs.shares, np.where(known, lengths, 0.0).sum(axis=1)
        return np.asarray(np.divide(total, shares, out=np.full(len(n), np.nan), where=n > 0), np.float64)
    heights = np.sort(np.where(known, lengths / limbs.shares, np.inf), axis=1)
    chosen = heights[np.arange(len(n)), np.clip((n * quantile).astype(int), 0, np.maximum(n - 1, 0))]
    return np.where(n > 0, chosen, np.nan)


def body_scale_px(time_s: Float64, places: Float64, scores: Float64, limbs: Limbs) -> Float64:
    """Body scale of one person over time.

    Args:
        time_s: (N,) ascending seconds.
        places: (N, J, 2) px; NaN where a joint was not seen.
        scores: (N, J) 0..1.
        limbs: of the axis of the joints; both sides of each.

    Returns:
        (N,) px around each moment; NaN throughout where no limb was ever seen.

    The length of a limb is what it reaches now and then within 10 s; people who walk towards the camera grow in the
    meantime. Of the limbs the median counts. Lengths are averaged over a second first: of jitter the longest would be
    too long.
    """
    if not len(time_s):
        return np.zeros(0)
    time_s = _without_long_gaps(time_s)
    cell = (time_s / _CELL_S).astype(np.intp)
    cells = np.arange(cell[-1] + 1)
    there = len(np.unique(cell))
    heights = []
    for sides, share in zip(limbs.ends.reshape(-1, 2, 2), limbs.shares[::2], strict=True):
        lengths = _lengths(places, scores, sides)
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


def _lengths(places: Float64, scores: Float64, sides: npt.NDArray[np.intp]) -> Float64:
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
    """90th percentile of the lengths within the window around each moment."""
    window = round(_WINDOW_S / _CELL_S)
    if len(lengths) <= window:
        return np.full(len(lengths), np.percentile(lengths, 90))
    return np.asarray(percentile_filter(lengths, 90, size=window, mode="nearest"), np.float64)
