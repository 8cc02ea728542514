"""Angles: at joints between two limbs, and of segments to the vertical."""

from collections.abc import Mapping

import numpy as np

from posespotter.arrays import Array, Float64
from posespotter.errors import ShapeError
from posespotter.kinematics.body import Body

JOINT_ANGLES: Mapping[str, tuple[str, str, str]] = {
    "ankle": ("knee", "ankle", "toe"),
    "knee": ("hip", "knee", "ankle"),
    "hip": ("shoulder", "hip", "knee"),
    "shoulder": ("hip", "shoulder", "elbow"),
    "elbow": ("shoulder", "elbow", "wrist"),
    "neck": ("hip", "shoulder", "ear"),
}
"""Each joint angle: the joints at the end of the first limb, at the vertex, and at the end of the last limb."""


def joint_angle_deg(first: Array, vertex: Array, last: Array) -> Float64:
    """Angle at `vertex` between the limbs to `first` and to `last`.

    Args:
        first, vertex, last: (..., D) positions in one unit, D = 2 (px) or 3 (m). NaN means "not seen".

    Returns:
        (...,) degrees, 0 (folded) to 180 (straight); NaN where any of the three was not seen, or two are one point.

    Raises:
        ShapeError: the three do not share one shape.

    A 2-D angle is the projection of the real one: seen from the front, a bent knee looks straight.
    Use `world` positions where the model gives them.
    """
    if not first.shape == vertex.shape == last.shape:
        raise ShapeError(f"expected three arrays of one shape, got {first.shape}, {vertex.shape} and {last.shape}.")
    return _between_deg(np.asarray(first, np.float64) - vertex, np.asarray(last, np.float64) - vertex)


def angle_to_vertical_deg(lower: Array, upper: Array) -> Float64:
    """Inclination of the segment from `lower` to `upper`: 0 upright, 90 level, 180 upside down.

    Args:
        lower, upper: (..., D) positions whose second axis points down, as in pictures and in `world` positions.

    Returns:
        (...,) degrees; NaN where one of the two was not seen.

    Raises:
        ShapeError: the two do not share one shape.
    """
    if lower.shape != upper.shape:
        raise ShapeError(f"expected two arrays of one shape, got {lower.shape} and {upper.shape}.")
    up = np.zeros(lower.shape[-1])
    up[1] = -1
    segment = np.asarray(upper, np.float64) - lower
    return _between_deg(segment, np.broadcast_to(up, segment.shape))


def turn_deg(first: Array, last: Array) -> Float64:
    """Turn from the direction of `first` to that of `last`, clockwise in the picture: (-180, 180].

    Args:
        first, last: (..., 2) directions, x right and y down, px.

    Returns:
        (...,) degrees; NaN where one of the two was not seen or has no length.

    Raises:
        ShapeError: they are no directions in the picture, or do not share one shape.
    """
    if first.shape != last.shape or first.shape[-1] != 2:
        raise ShapeError(f"expected two arrays of one shape (..., 2), got {first.shape} and {last.shape}.")
    cross = np.asarray(first[..., 0] * last[..., 1] - first[..., 1] * last[..., 0], np.float64)
    dot = (first * last).sum(-1)
    pointing = first.any(-1) & last.any(-1)
    return np.where(pointing, np.degrees(np.arctan2(cross, dot)), np.nan)


def joint_angles_deg(body: Body, *, world: bool = False) -> dict[str, Float64]:
    """Every angle of `JOINT_ANGLES`, left and right: `left_knee`, `right_knee`, `left_hip`, ...

    Args:
        body: one person.
        world: from positions in metres instead of those in the picture.

    Returns:
        (N,) degrees by name; NaN where a joint is missing, and throughout where `world` is asked for and absent.
    """
    angles: dict[str, Float64] = {}
    for side in ("left", "right"):
        for name, joints in JOINT_ANGLES.items():
            first, vertex, last = (body.joint(f"{side}_{joint}", world=world) for joint in joints)
            angles[f"{side}_{name}"] = joint_angle_deg(first, vertex, last)
    return angles


def _between_deg(a: Float64, b: Float64) -> Float64:
    """Angle between vectors; exact also near 0 and 180, where the arc cosine loses digits (Kahan)."""
    a_length, b_length = np.linalg.norm(a, axis=-1, keepdims=True), np.linalg.norm(b, axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        a_unit, b_unit = a / a_length, b / b_length
    apart, together = np.linalg.norm(a_unit - b_unit, axis=-1), np.linalg.norm(a_unit + b_unit, axis=-1)
    return np.asarray(np.degrees(2 * np.arctan2(apart, together)), np.float64)
