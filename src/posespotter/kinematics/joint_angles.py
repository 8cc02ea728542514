"""Joint angles by one convention, as physiotherapists read them: zero in standing, flexion positive.

| angle | zero | positive |
|---|---|---|
| `hip_flexion` | thigh in line with the trunk | thigh forward |
| `knee_flexion` | straight | heel towards the seat |
| `ankle_dorsiflexion` | foot square to the shank | toes up |
| `shoulder_flexion` | arm along the trunk | arm forward and up |
| `shoulder_abduction` | arm along the trunk | arm sideways and up |
| `elbow_flexion` | straight | hand towards the shoulder |
| `knee_valgus` | hip, knee and ankle in one line, from the front (FPPA) | knee inwards |
| `trunk_forward_lean` | upright | forward |
| `trunk_side_lean` | upright | to the person's right |

The limbs' angles have `left_` or `right_` before them. In the picture, `shoulder_abduction`, `knee_valgus` and
`trunk_side_lean` belong to the frontal plane (seen from front or rear), the others to the sagittal one (seen from the
side); from positions in metres all are taken at once, whatever the view. Angles lie in (-180, 180] and are unwrapped
over time where a body can go all the way round; what it cannot do, such as a knee that bends forward by 170°, is never
reported.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from posespotter.arrays import Float64, Int32
from posespotter.errors import SettingsError
from posespotter.filtering.smoothing import ascending, box_diagonal_px
from posespotter.filtering.swaps import exchange_sides, find_swaps, side_pairs
from posespotter.kinematics.angles import joint_angle_deg, turn_deg
from posespotter.kinematics.body import MAX_GAP_S, Body, body_of
from posespotter.kinematics.measurement_errors import MeasureError, Source, measure_error, without_side
from posespotter.kinematics.view import View, direction_of, view_of_yaw, yaw_deg
from posespotter.poses import PoseSequence
from posespotter.skeletons import SEGMENT_SHARES

Plane = Literal["sagittal", "frontal"]

SAGITTAL = ("hip_flexion", "knee_flexion", "ankle_dorsiflexion", "shoulder_flexion", "elbow_flexion")
FRONTAL = ("shoulder_abduction", "knee_valgus")
_SIDES: Mapping[str, float] = {"left": 1.0, "right": -1.0}

ANGLE_NAMES: Mapping[Plane, tuple[str, ...]] = {
    "sagittal": (*(f"{side}_{name}" for side in _SIDES for name in SAGITTAL), "trunk_forward_lean"),
    "frontal": (*(f"{side}_{name}" for side in _SIDES for name in FRONTAL), "trunk_side_lean"),
}
"""The angles of each plane."""

_ALL_ROUND = ("shoulder_flexion", "shoulder_abduction", "trunk_forward_lean", "trunk_side_lean")
"""Arms circle and people turn somersaults; the other joints stop long before half a turn."""

_MIDDLES: Mapping[str, float] = {"hip_flexion": 50.0, "knee_flexion": 70.0, "shoulder_flexion": 60.0}
"""Degrees in the middle of what the joint can do (ranges of motion of the AAOS: hip -20 to 120, knee 0 to 140, shoulder
-60 to 180): a value half a turn away from it is a matter of sign, and belongs to the nearer end."""

_LEAST_SHARE = 0.5
"""Of a limb's length that must lie in a plane for its angle in that plane to mean something (60° out of it)."""

_LEAST_ARM = 0.87
"""The same for the upper arm in space, which moves in either plane (30°): an arm raised forward is not abducted."""

_LEAST_SEEN = 0.71
"""The same for arms in the picture, and for thigh and shank seen from the front (45°): of a limb that points at the
camera the picture shows little but noise. In single-leg squats, for which the FPPA is made, thighs stay steeper."""

_LEG: Mapping[str, tuple[str, str]] = {"thigh": ("hip", "knee"), "shank": ("knee", "ankle")}

_FACING_S = 1.0
"""Window for the facing direction: nobody turns round and back within a second."""


