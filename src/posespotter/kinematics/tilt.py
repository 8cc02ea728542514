"""Roll of the camera, estimated from people who stand upright in front of it."""

from dataclasses import replace

import numpy as np

from posespotter.arrays import Bool, Float64
from posespotter.kinematics.body import Body
from posespotter.kinematics.view import mean_yaw_deg, view_of_yaw, yaw_deg
from posespotter.skeletons import SEEN_SCORE

_LEAST_DEG = {"front": 3.0, "rear": 3.0, "left": 5.0, "right": 5.0}
"""People stand upright to within this, seen from there: from the side they lean forward a little. Seen at an angle
perspective tilts level lines, and nothing is concluded."""

_TOE_UP_DEG = 5.0
"""Models see the toes of flat feet this far above the heels (median of ten stretches of real clips from the side)."""

_AGREE_DEG = 6.0
"""Largest disagreement of two estimates; people who lean against a wall lean by 7° and more on a real clip."""

_MOST_DEG = 30.0
"""A person who leans further does not stand upright."""

_STANDS = 0.42
"""Body lengths between hips and ankles: straight legs have 0.491 (Winter 2009, figure 4.1)."""

_STRAIGHT_DEG = 20.0
"""Trunk and legs of a standing person make one line within this."""

_WIDE = 0.08
"""Body lengths that a line must have in the picture for its direction to mean something."""

_FEWEST_S = 0.3


def camera_tilt_deg(body: Body) -> float:
    """Degrees by which upright people lean clockwise in the picture; 0 where it is little or cannot be told.

    Two things must agree, the line from feet to shoulders and what should be level (shoulders, hips and ankles; from
    the side the feet); the smaller one counts. So neither a lean nor a crooked shoulder alone is taken for a tilt.

    Args:
        body: one stretch, cleaned.
    """
    stands = _stands(body)
    if not _lasts(body.time_s, stands):
        return 0.0
    yaw, _ = mean_yaw_deg(yaw_deg(body)[stands])
    least = _LEAST_DEG.get(view_of_yaw(yaw))
    if least is None:
        return 0.0
    axis = _median(_lean_deg(body.joint("ankle"), body.joint("shoulder"))[stands])
    level = _level_deg(body, stands, yaw)
    if not abs(axis - level) <= _AGREE_DEG or axis * level <= 0:
        return 0.0
    tilt = float(np.sign(axis) * min(abs(axis), abs(level)))
    return tilt if abs(tilt) >= least else 0.0


def upright(body: Body) -> Body:
    """The same as a camera would see it that is not tilted."""
    tilt_deg = camera_tilt_deg(body)
    if not tilt_deg:
        return body
    cosine, sine = np.cos(np.radians(tilt_deg)), np.sin(np.radians(tilt_deg))
    back = np.array([[cosine, -sine], [sine, cosine]])  # for rows of x, y
    world = None if body.world is None else body.world.copy()
    if world is not None:
        world[..., :2] = world[..., :2] @ back
    return replace(body, places=body.places @ back, world=world, tilt_deg=tilt_deg)


def _stands(body: Body) -> Bool:
    """(N,) the moments with straight legs and a straight trunk above them."""
    seen = np.min([body.score(joint) for joint in ("shoulder", "hip", "ankle")], axis=0) >= SEEN_SCORE
    legs = _lean_deg(body.joint("ankle"), body.joint("hip"))
    trunk = _lean_deg(body.joint("hip"), body.joint("shoulder"))
    with np.errstate(invalid="ignore"):
        long = np.linalg.norm(body.joint("hip") - body.joint("ankle"), axis=-1) >= _STANDS * body.length_px
        near_upright = (np.abs(legs) <= _MOST_DEG) & (np.abs(trunk) <= _MOST_DEG)
        straight = np.abs(trunk - legs) <= _STRAIGHT_DEG
    return np.asarray(seen & long & near_upright & straight, np.bool_)


def _lasts(time_s: Float64, moments: Bool) -> bool:
    return bool(moments.any()) and float(moments.mean() * (time_s[-1] - time_s[0])) >= _FEWEST_S


def _level_deg(body: Body, moments: Bool, yaw: float) -> float:
    """The direction of what should be level, clockwise; NaN where nothing of it is wide enough."""
    across = [(f"left_{part}", f"right_{part}") for part in ("shoulder", "hip", "ankle")]
    feet = [(f"{side}_heel", f"{side}_toe") for side in ("left", "right")]
    from_side = view_of_yaw(yaw) in {"left", "right"}
    slopes = [_slope_deg(body, *line)[moments] for line in (feet if from_side else across)]
    level = _median(np.array([_median(slope) for slope in slopes if np.isfinite(slope).mean() > 0.5]))
    return level - _TOE_UP_DEG * float(np.sign(yaw)) if from_side else level


def _slope_deg(body: Body, one: str, other: str) -> Float64:
    """(N,) of the line between two joints, clockwise from level; NaN where it is short or not seen."""
    apart = body.joint(one) - body.joint(other)
    apart = apart * np.where(apart[:, :1] < 0, -1.0, 1.0)
    seen = np.minimum(body.score(one), body.score(other)) >= SEEN_SCORE
    with np.errstate(invalid="ignore"):
        usable = seen & (apart[:, 0] >= _WIDE * body.length_px)
    return np.where(usable, np.degrees(np.arctan2(apart[:, 1], apart[:, 0])), np.nan)


def _lean_deg(lower: Float64, upper: Float64) -> Float64:
    """(N,) of the line up to `upper`, clockwise from upright."""
    up = upper - lower
    return np.asarray(np.degrees(np.arctan2(up[:, 0], -up[:, 1])), np.float64)


def _median(values: Float64) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else float("nan")
