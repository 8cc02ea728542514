"""Walking: steps, cadence, share of stance, and speed between two marks on the floor."""

from dataclasses import dataclass

import numpy as np
from scipy.signal import find_peaks

from posespotter.arrays import Float64
from posespotter.assessments.assessment_file import AssessmentDefinition
from posespotter.assessments.outcome import Outcome
from posespotter.assessments.result import Curve, Event, Measurement
from posespotter.assessments.subject import SEEN_SHARE, SIDE_SHARE, Subject
from posespotter.assessments.timed import tell_unseen

_SLOWS_TO = 0.5
"""Between two steps the faster foot slows down to half: then both stand. Where the legs cross, and pose models take one
for the other, it slows less. From 0.25 to 0.5 counts are the same, on figures and on real walks; at 0.7 real steps of a
limp are missed (docs/results/tests.md)."""

_SWINGS = 0.15
"""Body lengths a second that a foot gains on the ground at least: half of what it does in a limping gait at 0.4 m/s.
Without it jitter of slow figures counts; with twice as much a real step is missed."""

_QUICKEST_S = 0.3  # between steps: 200 a minute, more than anybody walks; half of it counts steps twice
_SLOWEST_S = 1.6  # longer is standing or turning, and no part of the cadence
_WALKS = 0.1  # body lengths a second that the hips move across the picture; twice as much loses a limp


@dataclass(frozen=True)
class Marks:
    """Two marks on the floor.

    Attributes:
        first_px, last_px: where they are across the picture.
        distance_m: between them.
    """

    first_px: float
    last_px: float
    distance_m: float


def walking(subject: Subject, test: AssessmentDefinition, marks: Marks | None, height_m: float | None) -> Outcome:
    """Metres a second between the marks (or by the body's height), and what the steps are like.

    A step is one foot's swing, whichever foot it is, for pose models mix them up where the legs cross. It ends where
    the foot is no longer faster than the hips (heel strike by the furthest reach, Zeni 2008, Gait Posture 27:710).
    """
    hips = subject.part("hip", ("left", "right"))
    swing = _swing(subject, hips)
    outcome = Outcome(
        coverage=float(np.isfinite(swing).mean()),
        curve=Curve("Speed of the swinging foot, heights/s", subject.time_s, swing),
    )
    steps = _steps(subject, hips, swing)
    outcome.amount = float(len(steps))
    if len(steps) < 3:
        outcome.reason = (
            f"{len(steps)} steps were seen: expected somebody who walks across the picture, feet in view, for three "
            "steps or more."
        )
        return outcome
    times = subject.time_s[steps]
    outcome.start_s, outcome.end_s = float(times[0]), float(times[-1])
    outcome.events = [Event("step", float(t), subject.frame_at(float(t)), i) for i, t in enumerate(times, 1)]
    gaps = np.diff(times)
    paced = gaps[gaps <= _SLOWEST_S]
    outcome.measurements = [
        Measurement("steps", "Steps seen", float(len(steps)), "", 0, 1.0),
        Measurement("cadence_steps_min", "Cadence", 60 / float(np.mean(paced)) if len(paced) else None, "steps/min", 0,
                    None, "" if len(paced) else "no two steps in a row"),
        _stance(subject, times),
    ]  # fmt: skip
    if subject.sideways < SIDE_SHARE:
        outcome.found(test, "view", "front or at an angle")
    tell_unseen(outcome, subject, test, np.isfinite(swing))
    _speed(outcome, subject, test, hips, marks, height_m)
    return outcome


def _swing(subject: Subject, hips: Float64) -> Float64:
    """(N,) body lengths a second that the faster foot goes in the walking direction; NaN where neither is seen."""
    time_s = subject.time_s
    ways = [np.gradient(subject.joint(f"{side}_ankle")[:, 0], time_s) for side in ("left", "right")]
    towards = np.sign(_around(time_s, hips[:, 0], np.arange(len(time_s))))
    speeds = np.stack(ways) * towards / float(np.nanmedian(subject.body.length_px))
    return np.asarray(np.fmax(*speeds), np.float64)


def _steps(subject: Subject, hips: Float64, swing: Float64) -> "np.ndarray[tuple[int], np.dtype[np.intp]]":
    """Rows of the heel strikes, while the hips go across the picture."""
    time_s, length = subject.time_s, float(np.nanmedian(subject.body.length_px))
    filled = np.nan_to_num(swing, nan=0.0)
    step_s = float(np.median(np.diff(time_s)))
    peaks, found = find_peaks(filled, prominence=_SWINGS, distance=max(1, round(_QUICKEST_S / step_s)))
    peaks = peaks[found["prominences"] >= _SLOWS_TO * filled[peaks]]
    pace = np.abs(_around(time_s, hips[:, 0], peaks)) / length
    with np.errstate(invalid="ignore"):
        peaks, pace = peaks[pace >= _WALKS], pace[pace >= _WALKS]
    strikes = []
    for number, peak in enumerate(peaks):
        last = number + 1 == len(peaks)
        until = filled[peak : None if last else peaks[number + 1]]
        slow = np.flatnonzero(until <= pace[number])
        if len(slow) or not last:  # a swing that the clip cuts off has no end
            strikes.append(peak + int(slow[0] if len(slow) else np.argmin(until)))
    return np.array(strikes, np.intp)


