"""The view: from which side the camera sees a person (front, left, right, rear, or in between)."""

import math
from typing import Literal

import numpy as np

from posespotter.arrays import Array, Float64
from posespotter.kinematics.body import Body
from posespotter.skeletons import SEEN_SCORE

View = Literal["front", "rear", "left", "right", "oblique", "unknown"]

FRONT_WITHIN_DEG = 30.0
"""Up to this far from facing the camera widths are at least cos 30° = 87 % of the true ones: still a front view."""

SIDE_WITHIN_DEG = 30.0
"""The same for the side view and what moves fore and aft."""

EXACT_DEG = 10.0
"""How well one camera tells the direction: on real clips trunk and feet disagree by 18° (median), half of that each."""

# Distances between the joints' centres as shares of body height: left to right at rest (Winter 2009, figure 4.1 gives
# 0.259 for the shoulders' outsides and 0.191 for the hips'; the centres of the joints lie further in), nose to ears,
# heel to toe. They only weigh the two directions against each other.
_SHOULDERS, _HIPS, _NOSE, _FOOT = 0.21, 0.12, 0.065, 0.13


def yaw_deg(body: Body) -> Float64:
    """(N,) direction in which the person faces: 0 the camera, 90 the picture's left, 180 away, -90 its right.

    At 90 the camera sees the left side. Lying and bent people are judged in their own upright frame. What says how far
    they are turned are the distances between left and right, in the picture and, where there are any, in metres; on
    which side they face is said by nose and toes. NaN where nothing says it.
    """
    across_trunk = _across(body.joint("hip"), body.joint("shoulder"))
    across_legs = _across(body.joint("ankle"), body.joint("hip"))
    length = body.length_px
    pairs = [_pair(body, "shoulder", across_trunk) / _SHOULDERS, _pair(body, "hip", across_trunk) / _HIPS]
    facing = _mean([pair / length for pair in pairs])
    nose = _along(body, "ear", "nose", across_trunk) / _NOSE
    toes = _along(body, "heel", "toe", across_legs) / _FOOT
    known_feet = np.isfinite(toes) & (np.minimum(body.score("heel"), body.score("toe")) >= SEEN_SCORE)
    towards_left = -np.where(known_feet, toes, nose) / length
    if body.world is not None:
        pictured = np.clip(facing, -1, 1), np.clip(towards_left, -1, 1)
        trunk, feet = _world_pair(body, across_trunk), _world_feet(body, across_legs)
        facing, towards_left = (_mean([*cues]) for cues in zip(pictured, trunk, feet, strict=True))
    return np.asarray(np.degrees(np.arctan2(np.clip(towards_left, -1, 1), np.clip(facing, -1, 1))), np.float64)


def mean_yaw_deg(yaw: Float64) -> tuple[float, float]:
    """Mean direction of many, and how well they agree, 0..1; NaN and 0 where all are NaN."""
    known = np.radians(yaw[np.isfinite(yaw)])
    if not len(known):
        return float("nan"), 0.0
    sine, cosine = float(np.sin(known).mean()), float(np.cos(known).mean())
    return float(np.degrees(np.arctan2(sine, cosine))), float(np.hypot(sine, cosine))


def direction_of(time_s: Float64, yaw: Float64, window_s: float) -> Float64:
    """(N,) the mean of (N,) directions within `window_s` around each moment, degrees; NaN where nobody can tell."""
    raw = np.radians(yaw)
    direction = np.where(np.isfinite(raw), np.exp(1j * np.nan_to_num(raw)), 0)
    summed = np.concatenate([[0], np.cumsum(direction)])
    first = np.searchsorted(time_s, time_s - window_s / 2)
    last = np.searchsorted(time_s, time_s + window_s / 2, side="right")
    mean = summed[last] - summed[first]
    return np.asarray(np.where(np.abs(mean) > 0, np.degrees(np.angle(mean)), np.nan), np.float64)


