"""Fill what is missing or wrong for a moment: outliers of a joint, short gaps of a joint, short gaps of a person."""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.ndimage import median_filter

from posespotter.arrays import Bool, Float64
from posespotter.poses import PoseSequence

MAX_GAP_S = 0.3
"""Gaps up to this are filled; longer ones stay NaN, and nothing is filtered or concluded across them: legs pass each
other in about half a second."""


def outliers(
    time_s: Float64,
    keypoints: Float64,
    body_px: Float64,
    *,
    window_s: float = 0.2,
    spreads: float = 4.0,
    least: float = 0.05,
    least_hz: float = 14.0,
) -> Bool:
    """(N, K) joints that stand alone, far from where the frames around them have them (Hampel's rule).

    Args:
        time_s: (N,) seconds, ascending.
        keypoints: (N, K, 2) px, NaN where not seen.
        body_px: (N,) box diagonal, px.
        window_s: around each frame; within it a joint moves almost in a line.
        spreads: robust standard deviations from which a joint is wild (3 is common, 4 spares fast strokes).
        least: box diagonals; what is nearer to its neighbours is no outlier. About the length of a hand.
        least_hz: below this frame rate the window is longer than a stroke of an arm: nothing is called an outlier.
    """
    n = len(time_s)
    step = float(np.median(np.diff(time_s))) if n > 1 else 1.0
    if n < 5 or step > 1 / least_hz:
        return np.zeros(keypoints.shape[:2], bool)
    rows = max(5, 2 * round(window_s / step / 2) + 1)
    whole = fill_gaps(time_s, keypoints, np.inf)
    whole = np.nan_to_num(whole) / body_px[:, None, None]
    middle = median_filter(whole, (rows, 1, 1), mode="nearest")
    off = np.abs(whole - middle)
    spread = 1.4826 * median_filter(off, (rows, 1, 1), mode="nearest")
    wild = np.asarray(off > np.maximum(spreads * spread, least)).any(-1)
    # At the ends the window is one-sided, and a joint in motion looks wild.
    inside = (np.arange(n) >= rows // 2) & (np.arange(n) < n - rows // 2)
    return np.asarray(wild & inside[:, None] & np.isfinite(keypoints).all(-1), np.bool_)


def fill_gaps(time_s: Float64, values: Float64, max_gap_s: float = MAX_GAP_S) -> Float64:
    """(N, ..., D) values whose gaps of up to `max_gap_s` are bridged by straight lines.

    A gap lasts from the last value before it to the first one after it. What is missing before the first and after the
    last value stays NaN.
    """
    n = len(time_s)
    out = values.reshape(n, -1).copy()
    for column in np.flatnonzero(np.isnan(out).any(0)):
        known = np.flatnonzero(np.isfinite(out[:, column]))
        if len(known) < 2:
            continue
        missing = np.flatnonzero(np.isnan(out[:, column]))
        missing = missing[(missing > known[0]) & (missing < known[-1])]
        after = np.searchsorted(known, missing)
        gap = time_s[known[after]] - time_s[known[after - 1]]
        fill = missing[gap <= max_gap_s + 1e-6]
        out[fill, column] = np.interp(time_s[fill], time_s[known], out[known, column])
    return out.reshape(values.shape)


def add_missing_rows(poses: PoseSequence) -> PoseSequence:
    """Give a person who is missed for up to `MAX_GAP_S` the rows in between, boxes and scores interpolated.

    Joints (and `raw_keypoints`) of the added rows are NaN: that marks them as not the model's. Frames that were never
    processed, because only every n-th was, get no rows.
    """
    frames, first_rows = np.unique(poses.frame, return_index=True)
    if len(frames) < 2:
        return poses
    stride = int(np.median(np.diff(frames)))
    added = [_missing_rows(poses, np.flatnonzero(poses.track_id == i), stride) for i in poses.track_ids]
    new = {name: np.concatenate([rows[name] for rows in added]) for name in poses.columns()}
    if not len(new["frame"]):
        return poses
    # Where another person was seen in the frame, its time is known.
    at = np.minimum(np.searchsorted(frames, new["frame"]), len(frames) - 1)
    new["time_s"] = np.where(frames[at] == new["frame"], poses.time_s[first_rows[at]], new["time_s"])
    order = np.lexsort(tuple(np.concatenate([getattr(poses, name), new[name]]) for name in ("track_id", "frame")))
    columns: dict[str, Any] = {
        name: np.concatenate([array, new[name]])[order] for name, array in poses.columns().items()
    }
    return replace(poses, **columns)


def _missing_rows(poses: PoseSequence, rows: npt.NDArray[np.intp], stride: int) -> dict[str, npt.NDArray[Any]]:
    """The columns of the rows that one person lacks, who has these `rows`; the gaps are no longer than one may be."""
    step, gap_s = np.diff(poses.frame[rows]), np.diff(poses.time_s[rows])
    holes = np.flatnonzero((step > stride) & (gap_s <= MAX_GAP_S + 1e-6) & (gap_s > 0))
    none = np.empty(0, np.intp)
    before = np.concatenate([none, *(np.full(len(range(stride, step[h], stride)), h) for h in holes)])
    ahead = np.concatenate([none, *(np.arange(stride, step[h], stride) for h in holes)])
    share = ahead / step[before]
    columns: dict[str, npt.NDArray[Any]] = {}
    for name, array in poses.columns().items():
        if name in {"keypoints", "raw_keypoints", "world"}:
            columns[name] = np.full((len(before), *array.shape[1:]), np.nan, array.dtype)
            continue
        weight = share.reshape(-1, *[1] * (array.ndim - 1))
        between = array[rows[before]] * (1 - weight) + array[rows[before + 1]] * weight
        columns[name] = np.asarray(np.rint(between) if array.dtype == np.int32 else between).astype(array.dtype)
    return columns
