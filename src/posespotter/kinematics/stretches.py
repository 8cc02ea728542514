"""Stretches of a video without a cut: within one, a body moves as bodies can."""

from itertools import pairwise

import numpy as np

from posespotter.arrays import Bool, Float64
from posespotter.kinematics.body import Body
from posespotter.kinematics.view import yaw_deg
from posespotter.skeletons import SEEN_SCORE

MAX_GAP_S = 1.0
"""A person who was away longer begins a new stretch: a quick squat goes unseen in that time."""

_FASTEST = 3.0
"""Body lengths a second: sprinters do not get half the joints of their body to move this fast at once."""

_LEAST_JUMP = 0.12
"""Body lengths: the whole skeleton moves by about the width of the hips, which noise never does."""

_TURN_DEG = 60.0
_TURN_S = 0.5
"""Nobody turns by `_TURN_DEG` in the half second between the means of the half seconds before and after; a cross-fade
to another camera does."""

_UPRIGHT_TRUNK = 0.2
"""Body lengths of 0.288 (Winter 2009) that an upright trunk has left in the picture's vertical when it leans 45°."""

_ZOOM = 1.3
_ZOOM_SHARE = 0.75
_ZOOM_S = 0.25
_LIMB = 0.08
"""Limbs shorten as they turn, each by itself. That three quarters of those longer than `_LIMB` body lengths grow or
shrink by `_ZOOM` between the quarter seconds before and after is a cut to a nearer or further camera."""

_ONE_CUT_S = 0.5
"""Suspicions nearer to each other than this are one cut."""

_STANDS_OUT = 1.5
_SETTLING = 2
"""A step in which so many times more moves than in any that is not beside it is the cut itself."""

_LIMBS = (("shoulder", "hip"), ("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee"), ("knee", "ankle"))
_TRUNKS = (0, len(_LIMBS))


def find_stretches(body: Body) -> list[slice]:
    """The stretches of `body`, best given before smoothing, as slices of its rows."""
    n = len(body)
    if n < 2:
        return [slice(0, n)] if n else []
    step_s = np.diff(body.time_s)
    moved = _movement(body)
    sure = (step_s > MAX_GAP_S) | _jumps(body, moved, step_s)
    broken = sure | _placed(body.time_s, _zooms(body) | _turns(body), sure, moved)
    edges = [0, *(np.flatnonzero(broken) + 1).tolist(), n]
    return [slice(a, b) for a, b in pairwise(edges)]


def _movement(body: Body) -> Float64:
    """(N - 1, J) how far each joint gets in each step, body lengths."""
    moved = np.linalg.norm(np.diff(body.places, axis=0), axis=-1)
    return np.asarray(moved / np.minimum(body.length_px[1:], body.length_px[:-1])[:, None], np.float64)


