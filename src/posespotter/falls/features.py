"""What the classifier sees: the last seconds of one person in body lengths, degrees and seconds.

Nothing in here depends on the distance of the camera, the size of the picture, the frame rate or the side: lengths are
divided by the person's own standing height, moments are `sampling.RATE_HZ` a second, and left is never told from right.
"""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from posespotter.arrays import Bool, Float32, Float64, Int64
from posespotter.falls.sampling import RATE_HZ
from posespotter.falls.signals import COLUMN, LAG

WINDOW_S = 3.0
"""A fall takes about one second; in three a person has gone from standing to lying still."""

_WINDOW = round(WINDOW_S * RATE_HZ) + 1  # ticks
CONTEXT_S = 60.0
"""How far back a person's standing height is remembered: longer, and people have come nearer to the camera since."""

_RECENT_S = 10.0  # to measure the size of the person in the picture as it is now
MEMORY_TICKS = round(CONTEXT_S * RATE_HZ) + 1
"""How many of the last ticks `window_features` asks for."""

_COARSE = 6  # ticks: sizes change slowly, so that every sixth will do
_RECENT = round(_RECENT_S * RATE_HZ) + 1
_NOW = 3  # ticks whose mean is "now"
_SECOND = RATE_HZ + 1
_QUICK_TICKS = _WINDOW + _NOW - 1
_CHUNK = 256  # windows worked on together: they fit the processor's cache
# Of sizes in order, which one counts: unlike the largest, it is deaf to outliers.
_SIZES = (("stature", 0.75), ("head_up", 0.9), ("hip_up", 0.9), ("trunk_px", 0.9), ("legs_px", 0.9))
_LEVELS = np.array([[0.85], [0.6]])  # of the recent head height: standing, and lower than when sitting upright
_SMALLEST_PX = 1.0
_SAME_FEET = 0.05  # bl: the feet err by as much
_HERE_SHARE, _HERE_TICKS = 0.95, 5  # of the sizes in order; of the ticks that are looked at
_LEAST_STANDING = 0.3  # bl: of people who were never seen standing
# Cameras that watch rooms look ahead or down: in the model's metres people who stand lean towards them.
_LEVEL_RAD, _STEEPEST_RAD = 0.0, float(np.radians(60.0))


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
    Feature("head_share", "share", "head height now as a share of that when standing in the last 60 s", 1.0),
    Feature("head_share_low_1s", "share", "lowest of that in the last second", 1.0),
    Feature("hip_share", "share", "hip height now as a share of that when standing in the last 60 s", 1.0),
    Feature("standing_head", "bl", "head height above the ankles when standing in the last 60 s", 0.9),
    Feature("foreshortening", "share", "size by the limbs in the last 10 s as a share of that in the last 60 s", 1.0),
    Feature("since_high", "s", "time since the head was last as high as when standing, at most 10 s", 0.0),
    Feature("since_low", "s", "time since the head was last not low, at most 10 s", 0.0),
    Feature("descent", "s", "time the head took from high to low", 0.0),
    Feature("jolt_1s", "bl/s²", "strongest braking of the head's descent in the last second", 0.0),
    Feature("stillness_1s", "share", "of the last second in which the person hardly moved", 1.0),
    Feature("stillness_3s", "share", "of the last three seconds in which the person hardly moved", 1.0),
    Feature("moved_1s", "bl", "way of the hips from one second before", 0.0),
    Feature("trunk_long", "share", "length of the trunk now as a share of its longest in the last 60 s", 1.0),
    Feature("legs_long", "share", "length of the legs now as a share of their longest in the last 60 s", 1.0),
    Feature("stature_share", "share", "size by the limbs now as a share of that in the last 60 s", 1.0),
    Feature(
        "head_here",
        "share",
        "head height now as a share of that in the last 60 s while the feet were no lower "
        "in the picture: nearer people do not look smaller",
        1.0,
    ),
    Feature("stature_here", "share", "size by the limbs now as a share of the same", 1.0),
    Feature("trunk_here", "share", "length of the trunk now as a share of the same", 1.0),
    Feature(
        "camera_tilt", "deg", "how far standing people lean towards the camera in metres: how far it looks down", 0.0
    ),
    *(
        Feature(f"{name}_{word}_{s}", "share", f"{words}: share of its length in metres, {when}", absent)
        for s, when in (("now", "mean of the last 0.2 s"), ("1s", "mean of the last second"))
        for word, how, absent in (("rise", "goes up", 1.0), ("away", "leads away from the camera", 0.0))
        for name, words in (
            ("trunk", f"how far the trunk {how}"),
            ("thigh", f"how far the thighs' upper end {how}"),
            ("shank", f"how far the shanks' upper end {how}"),
            ("body", f"how far the line from ankles to nose {how}"),
        )
    ),
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

