"""Rising from a chair again and again: the 30-second chair stand, and five times sit-to-stand."""

from collections.abc import Sequence

import numpy as np

from posespotter.arrays import Float64
from posespotter.assessments.assessment_file import AssessmentDefinition
from posespotter.assessments.outcome import Outcome, numbered
from posespotter.assessments.result import Curve, Event, Measurement
from posespotter.assessments.sitting import LATE_S, SITS_UP_TO, STANDS_FROM, UNDER_WAY, Level, Rise, level_of
from posespotter.assessments.subject import SEEN_SHARE, Subject
from posespotter.assessments.timed import started, tell_unseen

_SAT_UP_TO = 0.25
"""Of the way up: lower, the seat is under the thighs, though a little of it may be missing in the picture."""

_ON_THIGH = 0.08
"""Body lengths from a wrist to the line from hip to knee, or to the hip: a hand that lies on the thigh or the seat has
its wrist within this (half a thigh and a hand thick); arms crossed on the chest have them twice as far. With half of it
hands are missed, with twice as much they are told where there are none."""

_LEANING = 0.5  # of the rise in which the hand is there; half or twice that names wrong stands


def chair_stands(subject: Subject, test: AssessmentDefinition, go_s: float | None) -> Outcome:
    """Full stands within `settings.seconds`, or the time of `settings.stands` stands."""
    level = level_of(subject)
    if level is None:
        return Outcome(reason=_never_sat(subject))
    outcome = Outcome(
        curve=Curve(
            "How far up: 0 the seat; 1 upright",
            subject.time_s,
            level.values,
            {"upright": STANDS_FROM, "half way": UNDER_WAY, "seat": SITS_UP_TO},
        )
    )
    rises = started(outcome, subject, level, go_s, "No stand from the chair was seen after the start.")
    if not rises:
        return outcome
    if "seconds" in test.settings:
        _count(outcome, subject, test, level, rises, test.number("seconds"))
    else:
        _time(outcome, subject, test, rises, int(test.number("stands")))
    counted = [rise for rise in rises if rise.half_s <= outcome.end_s]
    _conditions(outcome, subject, test, counted)
    return outcome


def _never_sat(subject: Subject) -> str:
    seen = {part: float(np.isfinite(subject.part(part)).all(-1).mean()) for part in ("hip", "knee", "ankle")}
    if seen["hip"] < SEEN_SHARE:
        return (
            f"The hips were seen in {seen['hip']:.0%} of the time: expected chair, hips and feet in the picture from "
            "the first moment to the last."
        )
    return (
        "The hips never rose from a seat: expected a person who sits on a chair and stands up, both in the picture, "
        "seen from the side or at an angle."
    )


def _count(  # noqa: PLR0917
    outcome: Outcome, subject: Subject, test: AssessmentDefinition, level: Level, rises: Sequence[Rise], seconds: float
) -> None:
    end_s = outcome.start_s + seconds
    full = [rise for rise in rises if rise.up_s <= end_s]
    outcome.end_s = min(end_s, subject.end_s)
    for rise in rises:
        if rise.half_s <= end_s:
            _tell(outcome, subject, rise, len([one for one in rises if one.half_s <= rise.half_s]))
    outcome.amount += len(full)
    if subject.end_s < end_s - subject_step_s(subject):
        lasted = subject.end_s - outcome.start_s
        outcome.reason = (
            f"The clip ends {lasted:.1f} s after the start: expected {seconds:.0f} s; "
            f"{len(full)} full stands were seen until then."
        )
        return
    # More than half of the way up when the time is over counts as a stand (CDC STEADI).
    at_end = float(np.interp(end_s, subject.time_s, np.nan_to_num(level.values, nan=0.0)))
    last = [rise for rise in rises if rise.half_s <= end_s < rise.up_s and not rise.falls_s < end_s]
    half = 1 if last and at_end >= UNDER_WAY else 0
    outcome.value = float(len(full) + half)
    outcome.measurements = [
        Measurement("half_up_at_end", "Of these more than half up at the end", float(half), "", 0, 0.0),
        Measurement("first_stand_s", "First stand", rises[0].up_s - outcome.start_s, "s", 1, 0.2),
    ]


