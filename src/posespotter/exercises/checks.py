"""Judging one repetition: its metrics, and each check where the view and the joints allow it."""

from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from posespotter.arrays import Bool, Float64
from posespotter.exercises.analysis import Check, Fault
from posespotter.exercises.definitions.definition import CheckRule, ExerciseDefinition, Metric, When
from posespotter.exercises.definitions.vocabulary import Measure, parse_measure
from posespotter.exercises.measures import Moves
from posespotter.exercises.phases import Cycle
from posespotter.exercises.sides import Joining, Measured
from posespotter.exercises.words.verdicts import Outcome, Verdict, repetition_verdict
from posespotter.exercises.words.wording import filled, finding, listed, own_limit, plural, quantity
from posespotter.kinematics.view import View, off_view_deg, view_of_yaw
from posespotter.skeletons import SEEN_SCORE

_SEEN_SHARE = 0.6
"""Joints that are not seen in this share of a phase allow no verdict on it."""

_REST_S = 0.6
_BESIDE_S = 0.1
"""What is compared with rest is compared with the mean of up to this long before and after the repetition."""

_EXTREME_S = 0.15
"""Half the time over which the least and the most are taken: people rest there about this long."""

_AT_ENDS_S = 0.3
_EXTREMES = {"least", "most", "range"}
"""A repetition begins where it has left rest by a tenth of its way; its extremes lie up to this far outside."""

_MOMENT_S = 0.15
"""A fault that is gone for no longer than this has not ended: jitter."""

Sureness = tuple[float, float]
"""0..1 how well the joints were seen and how sure the view is; and the error of the value (+-)."""

_PARTS_OF = {"foot": ("heel", "toe")}
_SEEN_FROM = {"oblique": "at an angle", "rear": "from behind"}
_SIDES = {"the front": {"front"}, "behind": {"rear"}, "the side": {"left", "right"}, "an angle": {"oblique"}}


@dataclass(frozen=True)
class Judged:
    """The judgement of a repetition, without its times."""

    metrics: dict[str, float | None]
    level: str
    verdict: Verdict
    faults: tuple[Fault, ...]
    checks: tuple[Check, ...]


def judge(
    moves: Moves, cycle: Cycle, joining: Joining, exercise: ExerciseDefinition, *, view: View, view_confidence: float
) -> Judged:
    """Metrics, level, verdict, faults and outcomes of one repetition.

    Args:
        moves: its stretch.
        cycle: its rows.
        joining: `left` or `right` where one side alone did it.
        exercise: what to check.
        view, view_confidence: how the camera saw it.
    """
    metrics = {metric.name: _metric(moves, cycle, joining, metric, exercise) for metric in exercise.metric}
    sight = (view, view_confidence)
    outcomes = [_checked(moves, cycle, joining, rule, exercise, sight=sight) for rule in exercise.check]
    faults = sorted((fault for _, fault in outcomes if fault is not None), key=lambda fault: fault.start_frame)
    checks = tuple(check for check, _ in outcomes)
    verdict = repetition_verdict({check.name: check.verdict for check in checks}, exercise)
    return Judged(metrics, _level(exercise, metrics), verdict, tuple(faults), checks)


def _level(exercise: ExerciseDefinition, metrics: dict[str, float | None]) -> str:
    level = exercise.level
    value = None if level is None else metrics[level.metric]
    if level is None or value is None:
        return ""
    return level.names[int(np.searchsorted(level.limits, value))]


def _metric(moves: Moves, cycle: Cycle, joining: Joining, metric: Metric, exercise: ExerciseDefinition) -> float | None:
    measured = _measured(moves, joining, metric)
    rows = _rows(cycle, "work") if metric.statistic == "at_work" else _whole(moves, cycle, exercise, metric)
    if not _can_tell(measured, rows) or not moves.known_error(metric.parsed, rows).usable:
        return None
    if _near_is_hidden(moves, metric.parsed, joining, rows):
        return None
    values = measured.values[rows]
    return _number(moves.body.time_s[rows], values, "mean" if metric.statistic == "at_work" else metric.statistic)


def _number(time_s: Float64, values: Float64, statistic: str) -> float:
    """One number for many values; least and most are medians around the extreme, so that one bad frame is not it."""
    if statistic == "mean":
        return float(np.nanmean(values))
    least, most = (float(np.nanmedian(values[_beside_extreme(time_s, values, one)])) for one in ("least", "most"))
    return {"least": least, "most": most, "range": most - least}[statistic]


