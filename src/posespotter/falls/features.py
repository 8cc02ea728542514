"""Features of the classifier: the last seconds of one person in body lengths, degrees and seconds.

Nothing in here depends on the distance of the camera, the size of the picture, the frame rate or the side, and nobody
has to be seen standing, or with feet: lengths are divided by what the person's limbs say of the standing height.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from posespotter.arrays import Bool, Float32, Float64, Int64
from posespotter.falls.sampling import POINTS, RATE_HZ
from posespotter.kinematics.body_scale import limbs_of, pose_scale_px

PLACES = ("head", "shoulder", "hip", "knee")
_LENGTHS = {  # px, later body lengths
    "head": "height of the head in the picture, downwards",
    "shoulder": "height of the shoulders in the picture, downwards",
    "hip": "height of the hips in the picture, downwards",
    "knee": "height of the knees in the picture, downwards",
    "head_x": "place of the head from left to right",
    "shoulder_x": "place of the shoulders from left to right",
    "hip_x": "place of the hips from left to right",
    "knee_x": "place of the knees from left to right",
    "head_over_hip": "head above the hips",
    "shoulder_over_hip": "shoulders above the hips",
    "hip_over_knee": "hips above the knees",
    "head_over_low": "head above the lowest joint",
    "height": "height of the box around the joints",
    "below": "picture left below the lowest joint",
    "hip_below": "picture left below the hips",
    "body_scale": "standing height by the limbs of the tick",
}
_SPEEDS = {  # px/s, later body lengths a second; over `LAG` ticks
    "head_down": "downward speed of the head",
    "shoulder_down": "downward speed of the shoulders",
    "hip_down": "downward speed of the hips",
    "energy": "mean speed of head, shoulders, hips and knees",
}
_PLAIN = {
    "trunk": ("deg", "angle of the trunk to the vertical"),
    "aspect": ("share", "height of the box around the joints as a share of its height and width together"),
    "upper_score": ("score", "mean score of nose, shoulders and hips"),
}
SIGNALS = (*_LENGTHS, *_SPEEDS, *_PLAIN)
"""The columns of `signals`; of paired joints the middle counts, the surer one more."""

COLUMN = {name: i for i, name in enumerate(SIGNALS)}
_N_SCALED = len(_LENGTHS) + len(_SPEEDS)

SCALE_S = 10.0
"""The person's size in the picture is measured over as long: longer, and people have come nearer to the camera."""

SCALE_TICKS = round(SCALE_S * RATE_HZ)
QUICK_TICKS = 2 * RATE_HZ + 3
"""How many of the last ticks a window shows: a fall takes about one second, what led to it and came of it as much."""

LAG = 3
"""Ticks, 0.2 s, over which speeds are taken: shorter ones are mostly jitter."""

_STEADY = 3  # ticks whose mean counts in the place of one
_SCALE_SHARE = 0.75  # of the scales in order: limbs look shorter when they point at the camera, and seldom longer
_LIMB_SHARE = 0.7
_SEEN = 0.15  # of a score: MoveNet gives less where it only guesses, also to what is beyond the picture's edge
_SMALLEST_PX = 8.0
_CHUNK = 256  # windows worked on together: they fit the processor's cache


def _indices(*parts: str) -> list[int]:
    return [i for i, name in enumerate(POINTS) if name.rpartition("_")[2] in parts]


_MIDDLES = (_indices("nose", "ear"), _indices("shoulder"), _indices("hip"), _indices("knee"))
_UPPER = _indices("nose", "shoulder", "hip")
_LIMBS = limbs_of(POINTS, without=("elbow", "wrist"))  # too short and too quick


