"""An analysis in the words of a coach: for the report, the overlay and the command line."""

from collections.abc import Iterable, Sequence

import numpy as np

from posespotter.exercises.analysis import Check, ExerciseAnalysis, Fault, Repetition
from posespotter.exercises.words.verdicts import MARKS, VERDICTS, judged_words, of_judged, verdict_words
from posespotter.exercises.words.wording import (
    apart,
    limit_words,
    listed,
    measure_words,
    number,
    own_limit,
    quantity,
    shown,
    spoken,
    stored,
    unit_words,
)

__all__ = [
    "MARKS",
    "VERDICTS",
    "apart",
    "clock",
    "counted",
    "coverage",
    "far_end",
    "fault_places",
    "in_repetitions",
    "judged_words",
    "level_words",
    "levels",
    "limit_words",
    "listed",
    "measure_words",
    "metric_words",
    "near_end",
    "notes",
    "number",
    "numbers", "of_judged",
    "own_limit",
    "quantity",
    "sentence",
    "shown",
    "spoken",
    "stored",
    "summary",
    "tilt_words",
    "unfollowed",
    "unit_words",
    "verdict_words",
    "view_words",
    "worst_faults",
]  # fmt: skip

_SUFFIXES = {"deg": "deg", "bl": "body lengths", "ratio": "ratio", "s": "s"}
_ENDS = {"min": "least", "max": "most", "mean": "mean", "bottom": "at the bottom"}
_HARDLY = 0.05  # share of a clip; less is not worth a sentence
_OTHER_END = {"bottom": "top", "top": "bottom"}


def counted(number: int, noun: str) -> str:
    """`1 repetition`, `2 repetitions`."""
    return f"{number} {noun}" + ("" if number == 1 else "s")


def numbers(indices: Iterable[int]) -> str:
    """`1, 3 to 5 and 7`."""
    runs: list[list[int]] = []
    for index in sorted(set(indices)):
        if runs and index == runs[-1][-1] + 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    parts: list[str] = []
    for run in runs:
        parts += [f"{run[0]} to {run[-1]}"] if len(run) > 2 else [str(index) for index in run]
    return listed(parts)


def in_repetitions(indices: Iterable[int]) -> str:
    """`repetition 2`, `repetitions 1 and 3`."""
    each = set(indices)
    return f"repetition{'' if len(each) == 1 else 's'} {numbers(each)}"


def metric_words(name: str) -> tuple[str, str]:
    """Title and unit of a metric: `knee_angle_min_deg` is ("knee angle, least", "deg")."""
    stem, _, suffix = name.rpartition("_")
    unit = _SUFFIXES.get(suffix, "") if stem else ""
    stem = stem if unit else name
    words = stem.split("_")
    if words[-1] in _ENDS and len(words) > 1:
        return f"{' '.join(words[:-1])}, {_ENDS[words[-1]]}", unit
    return " ".join(words), unit


def sentence(text: str) -> str:
    """With a capital letter and a full stop."""
    return f"{text[:1].upper()}{text[1:]}".rstrip(".") + "." if text else ""


def clock(seconds: float) -> str:
    """`0:07.4`."""
    minutes, rest = divmod(round(max(seconds, 0.0), 1), 60)
    return f"{minutes:.0f}:{rest:04.1f}"