def _beside_extreme(time_s: Float64, values: Float64, statistic: str) -> slice:
    """The rows that the least or the most of all is taken from."""
    place = int((np.nanargmin if statistic == "least" else np.nanargmax)(values))
    near = np.flatnonzero(np.abs(time_s - time_s[place]) <= _EXTREME_S)
    return slice(int(near[0]), int(near[-1]) + 1)


def _measured(moves: Moves, joining: Joining, spec: Metric | CheckRule) -> Measured:
    one_side = joining in {"left", "right"} and spec.side != "difference"
    return moves.measure(spec.parsed, joining if one_side else cast("Joining", spec.side))


def _can_tell(measured: Measured, rows: slice) -> bool:
    usable = np.isfinite(measured.values[rows]) & (measured.confidence[rows] >= SEEN_SCORE)
    return bool(len(usable) and usable.mean() >= _SEEN_SHARE)


def _near_is_hidden(moves: Moves, measure: Measure, joining: Joining, rows: slice) -> bool:
    """Tell whether a side view shows the far leg or arm alone, at which pose models guess."""
    view = view_of_yaw(moves.direction(rows)[0])
    if view not in {"left", "right"} or joining in {"left", "right"}:
        return False
    seen = moves.limb_score(measure.joints, view)[rows] >= SEEN_SCORE
    return bool(seen.mean() < _SEEN_SHARE)


def _checked(
    moves: Moves,
    cycle: Cycle,
    joining: Joining,
    rule: CheckRule,
    exercise: ExerciseDefinition,
    *,
    sight: tuple[View, float],
) -> tuple[Check, Fault | None]:
    view, view_confidence = sight
    rows = _rows(cycle, rule.during) if rule.during != "all" else _whole(moves, cycle, exercise, rule)
    if rule.measure is None:
        times = moves.body.time_s[rows]
        return _compared(moves, rule, rows, float(times[-1] - times[0]), (1.0, 0.0))
    reason = _not_judged(moves, rule, view, rows)
    if reason:
        return _cannot_tell(rule, reason), None
    measured = _measured(moves, joining, rule)
    for needed, of in ((rule.parsed, measured), *_confirming(moves, rule)):
        if not _can_tell(of, rows) or _near_is_hidden(moves, needed, joining, rows):
            return _cannot_tell(rule, _unseen(moves, needed, of, rows)), None
    rests = _rests(moves, rule, measured, cycle)
    values = np.where(measured.confidence >= SEEN_SCORE, judged_values(moves, rule, joining, rests), np.nan)
    usable = np.isfinite(values[rows])
    if not usable.any():
        return _cannot_tell(rule, "the person was not seen standing still before or after, to compare with"), None
    confidence = float(np.mean(measured.confidence[rows][usable])) * view_confidence
    error = moves.error(rule.parsed, rows, from_rest=rule.from_rest or rule.statistic == "range")
    if rule.statistic == "worst":
        check, fault = _worst(moves, rule, rows, values[rows], (confidence, error))
    else:
        number = _number(moves.body.time_s[rows], values[rows], rule.statistic)
        if rule.statistic in {"least", "most"}:
            near = _beside_extreme(moves.body.time_s[rows], values[rows], rule.statistic)
            rows = slice(rows.start + near.start, rows.start + near.stop)
        check, fault = _compared(moves, rule, rows, number, (confidence, error))
    return check, fault if fault is None else replace(fault, rest=rests[0], confirmed_rest=rests[1])


def judged_values(moves: Moves, rule: CheckRule, joining: Joining, rests: tuple[float, float]) -> Float64:
    """(N,) what a check compares with its limit: the measure as `compared`, and as far as a second one confirms it.

    Args:
        moves: the stretch.
        rule: the check; of a measure.
        joining: `left` or `right` where one side alone exercises.
        rests: the values at rest of the measure and of the confirming one; 0 where they do not count.
    """
    values = compared(rule, _measured(moves, joining, rule).values, rests[0])
    lesser = np.minimum if rule.above is not None else np.maximum
    for _, second in _confirming(moves, rule):
        values = np.asarray(lesser(values, compared(rule, second.values, rests[1])), np.float64)
    return values