def signals(points: Float64, frame_size: tuple[int, int]) -> Float64:
    """(T, S) signals of each of T ticks of one person by itself, px; speeds are 0 (`with_speeds`).

    Args:
        points: (T, P, 3) as from `sampling.points_of`; NaN where a joint was never seen.
        frame_size: (width, height) px.
    """
    scores = np.clip(points[..., 2], 0.0, 1.0)
    places = points[..., :2]
    unknown = np.isnan(places[..., 0])
    if unknown.any():
        scores = np.where(unknown, 0.0, scores)
        known = np.where(unknown[..., None], 0.0, places)
        middle = known.sum(axis=1) / np.maximum((~unknown).sum(axis=1), 1)[:, None]
        places = np.where(unknown[..., None], middle[:, None], places)
    out = np.zeros((len(points), len(SIGNALS)))
    for k, joints in enumerate(_MIDDLES):
        weight = scores[:, joints] ** 2 + 1e-3
        middle = (places[:, joints] * weight[..., None]).sum(axis=1) / weight.sum(axis=1)[:, None]
        out[:, [k + len(PLACES), k]] = middle
    seen = _enough(scores >= _SEEN, 5)
    nearest = np.where(seen[..., None], places, np.inf).min(axis=1)
    farthest = np.where(seen[..., None], places, -np.inf).max(axis=1)
    head, shoulder, hip, knee = out[:, : len(PLACES)].T
    low = farthest[:, 1]
    size = farthest - nearest
    aside = np.abs(out[:, COLUMN["shoulder_x"]] - out[:, COLUMN["hip_x"]])
    values = {
        "head_over_hip": hip - head,
        "shoulder_over_hip": hip - shoulder,
        "hip_over_knee": knee - hip,
        "head_over_low": low - head,
        "height": size[:, 1],
        "below": frame_size[1] - low,
        "hip_below": frame_size[1] - hip,
        "body_scale": _body_scale(places, scores),
        "trunk": np.degrees(np.arctan2(aside, hip - shoulder)),
        "aspect": size[:, 1] / np.maximum(size.sum(axis=1), 1.0),
        "upper_score": scores[:, _UPPER].sum(axis=1) / len(_UPPER),
    }
    for name, value in values.items():
        out[:, COLUMN[name]] = value
    return out


def with_speeds(before: Float64, now: Float64) -> Float64:
    """(T, S) `now` with its speeds.

    Args:
        before: (T, S) signals of the ticks `LAG` earlier.
        now: (T, S) their signals.
    """
    n = len(PLACES)
    moves = (now[:, : 2 * n] - before[:, : 2 * n]) * (RATE_HZ / LAG)
    out = now.copy()
    first = COLUMN["head_down"]
    out[:, first : first + 3] = moves[:, :3]
    out[:, first + 3] = np.hypot(moves[:, :n], moves[:, n:]).sum(axis=1) / n
    return out


def _enough(seen: Bool, fewest: int) -> Bool:
    """`seen`, or everything where fewer joints are seen than that."""
    return np.asarray(seen | (seen.sum(axis=1) < fewest)[:, None], bool)


def _body_scale(places: Float64, scores: Float64) -> Float64:
    """(T,) px of the standing height, by the limbs that are seen: of their answers a long one, not the longest."""
    known = _enough(np.asarray((scores[:, _LIMBS.ends] >= _SEEN).all(axis=-1), bool), 3)
    return pose_scale_px(places, _LIMBS, known, quantile=_LIMB_SHARE)


@dataclass(frozen=True)
class Feature:
    """One number of a window.

    Attributes:
        name: as in tables and artefacts.
        unit: bl is body lengths, the person's own standing height.
        meaning: in words.
    """

    name: str
    unit: str
    meaning: str


_Statistic = Callable[[Float64], Float64]
_HALF, _ONE, _TWO = RATE_HZ // 2 + 1, RATE_HZ, 2 * RATE_HZ
# name: words, and how it comes of (M, L, n) steadied signals
_STATISTICS: dict[str, tuple[str, _Statistic]] = {
    "now": ("{}", lambda w: w[:, -1]),
    "change_05": ("{}: now less half a second before", lambda w: w[:, -1] - w[:, -1 - _HALF]),
    "change_1": ("{}: now less one second before", lambda w: w[:, -1] - w[:, -1 - _ONE]),
    "change_2": ("{}: now less two seconds before", lambda w: w[:, -1] - w[:, -1 - _TWO]),
    "drop_05": ("{}: how far below the highest of half a second", lambda w: w[:, -1] - w[:, -1 - _HALF :].min(axis=1)),
    "drop_1": ("{}: how far below the highest of one second", lambda w: w[:, -1] - w[:, -1 - _ONE :].min(axis=1)),
    "drop_2": ("{}: how far below the highest of two seconds", lambda w: w[:, -1] - w[:, -1 - _TWO :].min(axis=1)),
    "moved_1": ("{}: way of one second", lambda w: np.abs(w[:, -1] - w[:, -1 - _ONE])),
    "low_2": ("{}: lowest in two seconds", lambda w: w[:, -1 - _TWO :].min(axis=1)),
    "high_1": ("{}: highest in one second", lambda w: w[:, -1 - _ONE :].max(axis=1)),
    "high_2": ("{}: highest in two seconds", lambda w: w[:, -1 - _TWO :].max(axis=1)),
    "mean_1": ("{}: mean of one second", lambda w: w[:, -_ONE:].sum(axis=1) / _ONE),
}  # fmt: skip
_TABLE: dict[str, tuple[str, ...]] = {
    "now": (
        "head_over_low", "shoulder_over_hip", "hip_over_knee", "trunk", "height", "energy", "upper_score", "below",
        "hip_below",
    ),
    "change_05": ("head_over_low",),
    "change_1": ("head_over_low", "head_over_hip", "shoulder_over_hip", "hip_over_knee", "trunk", "aspect"),
    "change_2": ("head_over_low", "trunk"),
    "drop_05": ("head", "shoulder"),
    "drop_1": ("head", "shoulder", "hip"),
    "drop_2": ("head", "shoulder"),
    "moved_1": ("head_x", "shoulder_x", "hip_x"),
    "low_2": (
        "head_over_low", "head_over_hip", "shoulder_over_hip", "hip_over_knee", "trunk", "height", "aspect",
    ),
    "high_1": ("head_down", "shoulder_down", "hip_down"),
    "high_2": ("head_over_low", "head_over_hip", "shoulder_over_hip", "trunk", "aspect", "energy"),
    "mean_1": ("energy",),
}  # fmt: skip
"""Signals by statistic; what each brings in sources left out: docs/results/falls.md."""