_AGO = np.arange(MEMORY_TICKS - 1, -1, -1)
_SHARES = np.array([share for _, share in _SIZES])
_STATURE_SHARE, _MIDDLE, _HERE_LEVEL = (np.asarray(share) for share in (_SIZES[0][1], 0.5, _HERE_SHARE))
_HIP = slice(COLUMN["hip_x"], COLUMN["hip_y"] + 1)
_HIP_UP, _ENERGY, _HEAD_DOWN = COLUMN["hip_up"], COLUMN["energy"], COLUMN["head_down"]
_SHAPE = slice(COLUMN[_SHAPES[0][0]], COLUMN[_SPEEDS[0][0]])
_METRES = slice(COLUMN["trunk_rise"], COLUMN["body_away"] + 1)
_SLOW = [COLUMN[name] for name, _ in _SIZES] + [COLUMN[name] for name in ("ankle_y", "body_rise", "body_away")]
_SIZE_NAMES = [name for name, _ in _SIZES]
_HERE = [_SIZE_NAMES.index(name) for name in ("head_up", "stature", "trunk_px")]
_HERE_NOW = [_SLOW[k] for k in _HERE]
_SIZES_OF = [_SIZE_NAMES.index(name) for name in ("trunk_px", "legs_px", "stature")]
_SIZES_NOW = [_SLOW[k] for k in _SIZES_OF]
_SIZES_AT, _HERE_AT = (slice(INDEX[name] - INDEX["head_share"], INDEX[name] - INDEX["head_share"] + 3)
                       for name in ("trunk_long", "head_here"))  # fmt: skip
_TILT_AT, _LEVELLED_AT = (INDEX[name] - INDEX["head_share"] for name in ("camera_tilt", "trunk_rise_now"))
_LENGTHS = np.array([i for i, feature in enumerate(FEATURES[: len(FEATURES) - len(_CONTEXT)])
                     if feature.unit in {"bl", "bl/s"}])  # fmt: skip


def window_features(recent: Float64, n_present: Int64, known: Bool) -> Float32:
    """(M, F) features of M windows that end now; each is worked out by itself, whatever stands beside it.

    Args:
        recent: (M, L, S) `signals` of the last L = `MEMORY_TICKS` ticks; before the person came, those of the first.
        n_present: (M,) how many of them there are since the person came.
        known: (M, L) which ticks may be judged; False where they only bridge a gap.
    """
    coarse = recent[:, ::_COARSE, _SLOW]
    head_up = recent[:, -_RECENT:, COLUMN["head_up"]]
    return _features(recent[:, -_QUICK_TICKS:], coarse, head_up, n_present, known[:, -_SECOND:])


def stretch_features(columns: Float64, known: Bool, ends: Int64) -> Float32:
    """(M, F) features of the windows of one unbroken stretch that end at the ticks `ends`.

    Args:
        columns: (T, S) `signals`.
        known: (T,) which ticks may be judged.
        ends: (M,) positions along T.
    """
    before = MEMORY_TICKS - 1
    padded = np.concatenate([_stood_still(columns[:1], before), columns])
    seen = np.concatenate([np.zeros(before, bool), known])
    quick = sliding_window_view(padded[before + 1 - _QUICK_TICKS :], _QUICK_TICKS, axis=0).swapaxes(1, 2)
    slow = sliding_window_view(padded[:, _SLOW], MEMORY_TICKS, axis=0)[..., ::_COARSE].swapaxes(1, 2)
    heads = sliding_window_view(padded[before + 1 - _RECENT :, COLUMN["head_up"]], _RECENT)
    judged = sliding_window_view(seen[before + 1 - _SECOND :], _SECOND)
    parts = [np.zeros((0, N_FEATURES), np.float32)]
    for first in range(0, len(ends), _CHUNK):
        rows = ends[first : first + _CHUNK]
        n_present = np.minimum(rows + 1, MEMORY_TICKS)
        parts.append(_features(quick[rows], slow[rows], heads[rows], n_present, judged[rows]))
    return np.concatenate(parts)


def _stood_still(first: Float64, ticks: int) -> Float64:
    """(ticks, S) signals of a person before the first tick, who is taken to have stood there."""
    return np.repeat(first, ticks, axis=0)  # speeds are 0 in a first tick


