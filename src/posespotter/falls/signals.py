"""What one moment of a person looks like: a row of numbers that know neither left from right nor earlier moments."""

import numpy as np

from posespotter.arrays import Float64
from posespotter.falls.sampling import METRES, POINTS, RATE_HZ
from posespotter.skeletons import SEGMENT_SHARES

_SEGMENTS = ("trunk", "thigh", "shank", "body")
MOMENT = (
    "head_x", "head_y", "shoulder_x", "shoulder_y", "hip_x", "hip_y", "knee_x", "knee_y", "ankle_x", "ankle_y",
    "score", "leg_score", "stature", "trunk_px", "legs_px",
    *(f"{name}_rise" for name in _SEGMENTS), *(f"{name}_away" for name in _SEGMENTS),
    "head_up", "hip_up", "shoulder_up", "width", "height", "aspect", "trunk_deg", "body_deg", "thigh_deg",
    "trunk_slim", "legs_slim",
)  # fmt: skip
SPEEDS = ("head_down", "hip_down", "head_sink", "hip_aside", "head_aside", "shrink", "energy", "tilting")
SIGNALS = (*MOMENT, *SPEEDS)
"""The columns of `signals`. Places and lengths are px, y down; of paired joints the middle counts."""

COLUMN = {name: i for i, name in enumerate(SIGNALS)}
N_PLACES = 10
LAG = 3
"""Ticks, 0.2 s, over which speeds are taken: shorter ones are mostly jitter."""

_N_PAIRS = (len(POINTS) - 1) // 2
_LEFT, _RIGHT = slice(1, 1 + _N_PAIRS), slice(1 + _N_PAIRS, 1 + 2 * _N_PAIRS)
_PAIRED = [name.removeprefix("left_") for name in POINTS[_LEFT]]
_EAR, _SHOULDER, _HIP, _KNEE, _ANKLE = (_PAIRED.index(part) for part in ("ear", "shoulder", "hip", "knee", "ankle"))
_UPPER, _LOWER = [_SHOULDER, _HIP, _KNEE], [_HIP, _KNEE, _ANKLE, _ANKLE]  # of `_SEGMENTS`; a body ends at the nose
_LEGS = [i for i, name in enumerate(POINTS) if name.endswith(("_knee", "_ankle"))]

_LIMBS = tuple(
    (f"{side}_{a}", f"{side}_{b}", share)
    for (a, b), share in SEGMENT_SHARES.items()
    if (a, b) != ("elbow", "wrist")
    for side in ("left", "right")
)
_LIMB_FROM = [POINTS.index(a) for a, _, _ in _LIMBS]
_LIMB_TO = [POINTS.index(b) for _, b, _ in _LIMBS]
_LIMB_SHARE = np.array([share for _, _, share in _LIMBS])
_UPPER_ENDS, _LOWER_ENDS = [1, 0, 2], [2, 4, 3]  # of trunk, body and thigh, among the places of `MOMENT`
_SHORTEST_PX, _SHORTEST_M = 1.0, 0.05
_LONGER = 6  # the third longest of the eight: limbs look shorter when they point at the camera, and seldom longer


def signals(points: Float64) -> Float64:
    """(T, S) the columns of `SIGNALS` of T ticks of one person, the first of whom stood still before.

    Args:
        points: (T, P, 6) as from `sampling.points_of`; NaN where a joint was never seen.
    """
    now = moment_signals(points)
    before = now[np.fmax(np.arange(len(now)) - LAG, 0)]
    return np.concatenate([now, speeds_between(before, now)], axis=1)