@dataclass(frozen=True, eq=False)
class JointAngles:
    """Angles of one person at N moments.

    Attributes:
        names: A names.
        frame: (N,) frame number in the source.
        time_s: (N,) seconds.
        degrees: (N, A); NaN where a joint is not seen, or where the view gives no number worth showing.
        plus_minus: (N, A) degrees: two of three such angles from this view are nearer to the truth; NaN where nobody
            has measured it, or where there is no angle.
        views: N views, as `view_of_yaw` names them.
        source: where the joints come from.
    """

    names: tuple[str, ...]
    frame: Int32
    time_s: Float64
    degrees: Float64
    plus_minus: Float64
    views: tuple[View, ...]
    source: Source

    def __getitem__(self, name: str) -> Float64:
        """(N,) degrees of one angle.

        Raises:
            SettingsError: there is no such angle.
        """
        if name not in self.names:
            raise SettingsError(f"There is no angle {name!r}; expected one of: {', '.join(self.names)}.")
        return np.asarray(self.degrees[:, self.names.index(name)], np.float64)


def joint_angles(
    poses: PoseSequence, *, plane: Plane | None = None, world: bool = False, gate: bool = True
) -> JointAngles:
    """The angles of one person over time, with their errors.

    Args:
        poses: rows of one person.
        plane: only the angles of this plane; None for both.
        world: from positions in metres instead of those in the picture.
        gate: leave out what the view does not tell well enough for a number, such as the far leg of a side view; with
            False only what cannot be computed is NaN.

    Returns:
        Angles of every row. Moments in which left and right were taken for each other are mended; nothing is smoothed
        beyond what the poses are.

    Raises:
        SettingsError: there is more than one person, no such plane, or `world` is asked for and absent.

    Example:
        >>> angles = joint_angles(poses.person(1), plane="sagittal")  # doctest: +SKIP
        >>> angles["left_knee_flexion"].max()  # doctest: +SKIP
        94.1
    """
    if len(poses.track_ids) > 1:
        people = ", ".join(map(str, poses.track_ids))
        raise SettingsError(f"Expected the poses of one person, got those of {people}; choose one with .person(id).")
    if plane not in (None, *ANGLE_NAMES):
        raise SettingsError(f"plane: expected sagittal, frontal or None, got {plane!r}.")
    if world and poses.world is None:
        raise SettingsError("world: these poses have no positions in metres; lift them with posespotter.lift(poses).")
    source: Source = "picture" if not world else world_source(poses)
    return body_angles(body_of(_sides_mended(poses)), plane=plane, source=source, gate=gate)


def world_source(poses: PoseSequence) -> Source:
    """Source of the metric joints of `poses`."""
    return "lifted" if poses.settings.get("world") else "blazepose"


def body_angles(
    body: Body, *, plane: Plane | None = None, source: Source = "picture", gate: bool = True
) -> JointAngles:
    """`joint_angles` of a body; `source` other than the picture takes its positions in metres."""
    names = tuple(name for one, listed in ANGLE_NAMES.items() if plane in (None, one) for name in listed)
    yaw = direction_of(body.time_s, yaw_deg(body), _FACING_S)
    views = tuple(view_of_yaw(one) for one in yaw.tolist())
    values = _in_space(body) if source != "picture" else _in_picture(body, yaw)
    columns, errors = [], []
    for name in names:
        known = {view: measure_error(name, view, source) for view in set(views)}
        shown = np.array([not gate or _shown(known[view]) for view in views], np.bool_)
        degrees = np.where(shown, _continuous(body.time_s, values[name], name), np.nan)
        error = np.array([getattr(known[view], "plus_minus", np.nan) for view in views], np.float64)
        columns.append(degrees)
        errors.append(np.where(np.isfinite(degrees), error, np.nan))
    empty = np.zeros((len(body), 0))
    return JointAngles(
        names=names,
        frame=body.frame,
        time_s=body.time_s,
        degrees=np.stack(columns, 1) if columns else empty,
        plus_minus=np.stack(errors, 1) if errors else empty,
        views=views,
        source=source,
    )


def _shown(error: MeasureError | None) -> bool:
    return error is None or error.usable


def _sides_mended(person: PoseSequence) -> PoseSequence:
    """Without moments in which left was taken for right; smoothed poses have none."""
    if person.raw_keypoints is not None or not len(person):
        return person
    columns = {name: array for name, array in person.columns().items() if name in {"keypoints", "scores", "world"}}
    time_s, body_px = ascending(person.time_s), box_diagonal_px(person.time_s, person.bbox)
    for pairs in side_pairs(person.skeleton):
        rows = np.flatnonzero(find_swaps(time_s, columns["keypoints"], body_px, pairs))
        columns = {name: exchange_sides(array, rows, pairs) for name, array in columns.items()}
    return replace(person, **columns)


