"""Single-leg squat from the front: the frontal plane projection angle of the knee at the lowest point."""

from typing import Literal

import numpy as np
from scipy.signal import find_peaks

from posespotter.arrays import Float64
from posespotter.assessments.assessment_file import AssessmentDefinition
from posespotter.assessments.outcome import Outcome, numbered
from posespotter.assessments.result import Curve, Event, Measurement
from posespotter.assessments.subject import SEEN_SHARE, Subject
from posespotter.kinematics.joint_angles import body_angles
from posespotter.kinematics.view import EXACT_DEG

Side = Literal["left", "right"]

_DIP = 0.03
"""Body lengths that the hips sink at the least: 35 to 40 degrees of knee flexion in a body of Winter's proportions.
With half of it three of 85 clips of other movements give a number instead of one."""

_LIFTED = 0.04  # body lengths (7 cm) that the other ankle is higher: it does not stand
_FOOT_MOVED = 0.04  # body lengths: half a foot's width, more than jitter
_SQUATS = 3  # whose mean is given, as in the protocol


def single_leg_squat(subject: Subject, test: AssessmentDefinition, side: Side | None) -> Outcome:
    """Mean angle of three squats; + is valgus."""
    hidden = _hidden(subject)
    if subject.view not in test.views:
        front = "This angle is measured from the front: place the camera in front of the person."
        return Outcome(reason=hidden if subject.view == "unknown" and hidden else front)
    ankles = {one: subject.joint(f"{one}_ankle")[:, 1] for one in ("left", "right")}
    lower = ankles["left"] - ankles["right"]
    standing: Side = side or (
        "left" if np.median(lower[np.isfinite(lower)] if np.isfinite(lower).any() else 0) > 0 else "right"
    )
    free: Side = "right" if standing == "left" else "left"
    length = float(np.nanmedian(subject.body.length_px))
    height = (ankles[standing] - subject.joint(f"{standing}_hip")[:, 1]) / length
    angles = body_angles(subject.body, plane="frontal")
    name = f"{standing}_knee_valgus"
    values = angles[name]
    outcome = Outcome(
        coverage=float((np.isfinite(height) & np.isfinite(values)).mean()),
        curve=Curve(f"{standing.capitalize()} knee in the frontal plane, ° (+ inwards)", subject.time_s, values,
                    {"line": 0.0}),
    )  # fmt: skip
    known = np.flatnonzero(np.isfinite(height))
    step_s = float(np.median(np.diff(subject.time_s)))
    dips, _ = find_peaks(-height[known], prominence=_DIP, distance=max(1, round(0.5 / step_s)))
    bottoms = [int(known[dip]) for dip in dips]
    outcome.amount = float(len(bottoms))
    if len(bottoms) < _SQUATS:
        outcome.reason = hidden or (
            f"{len(bottoms)} of {_SQUATS} squats on the {standing} leg were seen: expected hips that sink and rise "
            "three times, with feet and trunk in the picture."
        )
        return outcome
    bottoms = bottoms[:_SQUATS]
    ends = [float(subject.time_s[0]), *(float(subject.time_s[row]) for row in bottoms)]
    found = [float(values[row]) for row in bottoms]  # joints are smoothed by 3 Hz already (`Body.clean`)
    outcome.start_s, outcome.end_s = ends[1], ends[-1]
    outcome.events = [
        Event("bottom", float(subject.time_s[row]), int(subject.body.frame[row]), i, standing, value)
        for i, (row, value) in enumerate(zip(bottoms, found, strict=True), 1)
    ]
    _conditions(outcome, test, subject, bottoms, standing, free, length)
    if not np.isfinite(found).all():
        outcome.reason = hidden or "Hip, knee or ankle were not seen at the lowest point."
        return outcome
    outcome.value = float(np.mean(found))
    error = float(np.median(angles.plus_minus[bottoms, angles.names.index(name)]))
    outcome.error = error if np.isfinite(error) else None
    outcome.measurements = [
        Measurement("spread_deg", "Standard deviation of the three", float(np.std(found, ddof=1)), "°", 1, 0.0),
        Measurement("sank_pct", "Hips sank by (mean)", 100 * float(np.mean(_sank(height, bottoms))), "% of height", 0),
    ]
    return outcome


def _hidden(subject: Subject) -> str:
    """Name the joints of the legs that are out of view, as a sentence; empty where all are seen nearly always."""
    shares = {part: _seen_share(subject, part) for part in ("hip", "knee", "ankle")}
    part = min(shares, key=lambda name: shares[name])
    if shares[part] >= SEEN_SHARE:
        return ""
    return (
        f"The {part}s were seen in {shares[part]:.0%} of the time: expected the whole body in the picture, from the "
        "first squat to the third."
    )


def _seen_share(subject: Subject, part: str) -> float:
    return float(np.isfinite(subject.part(part, ("left", "right"))).all(-1).mean())


def _sank(height: Float64, bottoms: list[int]) -> Float64:
    return float(np.nanpercentile(height, 95)) - height[bottoms]


def _conditions(  # noqa: PLR0917
    outcome: Outcome,
    test: AssessmentDefinition,
    subject: Subject,
    bottoms: list[int],
    standing: Side,
    free: Side,
    length: float,
) -> None:
    stands, lifted = subject.joint(f"{standing}_ankle"), subject.joint(f"{free}_ankle")
    down = [i for i, row in enumerate(bottoms, 1) if (stands[row, 1] - lifted[row, 1]) / length < _LIFTED]
    if abs(subject.yaw_deg) > EXACT_DEG:
        outcome.found(test, "turned", f"{abs(subject.yaw_deg):.0f}°")
    if down:
        outcome.found(test, "other_foot_down", numbered("squat", down))
    moved = [
        i
        for i, row in enumerate(bottoms[1:], 2)
        if np.linalg.norm(stands[row] - stands[bottoms[0]]) / length > _FOOT_MOVED
    ]
    if moved:
        outcome.found(test, "foot_moved", numbered("squat", moved))
    shoulders = subject.part("shoulder", ("left", "right"))
    hidden = [i for i, row in enumerate(bottoms, 1) if not np.isfinite(shoulders[row]).all()]
    if hidden:
        outcome.found(test, "trunk_unseen", numbered("squat", hidden))
