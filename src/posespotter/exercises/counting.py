"""Which movements of a stretch are repetitions of an exercise, and why the others are not."""

from dataclasses import dataclass
from typing import cast

import numpy as np

from posespotter.arrays import Float64
from posespotter.exercises.definition import ExerciseDefinition, Require, Signal
from posespotter.exercises.measures import Joining, Measured, Moves
from posespotter.exercises.phases import Cycle, Phases, find_cycles, phases_of
from posespotter.exercises.wording import filled, finding, limit_words, listed, measure_words, plural, quantity
from posespotter.filtering.gaps import fill_gaps
from posespotter.kinematics.body import SEEN_SCORE
from posespotter.kinematics.stretches import MAX_GAP_S

_SEEN_SHARE = 0.6
"""The visibility gate: in this share of a repetition its joints are seen, or it is not counted."""

_MEASURABLE_SHARE = 0.1
"""A signal that can be measured for less of a stretch is left out there."""

_CUT_S = 0.3
_REST_S = 0.5
_AROUND_S = 0.1
"""Values at rest and at work are the medians around these moments, so that one bad frame decides nothing."""


@dataclass(frozen=True)
class Counted:
    """A repetition.

    Attributes:
        cycle: its rows.
        joining: which side moved, `mean` for both.
        confidence: 0..1, how well the joints that lead were seen.
    """

    cycle: Cycle
    joining: Joining
    confidence: float


@dataclass(frozen=True)
class Uncounted:
    """A movement that looked like a repetition and is none.

    Attributes:
        cycle: its rows.
        reason: for people.
    """

    cycle: Cycle
    reason: str


@dataclass(frozen=True, eq=False)
class Count:
    """What one stretch gave.

    Attributes:
        repetitions, uncounted: in order of time.
        reason: why nothing could be looked for; empty where it could.
        phases: (N,) of all movements, counted or not; None where nothing could be looked for.
        turned: whether repetitions go from work to rest and back.
    """

    repetitions: tuple[Counted, ...] = ()
    uncounted: tuple[Uncounted, ...] = ()
    reason: str = ""
    phases: Phases | None = None
    turned: bool = False


def count_repetitions(moves: Moves, exercise: ExerciseDefinition) -> Count:
    """Find the repetitions of one stretch."""
    if exercise.sides == "together":
        return _count_either_end(moves, exercise, None)
    left, right = (_count_either_end(moves, exercise, side) for side in ("left", "right"))
    if left.reason and right.reason:
        return left
    return _merged(left, right)


def _count_either_end(moves: Moves, exercise: ExerciseDefinition, side: str | None) -> Count:
    count = _count_one_way(moves, exercise, side, turned=False)
    if exercise.starts == "rest" or count.reason:
        return count
    other = _count_one_way(moves, exercise, side, turned=True)
    firsts = [c.repetitions[0].cycle.start if c.repetitions else np.inf for c in (count, other)]
    return count if firsts[0] <= firsts[1] else other


def _count_one_way(moves: Moves, exercise: ExerciseDefinition, side: str | None, *, turned: bool) -> Count:
    """Cycles from rest to work and back; `turned`: from work to rest and back."""
    usable = [signal for signal in exercise.signal if _is_measurable(_taken(moves, signal, side))]
    if len(usable) < exercise.signals_needed:
        return Count(reason=_why_not(moves, exercise, side))
    lead = usable[0]
    time_s = moves.body.time_s
    values = _bridged(time_s, _taken(moves, lead, side)) / lead.change
    counted, uncounted = [], []
    values = -values if turned else values
    for cycle in find_cycles(values):
        reason = _too_short_or_long(cycle, time_s, exercise)
        reason = reason or _unseen(moves, usable[:1], side, cycle)
        reason = reason or _too_small(moves, usable, side, cycle, turned=turned)
        reason = reason or _other_movement(moves, exercise, side, cycle, turned=turned)
        if reason:
            uncounted.append(Uncounted(cycle, reason))
            continue
        joining = cast("Joining", side or "mean")
        confidence = float(np.mean(_taken(moves, lead, side).confidence[cycle.rows]))
        counted.append(Counted(cycle, joining, confidence))
    return Count(tuple(counted), tuple(uncounted), phases=phases_of(time_s, values), turned=turned)