# In the picture.


def _in_picture(body: Body, yaw: Float64) -> dict[str, Float64]:
    """The angles as the picture shows them, each in its plane; NaN where that plane is turned away."""
    facing = _facing(body, yaw)
    towards = np.where(np.abs(np.nan_to_num(yaw)) <= 90, 1.0, -1.0)  # 1: the person's left is at the picture's right
    sideways, across = np.abs(np.sin(np.radians(yaw))), np.abs(np.cos(np.radians(yaw)))
    with np.errstate(invalid="ignore"):
        sagittal = np.where(sideways >= _LEAST_SHARE, facing, np.nan)
        frontal = np.where(across >= _LEAST_SHARE, towards, np.nan)
    hips, shoulders = body.joint("hip"), body.joint("shoulder")
    trunk, up = shoulders - hips, np.broadcast_to([0.0, -1.0], hips.shape)
    out = {
        "trunk_forward_lean": sagittal * turn_deg(up, trunk),
        "trunk_side_lean": -frontal * turn_deg(up, trunk),
    }
    for side, sign in _SIDES.items():
        limb = _limbs(body, side, world=False)
        raised = _flat(body, limb["arm"], ("shoulder", "elbow"), _LEAST_SEEN)
        forearm = _flat(body, limb["forearm"], ("elbow", "wrist"), _LEAST_SEEN)
        thigh, shank = (_flat(body, limb[part], joints) for part, joints in _LEG.items())
        steep = (_flat(body, limb[part], joints, _LEAST_SEEN) for part, joints in _LEG.items())
        down = -_side_of_trunk(body, side)
        out[f"{side}_hip_flexion"] = -sagittal * turn_deg(down, thigh)
        out[f"{side}_knee_flexion"] = sagittal * turn_deg(thigh, shank)
        out[f"{side}_ankle_dorsiflexion"] = 90 - sagittal * turn_deg(-limb["shank"], limb["foot"])
        out[f"{side}_shoulder_flexion"] = -sagittal * turn_deg(down, raised)
        out[f"{side}_elbow_flexion"] = np.abs(sagittal) * _bend_deg(raised, forearm)
        out[f"{side}_shoulder_abduction"] = -sign * frontal * turn_deg(-trunk, raised)
        out[f"{side}_knee_valgus"] = -sign * frontal * turn_deg(*steep)
    return out


def _flat(body: Body, limb: Float64, joints: tuple[str, str], least: float = _LEAST_SHARE) -> Float64:
    """(N, 2) the limb where enough of its length lies in the picture; NaN elsewhere."""
    with np.errstate(invalid="ignore"):
        lies = np.linalg.norm(limb, axis=-1) >= least * SEGMENT_SHARES[joints] * body.length_px
    return np.where(lies[:, None], limb, np.nan)


def _side_of_trunk(body: Body, side: str) -> Float64:
    """(N, 2) from the hip up to the shoulder of one side: in a side view the far side's are guessed."""
    return body.joint(f"{side}_shoulder") - body.joint(f"{side}_hip")


def _facing(body: Body, yaw: Float64) -> Float64:
    """(N,) 1 where the person faces the picture's right, -1 the left; in the frame of their own trunk.

    Said by nose and toes, as in `yaw_deg`, and by knees, which bend one way only; none of them minds swapped sides.
    """
    knees = [turn_deg(limb["thigh"], limb["shank"]) for limb in (_limbs(body, side, world=False) for side in _SIDES)]
    bend = np.nan_to_num(np.sin(np.radians(np.clip(np.stack(knees), -90, 90)))).mean(0)
    cue = bend - np.nan_to_num(np.sin(np.radians(yaw)))
    summed = np.concatenate([[0.0], np.cumsum(cue)])
    first = np.searchsorted(body.time_s, body.time_s - _FACING_S)
    last = np.searchsorted(body.time_s, body.time_s + _FACING_S, side="right")
    return np.where(summed[last] - summed[first] >= 0, 1.0, -1.0)


# In space.