_COLUMNS = {statistic: [COLUMN[name] for name in names] for statistic, names in _TABLE.items()}
_CLIPPED = {"below": (-0.2, 0.5), "hip_below": (-0.2, 1.0)}
"""Body lengths: farther distances from the edge tell where the camera hangs, and nothing about the person."""


def _unit(name: str) -> str:
    return "bl" if name in _LENGTHS else "bl/s" if name in _SPEEDS else _PLAIN[name][0]


_MEANINGS = _LENGTHS | _SPEEDS | {name: meaning for name, (_, meaning) in _PLAIN.items()}
FEATURES: tuple[Feature, ...] = tuple(
    Feature(f"{name}_{statistic}", _unit(name), _STATISTICS[statistic][0].format(_MEANINGS[name]))
    for statistic, names in _TABLE.items()
    for name in names
)
"""The features in the order of their columns."""

INDEX = {feature.name: i for i, feature in enumerate(FEATURES)}
N_FEATURES = len(FEATURES)
_BOUNDS = np.array([_CLIPPED.get(name, (-np.inf, np.inf)) for names in _TABLE.values() for name in names])


def window_features(quick: Float64, scales: Float64) -> Float32:
    """(M, F) features of M windows that end now; each is worked out by itself, whatever stands beside it.

    Args:
        quick: (M, QUICK_TICKS, S) `with_speeds` of the last ticks; before the person came, those of the first.
        scales: (M, SCALE_TICKS) `body_scale` of the last ticks, px; NaN before the person came.
    """
    ordered = np.sort(scales, axis=1)  # NaN comes last
    at = (_SCALE_SHARE * ((~np.isnan(scales)).sum(axis=1) - 1)).astype(np.intp)
    scale = np.maximum(ordered[np.arange(len(ordered)), at], _SMALLEST_PX)
    steady = (quick[:, 2:] + quick[:, 1:-1] + quick[:, :-2]) / _STEADY
    steady[..., :_N_SCALED] /= scale[:, None, None]
    columns = [_STATISTICS[statistic][1](steady[..., columns]) for statistic, columns in _COLUMNS.items()]
    out = np.concatenate(columns, axis=1)
    return np.clip(out, _BOUNDS[:, 0], _BOUNDS[:, 1]).astype(np.float32)


def stretch_features(columns: Float64, ends: Int64) -> Float32:
    """(M, F) features of the windows of one unbroken stretch that end at the ticks `ends`.

    Args:
        columns: (T, S) `with_speeds`.
        ends: (M,) positions along T.
    """
    long = QUICK_TICKS
    quick = sliding_window_view(np.concatenate([np.repeat(columns[:1], long - 1, axis=0), columns]), long, axis=0)
    scales = np.concatenate([np.full(SCALE_TICKS - 1, np.nan), columns[:, COLUMN["body_scale"]]])
    slow = sliding_window_view(scales, SCALE_TICKS)
    parts = [np.zeros((0, N_FEATURES), np.float32)]
    for first in range(0, len(ends), _CHUNK):
        rows = ends[first : first + _CHUNK]
        parts.append(window_features(quick[rows].swapaxes(1, 2), slow[rows]))
    return np.concatenate(parts)


def stretch_signals(points: Float64, frame_size: tuple[int, int]) -> Float64:
    """(T, S) `with_speeds` of the ticks of one unbroken stretch; the person is taken to have stood still before."""
    now = signals(points, frame_size)
    return with_speeds(now[np.fmax(np.arange(len(now)) - LAG, 0)], now)