def _confirming(moves: Moves, rule: CheckRule) -> list[tuple[Measure, Measured]]:
    """The measure that must be beyond the limit too, where the file names one."""
    if rule.confirmed_by is None:
        return []
    measure = parse_measure(rule.confirmed_by)
    return [(measure, moves.measure(measure, cast("Joining", rule.side)))]


def compared(rule: CheckRule, values: Float64, rest: float) -> Float64:
    """(N,) values as the limit is meant: from `rest`, without sign."""
    return np.abs(values - rest) if rule.absolute else values - rest


def _whole(moves: Moves, cycle: Cycle, exercise: ExerciseDefinition, spec: Metric | CheckRule) -> slice:
    """The rows of a repetition; for the extremes of what leads it with the rest beside it, where they lie."""
    if spec.statistic not in _EXTREMES or spec.parsed not in {signal.parsed for signal in exercise.signal}:
        return cycle.rows
    time_s = moves.body.time_s
    first = np.searchsorted(time_s, time_s[cycle.start] - _AT_ENDS_S)
    last = np.searchsorted(time_s, time_s[cycle.end] + _AT_ENDS_S, side="right")
    return slice(max(cycle.before, int(first)), min(cycle.after + 1, int(last)))


def _rows(cycle: Cycle, during: When) -> slice:
    return {
        "all": cycle.rows,
        "down": slice(cycle.start, cycle.hold_start + 1),
        "hold": slice(cycle.hold_start, cycle.hold_end + 1),
        "work": slice(cycle.hold_start, cycle.hold_end + 1),
        "up": slice(cycle.hold_end, cycle.end + 1),
        "rest": slice(cycle.start, cycle.start + 1),
    }[during]


def _not_judged(moves: Moves, rule: CheckRule, view: View, rows: slice) -> str:
    if view in rule.views and rule.within_deg is not None:
        turned = off_view_deg(moves.direction(rows)[0])
        if turned > rule.within_deg:
            return f"the person is turned by {turned:.0f}° from that view; this is judged up to {rule.within_deg:g}°"
    if view in rule.views or (view in rule.views_3d and moves.body.world is not None):
        usable = moves.known_error(rule.parsed, rows).usable
        return "" if usable else "one camera cannot measure it well enough from there"
    if view in rule.views_3d:
        return "the pose model gives no joints in 3-D, which this needs"
    if view == "unknown":
        return "it cannot be told from which side the camera sees the person"
    seen_from = _SEEN_FROM.get(view, f"from the {view}")
    return f"seen {seen_from}; this is judged {_judged_from((*rule.views, *rule.views_3d))}"


def _judged_from(views: tuple[str, ...]) -> str:
    """`from the front or the side`."""
    names = [name for name, members in _SIDES.items() if members & set(views)]
    return "from " + " or ".join(names)


def _unseen(moves: Moves, measure: Measure, measured: Measured, rows: slice) -> str:
    if (measured.confidence[rows] >= SEEN_SCORE).mean() >= _SEEN_SHARE:
        along = "the camera looks along the movement, and the pose model gives no joints in 3-D"
        return along if moves.body.world is None else "the joints were too uncertain to measure it"
    joints = dict.fromkeys(part for joint in measure.joints for part in _PARTS_OF.get(joint, (joint,)))
    hidden = [plural(joint) for joint in joints if np.median(moves.body.score(joint)[rows]) < SEEN_SCORE]
    return f"the {listed(hidden) if hidden else 'joints of one side'} could not be seen well enough"


def _cannot_tell(rule: CheckRule, reason: str) -> Check:
    return Check(rule.name, "cannot_tell", None, rule.limit, rule.unit, reason)


def _rests(moves: Moves, rule: CheckRule, measured: Measured, cycle: Cycle) -> tuple[float, float]:
    """The values at rest of a check's measure and of the confirming one."""
    if not rule.from_rest:
        return 0.0, 0.0
    time_s = moves.body.time_s
    second = next((_rest(time_s, second, cycle) for _, second in _confirming(moves, rule)), 0.0)
    return _rest(time_s, measured, cycle), second


def _rest(time_s: Float64, measured: Measured, cycle: Cycle) -> float:
    start_s, end_s = time_s[cycle.start], time_s[cycle.end]
    # Not beyond the furthest points at rest: there the neighbouring repetitions begin.
    first_s = min(start_s, max(start_s - _REST_S, time_s[cycle.before] - _BESIDE_S))
    last_s = max(end_s, min(end_s + _REST_S, time_s[cycle.after] + _BESIDE_S))
    before = (time_s >= first_s) & (time_s <= start_s)
    after = (time_s >= end_s) & (time_s <= last_s)
    values = measured.values[(before | after) & (measured.confidence >= SEEN_SCORE)]
    values = values[np.isfinite(values)]
    return float(np.mean(values)) if len(values) else float("nan")


