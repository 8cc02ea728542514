"""What the classifier sees: the last seconds of one person in body lengths, degrees and seconds.

Nothing in here depends on the distance of the camera, the size of the picture, the frame rate or the side: lengths are
divided by the person's own standing height, moments are `sampling.RATE_HZ` a second, and left is never told from right.
"""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from posespotter.arrays import Bool, Float32, Float64, Int64
from posespotter.falls.sampling import RATE_HZ
from posespotter.falls.signals import COLUMN

WINDOW_S = 3.0
"""A fall takes about one second; in three a person has gone from standing to lying still."""

_WINDOW = round(WINDOW_S * RATE_HZ) + 1  # ticks
CONTEXT_S = 30.0
"""How far back a person's standing height is remembered: longer, and people have come nearer to the camera since."""

_RECENT_S = 10.0  # to measure the size of the person in the picture as it is now
MEMORY_TICKS = round(CONTEXT_S * RATE_HZ) + 1
"""How many of the last ticks `window_features` asks for."""

_COARSE = 3  # ticks: sizes change slowly, so that every third will do
_RECENT = round(_RECENT_S * RATE_HZ) + 1
_LAG = 3  # ticks, 0.2 s, over which speeds are taken: shorter ones are mostly jitter
_NOW = 3  # ticks whose mean is "now"
_SECOND = RATE_HZ + 1
_QUICK_TICKS = _WINDOW + _LAG
_CHUNK = 256  # windows worked on together: they fit the processor's cache
# Of sizes in order, which one counts: unlike the largest, it is deaf to outliers. Limbs, head, hips.
_STATURE_SHARE, _STANDING_SHARE = 0.75, 0.9
_SHARES = (_STATURE_SHARE, _STANDING_SHARE, _STANDING_SHARE)
_HIGH, _LOW = 0.85, 0.6  # of the recent head height: standing, and lower than when sitting upright
_SMALLEST_PX = 1.0
_LEAST_STANDING = 0.3  # bl: of people who were never seen standing


@dataclass(frozen=True)
class Feature:
    """One number of a window.

    Attributes:
        name: as in tables and artefacts.
        unit: bl is body lengths, the person's own standing height.
        meaning: in words.
        absent: the value where the joints for it were never seen: that of a person who stands still.
    """

    name: str
    unit: str
    meaning: str
    absent: float