def moment_signals(points: Float64) -> Float64:
    """(T, len(MOMENT)) what each tick says by itself.

    Args:
        points: (T, P, 6) as from `sampling.points_of`; NaN where a joint was never seen.

    Angles are to the vertical, 0 as when standing, 180 upside down, without a side. `stature` is what the standing
    height would be by the limbs that are seen in full; `slim` is the length of trunk or legs as a share of it and the
    shoulders' breadth together. `rise` and `away` are how far a segment (from its lower end to its upper one; the body
    is from the ankles to the nose) goes up and away from the camera, as shares of its length in metres. NaN where the
    joints for a number are not known.
    """
    places, scores = points[..., :2], points[..., 2]
    middles = _either(points[:, _LEFT], points[:, _RIGHT])
    head = _either(places[:, 0], middles[:, _EAR, :2])
    shoulder, hip, knee, ankle = (middles[:, i, :2] for i in (_SHOULDER, _HIP, _KNEE, _ANKLE))
    out = np.empty((len(points), len(MOMENT)))
    for i, place in enumerate((head, shoulder, hip, knee, ankle)):
        out[:, 2 * i : 2 * i + 2] = place
    out[:, COLUMN["score"]] = scores.sum(axis=1) / len(POINTS)
    out[:, COLUMN["leg_score"]] = scores[:, _LEGS].sum(axis=1) / len(_LEGS)
    out[:, COLUMN["stature"]] = _stature(places)
    metres = middles[:, _LOWER, METRES] * -1.0
    metres[:, :-1] += middles[:, _UPPER, METRES]
    metres[:, -1] += points[:, 0, METRES]
    metres /= np.fmax(np.sqrt((metres * metres).sum(axis=-1, keepdims=True)), _SHORTEST_M)
    rise = COLUMN["trunk_rise"]
    out[:, rise : rise + len(_SEGMENTS)] = -metres[..., 1]
    out[:, rise + len(_SEGMENTS) : rise + 2 * len(_SEGMENTS)] = metres[..., 2]
    out[:, COLUMN["head_up"]] = ankle[:, 1] - head[:, 1]
    out[:, COLUMN["hip_up"]] = ankle[:, 1] - hip[:, 1]
    out[:, COLUMN["shoulder_up"]] = hip[:, 1] - shoulder[:, 1]
    width, height = COLUMN["width"], COLUMN["height"]
    with np.errstate(invalid="ignore"):
        out[:, width : height + 1] = np.fmax.reduce(places, axis=1) - np.fmin.reduce(places, axis=1)
    out[:, COLUMN["aspect"]] = out[:, height] / np.fmax(out[:, width] + out[:, height], _SHORTEST_PX)
    middle = out[:, :N_PLACES].reshape(len(out), -1, 2)  # head, shoulder, hip, knee, ankle
    segments = middle[:, _UPPER_ENDS] - middle[:, _LOWER_ENDS]
    trunk = COLUMN["trunk_deg"]
    out[:, trunk : trunk + len(_UPPER_ENDS)] = np.degrees(np.arctan2(np.abs(segments[..., 0]), -segments[..., 1]))
    across = places[:, _LEFT][:, _SHOULDER] - places[:, _RIGHT][:, _SHOULDER]
    broad = np.hypot(across[:, 0], across[:, 1])
    for k, segment in enumerate((shoulder - hip, hip - ankle)):
        long = np.hypot(segment[:, 0], segment[:, 1])
        out[:, COLUMN["trunk_px"] + k] = long
        out[:, COLUMN["trunk_slim"] + k] = long / np.fmax(long + broad, _SHORTEST_PX)
    return out


def speeds_between(before: Float64, now: Float64) -> Float64:
    """(T, len(SPEEDS)) speeds of T ticks, px/s and deg/s.

    Args:
        before: (T, len(MOMENT)) what the ticks `LAG` earlier said.
        now: (T, len(MOMENT)) what they say.
    """
    changes = (now - before) * (RATE_HZ / LAG)
    moves = changes[:, :N_PLACES].reshape(len(now), -1, 2)
    head, hip = moves[:, 0], moves[:, 2]
    out = np.empty((len(now), len(SPEEDS)))
    out[:, 0] = head[:, 1]
    out[:, 1] = hip[:, 1]
    out[:, 2] = -changes[:, COLUMN["head_up"]]
    out[:, 3] = np.abs(hip[:, 0])
    out[:, 4] = np.abs(head[:, 0] - hip[:, 0])
    out[:, 5] = -changes[:, COLUMN["height"]]
    out[:, 6] = np.hypot(moves[..., 0], moves[..., 1]).sum(axis=-1) / moves.shape[1]
    out[:, 7] = changes[:, COLUMN["trunk_deg"]]
    return out


def _stature(places: Float64) -> Float64:
    limbs = places[:, _LIMB_TO] - places[:, _LIMB_FROM]
    lengths = np.sort(np.hypot(limbs[..., 0], limbs[..., 1]) / _LIMB_SHARE, axis=1)  # NaN comes last
    n_known = len(_LIMBS) - np.isnan(lengths).sum(axis=1)
    longer = np.maximum(n_known - (len(_LIMBS) - _LONGER) - 1, 0)
    return np.asarray(lengths[np.arange(len(places)), longer], np.float64)


def hips(points: Float64) -> Float64:
    """(T, 2) px, the middle of the hips."""
    middles = _either(points[:, _LEFT, :2], points[:, _RIGHT, :2])
    return np.asarray(middles[:, _HIP], np.float64)


def _either(a: Float64, b: Float64) -> Float64:
    """The middle of two places, or the one that is known."""
    middle = (a + b) / 2
    if not np.isnan(middle).any():
        return np.asarray(middle, np.float64)
    return np.where(np.isnan(a), b, np.where(np.isnan(b), a, middle))