def _worst(
    moves: Moves, rule: CheckRule, rows: slice, values: Float64, sureness: Sureness
) -> tuple[Check, Fault | None]:
    """A fault while the value is beyond the limit long enough; of several stretches the worst."""
    sign = 1.0 if rule.above is not None else -1.0
    excess = sign * (values - rule.limit)
    time_s = moves.body.time_s[rows]
    step = float(np.median(np.diff(time_s))) if len(time_s) > 1 else 0.0
    best: tuple[float, int, int] | None = None
    for a, b in _episodes(time_s, np.asarray(excess > 0, np.bool_)):
        # A run of one frame lasts one step: at 5 fps a single frame stands for a fifth of a second.
        if time_s[b - 1] - time_s[a] + step < rule.for_s:
            continue
        peak = float(np.nanmax(excess[a:b]))
        if best is None or peak > best[0]:
            best = (peak, a, b)
    if best is None:
        worst = rule.limit + sign * min(_number(time_s, excess, "most"), 0.0)
        return _kept(rule, worst, sureness), None
    found = slice(rows.start + best[1], rows.start + best[2])
    return _broken(moves, rule, found, rule.limit + sign * best[0], sureness)


def _compared(
    moves: Moves, rule: CheckRule, rows: slice, value: float, sureness: Sureness
) -> tuple[Check, Fault | None]:
    beyond = value > rule.limit if rule.above is not None else value < rule.limit
    return _broken(moves, rule, rows, value, sureness) if beyond else (_kept(rule, value, sureness), None)


def _kept(rule: CheckRule, value: float, sureness: Sureness) -> Check:
    _, error = sureness
    near = abs(value - rule.limit) < error
    return Check(rule.name, "borderline" if near else "good", value, rule.limit, rule.unit, error=error)


def _broken(moves: Moves, rule: CheckRule, rows: slice, value: float, sureness: Sureness) -> tuple[Check, Fault]:
    """Beyond the limit: a fault, or a note where it is meant as one or the error decides."""
    frame, time_s = moves.body.frame[rows], moves.body.time_s[rows]
    confidence, error = sureness
    borderline = abs(value - rule.limit) < error
    told = _finding(rule, value)
    if borderline:
        told = f"{told}; that is within what one camera is off by, ±{quantity(error, rule.unit)}"
    fault = Fault(
        name=rule.name,
        start_frame=int(frame[0]),
        end_frame=int(frame[-1]),
        start_s=float(time_s[0]),
        end_s=float(time_s[-1]),
        value=value,
        limit=rule.limit,
        unit=rule.unit,
        rest=0.0,
        confidence=min(1.0, confidence),
        finding=told,
        advice=rule.advice,
        joints=() if rule.measure is None else tuple(dict.fromkeys(rule.parsed.joints)),
        severity="note" if borderline else rule.severity,
        borderline=borderline,
        error=error,
    )
    outcome: Outcome = "borderline" if borderline else rule.severity
    return Check(rule.name, outcome, value, rule.limit, rule.unit, error=error), fault


def _finding(rule: CheckRule, value: float) -> str:
    if rule.finding and rule.instead_of is None:  # its words may hold for its own limit only: "a half squat"
        return filled(rule.finding, value, rule.limit, rule.unit)
    told = finding(rule.measure, value, rule.limit, rule.unit, above=rule.above is not None)
    return told if rule.instead_of is None else f"{told} ({own_limit(rule.limit, rule.instead_of, rule.unit)})"


def _episodes(time_s: Float64, beyond: Bool) -> list[tuple[int, int]]:
    """The stretches that are True; those with hardly a moment between them are one."""
    episodes: list[tuple[int, int]] = []
    edges = np.flatnonzero(np.diff(np.concatenate([[False], beyond, [False]]).astype(np.int8)))
    for a, b in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if episodes and time_s[a] - time_s[episodes[-1][1] - 1] <= _MOMENT_S:
            episodes[-1] = (episodes[-1][0], b)
        else:
            episodes.append((a, b))
    return episodes