def _placed(time_s: Float64, suspected: Bool, sure: Bool, moved: Float64) -> Bool:
    """Cuts that several steps suspect; none beside a cut that is sure.

    A cut is at that step in which by far the most moves. Where nothing stands out, one camera faded into the other, and
    the cut is put into the middle.
    """
    cuts = np.zeros(len(suspected), bool)
    middle = (time_s[1:] + time_s[:-1]) / 2
    typical = np.nan_to_num(np.nanmedian(np.where(np.isfinite(moved).any(1, keepdims=True), moved, 0), axis=1))
    places = np.flatnonzero(suspected)
    for group in np.split(places, np.flatnonzero(np.diff(middle[places]) > _ONE_CUT_S) + 1):
        if not len(group):
            continue
        near = np.flatnonzero((middle >= middle[group[0]] - _ZOOM_S) & (middle <= middle[group[-1]] + _ZOOM_S))
        if not sure[near].any():
            most = near[np.argmax(typical[near])]
            others = typical[near[np.abs(near - most) > _SETTLING]]
            stands_out = typical[most] > _STANDS_OUT * others.max(initial=0)
            cuts[most if stands_out else near[len(near) // 2]] = True
    return cuts


def _jumps(body: Body, moved: Float64, step_s: Float64) -> Bool:
    seen = np.minimum(body.scores[1:], body.scores[:-1]) >= SEEN_SCORE
    limit = np.maximum(_LEAST_JUMP, _FASTEST * step_s)
    with np.errstate(invalid="ignore"):
        far = (moved > limit[:, None]) & seen
    return np.asarray((far.sum(1) > 0.5 * seen.sum(1)) & (seen.sum(1) >= 4), np.bool_)


def _zooms(body: Body) -> Bool:
    """(N - 1,) the steps in which the whole person changes size."""
    lengths = np.stack(
        [
            np.where(
                np.minimum(body.score(f"{side}_{a}"), body.score(f"{side}_{b}")) >= SEEN_SCORE,
                np.linalg.norm(body.joint(f"{side}_{a}") - body.joint(f"{side}_{b}"), axis=-1),
                np.nan,
            )
            for side in ("left", "right")
            for a, b in _LIMBS
        ],
        axis=1,
    )
    middle = (body.time_s[1:] + body.time_s[:-1]) / 2
    before = _means(body.time_s, lengths, middle - _ZOOM_S, middle - _ZOOM_S / 4)
    after = _means(body.time_s, lengths, middle + _ZOOM_S / 4, middle + _ZOOM_S)
    with np.errstate(invalid="ignore", divide="ignore"):
        # Of limbs that point at the camera little is left but noise.
        long = np.minimum(before, after) >= _LIMB * body.length_px[1:, None]
        growth = np.where(long, after / before, np.nan)
        known = np.isfinite(growth).sum(1)
        changed = [(growth > _ZOOM), (growth < 1 / _ZOOM)]
    # The trunk must be among them: it does not fold as arms and legs do.
    most = [(limbs.sum(1) >= _ZOOM_SHARE * known) & limbs[:, _TRUNKS].any(1) for limbs in changed]
    return np.asarray((known >= 4) & (most[0] | most[1]), np.bool_)


def _means(time_s: Float64, values: Float64, start_s: Float64, end_s: Float64) -> Float64:
    """(M, C) means of what is known of (N, C) values between the M pairs of moments; NaN where there is nothing."""
    first, last = np.searchsorted(time_s, start_s), np.searchsorted(time_s, end_s)
    known = np.isfinite(values)
    sums = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(np.where(known, values, 0), axis=0)])
    counts = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(known, axis=0)])
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((sums[last] - sums[first]) / (counts[last] - counts[first]), np.float64)


def _turns(body: Body) -> Bool:
    """(N - 1,) the steps at the middle of a turn that is too quick for a person."""
    yaw = np.radians(yaw_deg(body))
    # Of people who lie down or fold up, the direction changes as quickly without a cut.
    trunk_up = (body.joint("hip") - body.joint("shoulder"))[:, 1] / body.length_px
    with np.errstate(invalid="ignore"):
        clear = np.isfinite(yaw) & (trunk_up >= _UPRIGHT_TRUNK)
    direction = np.where(clear, np.exp(1j * np.nan_to_num(yaw)), 0)
    summed = np.concatenate([[0], np.cumsum(direction)])
    middle = (body.time_s[1:] + body.time_s[:-1]) / 2
    far, near = _TURN_S * 1.5, _TURN_S / 2

    def mean(start_s: Float64, end_s: Float64) -> "np.ndarray[tuple[int], np.dtype[np.complex128]]":
        first, last = np.searchsorted(body.time_s, start_s), np.searchsorted(body.time_s, end_s)
        return np.asarray((summed[last] - summed[first]) / np.maximum(last - first, 1))

    before, after = mean(middle - far, middle - near), mean(middle + near, middle + far)
    turn = np.degrees(np.abs(np.angle(after * np.conj(before))))
    turn[(np.abs(before) < 0.8) | (np.abs(after) < 0.8)] = 0
    return np.asarray(turn > _TURN_DEG, np.bool_)
