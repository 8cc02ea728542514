"""What one moment of a person looks like: a row of numbers that know neither left from right nor earlier moments."""

import numpy as np

from posespotter.arrays import Float64
from posespotter.falls.sampling import POINTS
from posespotter.skeletons import SEGMENT_SHARES

SIGNALS = (
    "head_x", "head_y", "shoulder_x", "shoulder_y", "hip_x", "hip_y", "knee_x", "knee_y", "ankle_x", "ankle_y",
    "width", "height", "trunk_deg", "body_deg", "thigh_deg", "score", "leg_score", "stature", "head_up", "hip_up",
    "trunk_slim", "legs_slim",
)  # fmt: skip
"""The columns of `signals`. Places and lengths are px, y down; of paired joints the middle counts."""

COLUMN = {name: i for i, name in enumerate(SIGNALS)}

_N_PAIRS = (len(POINTS) - 1) // 2
_LEFT, _RIGHT = slice(1, 1 + _N_PAIRS), slice(1 + _N_PAIRS, 1 + 2 * _N_PAIRS)
_PAIRED = [name.removeprefix("left_") for name in POINTS[_LEFT]]
_EAR, _SHOULDER, _HIP, _KNEE, _ANKLE = (_PAIRED.index(part) for part in ("ear", "shoulder", "hip", "knee", "ankle"))
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
_LONGER = 6  # the third longest of the eight: limbs look shorter when they point at the camera, and seldom longer


def signals(points: Float64) -> Float64:
    """(T, S) the columns of `SIGNALS`.

    Args:
        points: (T, P, 3) x, y (px) and score of `POINTS`; NaN where a joint was never seen.

    Angles are to the vertical, 0 as when standing, 180 upside down, without a side. `stature` is what the standing
    height would be by the limbs that are seen in full; `slim` is the length of trunk or legs as a share of it and the
    shoulders' breadth together. NaN where the joints for a number are not known.
    """
    places, scores = points[..., :2], points[..., 2]
    middles = _either(places[:, _LEFT], places[:, _RIGHT])
    head = _either(places[:, 0], middles[:, _EAR])
    shoulder, hip, knee, ankle = (middles[:, i] for i in (_SHOULDER, _HIP, _KNEE, _ANKLE))
    out = np.empty((len(points), len(SIGNALS)))
    for i, place in enumerate((head, shoulder, hip, knee, ankle)):
        out[:, 2 * i : 2 * i + 2] = place
    with np.errstate(invalid="ignore"):
        out[:, 10:12] = np.fmax.reduce(places, axis=1) - np.fmin.reduce(places, axis=1)
        limbs = places[:, _LIMB_TO] - places[:, _LIMB_FROM]
    lengths = np.sort(np.hypot(limbs[..., 0], limbs[..., 1]) / _LIMB_SHARE, axis=1)  # NaN comes last
    n_known = len(_LIMBS) - np.isnan(lengths).sum(axis=1)
    longer = np.clip(n_known - (len(_LIMBS) - _LONGER) - 1, 0, None)
    out[:, 17] = lengths[np.arange(len(points)), longer]
    for k, segment in enumerate((shoulder - hip, head - ankle, hip - knee)):
        out[:, 12 + k] = np.degrees(np.arctan2(np.abs(segment[:, 0]), -segment[:, 1]))
    out[:, 15] = scores.mean(axis=1)
    out[:, 16] = scores[:, _LEGS].mean(axis=1)
    out[:, 18] = ankle[:, 1] - head[:, 1]
    out[:, 19] = ankle[:, 1] - hip[:, 1]
    across = places[:, _LEFT][:, _SHOULDER] - places[:, _RIGHT][:, _SHOULDER]
    broad = np.hypot(across[:, 0], across[:, 1])
    for k, segment in enumerate((shoulder - hip, hip - ankle)):
        long = np.hypot(segment[:, 0], segment[:, 1])
        out[:, 20 + k] = long / np.fmax(long + broad, 1.0)
    return out


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
