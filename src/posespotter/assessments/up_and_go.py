"""Timed up and go: rise, walk three metres, turn, walk back, sit down."""

import numpy as np

from posespotter.arrays import Float64
from posespotter.assessments.assessment_file import AssessmentDefinition
from posespotter.assessments.outcome import Outcome
from posespotter.assessments.result import Curve, Event, Measurement
from posespotter.assessments.sitting import LATE_S, SITS_UP_TO, UNDER_WAY, level_of
from posespotter.assessments.subject import SEEN_SHARE, Subject
from posespotter.assessments.timed import started, tell_unseen
from posespotter.kinematics.view import yaw_deg
from posespotter.skeletons import USUAL_HEIGHT_M

_LEAST_WAY = 0.5
"""Body lengths that the hips go away from the chair in the picture before it counts as seen from the side."""

_EITHER_WAY = 0.2  # of the time on the feet, of which there and back are each about a third

_DISTANCE_WITHIN = 0.25
"""Share by which the way by the body's height may miss the 3 m: heights of adults vary by 4 % (SD), the chair is left
half a body length early, and people turn before, on or behind the mark."""

_RUNS_FROM = 2.0
"""m/s: people change from walking to running at 2.0 m/s (Hreljac 1995, J Biomech 28:669)."""


def up_and_go(subject: Subject, test: AssessmentDefinition, go_s: float | None, height_m: float | None) -> Outcome:
    """Seconds from the start until the person is seated again."""
    level = level_of(subject, walks=True)
    if level is None:
        return Outcome(reason=_no_chair(subject))
    outcome = Outcome(
        curve=Curve("How upright: 0 the seat; 1 on the feet", subject.time_s, level.values, {"seat": SITS_UP_TO})
    )
    without = "Nobody rises from a chair after the start: expected the whole test, from sitting to sitting."
    rises = started(outcome, subject, level, go_s, without)
    if not rises:
        return outcome
    rise = rises[0]
    outcome.end_s = rise.seat_s if np.isfinite(rise.seat_s) else subject.end_s
    if np.isfinite(rise.up_s):
        outcome.events.append(Event("up", rise.up_s, subject.frame_at(rise.up_s)))
    way = _way(subject, rise.half_s, outcome.end_s)
    if not _walked(subject, way, rise.half_s, outcome.end_s):
        outcome.amount = 0.0
        outcome.reason = (
            "The person rose and did not walk away from the chair: expected three metres there and back, all in the "
            "picture."
        )
        return outcome
    _walk(outcome, subject, test, way, rise.half_s, rise.falls_s, height_m)
    if np.isfinite(rise.seat_s):
        outcome.events.append(Event("seat", rise.seat_s, subject.frame_at(rise.seat_s)))
        outcome.value = rise.seat_s - outcome.start_s
    else:
        outcome.reason = "The clip ends before the person sits again: the test is cut short."
    if subject.view not in test.views:
        outcome.error = LATE_S
        outcome.found(test, "view", subject.view)
    tell_unseen(outcome, subject, test, np.isfinite(level.values))
    inside = subject.rows(outcome.start_s, outcome.end_s)
    gaps = np.diff(subject.time_s[inside])
    if len(gaps) and gaps.max() > 1.0:
        where = float(subject.time_s[inside][int(gaps.argmax())])
        outcome.found(test, "cut", f"from {where:.1f} to {where + float(gaps.max()):.1f} s", where, where + gaps.max())
    return outcome


def _no_chair(subject: Subject) -> str:
    for part in ("hip", "knee", "ankle"):
        seen = float(np.isfinite(subject.part(part, ("left", "right"))).all(-1).mean())
        if seen < SEEN_SHARE:
            return (
                f"The {part}s were seen in {seen:.0%} of the time: expected the chair, three metres and the whole "
                "body in the picture."
            )
    return (
        "Sitting was not seen: expected the chair in the picture, with the person seated at the beginning and at the "
        "end."
    )


def _way(subject: Subject, start_s: float, end_s: float) -> Float64:
    """(N,) body lengths from the chair, across the picture; the scale is that of the whole clip."""
    x = subject.part("hip", ("left", "right"))[:, 0]
    rows = subject.rows(start_s - UNDER_WAY, start_s)
    origin = float(np.nanmedian(x[rows])) if np.isfinite(x[rows]).any() else np.nan
    return np.asarray(np.abs(x - origin) / float(np.nanmedian(subject.body.length_px)), np.float64)


def _walked(subject: Subject, way: Float64, start_s: float, end_s: float) -> bool:
    """Whether the person went away from the chair: across the picture, or to the camera and back from it."""
    rows = subject.rows(start_s, end_s)
    if float(np.max(way[rows], initial=0.0, where=np.isfinite(way[rows]))) >= _LEAST_WAY:
        return True
    towards = np.cos(np.radians(yaw_deg(subject.body.rows(rows))))
    known = towards[np.isfinite(towards)]
    return bool(len(known)) and min(float((known > 0.5).mean()), float((known < -0.5).mean())) >= _EITHER_WAY


def _walk(  # noqa: PLR0917
    outcome: Outcome,
    subject: Subject,
    test: AssessmentDefinition,
    way: Float64,
    start_s: float,
    falls_s: float,
    height_m: float | None,
) -> None:
    """The turn and the distance, where the camera sees the way from the side."""
    rows = subject.rows(start_s, falls_s if np.isfinite(falls_s) else subject.end_s)
    time_s, inside = subject.time_s[rows], way[rows]
    far = float(np.nanmax(inside)) if np.isfinite(inside).any() else 0.0
    if far < _LEAST_WAY or subject.view not in {"left", "right"}:
        why = "the way does not run across the picture"
        outcome.measurements.append(Measurement("turn_s", "From the start to the turn", None, "s", reason=why))
        return
    # People stand about the same place while they turn: the middle of the time there is the turn.
    there = np.flatnonzero(inside >= far - 0.05)
    turn_s = float((time_s[there[0]] + time_s[there[-1]]) / 2)
    outcome.events.append(Event("turn", turn_s, subject.frame_at(turn_s)))
    height = height_m or USUAL_HEIGHT_M
    metres = far * height
    by = "by the height given" if height_m else "for somebody of 1.70 m"
    outcome.measurements += [
        Measurement("turn_s", "From the start to the turn", turn_s - outcome.start_s, "s", 1, 0.3),
        Measurement("way_m", f"Way of the hips to the turn, {by}", metres, "m", 1, metres * _DISTANCE_WITHIN),
    ]
    distance = test.number("distance_m")
    if height_m and abs(metres - distance) > _DISTANCE_WITHIN * distance:
        outcome.found(test, "distance", f"{metres:.1f} m")
    with np.errstate(invalid="ignore"):
        pace = np.abs(np.gradient(inside, time_s)) * height if len(time_s) > 2 else np.zeros(1)
    fast = float(np.nanpercentile(pace, 75)) if np.isfinite(pace).any() else 0.0
    if fast > _RUNS_FROM:
        outcome.found(test, "runs", f"{fast:.1f} m/s")