def _in_space(body: Body) -> dict[str, Float64]:
    """The angles of the positions in metres (x right, y down, z away from the camera)."""
    hips, shoulders = body.joint("hip", world=True), body.joint("shoulder", world=True)
    up = _unit(shoulders - hips)
    across = _unit(_pair(body, "hip")) + _unit(_pair(body, "shoulder"))
    left = _unit(across - (across * up).sum(-1, keepdims=True) * up)
    ahead = np.cross(left, up)
    plumb = np.broadcast_to([0.0, -1.0, 0.0], up.shape)
    level = _unit(across * [1.0, 0.0, 1.0])
    out = {
        "trunk_forward_lean": _plane_deg(up, np.cross(level, plumb), plumb),
        "trunk_side_lean": _plane_deg(up, -level, plumb),
    }
    for side, sign in _SIDES.items():
        limb = _limbs(body, side, world=True)
        out[f"{side}_hip_flexion"] = _plane_deg(limb["thigh"], ahead, -up)
        out[f"{side}_knee_flexion"] = _bend_deg(limb["thigh"], limb["shank"])
        out[f"{side}_ankle_dorsiflexion"] = 90 - _bend_deg(-limb["shank"], limb["foot"])
        out[f"{side}_shoulder_flexion"] = _plane_deg(limb["arm"], ahead, -up, _LEAST_ARM)
        out[f"{side}_elbow_flexion"] = _bend_deg(limb["arm"], limb["forearm"])
        out[f"{side}_shoulder_abduction"] = _plane_deg(limb["arm"], sign * left, -up, _LEAST_ARM)
        out[f"{side}_knee_valgus"] = -sign * turn_deg(*(_from_front(limb[part], level) for part in _LEG))
    return out


def _pair(body: Body, part: str) -> Float64:
    return body.joint(f"left_{part}", world=True) - body.joint(f"right_{part}", world=True)


def _from_front(limb: Float64, left: Float64) -> Float64:
    """(N, 2) a limb as a level camera in front of the person sees it; NaN where little of it is left."""
    seen = np.stack([(limb * left).sum(-1), limb[:, 1]], -1)
    with np.errstate(invalid="ignore"):
        lies = np.linalg.norm(seen, axis=-1) >= _LEAST_SEEN * np.linalg.norm(limb, axis=-1)
    return np.where(lies[:, None], seen, np.nan)


def _plane_deg(limb: Float64, positive: Float64, zero: Float64, least: float = _LEAST_SHARE) -> Float64:
    """(N,) angle of a limb from `zero` towards `positive`; NaN where little of it lies in their plane."""
    along, ahead = (limb * zero).sum(-1), (limb * positive).sum(-1)
    with np.errstate(invalid="ignore"):
        lies = np.hypot(along, ahead) >= least * np.linalg.norm(limb, axis=-1)
    return np.where(lies, np.degrees(np.arctan2(ahead, along)), np.nan)


# Both.


def _limbs(body: Body, side: str, *, world: bool) -> dict[str, Float64]:
    """The limbs of one side as vectors away from the trunk; the foot from heel to toe."""

    def part(first: str, last: str) -> Float64:
        return body.joint(f"{side}_{last}", world=world) - body.joint(f"{side}_{first}", world=world)

    return {
        "thigh": part("hip", "knee"),
        "shank": part("knee", "ankle"),
        "foot": part("heel", "toe"),
        "arm": part("shoulder", "elbow"),
        "forearm": part("elbow", "wrist"),
    }


def _bend_deg(upper: Float64, lower: Float64) -> Float64:
    """(N,) 0 where two limbs are in line."""
    nowhere = np.zeros_like(upper)
    return 180 - joint_angle_deg(-upper, nowhere, lower)


def _unit(vectors: Float64) -> Float64:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True), np.float64)


def _continuous(time_s: Float64, degrees: Float64, name: str) -> Float64:
    """(N,) the same angles without jumps by whole turns."""
    joint = without_side(name)
    middle = _MIDDLES.get(joint, 0.0)
    out = middle + 180 - np.mod(middle + 180 - degrees, 360)
    if joint not in _ALL_ROUND:
        return out
    known = np.flatnonzero(np.isfinite(out))
    for run in np.split(known, np.flatnonzero(np.diff(time_s[known]) > MAX_GAP_S) + 1):
        out[run] = np.unwrap(out[run], period=360)
    return out
