"""Angles where they are: at each joint of one person in the picture, with what one camera is off by."""

from dataclasses import dataclass

import numpy as np

from posespotter.arrays import Float64, Int32
from posespotter.kinematics.body import body_of
from posespotter.kinematics.joint_angles import joint_angles
from posespotter.poses import PoseSequence
from posespotter.skeletons import SEEN_SCORE

_TRUNK = "trunk"
_SIDES = ("left", "right")
_JOINTS = (*(f"{side}_{part}" for side in _SIDES for part in ("shoulder", "elbow", "hip", "knee", "ankle")), _TRUNK)


@dataclass(frozen=True, eq=False)
class Readings:
    """Angles at the joints of one person over N frames.

    Attributes:
        frame: (N,) frame number in the source, ascending.
        joints: J names; `trunk` is half way from the hips to the shoulders.
        places: (N, J, 2) px; NaN where the joint is not seen.
        angles: A names, as in `JointAngles`.
        at: (A,) which of the joints an angle belongs to.
        degrees: (N, A); NaN where it cannot be told.
        plus_minus: (N, A) degrees, as in `JointAngles`.
    """

    frame: Int32
    joints: tuple[str, ...]
    places: Float64
    angles: tuple[str, ...]
    at: tuple[int, ...]
    degrees: Float64
    plus_minus: Float64


def angle_readings(poses: PoseSequence) -> Readings:
    """The angles at the joints of one person: those of the picture where the view allows them, else those in space.

    Args:
        poses: rows of one person, under one track id or several.
    """
    parts = [_readings(poses.person(track_id)) for track_id in poses.track_ids]
    if not parts:
        return Readings(np.zeros(0, np.int32), (), np.zeros((0, 0, 2)), (), (), np.zeros((0, 0)), np.zeros((0, 0)))
    frame = np.concatenate([part.frame for part in parts])
    order = np.argsort(frame, kind="stable")
    first = parts[0]
    return Readings(
        frame=frame[order],
        joints=first.joints,
        places=np.concatenate([part.places for part in parts])[order],
        angles=first.angles,
        at=first.at,
        degrees=np.concatenate([part.degrees for part in parts])[order],
        plus_minus=np.concatenate([part.plus_minus for part in parts])[order],
    )


def _readings(person: PoseSequence) -> Readings:
    body, seen = body_of(person), joint_angles(person)
    degrees, plus_minus = seen.degrees, seen.plus_minus
    if person.world is not None:
        space = joint_angles(person, world=True)
        unseen = ~np.isfinite(degrees)
        degrees = np.where(unseen, space.degrees, degrees)
        plus_minus = np.where(unseen, space.plus_minus, plus_minus)
    places = [(body.joint("shoulder") + body.joint("hip")) / 2 if one == _TRUNK else body.joint(one) for one in _JOINTS]
    scores = [
        np.minimum(body.score("shoulder"), body.score("hip")) if one == _TRUNK else body.score(one) for one in _JOINTS
    ]
    visible = np.stack(scores, 1)[..., None] >= SEEN_SCORE
    return Readings(
        frame=person.frame,
        joints=_JOINTS,
        places=np.where(visible, np.stack(places, 1), np.nan),
        angles=seen.names,
        at=tuple(_joint_of(name) for name in seen.names),
        degrees=degrees,
        plus_minus=plus_minus,
    )


def _joint_of(angle: str) -> int:
    """`left_knee_flexion` belongs to `left_knee`, `trunk_side_lean` to `trunk`."""
    return next(i for i, joint in enumerate(_JOINTS) if angle.startswith(f"{joint}_"))
