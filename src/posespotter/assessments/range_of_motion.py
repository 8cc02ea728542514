"""Range of motion of one joint: the best of three tries, in the plane of the picture."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
from scipy.signal import find_peaks

from posespotter.arrays import Float64
from posespotter.assessments.assessment_file import AssessmentDefinition
from posespotter.assessments.outcome import Outcome
from posespotter.assessments.result import Curve, Event, Measurement
from posespotter.assessments.subject import SIDE_SHARE, Subject
from posespotter.exercises.words.wording import listed
from posespotter.kinematics.angles import joint_angle_deg
from posespotter.kinematics.joint_angles import JointAngles, body_angles
from posespotter.skeletons import SEGMENT_SHARES

Side = Literal["left", "right"]

_TRIES = 3  # goniometry protocols take the best of three
_TRY_SHARE = 0.5  # of the best: who tries again gets at least half as far and comes half of the way back
_LEAST_DEG = 20.0  # smaller is fidgeting; twice and more the error of an angle seen from the side
_TRUNK_DEG = 10.0
"""The trunk may give way by this much: more than its lean is uncertain by, from the side."""

_REST_SHARE = 10  # percentile that is the position of rest


def range_of_motion(subject: Subject, test: AssessmentDefinition, side: Side | None) -> Outcome:
    """Degrees at the far end of the best of three tries, and where each began."""
    joint, plane = str(test.settings["joint"]), str(test.settings["plane"])
    angles = body_angles(subject.body, plane="frontal" if plane == "frontal" else "sagittal")
    chosen = side or _moving_side(subject, angles, joint)
    values = _seen(subject, angles, f"{chosen}_{joint}", joint)
    outcome = Outcome(
        coverage=float(np.isfinite(values).mean()),
        curve=Curve(f"{chosen.capitalize()} {joint.replace('_', ' ')}, °", subject.time_s, values),
    )
    if subject.view not in test.views:
        wanted = " or ".join(test.views)
        outcome.reason = (
            f"The camera sees the person from {_from(subject.view)}: this angle is measured from {wanted}, with its "
            "plane parallel to the picture."
        )
        return outcome
    if not np.isfinite(values).any():
        needed = listed(_NEEDED[joint.partition("_")[0]])
        outcome.reason = f"The angle was never seen: expected {needed} of the {chosen} side in the picture."
        return outcome
    tries = _tries(subject.time_s, values)
    rest = float(np.nanpercentile(values, _REST_SHARE))
    outcome.amount = float(np.nanmax(values) - rest)
    if not tries:
        outcome.reason = (
            f"The joint moved by {outcome.amount:.0f}°: expected a slow movement as far as it goes and back, three "
            "times."
        )
        return outcome
    best = max(tries[:_TRIES], key=lambda row: float(values[row]))
    outcome.start_s, outcome.end_s = float(subject.time_s[tries[0]]), float(subject.time_s[tries[-1]])
    outcome.value = float(values[best])
    # The elbow's is that of arms in any plane, which is not this test's: nobody has measured it in the plane.
    name = f"{chosen}_{joint}"
    error = np.nan if joint == "elbow_flexion" else float(angles.plus_minus[best, angles.names.index(name)])
    outcome.error = error if np.isfinite(error) else None
    outcome.events = [
        Event("far", float(subject.time_s[row]), int(subject.body.frame[row]), i, chosen, float(values[row]))
        for i, row in enumerate(tries[:_TRIES], 1)
    ]
    outcome.measurements = [
        Measurement("start_deg", "Where it began", rest, "°", 0, outcome.error),
        Measurement("range_deg", "From there to the best", outcome.value - rest, "°", 0, outcome.error),
        Measurement("tries", "Tries", float(len(tries)), "", 0, 0.0),
    ]
    if len(tries) < _TRIES:
        outcome.found(test, "few_tries", f"{len(tries)} of {_TRIES}")
    lean = angles["trunk_side_lean" if plane == "frontal" else "trunk_forward_lean"]
    gave = abs(float(lean[best]) - float(np.nanmedian(lean[values <= rest + _LEAST_DEG / 2])))
    if gave > _TRUNK_DEG:
        outcome.found(test, "trunk", f"by {gave:.0f}°")
    return outcome


def _from(view: str) -> str:
    return {"oblique": "an angle", "rear": "behind", "unknown": "an unknown side"}.get(view, f"the {view}")


def _moving_side(subject: Subject, angles: JointAngles, joint: str) -> Side:
    """The side nearer to the camera where it sees one, else the one that moves more."""
    if subject.view in {"left", "right"}:
        return subject.view
    ranges: dict[Side, float] = {}
    for side in ("left", "right"):
        values = _seen(subject, angles, f"{side}_{joint}", joint)
        ranges[side] = float(np.ptp(values[np.isfinite(values)])) if np.isfinite(values).any() else 0.0
    return max(ranges, key=lambda side: ranges[side])


_ARM = (("shoulder", "elbow"), ("elbow", "wrist"))
_NEEDED = {
    "shoulder": ("hip", "shoulder", "elbow"),
    "elbow": ("shoulder", "elbow", "wrist"),
    "hip": ("shoulder", "hip", "knee"),
    "knee": ("hip", "knee", "ankle"),
}


def _seen(subject: Subject, angles: JointAngles, name: str, joint: str) -> Float64:
    """(N,) the angle where all of its joints are seen."""
    side = name.partition("_")[0]
    places = [subject.joint(f"{side}_{part}") for part in _NEEDED[joint.partition("_")[0]]]
    seen = np.isfinite(places).all(axis=(0, 2))
    return np.where(seen, _elbow(subject, places) if joint == "elbow_flexion" else angles[name], np.nan)


def _elbow(subject: Subject, places: Sequence[Float64]) -> Float64:
    """(N,) flexion while both limbs of the arm lie in the picture.

    Arms that do anything have no elbow angle worth a number from one camera (`kinematics.errors`); here the protocol
    keeps the arm parallel to the picture, and limbs that look short do not follow it.
    """
    lies = np.ones(len(subject.time_s), bool)
    for (near, far), limb in zip(_ARM, pairwise(places), strict=True):
        length = np.linalg.norm(limb[1] - limb[0], axis=-1)
        with np.errstate(invalid="ignore"):
            lies &= length >= SIDE_SHARE * SEGMENT_SHARES[near, far] * subject.body.length_px
    return np.where(lies, 180 - joint_angle_deg(*places), np.nan)


def _tries(time_s: Float64, values: Float64) -> list[int]:
    """Rows of the far ends."""
    known = np.flatnonzero(np.isfinite(values))
    shown = values[known]
    reach = float(shown.max() - np.percentile(shown, _REST_SHARE))
    if reach < _LEAST_DEG:
        return []
    # Framed by the lowest value, so that a try at the very end of the clip has both flanks.
    framed = np.concatenate([[shown.min()], shown, [shown.min()]])
    step_s = float(np.median(np.diff(time_s))) if len(time_s) > 1 else 1.0
    peaks, _ = find_peaks(framed, prominence=_TRY_SHARE * reach, distance=max(1, round(0.5 / step_s)))
    return [int(known[peak - 1]) for peak in peaks]