def summary(analysis: ExerciseAnalysis) -> str:
    """One sentence: how many repetitions, how many good, which faults where."""
    repetitions = analysis.repetitions
    if not repetitions:
        return f"No repetitions: {analysis.reason}."
    verdicts = [repetition.verdict for repetition in repetitions]
    good, seen, bad, open_ = (verdicts.count(one) for one in ("good", "nothing_wrong_seen", "fault", "cannot_tell"))
    names = fault_places(repetitions, "fault")
    fault = "a fault" if sum(map(len, names.values())) == 1 else "faults"
    if len(repetitions) == 1:
        words = {
            "good": "good",
            "nothing_wrong_seen": _nothing_wrong(repetitions),
            "cannot_tell": "which could not be judged",
            "fault": f"with {fault}: {_where(names, 1)}",
        }
        return f"1 repetition, {words[repetitions[0].verdict]}."
    parts = [counted(len(repetitions), "repetition")]
    if good:
        everything = "both good" if good == 2 else "all good"
        parts.append(everything if good == len(repetitions) else f"{good} good")
    if seen:
        nothing = _nothing_wrong(repetitions)
        parts.append(nothing if seen == len(repetitions) else f"{seen} with {nothing}")
    if open_:
        none = "none of which could be judged"
        parts.append(none if open_ == len(repetitions) else f"{open_} that could not be judged")
    if bad:
        parts.append(f"{bad} with {fault}: {_where(names, len(repetitions))}")
    return f"{', '.join(parts)}."


def _nothing_wrong(repetitions: Sequence[Repetition]) -> str:
    """Words on repetitions in which nothing wrong was seen, with the number of judged checks: `4 to 6 of 9`.

    Where all were judged and what keeps them from good is borderline, there is no fault, and nothing that was not seen.
    """
    open_ = [one for one in repetitions if one.verdict == "nothing_wrong_seen"]
    numbers = [one.judged for one in open_]
    checks, borderline = len(repetitions[0].checks), max((one.borderline for one in open_), default=0)
    least, most = min(numbers, default=0), max(numbers, default=0)
    if least == checks and all(one.borderline for one in open_):
        each = "" if len({one.borderline for one in open_}) == 1 else "up to "
        return f"no fault, but {each}{borderline} of {checks} checks borderline"
    judged = judged_words(most, checks) if least == most else f"{least} to {judged_words(most, checks)}"
    return f"nothing wrong in what could be seen ({judged})"


def notes(analysis: ExerciseAnalysis) -> str:
    """Up to two sentences on what was noticed without being a fault, and what is too near to its limit to tell."""
    told = {"note": "Also noticed", "borderline": f"{VERDICTS['borderline'].capitalize()}, too near the limit to tell"}
    places = {kind: fault_places(analysis.repetitions, kind) for kind in told}
    return " ".join(f"{told[kind]}: {_where(names, analysis.count)}." for kind, names in places.items() if names)


def coverage(analysis: ExerciseAnalysis) -> str:
    """One sentence: how much of what the exercise file checks could be judged; empty without repetitions."""
    if not analysis.repetitions:
        return ""
    judged = {check.name for check in _all_checks(analysis) if check.verdict != "cannot_tell"}
    every = [rule.name for rule in analysis.definition.check]
    if not every:
        return "This exercise file has no checks: repetitions are counted and measured, not judged."
    views = list(dict.fromkeys(repetition.view for repetition in analysis.repetitions))
    seen = listed([view_words(view) for view in views])
    whole = {1: "the one check", 2: "both checks"}.get(len(every), f"all {len(every)} checks")
    if not judged:
        none = {1: "the one check could not", 2: "neither check could"}.get(
            len(every), f"none of the {len(every)} could"
        )
        return f"Seen {seen}, {none} be made."
    made = whole if len(judged) == len(every) else f"{len(judged)} of the {len(every)} checks"
    everywhere = all(check.verdict != "cannot_tell" or check.name not in judged for check in _all_checks(analysis))
    unseen = analysis.definition.unseen
    hidden = f" What joints do not show: {unseen}." if unseen else ""
    return f"Seen {seen}, {made} could be made{'' if everywhere else ', each in at least one repetition'}.{hidden}"


def unfollowed(analysis: ExerciseAnalysis) -> str:
    """One sentence on how much of the clip could not be judged; empty where next to all could."""
    missed = 1 - analysis.judged_share
    if missed < _HARDLY or analysis.track_id is None:
        return ""
    return f"{missed:.0%} of the clip could not be judged: the person, or the joints that move, were not seen."


