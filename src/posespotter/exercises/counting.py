"""Count repetitions: the movements of a stretch that are repetitions, and why the others are not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np

from posespotter.arrays import Bool, Float64
from posespotter.exercises.definitions.definition import ExerciseDefinition, Require, Signal
from posespotter.exercises.definitions.vocabulary import WITHOUT_CURVE
from posespotter.exercises.geometric_errors import geometric_error
from posespotter.exercises.measures import Moves
from posespotter.exercises.phases import Cycle, Phases, find_cycles, phases_of
from posespotter.exercises.sides import Joining, Measured
from posespotter.exercises.words.wording import apart, filled, finding, listed, measure_words, plural
from posespotter.filtering.gaps import fill_gaps
from posespotter.kinematics.stretches import MAX_GAP_S
from posespotter.kinematics.view import view_of_yaw
from posespotter.skeletons import SEEN_SCORE

_SEEN_SHARE = 0.6
"""The visibility gate: in this share of a repetition its joints are seen, or it is not counted. Of 169 clips 159 are
counted right; with half of it 158, with all of a repetition 152 (docs/results/counting.md)."""

_LEADS_SHARE = 0.9
"""A signal leads if it can be measured for this share of the time of the one that can be for longest. With half of it
hands that leave the picture hide a press."""

_AGREE = 2
"""So many signals must go there and back, or all that can be measured. With one, 12 of 169 clips more are wrong."""

_OUTLIERS = 5.0  # percent at either end; with twice as much three clips more are wrong
_REST_S = 0.5  # before the start proper, for there the movement has begun; with half as much one walk is counted
_AROUND_S = 0.1
"""Values at rest and at work are the medians around these moments, so that one bad frame decides nothing: of single
frames two clips more are wrong."""


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
    """The repetitions of one stretch.

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
    usable = {signal: one for signal in exercise.signal if _is_usable(one := _taken(moves, signal, side))}
    if len(usable) < exercise.signals_needed:
        return Count(reason=_why_not(moves, exercise, side))
    time_s = moves.body.time_s
    way = _way(usable)
    values = fill_gaps(time_s, -way.values if turned else way.values, MAX_GAP_S)
    counted, uncounted = [], []
    for cycle in find_cycles(values, open_end=turned):
        reason = _too_short_or_long(cycle, time_s, exercise)
        reason = reason or _unseen(exercise, way, cycle)
        reason = reason or _too_small(moves, usable, cycle, turned=turned)
        reason = reason or _other_movement(moves, exercise, side, cycle, turned=turned)
        if reason:
            uncounted.append(Uncounted(cycle, reason))
            continue
        counted.append(Counted(cycle, cast("Joining", side or "mean"), float(np.mean(way.confidence[cycle.rows]))))
    return Count(tuple(counted), tuple(uncounted), phases=phases_of(time_s, values), turned=turned)


def _is_usable(measured: Measured) -> bool:
    return bool(_seen(measured).any())


def _seen(measured: Measured) -> Bool:
    return np.asarray(np.isfinite(measured.values) & (measured.confidence >= SEEN_SCORE), np.bool_)


def _way(signals: Mapping[Signal, Measured]) -> Measured:
    """Position on the way to the far end, 1 being the least movement that counts.

    The mean of the signals that can be measured nearly as long as any, and that move at all; each by the person's own
    range, so that none outweighs the others.
    """
    longest = max(_seen(measured).mean() for measured in signals.values())
    curves, ranges, scores = [], [], []
    for signal, measured in signals.items():
        seen = _seen(measured)
        curve = np.where(seen, measured.values / signal.change, np.nan)
        low, high = np.nanpercentile(curve, [_OUTLIERS, 100 - _OUTLIERS])
        if seen.mean() >= _LEADS_SHARE * longest:
            curves.append((curve - low) / ((high - low) or 1.0))
            ranges.append(high - low)
            scores.append(np.where(seen, measured.confidence, 0.0))
    moving = [i for i, range_ in enumerate(ranges) if range_ >= min(1.0, max(ranges))]
    known = np.isfinite(np.stack([curves[i] for i in moving]))
    summed = np.nansum([curves[i] for i in moving], axis=0)
    with np.errstate(invalid="ignore"):
        values = summed / known.sum(0) * float(np.mean([ranges[i] for i in moving]))
    return Measured(np.asarray(values, np.float64), np.asarray(np.max([scores[i] for i in moving], axis=0), np.float64))


def _taken(moves: Moves, signal: Signal, side: str | None) -> Measured:
    return moves.measure(signal.parsed, cast("Joining", side or signal.side))


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


def _unseen(exercise: ExerciseDefinition, way: Measured, cycle: Cycle) -> str:
    share = float(_seen(way)[cycle.rows].mean())
    if share >= _SEEN_SHARE:
        return ""
    joints = listed([plural(joint) for joint in dict.fromkeys(exercise.signal[0].parsed.joints)])
    return f"the {joints} were seen in only {share:.0%} of it; at least {_SEEN_SHARE:.0%} is needed"