def _features(quick: Float64, coarse: Float64, head_up: Float64, n_present: Int64, judged: Bool) -> Float32:
    """(M, F) features.

    Args:
        quick: (M, _QUICK_TICKS, S) signals of the last seconds.
        coarse: (M, C, len(_SLOW)) signals of the whole memory, every `_COARSE`-th tick.
        head_up: (M, _RECENT) height of the head, px.
        n_present: (M,) ticks since the person came.
        judged: (M, _SECOND) which ticks of the last second may be judged.
    """
    coarse = coarse.swapaxes(1, 2).copy()
    if n_present.min() < MEMORY_TICKS:
        before = n_present[:, None] <= _AGO
        np.copyto(coarse, np.nan, where=before[:, None, ::_COARSE])
        head_up = np.where(before[:, -_RECENT:], np.nan, head_up)
    n_sizes = len(_SIZES)
    ordered = np.sort(coarse[:, :n_sizes], axis=-1)  # NaN comes last
    n_known = ordered.shape[-1] - np.isnan(ordered).sum(axis=-1)
    references = _at_share(ordered, n_known, _SHARES)
    recent = np.sort(coarse[:, 0, -(_RECENT // _COARSE + 1) :], axis=-1)
    n_recent = recent.shape[-1] - np.isnan(recent).sum(axis=-1)
    scale = np.fmax(_at_share(recent, n_recent, _STATURE_SHARE), _SMALLEST_PX)
    window = _window_statistics(np.ascontiguousarray(quick[..., _SHAPE.start :]))
    window[:, _LENGTHS] /= scale[:, None]
    context = _context(np.ascontiguousarray(quick), coarse, head_up, references, scale)
    out = np.concatenate([window, context, judged.sum(axis=1)[:, None] / _SECOND], axis=1)
    return np.where(np.isfinite(out), out, _ABSENT).astype(np.float32)


def _window_statistics(last: Float64) -> Float64:
    """(M, n) the statistics of `_SHAPES` and of `_SPEEDS`, lengths in px.

    Args:
        last: (M, _QUICK_TICKS, n) shapes and speeds.
    """
    n = len(_SHAPES)
    steady = (last[:, 2:, :n] + last[:, 1:-1, :n] + last[:, :-2, :n]) / _NOW
    now = steady[:, -1]
    half, one, two = (steady[:, -1 - round(seconds * RATE_HZ)] for seconds in (0.5, 1.0, 2.0))
    second = last[:, -_SECOND:]
    mean = second.sum(axis=1) / _SECOND
    off = second[..., :n] - mean[:, None, :n]
    speeds = last[..., n:]
    fast = second[..., n:]
    return np.concatenate(
        [
            now,
            now - half,
            now - one,
            now - two,
            steady[:, -_SECOND:].min(axis=1),
            steady.max(axis=1),
            np.sqrt((off * off).sum(axis=1) / _SECOND),
            (speeds[:, -1] + speeds[:, -2] + speeds[:, -3]) / _NOW,
            mean[:, n:],
            fast.max(axis=1),
            fast.min(axis=1),
            speeds[:, -_WINDOW:].max(axis=1),
        ],
        axis=1,
    )


def _context(quick: Float64, coarse: Float64, head_up: Float64, references: Float64, scale: Float64) -> Float64:
    """(M, n) the columns of `_CONTEXT` but for the last.

    Args:
        quick: (M, _QUICK_TICKS, S) signals of the last seconds.
        coarse: (M, len(_SLOW), C) signals of the whole memory; NaN before the person came.
        head_up: (M, _RECENT) height of the head, px; NaN before the person came.
        references: (M, len(_SIZES)) px, of the whole memory.
        scale: (M,) px of a body length.
    """
    standing = np.fmax(references[:, 1], _LEAST_STANDING * scale)
    standing_hip = np.fmax(references[:, 2], _LEAST_STANDING / 2 * scale)
    now = (quick[:, -1] + quick[:, -2] + quick[:, -3]) / _NOW
    second = quick[:, -_SECOND:].sum(axis=1) / _SECOND
    with np.errstate(invalid="ignore"):
        share = head_up / standing[:, None]
        since_high, since_low = _since(share[:, None] >= _LEVELS).T
        tilt = _tilt(coarse, _LEVELS[0] * standing)
    down = quick[:, -_SECOND - LAG :, _HEAD_DOWN]
    braking = (down[:, :-LAG] - down[:, LAG:]) * (RATE_HZ / LAG)
    way = quick[:, -1, _HIP] - quick[:, -_SECOND, _HIP]
    still = quick[:, -_WINDOW:, _ENERGY] < (_STILL * scale)[:, None]
    out = np.empty((len(standing), len(_CONTEXT) - 1))
    columns = (
        (share[:, -1] + share[:, -2] + share[:, -3]) / _NOW,
        share[:, -_SECOND:].min(axis=1),
        now[:, _HIP_UP] / standing_hip,
        standing / scale,
        scale / np.fmax(references[:, 0], _LEAST_STANDING * scale),
        since_high,
        since_low,
        since_high - since_low,
        braking.max(axis=1) / scale,
        still[:, -_SECOND:].sum(axis=1) / _SECOND,
        still.sum(axis=1) / _WINDOW,
        np.hypot(way[:, 0], way[:, 1]) / scale,
    )
    for i, column in enumerate(columns):  # a stack would take longer than all of the above for a single window
        out[:, i] = column
    out[:, _SIZES_AT] = now[:, _SIZES_NOW] / np.fmax(references[:, _SIZES_OF], _SMALLEST_PX)
    out[:, _HERE_AT] = _here(now, coarse, scale)
    out[:, _TILT_AT] = np.degrees(tilt)
    n = _METRES.stop - _METRES.start
    metres = np.concatenate([now[:, None, _METRES], second[:, None, _METRES]], axis=1)
    out[:, _LEVELLED_AT : _LEVELLED_AT + 2 * n] = _levelled(metres, tilt).reshape(len(out), 2 * n)
    out[:, -3] = now[:, COLUMN["score"]]
    out[:, -2:] = second[:, [COLUMN["score"], COLUMN["leg_score"]]]
    return out


def _here(now: Float64, coarse: Float64, scale: Float64) -> Float64:
    """(M, 3) sizes now, as shares of what they were while the feet were no lower in the picture."""
    no_lower = coarse[:, -3] <= (now[:, COLUMN["ankle_y"]] + _SAME_FEET * scale)[:, None]
    sizes = np.where(no_lower[:, None], coarse[:, _HERE], np.nan)
    sizes.sort(axis=-1)
    n_known = no_lower.sum(axis=-1)
    at = (_HERE_LEVEL * np.maximum(n_known - 1, 0)).astype(np.intp)
    then = sizes[np.arange(len(sizes)), :, at]
    then[n_known < _HERE_TICKS] = np.nan
    return np.asarray(now[:, _HERE_NOW] / np.maximum(then, _SMALLEST_PX), np.float64)


def _tilt(coarse: Float64, high: Float64) -> Float64:
    """(M,) radians by which people lean towards the camera when their head is above `high` (px): its own tilt."""
    rise, away = coarse[:, -2], coarse[:, -1]
    lean = np.where(coarse[:, 1] >= high[:, None], np.arctan2(-away, rise), np.nan)
    lean.sort(axis=-1)
    middle = _at_share(lean, lean.shape[-1] - np.isnan(lean).sum(axis=-1), _MIDDLE)
    return np.minimum(np.fmax(middle, _LEVEL_RAD), _STEEPEST_RAD)


def _levelled(metres: Float64, tilt: Float64) -> Float64:
    """(M, k, 8) the rises and then the aways that a camera would see that looks straight ahead."""
    n = metres.shape[-1] // 2
    rise, away = metres[..., :n], metres[..., n:]
    cos, sin = np.cos(tilt)[:, None, None], np.sin(tilt)[:, None, None]
    return np.concatenate([rise * cos - away * sin, away * cos + rise * sin], axis=-1)


def _at_share(ordered: Float64, n_known: Int64, share: Float64) -> Float64:
    """(...) the value below which `share` of the known ones of each row lie; NaN where none is known.

    Args:
        ordered: (..., C) ascending, what is not known last.
        n_known: (...) how many are known.
        share: of each row, or of all.
    """
    at = (share * np.maximum(n_known - 1, 0)).astype(np.intp)
    rows = ordered.reshape(-1, ordered.shape[-1])
    return np.asarray(rows[np.arange(len(rows)), at.ravel()].reshape(at.shape), np.float64)


def _since(true: Bool) -> Float64:
    """(...) seconds since the last true of each row, `_RECENT_S` where there is none."""
    ago = np.argmax(true[..., ::-1], axis=-1) / RATE_HZ
    return np.where(true.any(axis=-1), ago, _RECENT_S)