def view_of_yaw(yaw: float) -> View:
    """The name of the view of a person who faces `yaw` degrees."""
    if not np.isfinite(yaw):
        return "unknown"
    if abs(yaw) <= FRONT_WITHIN_DEG:
        return "front"
    if abs(yaw) >= 180 - FRONT_WITHIN_DEG:
        return "rear"
    if abs(abs(yaw) - 90) <= SIDE_WITHIN_DEG:
        return "left" if yaw > 0 else "right"
    return "oblique"


def off_view_deg(yaw: float) -> float:
    """Degrees by which a person who faces `yaw` is turned from the front, the side or behind, whichever is nearest."""
    return abs((abs(yaw) + 45) % 90 - 45)


def view_confidence(yaw: float, agreement: float) -> float:
    """0..1: how sure the name of a view is, by how well the moments agree and how far the next view is away."""
    if not np.isfinite(yaw):
        return 0.0
    borders = (FRONT_WITHIN_DEG, 90 - SIDE_WITHIN_DEG, 90 + SIDE_WITHIN_DEG, 180 - FRONT_WITHIN_DEG)
    away_deg = min(abs(abs(yaw) - border) for border in borders)
    inside = 0.5 * (1 + math.erf(away_deg / EXACT_DEG / math.sqrt(2)))
    return agreement**2 * inside


def _across(lower: Float64, upper: Float64) -> Float64:
    """(N, 2) unit vector that points to the picture's right once `upper` is turned to stand above `lower`."""
    up = upper - lower
    with np.errstate(invalid="ignore", divide="ignore"):
        unit = up / np.linalg.norm(up, axis=-1, keepdims=True)
    return np.stack([-unit[:, 1], unit[:, 0]], -1)


def _pair(body: Body, part: str, across: Float64) -> Float64:
    return np.asarray(((body.joint(f"left_{part}") - body.joint(f"right_{part}")) * across).sum(-1), np.float64)


def _along(body: Body, origin: str, end: str, across: Float64) -> Float64:
    return np.asarray(((body.joint(end) - body.joint(origin)) * across).sum(-1), np.float64)


def _world_pair(body: Body, across: Float64) -> tuple[Float64, Float64]:
    """Unit vector from right to left: its part across the picture, and its part towards the camera."""
    wide, near = np.zeros(len(body)), np.zeros(len(body))
    for part in ("shoulder", "hip"):
        apart = body.joint(f"left_{part}", world=True) - body.joint(f"right_{part}", world=True)
        wide += (apart[:, :2] * across).sum(-1)
        near -= apart[:, 2]
    with np.errstate(invalid="ignore", divide="ignore"):
        size = np.hypot(wide, near)
        return wide / size, near / size


def _world_feet(body: Body, across: Float64) -> tuple[Float64, Float64]:
    """Unit vector along both feet: its part towards the camera, and its part to the picture's left."""
    near, left = np.zeros(len(body)), np.zeros(len(body))
    for side in ("left", "right"):
        foot = body.joint(f"{side}_toe", world=True) - body.joint(f"{side}_heel", world=True)
        seen = np.minimum(body.score(f"{side}_toe"), body.score(f"{side}_heel")) >= SEEN_SCORE
        flat = np.stack([-foot[:, 2], -(foot[:, :2] * across).sum(-1)])
        with np.errstate(invalid="ignore", divide="ignore"):
            unit = flat / np.hypot(*flat)
        unit = np.where(seen & np.isfinite(unit), unit, 0)
        near, left = near + unit[0], left + unit[1]
    with np.errstate(invalid="ignore", divide="ignore"):
        size = np.hypot(near, left)
        return near / size, left / size


def _mean(values: list[Array]) -> Float64:
    """Mean of what is known."""
    stacked = np.stack(values)
    known = np.isfinite(stacked)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(known, stacked, 0).sum(0) / known.sum(0), np.float64)
