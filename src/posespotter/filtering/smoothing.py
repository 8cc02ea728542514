"""Smoothing a whole sequence: swapped sides, outliers, short gaps, jitter, in this order."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
from scipy.ndimage import median_filter

from posespotter.arrays import Float32, Float64
from posespotter.errors import SettingsError
from posespotter.filtering.gaps import MAX_GAP_S, add_missing_rows, fill_gaps, outliers
from posespotter.filtering.lowpass import lowpass_between_gaps
from posespotter.filtering.swaps import exchange_sides, find_swaps, side_pairs
from posespotter.poses import PoseSequence

Strength = Literal["off", "light", "strong"]

CUTOFF_HZ: Mapping[Strength, float] = {"light": 6.0, "strong": 3.0}
"""6 Hz is the common choice for walking and exercise (Winter 2009; Sports2D's default). 3 Hz is for slow exercise: at a
beat of 1 Hz it keeps 99 % of the movement, at 2 Hz 92 %."""

REST_CUTOFF_HZ = 2.0
"""What rests has no movement to lose, so that also "light" calms it this far, at any frame rate."""


def smooth(poses: PoseSequence, strength: Strength) -> PoseSequence:
    """The same people without jitter, single outliers, short gaps, and moments in which left and right were swapped.

    Nothing is delayed. Joints with low scores are treated as all others: what a score means depends on the model, and
    a doubtful place is still a better guess than none. Swapped joints take their scores along; a filled joint has the
    lower score of its two neighbours in time. A person missed for up to 0.3 s gets the rows in between, which can be
    told by their `raw_keypoints`, all NaN. Joints missing for longer stay NaN.

    Args:
        poses: of any frame rate, even or not.
        strength: "off" returns `poses`; "light" keeps movements up to 6 Hz, "strong" up to 3 Hz.

    Returns:
        A sequence whose `keypoints` (and `world`) are smoothed, and whose `raw_keypoints` are the model's.

    Raises:
        SettingsError: there is no such strength.
    """
    if strength not in get_args(Strength):
        raise SettingsError(f"smooth: expected one of {', '.join(get_args(Strength))}, got {strength!r}.")
    if strength == "off":
        return poses
    poses = add_missing_rows(poses)
    if poses.raw_keypoints is None:
        poses = replace(poses, raw_keypoints=poses.keypoints)
    columns = {name: array.copy() for name, array in poses.columns().items() if name in _SMOOTHED}
    for track_id in poses.track_ids:
        rows = np.flatnonzero(poses.track_id == track_id)
        for piece, kept in pieces(poses.time_s[rows]):
            taken = rows[piece]
            person = {name: getattr(poses, name)[taken] for name in columns}
            changed = _smooth_person(person, poses.time_s[taken], poses.bbox[taken], poses, CUTOFF_HZ[strength])
            for name, array in changed.items():
                columns[name][taken[kept]] = array[kept]
    return replace(poses, **columns)


def pieces(time_s: Float64, piece_s: float = 120.0, margin_s: float = 5.0) -> Iterator[tuple[slice, slice]]:
    """Pieces of one person's (N,) rows: those to smooth, margins included, and among them those to keep.

    Long tracks are smoothed in pieces, so that memory stays small.

    Args:
        time_s: (N,) seconds.
        piece_s: how long a piece is.
        margin_s: before and after it, which is smoothed and thrown away. Nothing reaches a row from beyond it: no swap,
            gap or filter looks further than a second or two.
    """
    steps = ascending(time_s)
    if not len(steps) or steps[-1] - steps[0] <= piece_s + 2 * margin_s:
        yield slice(0, len(steps)), slice(0, len(steps))
        return
    starts = np.flatnonzero(np.diff(np.floor((steps - steps[0]) / piece_s), prepend=-1))
    for first, last in zip(starts, [*starts[1:], len(steps)], strict=True):
        low = int(np.searchsorted(steps, steps[first] - margin_s))
        high = int(np.searchsorted(steps, steps[last - 1] + margin_s, side="right"))
        yield slice(low, high), slice(int(first) - low, int(last) - low)


_SMOOTHED = ("keypoints", "scores", "world")


def box_diagonal_px(time_s: Float64, bbox: Float32) -> Float64:
    """(N,) px of one person: the diagonal of the box, its median within a second."""
    size = np.linalg.norm(bbox[:, 2:].astype(np.float64) - bbox[:, :2], axis=1)
    step = float(np.median(np.diff(time_s))) if len(time_s) > 1 else 1.0
    rows = min(2 * round(0.5 / max(step, 1e-3)) + 1, 2 * len(size) - 1)
    return np.asarray(np.maximum(median_filter(size, rows, mode="nearest"), 1.0), np.float64)


def ascending(time_s: Float64) -> Float64:
    """Times that never stand still or jump back, as a broken stream's do."""
    steps = np.diff(time_s)
    usual = float(np.median(steps[steps > 0])) if (steps > 0).any() else 1 / 30
    return np.asarray(
        time_s[:1].sum() + np.concatenate([[0.0], np.cumsum(np.where(steps > 0, steps, usual))]), np.float64
    )


def _smooth_person(
    columns: Mapping[str, Float32], time_s: Float64, bbox: Float32, poses: PoseSequence, cutoff_hz: float
) -> dict[str, npt.NDArray[Any]]:
    time_s = ascending(time_s)
    body_px = box_diagonal_px(time_s, bbox)
    placed = {name: columns[name].astype(np.float64) for name in ("keypoints", "world") if name in columns}
    scores = columns["scores"].copy()
    for pairs in side_pairs(poses.skeleton):
        rows = np.flatnonzero(find_swaps(time_s, placed["keypoints"], body_px, pairs))
        placed = {name: exchange_sides(array, rows, pairs) for name, array in placed.items()}
        scores = exchange_sides(scores, rows, pairs)
    wild = outliers(time_s, placed["keypoints"], body_px)
    for array in placed.values():
        array[wild] = np.nan
    filled = {name: fill_gaps(time_s, array) for name, array in placed.items()}
    bridged = np.isnan(placed["keypoints"][..., 0]) & np.isfinite(filled["keypoints"][..., 0])
    filtered = partial(lowpass_between_gaps, time_s, longest_step_s=MAX_GAP_S)
    calm = {name: filtered(values=array, cutoff_hz=min(REST_CUTOFF_HZ, cutoff_hz)) for name, array in filled.items()}
    rest = _resting(time_s, calm["keypoints"], body_px)
    smoothed = {
        name: rest * calm[name] + (1 - rest) * filtered(values=array, cutoff_hz=cutoff_hz)
        for name, array in filled.items()
    }
    return {
        "scores": _scores_of_filled(time_s, scores, bridged),
        **{name: array.astype(np.float32) for name, array in smoothed.items()},
    }


def _resting(time_s: Float64, keypoints: Float64, body_px: Float64, slow: float = 0.1, quick: float = 0.3) -> Float64:
    """(N, K, 1) how far each joint is at rest, 0 (moves) to 1; 0 where its speed is not known.

    A joint rests below `slow` and moves above `quick`, box diagonals/s, and does a part of each between them. Noise of
    1 % of the body height looks like 0.05 after the filter; a slow step is 0.5.
    """
    if len(time_s) < 2:
        return np.zeros((*keypoints.shape[:2], 1))
    speed = np.linalg.norm(np.gradient(keypoints, time_s, axis=0), axis=-1, keepdims=True) / body_px[:, None, None]
    return np.asarray(np.nan_to_num(np.clip((quick - speed) / (quick - slow), 0, 1)), np.float64)


def _scores_of_filled(time_s: Float64, scores: Float32, filled: npt.NDArray[np.bool_]) -> Float32:
    """Scores where a filled joint has the lower score of its neighbours in time."""
    out = scores.copy()
    index = np.arange(len(time_s))
    for joint in np.flatnonzero(filled.any(0)):
        known = index[~filled[:, joint]]
        after = np.searchsorted(known, index[filled[:, joint]])
        neighbours = (
            scores[known[np.maximum(after - 1, 0)], joint],
            scores[known[np.minimum(after, len(known) - 1)], joint],
        )
        out[filled[:, joint], joint] = np.minimum(*neighbours)
    return out