def _all_checks(analysis: ExerciseAnalysis) -> list[Check]:
    return [check for repetition in analysis.repetitions for check in repetition.checks]


def view_words(view: str) -> str:
    """`from the front`, `at an angle`."""
    return {"oblique": "at an angle", "unknown": "from an unknown side", "rear": "from behind"}.get(
        view, f"from the {view}"
    )


def tilt_words(tilt_deg: float) -> str:
    """One sentence on a tilted camera; empty for one that stands upright."""
    way = "clockwise" if tilt_deg > 0 else "anticlockwise"
    lean = f"Who stands leans {way} by about {abs(tilt_deg):.0f}°, and what should be level does too"
    return f"{lean}: taken for a tilted camera, and measured upright." if tilt_deg else ""


def level_words(analysis: ExerciseAnalysis, repetition: Repetition) -> str:
    """Level that a repetition reached, with its number: `parallel (14°)`; empty where the exercise has no levels."""
    level = analysis.definition.level
    if level is None or not repetition.level:
        return ""
    return f"{repetition.level} ({quantity(repetition.metrics[level.metric], metric_words(level.metric)[1])})"


def levels(analysis: ExerciseAnalysis) -> str:
    """One sentence: how far the repetitions went; empty where the exercise has no levels."""
    level = analysis.definition.level
    reached = [one for one in analysis.repetitions if one.level]
    if level is None or not reached:
        return ""
    names = [one.level for one in reached]
    told = [f"{names.count(name)} {name}" for name in level.names if name in names]
    measure = next(metric.measure for metric in analysis.definition.metric if metric.name == level.metric)
    told = [level_words(analysis, reached[0])] if len(reached) == 1 else told
    return f"How far, by the {measure_words(measure)}: {listed(told)}."


def far_end(analysis: ExerciseAnalysis, repetition: Repetition) -> str:
    """End at which a repetition turns, `top` or `bottom`; some exercises may begin at either end."""
    definition, series = analysis.definition, analysis.series
    if definition.starts == "rest":
        return definition.work
    for signal in definition.signal:
        values = series.values[signal.measure]
        there, turn, back = (
            values[np.searchsorted(series.frame, [frame])][0] if frame <= series.frame[-1] else np.nan
            for frame in (repetition.start_frame, repetition.bottom_frame, repetition.end_frame)
        )
        change = turn - (there + back) / 2
        if np.isfinite(change):
            return definition.work if change * signal.change > 0 else _OTHER_END.get(definition.work, "far end")
    return "far end"


def near_end(analysis: ExerciseAnalysis, repetition: Repetition) -> str:
    """End at which a repetition starts: `top` where it turns at the bottom."""
    return _OTHER_END.get(far_end(analysis, repetition), "start")


def kind_of(fault: Fault) -> str:
    """`fault`, `note` or `borderline`."""
    return "borderline" if fault.borderline else fault.severity


def fault_places(repetitions: Sequence[Repetition], kind: str) -> dict[str, list[int]]:
    """The repetitions of each fault, note or borderline value (see `kind_of`) by name, the most frequent first."""
    places: dict[str, list[int]] = {}
    for repetition in repetitions:
        for fault in repetition.faults:
            if kind_of(fault) == kind:
                places.setdefault(fault.name, []).append(repetition.index)
    return dict(sorted(places.items(), key=lambda item: -len(item[1])))


def worst_faults(repetition: Repetition) -> list[Fault]:
    """The faults of a repetition without its notes."""
    return [fault for fault in repetition.faults if fault.severity == "fault"]


def _where(names: dict[str, list[int]], repetitions: int) -> str:
    if repetitions == 1:
        return listed([spoken(name) for name in names])
    return "; ".join(f"{spoken(name)} in {in_repetitions(places)}" for name, places in names.items())
