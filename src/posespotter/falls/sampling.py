"""Each person's joints at even times, 15 a second, whatever the frame rate; from the past alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from posespotter.arrays import Bool, Float64, Int64
from posespotter.errors import InputError
from posespotter.poses import PoseSequence
from posespotter.skeletons import Skeleton

RATE_HZ = 15
"""Ticks a second: cheap cameras send no fewer frames, and nothing in a fall is faster than half of this."""

LONGEST_STEP_S = 0.25
"""Between two frames further apart the joints are bridged in a straight line, but not judged."""

MEMORY_S = 10.0
"""A person unseen for longer than this begins anew."""

_PAIRS = ("ear", "shoulder", "elbow", "wrist", "hip", "knee", "ankle")
POINTS = ("nose", *(f"{side}_{part}" for side in ("left", "right") for part in _PAIRS))
"""The joints that fall detection uses: all of them are in COCO-17, in Halpe-26 and in BlazePose-33."""

_NEEDED = ("left_shoulder", "right_shoulder", "left_hip", "right_hip")
_ROUNDING_S = 1e-6  # times from containers are exact to less: a frame that is a hair early is on time


def points_of(poses: PoseSequence) -> Float64:
    """(N, P, 3) x, y (px) and score of `POINTS` in every row of `poses`.

    The model's own joints are taken where the sequence keeps them: smoothing a file looks into the future, which a live
    camera cannot. Rows that smoothing added have none, so there the smoothed ones count. A joint outside the picture is
    guessed and has score 0.

    Raises:
        InputError: the skeleton has no shoulders and hips by name.
    """
    known, columns = _columns_of(poses.skeleton)
    found = np.empty((len(poses), len(columns), 3))
    places = found[..., :2]
    places[:] = poses.keypoints[:, columns]
    if poses.raw_keypoints is not None:
        raw = poses.raw_keypoints[:, columns]
        measured = np.isfinite(raw).any(axis=(1, 2))
        places[measured] = raw[measured]
    inside = (places >= 0) & (places <= np.asarray(poses.frame_size, np.float64))
    found[..., 2] = np.where(inside[..., 0] & inside[..., 1], poses.scores[:, columns], 0.0)
    if len(known) == len(POINTS):
        return found
    out = np.full((len(poses), len(POINTS), 3), np.nan)
    out[..., 2] = 0.0
    out[:, known] = found
    return out


@cache
def _columns_of(skeleton: Skeleton) -> tuple[list[int], list[int]]:
    """Positions of `POINTS` in a skeleton, and which it has."""
    lacking = [name for name in _NEEDED if name not in skeleton]
    if lacking:
        raise InputError(
            f"expected a skeleton with shoulders and hips by name (coco17, halpe26, blazepose33), "
            f"got {skeleton.name} without {', '.join(lacking)}."
        )
    known = [i for i, name in enumerate(POINTS) if name in skeleton]
    return known, [skeleton.index(POINTS[i]) for i in known]


@dataclass(frozen=True, eq=False)
class Ticks:
    """T ticks of one person without a break, `RATE_HZ` a second.

    Attributes:
        number: (T,) int64, ascending by one; the time is `number / RATE_HZ` seconds.
        points: (T, P, 3) as from `points_of`.
        known: (T,) where the person was seen just before and just after, so that the tick may be judged.
    """

    number: Int64
    points: Float64
    known: Bool

    @property
    def time_s(self) -> Float64:
        """(T,) seconds."""
        return np.asarray(self.number / RATE_HZ, np.float64)


class Sampler:
    """Takes one person's frames as they come and gives the ticks that each of them completes."""

    def __init__(self) -> None:
        self._time_s: float | None = None
        self._points: Float64 = np.zeros((0, 0))

    def add(self, time_s: float, points: Float64) -> Ticks | None:
        """The ticks after the frame before, up to this one; None where there are none.

        Args:
            time_s: later than that of the frame before.
            points: (P, 3).
        """
        last_s, last = self._time_s, self._points
        self._time_s = time_s
        if last_s is None:
            self._points = points
            number = np.array([np.ceil((time_s - _ROUNDING_S) * RATE_HZ)], np.int64)
            on_time = abs(number[0] / RATE_HZ - time_s) <= _ROUNDING_S
            return Ticks(number, points[None], np.ones(1, bool)) if on_time else None
        self._points = points = held(last, points)
        pair = np.stack([last, points])
        number, rows = _between(np.array([last_s, time_s]))
        return _interpolated(np.array([last_s, time_s]), pair, number, rows) if len(number) else None


def held(last: Float64, points: Float64) -> Float64:
    """`points` with the joints that are not known kept where they were, at score 0."""
    lost = np.isnan(points[:, 0])
    if not lost.any():
        return points
    points = points.copy()
    points[lost] = last[lost]
    points[lost, 2] = 0.0
    return points


def ticks_of(time_s: Float64, points: Float64) -> Iterator[Ticks]:
    """All ticks of one person at once: the same that a `Sampler` gives, joined; one `Ticks` per unbroken stretch.

    Args:
        time_s: (N,) ascending.
        points: (N, P, 3).
    """
    breaks = np.flatnonzero(np.diff(time_s) > MEMORY_S) + 1
    for rows in np.split(np.arange(len(time_s)), breaks):
        if len(rows):
            ticks = _sample_stretch(time_s[rows], _hold_all(points[rows]))
            if len(ticks.number):
                yield ticks


def _hold_all(points: Float64) -> Float64:
    if not np.isnan(points[..., 0]).any():
        return points
    points = points.copy()
    for i in range(1, len(points)):
        points[i] = held(points[i - 1], points[i])
    return points


def _sample_stretch(time_s: Float64, points: Float64) -> Ticks:
    first = int(np.ceil((time_s[0] - _ROUNDING_S) * RATE_HZ))
    on_time = abs(first / RATE_HZ - time_s[0]) <= _ROUNDING_S
    number, rows = _between(time_s)
    rest = _interpolated(time_s, points, number, rows)
    if not on_time:
        return rest
    return Ticks(
        np.concatenate([[first], rest.number]),
        np.concatenate([points[:1], rest.points]),
        np.concatenate([[True], rest.known]),
    )


def reached(time_s: Float64) -> Int64:
    """(N,) number of the last tick at or before each frame; a tick belongs to the first frame that reaches it."""
    return np.floor((time_s + _ROUNDING_S) * RATE_HZ).astype(np.int64)


def _between(time_s: Float64) -> tuple[Int64, Int64]:
    """Numbers of the ticks after the first of `time_s` up to the last, and the row that follows each."""
    numbers = reached(time_s)
    number = np.arange(numbers[0] + 1, numbers[-1] + 1)
    return number, np.searchsorted(numbers, number)


def _interpolated(time_s: Float64, points: Float64, number: Int64, rows: Int64) -> Ticks:
    before_s, after_s = time_s[rows - 1], time_s[rows]
    share = ((number / RATE_HZ - before_s) / (after_s - before_s))[:, None, None]
    before, after = points[rows - 1], points[rows]
    return Ticks(number, before + (after - before) * share, after_s - before_s <= LONGEST_STEP_S)