def _too_small(moves: Moves, usable: Mapping[Signal, Measured], cycle: Cycle, *, turned: bool) -> str:
    """Reason why too few of the signals change enough; empty where enough do."""
    agree, open_, reason = 0, 0, ""
    for signal, measured in usable.items():
        ends = np.mean([_at(moves, measured, place) for place in _rests(moves.body.time_s, cycle)])
        change = (_at(moves, measured, cycle.work) - ends) * (-1 if turned else 1) * np.sign(signal.change)
        least, unit = abs(signal.change), signal.parsed.word.unit
        if change < least - geometric_error(signal.parsed):
            told, takes = apart(float(change), least, unit)
            changed = f"changed by {told}" if change > 0 else "did not change"
            what = measure_words(signal.measure)
            reason = reason or f"too small: the {what} {changed}; a repetition takes at least {takes}"
        elif np.isfinite(change):
            agree += 1
        else:
            open_ += 1
    return "" if agree >= min(_AGREE, len(usable) - open_) else reason


def _other_movement(moves: Moves, exercise: ExerciseDefinition, side: str | None, cycle: Cycle, *, turned: bool) -> str:
    view = view_of_yaw(moves.direction(cycle.rows)[0])
    for rule in exercise.require:
        if view != "unknown" and view not in rule.views:
            continue
        values = _required_values(moves, rule, side, cycle, turned=turned)
        error = geometric_error(rule.parsed)
        wrong = [value for value in values if np.isfinite(value) and not _within(rule, value, error)]
        if wrong:
            return _difference(rule, wrong[0])
        if rule.must_be_seen and not np.isfinite(values).any():
            joints = listed([plural(joint) for joint in rule.parsed.joints])
            return f"the {joints} were not seen well enough to tell it from another movement"
    return ""


def _difference(rule: Require, value: float) -> str:
    too_low = rule.least is not None and value < rule.least
    limit, unit = (rule.least if too_low else rule.most) or 0.0, rule.parsed.word.unit
    if rule.otherwise:
        return filled(rule.otherwise, value, limit, unit)
    sentence = finding(rule.measure, value, limit, unit, above=not too_low)
    return f"another movement: {sentence.replace(' was ', ' varied by ', 1) if rule.range else sentence}"


def _required_values(moves: Moves, rule: Require, side: str | None, cycle: Cycle, *, turned: bool) -> list[float]:
    joining = cast("Joining", side or rule.side)
    if rule.parsed.kind in WITHOUT_CURVE:
        return [_one_number(moves, rule, joining, cycle)]
    measured = moves.measure(rule.parsed, joining)
    if _seen(measured)[cycle.rows].mean() < _SEEN_SHARE:
        return []  # what is not seen speaks neither for nor against
    values = measured.values[cycle.rows]
    if rule.range or rule.at == "all":
        low, high = np.nanpercentile(values, [_OUTLIERS, 100 - _OUTLIERS])
        return [float(high - low)] if rule.range else [float(low), float(high)]
    at_work = (rule.at == "work") != turned
    places = (cycle.work,) if at_work else _rests(moves.body.time_s, cycle)
    return [_at(moves, measured, place) for place in places]


def _one_number(moves: Moves, rule: Require, joining: Joining, cycle: Cycle) -> float:
    joint, time_s = rule.parsed.joints[0], moves.body.time_s
    before = int(np.searchsorted(time_s, time_s[cycle.before] - _REST_S))
    return {
        "travel": lambda: moves.travel(joint, joining, cycle.rows),
        "drift": lambda: moves.drift(joint, *_rests(time_s, cycle)),
        "shuffle": lambda: moves.shuffle(joint, cycle.rows),
        "landing": lambda: moves.landing(joint, slice(before, cycle.work + 1)),
    }[rule.parsed.kind]()


def _rests(time_s: Float64, cycle: Cycle) -> tuple[int, int]:
    """Rows of rest shortly before and after; at the very start the movement has begun."""
    before = int(np.searchsorted(time_s, time_s[cycle.start] - _REST_S))
    if cycle.is_open:
        return max(cycle.before, before), max(cycle.before, before)
    after = int(np.searchsorted(time_s, time_s[cycle.end] + _REST_S, side="right")) - 1
    return max(cycle.before, before), min(cycle.after, after)


def _within(rule: Require, value: float, error: float) -> bool:
    """Whether a value keeps to the limits, as far as one camera can tell."""
    kept = rule.least is None or value >= rule.least - error
    return kept and (rule.most is None or value <= rule.most + error)


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
    """Phases of both sides in one; those of the left where both do something else."""
    if left.phases is None or right.phases is None:
        return right.phases if left.phases is None else left.phases
    return np.where(np.isin(left.phases, ["", "rest"]), right.phases, left.phases)


def _overlap(a: Cycle, b: Cycle) -> float:
    """Common part of the shorter one."""
    common = min(a.end, b.end) - max(a.start, b.start)
    return common / max(1, min(a.end - a.start, b.end - b.start))