def _around(time_s: Float64, x: Float64, rows: "np.ndarray[tuple[int], np.dtype[np.intp]]") -> Float64:
    """Px a second around each of some rows, over a second."""
    speeds = []
    for row in rows:
        near = np.flatnonzero((np.abs(time_s - time_s[row]) <= 0.5) & np.isfinite(x))
        span = time_s[near[-1]] - time_s[near[0]] if len(near) > 1 else 0.0
        speeds.append((x[near[-1]] - x[near[0]]) / span if span > 0.3 else np.nan)
    return np.array(speeds, np.float64)


def _stance(subject: Subject, steps_s: Float64) -> Measurement:
    """Share of a stride in which a foot stands.

    That is from where it is furthest ahead of the hips to where it is furthest behind (Zeni 2008): while it goes slower
    than they do.
    """
    title, name = "Share of stance", "stance_share_pct"
    time_s, shares = subject.time_s, []
    hips = subject.part("hip", ("left", "right"))[:, 0]
    for first, last in zip(steps_s[:-2], steps_s[2:], strict=True):
        rows = subject.rows(float(first), float(last))
        if last - first > 2 * _SLOWEST_S or rows.stop - rows.start < 8:
            continue
        body = np.gradient(hips[rows], time_s[rows])
        forward = float(np.nanmean(body))
        # Over a whole stride each foot stands and swings once, so that names that change sides do not matter.
        for side in ("left", "right"):
            foot = np.gradient(subject.joint(f"{side}_ankle")[rows, 0], time_s[rows])
            known = np.isfinite(foot)
            if known.mean() >= SEEN_SHARE:
                shares.append(float((foot[known] / forward < 1.0).mean()))
    if len(shares) < 2:
        return Measurement(name, title, None, "%", 0, reason="no whole stride with both feet in view")
    return Measurement(name, title, 100 * float(np.median(shares)), "%", 0)


def _speed(  # noqa: PLR0917
    outcome: Outcome,
    subject: Subject,
    test: AssessmentDefinition,
    hips: Float64,
    marks: Marks | None,
    height_m: float | None,
) -> None:
    x = hips[:, 0]
    if marks is not None:
        passed = [_passes(subject.time_s, x, mark) for mark in (marks.first_px, marks.last_px)]
        if None in passed or passed[0] == passed[1]:
            outcome.reason = (
                "The hips do not pass both marks: expected two places across the picture that the person walks past "
                f"(--marks), got {marks.first_px:.0f} and {marks.last_px:.0f} px."
            )
            return
        start_s, end_s = sorted((passed[0] or 0.0, passed[1] or 0.0))
        outcome.value = marks.distance_m / (end_s - start_s)
        # Each mark is passed within 0.1 s of what is seen (see the results page).
        outcome.error = outcome.value * 0.14 / (end_s - start_s)
        outcome.events += [Event("mark", at, subject.frame_at(at), i) for i, at in enumerate((start_s, end_s), 1)]
        within = [event for event in outcome.events if event.name == "step" and start_s <= event.time_s <= end_s]
        outcome.measurements.insert(0, Measurement("time_s", "Between the marks", end_s - start_s, "s", 2, 0.14))
        outcome.measurements.insert(2, Measurement("steps_between_marks", "Steps between the marks", float(len(within)),
                                                   "", 0, 1.0))  # fmt: skip
        return
    pace = np.abs(_around(subject.time_s, x, subject.rows_of(outcome.events, "step")))
    lengths = float(np.nanmedian(pace / float(np.nanmedian(subject.body.length_px))))
    if height_m is None:
        outcome.measurements.append(
            Measurement("speed_heights_s", "Speed by the body's own height", lengths, "heights/s", 2, 0.1 * lengths)
        )
        outcome.reason = (
            "Metres need a scale: two marks on the floor and the distance between them, or the person's height."
        )
        return
    outcome.value = lengths * height_m
    outcome.error = 0.1 * outcome.value  # of the body's length in the picture (see the results page)
    outcome.found(test, "by_height", f"{height_m:.2f} m")


def _passes(time_s: Float64, x: Float64, mark: float) -> float | None:
    """Time at which x first passes a place; None where it never does."""
    known = np.isfinite(x)
    t, away = time_s[known], x[known] - mark
    rows = np.flatnonzero(np.sign(away[:-1]) != np.sign(away[1:]))
    if not len(rows):
        return None
    row = int(rows[0])
    return float(t[row] + (t[row + 1] - t[row]) * away[row] / (away[row] - away[row + 1]))