def _taken(moves: Moves, signal: Signal, side: str | None) -> Measured:
    return moves.measure(signal.parsed, cast("Joining", side or signal.side))


def _bridged(time_s: Float64, measured: Measured) -> Float64:
    """(N,) values without those of unseen joints, with straight lines over gaps too short to hide a repetition."""
    seen = np.where(measured.confidence >= SEEN_SCORE, measured.values, np.nan)
    return fill_gaps(time_s, seen, MAX_GAP_S)


def _is_measurable(measured: Measured) -> bool:
    usable = np.isfinite(measured.values) & (measured.confidence >= SEEN_SCORE)
    return bool(usable.mean() >= _MEASURABLE_SHARE) if len(usable) else False


def _why_not(moves: Moves, exercise: ExerciseDefinition, side: str | None) -> str:
    hidden = [
        joint
        for joint in dict.fromkeys(joint for signal in exercise.signal for joint in signal.parsed.joints)
        if np.median(moves.body.score(joint if joint != "foot" else "toe")) < SEEN_SCORE
    ]
    if hidden:
        return f"the {listed([plural(part) for part in hidden])} cannot be seen, or are out of the picture"
    if any(not np.isfinite(_taken(moves, signal, side).values).any() for signal in exercise.signal):
        return "the camera looks along the movement, and the pose model gives no joints in 3-D"
    return "the joints that move cannot be seen for long enough"


def _too_short_or_long(cycle: Cycle, time_s: Float64, exercise: ExerciseDefinition) -> str:
    # Cycles are measured between the points at 10 % of the way; the whole takes a little longer.
    seconds, hold_s = time_s[cycle.end] - time_s[cycle.start], time_s[cycle.stay_end] - time_s[cycle.stay_start]
    if seconds < exercise.shortest_s:
        return f"too quick: it took {seconds:.1f} s, a repetition takes at least {exercise.shortest_s:g} s"
    if hold_s > exercise.longest_hold_s:
        most = f"more than {exercise.longest_hold_s:g} s is holding or sitting"
        return f"the person stayed at the {exercise.work} for {hold_s:.0f} s; {most}, not a repetition"
    if seconds > exercise.longest_s:
        return f"too slow: it took {seconds:.0f} s, a repetition takes at most {exercise.longest_s:g} s"
    return ""


def _unseen(moves: Moves, usable: list[Signal], side: str | None, cycle: Cycle) -> str:
    for signal in usable:
        share = float(np.mean(_taken(moves, signal, side).confidence[cycle.rows] >= SEEN_SCORE))
        if share < _SEEN_SHARE:
            joints = listed([plural(joint) for joint in dict.fromkeys(signal.parsed.joints)])
            return f"the {joints} were seen in only {share:.0%} of it; at least {_SEEN_SHARE:.0%} is needed"
    return ""


def _too_small(moves: Moves, usable: list[Signal], side: str | None, cycle: Cycle, *, turned: bool) -> str:
    for signal in usable:
        measured = _taken(moves, signal, side)
        ends = np.mean([_at(moves, measured, place) for place in _rests(moves.body.time_s, cycle)])
        change = _at(moves, measured, cycle.work) - ends
        change = -change if turned else change
        if np.isfinite(change) and change / signal.change < 1:
            unit = signal.parsed.word.unit
            changed = (
                f"changed by {quantity(float(abs(change)), unit)}" if change / signal.change > 0 else "did not change"
            )
            least = limit_words(abs(signal.change), unit, above=False)
            return f"too small: the {measure_words(signal.measure)} {changed}; a repetition takes {least}"
    return ""


def _other_movement(moves: Moves, exercise: ExerciseDefinition, side: str | None, cycle: Cycle, *, turned: bool) -> str:
    for rule in exercise.require:
        values = _required_values(moves, rule, side, cycle, turned=turned)
        if rule.at == "rest" and not turned:
            values = _whole_ends(moves.body.time_s, cycle, values)
        wrong = [value for value in values if np.isfinite(value) and not _within(rule, value)]
        if wrong:
            return _difference(rule, wrong[0])
        if rule.must_be_seen and not np.isfinite(values).any():
            joints = listed([plural(joint) for joint in rule.parsed.joints])
            return f"the {joints} were not seen well enough to tell it from another movement"
    return ""