_SHAPES = (
    ("head_up", "bl", "head above the ankles", 0.9),
    ("hip_up", "bl", "hips above the ankles", 0.5),
    ("shoulder_up", "bl", "shoulders above the hips", 0.29),
    ("width", "bl", "width of the box around the joints", 0.3),
    ("height", "bl", "height of the box around the joints", 0.9),
    ("aspect", "share", "height of that box as a share of its height and width together", 0.75),
    ("trunk", "deg", "angle of the trunk to the vertical", 5.0),
    ("body", "deg", "angle of the line from the ankles to the head to the vertical", 5.0),
    ("thigh", "deg", "angle of the thighs to the vertical", 5.0),
    ("trunk_slim", "share", "length of the trunk as a share of it and the breadth of the shoulders", 0.6),
    ("legs_slim", "share", "length of the legs as a share of it and the breadth of the shoulders", 0.7),
)
_SPEEDS = (
    ("head_down", "bl/s", "downward speed of the head"),
    ("hip_down", "bl/s", "downward speed of the hips"),
    ("head_sink", "bl/s", "speed at which the head nears the height of the ankles"),
    ("hip_aside", "bl/s", "speed of the hips to the side"),
    ("head_aside", "bl/s", "speed of the head to the side, as seen from the hips"),
    ("shrink", "bl/s", "speed at which the box around the joints loses height"),
    ("energy", "bl/s", "mean speed of head, shoulders, hips, knees and ankles"),
    ("tilting", "deg/s", "speed at which the trunk leaves the vertical"),
)
_SHAPE_STATISTICS = (
    ("now", "{}, mean of the last 0.2 s"),
    ("change_05s", "{}: now less half a second before"),
    ("change_1s", "{}: now less one second before"),
    ("change_2s", "{}: now less two seconds before"),
    ("low_1s", "{}: lowest in the last second"),
    ("high_3s", "{}: highest in the last three seconds"),
    ("spread_1s", "{}: standard deviation in the last second"),
)
_SPEED_STATISTICS = (
    ("now", "{}, mean of the last 0.2 s"),
    ("mean_1s", "{}: mean of the last second"),
    ("high_1s", "{}: highest in the last second"),
    ("low_1s", "{}: lowest in the last second"),
    ("high_3s", "{}: highest in the last three seconds"),
)
_CONTEXT = (
    Feature("head_share", "share", "head height now as a share of that when standing in the last 30 s", 1.0),
    Feature("head_share_low_1s", "share", "lowest of that in the last second", 1.0),
    Feature("hip_share", "share", "hip height now as a share of that when standing in the last 30 s", 1.0),
    Feature("standing_head", "bl", "head height above the ankles when standing in the last 30 s", 0.9),
    Feature("foreshortening", "share", "size by the limbs in the last 10 s as a share of that in the last 30 s", 1.0),
    Feature("since_high", "s", "time since the head was last as high as when standing, at most 10 s", 0.0),
    Feature("since_low", "s", "time since the head was last not low, at most 10 s", 0.0),
    Feature("descent", "s", "time the head took from high to low", 0.0),
    Feature("jolt_1s", "bl/s²", "strongest braking of the head's descent in the last second", 0.0),
    Feature("stillness_1s", "share", "of the last second in which the person hardly moved", 1.0),
    Feature("stillness_3s", "share", "of the last three seconds in which the person hardly moved", 1.0),
    Feature("moved_1s", "bl", "way of the hips from one second before", 0.0),
    Feature("score_now", "score", "mean score of the joints, mean of the last 0.2 s", 0.5),
    Feature("score_1s", "score", "mean score of the joints in the last second", 0.5),
    Feature("leg_score_1s", "score", "mean score of knees and ankles in the last second", 0.5),
    Feature("seen_1s", "share", "of the last second in which the person was seen", 1.0),
)
FEATURES: tuple[Feature, ...] = (
    *(Feature(f"{name}_{s}", unit, words.format(meaning), absent if s in {"now", "low_1s", "high_3s"} else 0.0)
      for s, words in _SHAPE_STATISTICS for name, unit, meaning, absent in _SHAPES),
    *(Feature(f"{name}_{s}", unit, words.format(meaning), 0.0)
      for s, words in _SPEED_STATISTICS for name, unit, meaning in _SPEEDS),
    *_CONTEXT,
)  # fmt: skip
"""The features in the order of their columns."""

INDEX = {feature.name: i for i, feature in enumerate(FEATURES)}
N_FEATURES = len(FEATURES)
_ABSENT = np.array([feature.absent for feature in FEATURES])
_STILL = 0.15  # bl/s: the jitter of joints at rest is below, a slow step is 0.5