def _time(outcome: Outcome, subject: Subject, test: AssessmentDefinition, rises: Sequence[Rise], stands: int) -> None:
    done = rises[:stands]
    for number, rise in enumerate(done, 1):
        _tell(outcome, subject, rise, number)
    last = done[-1]
    outcome.end_s = last.seat_s if np.isfinite(last.seat_s) else subject.end_s
    if len(done) < stands:
        why = "the picture was cut, or the person out of sight" if subject.cuts_s else "the test is cut short"
        outcome.reason = f"{len(done)} of {stands} stands were seen before the clip ends: {why}."
        return
    outcome.measurements = [
        Measurement("to_last_stand_s", f"To the {_ordinal(stands)} stand (Guralnik's variant)",
                    last.up_s - outcome.start_s if np.isfinite(last.up_s) else None, "s", 1, 0.2,
                    "" if np.isfinite(last.up_s) else f"stand {stands} was not full"),
    ]  # fmt: skip
    if not np.isfinite(last.seat_s):
        outcome.reason = (
            f"The seat was not touched after stand {stands} before the clip ends: film until the person sits again."
        )
        return
    outcome.value = last.seat_s - outcome.start_s


def _tell(outcome: Outcome, subject: Subject, rise: Rise, number: int) -> None:
    if np.isfinite(rise.up_s):
        outcome.events.append(Event("up", rise.up_s, subject.frame_at(rise.up_s), number, value=rise.top))
    if np.isfinite(rise.seat_s):
        outcome.events.append(Event("seat", rise.seat_s, subject.frame_at(rise.seat_s), number, value=rise.bottom))


def _conditions(outcome: Outcome, subject: Subject, test: AssessmentDefinition, rises: Sequence[Rise]) -> None:
    time_s = subject.time_s
    tell_unseen(outcome, subject, test, np.asarray(np.isfinite(subject.part("hip")).all(-1), bool))
    if cuts := [cut for cut in subject.cuts_s if outcome.start_s < cut < outcome.end_s]:
        outcome.found(test, "cut", f"at {cuts[0]:.1f} s", cuts[0], cuts[0])
    low = [i for i, rise in enumerate(rises, 1) if rise.top < STANDS_FROM and np.isfinite(rise.falls_s)]
    if low:
        outcome.found(test, "not_upright", numbered("stand", low), *_around(rises[low[0] - 1]))
    hovered = [i for i, rise in enumerate(rises[:-1], 1) if rise.bottom > _SAT_UP_TO]
    if hovered:
        outcome.found(test, "not_sat", numbered("stand", hovered), *_around(rises[hovered[0]]))
    if subject.view in {"left", "right", "oblique"}:
        near_thigh = hands_on_thighs(subject)
        used = []
        for number, rise in enumerate(rises, 1):
            begin_s, end_s = _around(rise)
            rows = (time_s >= begin_s) & (time_s <= end_s)
            before = rises[number - 2].falls_s if number > 1 else outcome.start_s
            rows &= time_s >= before
            if rows.any() and float(near_thigh[rows].mean()) >= _LEANING:
                used.append(number)
        if used:
            outcome.found(test, "hands_used", numbered("stand", used), *_around(rises[used[0] - 1]))
    else:
        outcome.found(test, "hands_unknown", subject.view)
    if subject.view not in test.views:
        outcome.error = LATE_S if "stands" in test.settings else None
        outcome.found(test, "view", subject.view)


def _around(rise: Rise) -> tuple[float, float]:
    """Span in which a rise is examined: from a second before the first movement to half way up."""
    return max(0.0, rise.half_s - 1.0), rise.half_s


def hands_on_thighs(subject: Subject) -> Float64:
    """(N,) 1 where a hand lies on a thigh or the seat, 0 where none does or none is seen."""
    on = np.zeros(len(subject.time_s))
    length = subject.body.length_px
    hip, knee = subject.part("hip"), subject.part("knee")
    for side in ("left", "right"):
        wrist = subject.joint(f"{side}_wrist")
        thigh = knee - hip
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.clip(((wrist - hip) * thigh).sum(-1) / (thigh**2).sum(-1), 0, 1)
            apart = np.linalg.norm(wrist - hip - share[:, None] * thigh, axis=-1)
            on = np.maximum(on, apart <= _ON_THIGH * length)
    return np.asarray(on, np.float64)


def subject_step_s(subject: Subject) -> float:
    """The usual step between frames, seconds."""
    return float(np.median(np.diff(subject.time_s)))


def _ordinal(number: int) -> str:
    return {5: "fifth"}.get(number, f"{number}th")