def _whole_ends(time_s: Float64, cycle: Cycle, values: list[float]) -> list[float]:
    """Values at rest before and after, without that of an end beside a cut, which may take the last bit of it."""
    if len(values) != 2:
        return values
    cut = (
        time_s[cycle.before] - time_s[0] < _CUT_S,
        time_s[-1] - time_s[cycle.after] < _CUT_S,
    )
    return [value for value, beside in zip(values, cut, strict=True) if not beside] or values[:1]


def _difference(rule: Require, value: float) -> str:
    too_low = rule.least is not None and value < rule.least
    limit, unit = (rule.least if too_low else rule.most) or 0.0, rule.parsed.word.unit
    if rule.otherwise:
        return filled(rule.otherwise, value, limit, unit)
    sentence = finding(rule.measure, value, limit, unit, above=not too_low)
    return f"another movement: {sentence.replace(' was ', ' varied by ', 1) if rule.range else sentence}"


def _required_values(moves: Moves, rule: Require, side: str | None, cycle: Cycle, *, turned: bool) -> list[float]:
    joining = cast("Joining", side or rule.side)
    if rule.parsed.kind == "travel":
        return [moves.travel(rule.parsed.joints[0], joining, cycle.rows)]
    if rule.parsed.kind == "drift":
        return [moves.drift(rule.parsed.joints[0], *_rests(moves.body.time_s, cycle))]
    measured = moves.measure(rule.parsed, joining)
    seen = measured.confidence[cycle.rows] >= SEEN_SCORE
    if seen.mean() < _SEEN_SHARE:
        return []  # what is not seen speaks neither for nor against
    if rule.range:
        values = measured.values[cycle.rows]
        low, high = np.nanpercentile(values, [5, 95]) if np.isfinite(values).any() else (np.nan, np.nan)
        return [float(high - low)]
    if rule.at == "all":
        return [float(v) for v in (np.nanpercentile(measured.values[cycle.rows], [10, 90]))]
    at_work = (rule.at == "work") != turned
    places = (cycle.work,) if at_work else _rests(moves.body.time_s, cycle)
    return [_at(moves, measured, place) for place in places]


def _rests(time_s: Float64, cycle: Cycle) -> tuple[int, int]:
    """At rest shortly before and after, for at the start proper the movement has begun."""
    before = int(np.searchsorted(time_s, time_s[cycle.start] - _REST_S))
    after = int(np.searchsorted(time_s, time_s[cycle.end] + _REST_S, side="right")) - 1
    return max(cycle.before, before), min(cycle.after, after)


def _within(rule: Require, value: float) -> bool:
    return (rule.least is None or value >= rule.least) and (rule.most is None or value <= rule.most)


def _at(moves: Moves, measured: Measured, place: int) -> float:
    time_s = moves.body.time_s
    near = measured.values[(np.abs(time_s - time_s[place]) <= _AROUND_S) & (measured.confidence >= SEEN_SCORE)]
    near = near[np.isfinite(near)]
    return float(np.median(near)) if len(near) else float("nan")


def _merged(left: Count, right: Count) -> Count:
    """Both arms or legs: what they do at the same time is one repetition, that of the better seen side."""
    kept: list[Counted] = []
    for one in sorted((*left.repetitions, *right.repetitions), key=lambda c: -c.confidence):
        if not any(_overlap(one.cycle, other.cycle) > 0.5 for other in kept):
            kept.append(one)
    kept.sort(key=lambda c: c.cycle.work)
    others = sorted((*left.uncounted, *right.uncounted), key=lambda u: u.cycle.work)
    alone: list[Uncounted] = []
    for movement in others:
        taken = [one.cycle for one in kept] + [one.cycle for one in alone]
        if not any(_overlap(movement.cycle, cycle) > 0.5 for cycle in taken):
            alone.append(movement)
    return Count(tuple(kept), tuple(alone), phases=_joint_phases(left, right))


def _joint_phases(left: Count, right: Count) -> Phases | None:
    """What either side does; the left one where both do something else."""
    if left.phases is None or right.phases is None:
        return right.phases if left.phases is None else left.phases
    return np.where(np.isin(left.phases, ["", "rest"]), right.phases, left.phases)


def _overlap(a: Cycle, b: Cycle) -> float:
    """Common part of the shorter one."""
    common = min(a.end, b.end) - max(a.start, b.start)
    return common / max(1, min(a.end - a.start, b.end - b.start))