_PLACES = slice(COLUMN["head_x"], COLUMN["ankle_y"] + 1)
_HEAD, _HIP, _ANKLE = (COLUMN[f"{name}_x"] // 2 for name in ("head", "hip", "ankle"))
_SHOULDER = COLUMN["shoulder_x"] // 2
_SLOW = slice(COLUMN["stature"], COLUMN["hip_up"] + 1)


def window_features(recent: Float64, n_present: Int64, known: Bool) -> Float32:
    """(M, F) features of M windows that end now; each is worked out by itself, whatever stands beside it.

    Args:
        recent: (M, L, S) `signals` of the last L = `MEMORY_TICKS` ticks; before the person came, those of the first.
        n_present: (M,) how many of them there are since the person came.
        known: (M, L) which ticks may be judged; False where they only bridge a gap.
    """
    return _features(recent[:, -_QUICK_TICKS:], recent[..., _SLOW], n_present, known[:, -_SECOND:])


def stretch_features(columns: Float64, known: Bool, ends: Int64) -> Float32:
    """(M, F) features of the windows of one unbroken stretch that end at the ticks `ends`.

    Args:
        columns: (T, S) `signals`.
        known: (T,) which ticks may be judged.
        ends: (M,) positions along T.
    """
    before = MEMORY_TICKS - 1
    padded = np.concatenate([np.repeat(columns[:1], before, axis=0), columns])
    seen = np.concatenate([np.zeros(before, bool), known])
    quick = sliding_window_view(padded[before + 1 - _QUICK_TICKS :], _QUICK_TICKS, axis=0).swapaxes(1, 2)
    slow = sliding_window_view(padded[:, _SLOW], MEMORY_TICKS, axis=0).swapaxes(1, 2)
    judged = sliding_window_view(seen[before + 1 - _SECOND :], _SECOND)
    parts = [np.zeros((0, N_FEATURES), np.float32)]
    for first in range(0, len(ends), _CHUNK):
        rows = ends[first : first + _CHUNK]
        parts.append(_features(quick[rows], slow[rows], np.minimum(rows + 1, MEMORY_TICKS), judged[rows]))
    return np.concatenate(parts)


def _features(quick: Float64, slow: Float64, n_present: Int64, judged: Bool) -> Float32:
    quick = np.ascontiguousarray(quick)
    coarse = slow[:, ::_COARSE].transpose(2, 0, 1).copy()
    coarse[:, np.arange(0, MEMORY_TICKS, _COARSE) < MEMORY_TICKS - n_present[:, None]] = np.nan
    head_up = slow[:, -_RECENT:, 1].copy()
    head_up[np.arange(_RECENT) < _RECENT - n_present[:, None]] = np.nan
    stature = _sorted_share(coarse[0, :, -(_RECENT // _COARSE + 1) :], _STATURE_SHARE)
    references = np.empty((len(_SHARES), len(quick)))
    for k, level in enumerate(_SHARES):
        references[k] = _sorted_share(coarse[k], level)
    scale = np.fmax(stature, _SMALLEST_PX)
    places = (quick[..., _PLACES] / scale[:, None, None]).reshape(*quick.shape[:2], -1, 2)
    shapes = _shapes(quick, places, scale[:, None])
    speeds = _speeds(places, shapes)
    context = _context(head_up / scale[:, None], references / scale, quick=quick, places=places, speeds=speeds)
    out = np.concatenate(
        [_shape_statistics(shapes), _speed_statistics(speeds), context, judged.mean(1)[:, None]], axis=1
    )
    return np.where(np.isfinite(out), out, _ABSENT).astype(np.float32)


def _shapes(last: Float64, places: Float64, scale: Float64) -> Float64:
    """(M, _WINDOW + _LAG, 11) the columns of `_SHAPES`."""
    out = np.empty((*last.shape[:2], len(_SHAPES)))
    y = places[..., 1]
    out[..., 0] = y[..., _ANKLE] - y[..., _HEAD]
    out[..., 1] = y[..., _ANKLE] - y[..., _HIP]
    out[..., 2] = y[..., _HIP] - y[..., _SHOULDER]
    width, height = last[..., COLUMN["width"]], last[..., COLUMN["height"]]
    out[..., 3] = width / scale
    out[..., 4] = height / scale
    out[..., 5] = height / np.fmax(width + height, _SMALLEST_PX)
    out[..., 6:9] = last[..., COLUMN["trunk_deg"] : COLUMN["thigh_deg"] + 1]
    out[..., 9:11] = last[..., COLUMN["trunk_slim"] : COLUMN["legs_slim"] + 1]
    return out


def _speeds(places: Float64, shapes: Float64) -> Float64:
    """(M, _WINDOW, 8) the columns of `_SPEEDS`."""
    rate = RATE_HZ / _LAG
    moves = (places[:, _LAG:] - places[:, :-_LAG]) * rate
    changes = (shapes[:, _LAG:] - shapes[:, :-_LAG]) * rate
    out = np.empty((*moves.shape[:2], len(_SPEEDS)))
    out[..., 0] = moves[..., _HEAD, 1]
    out[..., 1] = moves[..., _HIP, 1]
    out[..., 2] = -changes[..., 0]
    out[..., 3] = np.abs(moves[..., _HIP, 0])
    out[..., 4] = np.abs(moves[..., _HEAD, 0] - moves[..., _HIP, 0])
    out[..., 5] = -changes[..., 4]
    out[..., 6] = np.hypot(moves[..., 0], moves[..., 1]).mean(axis=-1)
    out[..., 7] = changes[..., 6]
    return out


def _shape_statistics(shapes: Float64) -> Float64:
    steady = (shapes[:, 2:] + shapes[:, 1:-1] + shapes[:, :-2]) / _NOW
    now = steady[:, -1]
    half, one, two = (steady[:, -1 - round(seconds * RATE_HZ)] for seconds in (0.5, 1.0, 2.0))
    second = np.ascontiguousarray(shapes[:, -_SECOND:])
    return np.concatenate(
        [
            now,
            now - half,
            now - one,
            now - two,
            steady[:, -_SECOND:].min(axis=1),
            steady.max(axis=1),
            second.std(axis=1),
        ],
        axis=1,
    )


def _speed_statistics(speeds: Float64) -> Float64:
    second = np.ascontiguousarray(speeds[:, -_SECOND:])
    now = (speeds[:, -1] + speeds[:, -2] + speeds[:, -3]) / _NOW
    return np.concatenate(
        [now, second.mean(axis=1), second.max(axis=1), second.min(axis=1), speeds.max(axis=1)], axis=1
    )


def _context(head_up: Float64, references: Float64, *, quick: Float64, places: Float64, speeds: Float64) -> Float64:
    """(M, 15) the columns of `_CONTEXT` but for the last.

    Args:
        head_up: (M, _RECENT) height of the head, bl; NaN before the person came.
        references: (3, M) stature and heights of head and hips when standing, by the whole memory, bl.
        quick, places, speeds: of the last seconds.
    """
    standing = np.fmax(references[1], _LEAST_STANDING)
    standing_hip = np.fmax(references[2], _LEAST_STANDING / 2)
    hip_up = places[:, -_NOW:, _ANKLE, 1] - places[:, -_NOW:, _HIP, 1]
    with np.errstate(invalid="ignore"):
        share = head_up / standing[:, None]
        since_high, since_low = (_since(share >= level) for level in (_HIGH, _LOW))
    down, energy = speeds[..., 0], speeds[..., 6]
    braking = (down[:, :-_LAG] - down[:, _LAG:]) * (RATE_HZ / _LAG)
    way = places[:, -1, _HIP] - places[:, -_SECOND, _HIP]
    score, leg_score = (np.ascontiguousarray(quick[:, -_SECOND:, COLUMN[name]]) for name in ("score", "leg_score"))
    still = energy < _STILL
    columns = [
        (share[:, -1] + share[:, -2] + share[:, -3]) / _NOW,
        share[:, -_SECOND:].min(axis=1),
        (hip_up[:, -1] + hip_up[:, -2] + hip_up[:, -3]) / _NOW / standing_hip,
        standing,
        1 / np.fmax(references[0], _LEAST_STANDING),
        since_high,
        since_low,
        since_high - since_low,
        braking[:, -_SECOND:].max(axis=1),
        still[:, -_SECOND:].mean(axis=1),
        still.mean(axis=1),
        np.hypot(way[:, 0], way[:, 1]),
        (score[:, -1] + score[:, -2] + score[:, -3]) / _NOW,
        score.mean(axis=1),
        leg_score.mean(axis=1),
    ]
    out = np.empty((len(standing), len(columns)))
    for i, column in enumerate(columns):  # a stack would take longer than all of the above for a single window
        out[:, i] = column
    return out


def _sorted_share(values: Float64, share: float) -> Float64:
    """(M,) the value below which `share` of the known ones of each row lie; NaN where none is known."""
    ordered = np.sort(values, axis=1)  # NaN comes last
    n_known = values.shape[1] - np.isnan(ordered).sum(axis=1)
    at = (share * np.fmax(n_known - 1, 0)).astype(np.intp)
    return np.asarray(ordered[np.arange(len(values)), at], np.float64)


def _since(true: Bool) -> Float64:
    """(M,) seconds since the last true of each row, `_RECENT_S` where there is none."""
    ago = np.argmax(true[:, ::-1], axis=1) / RATE_HZ
    return np.where(true.any(axis=1), ago, _RECENT_S)
