"""An exercise file in plain words: what counts, what is checked, and where each limit comes from."""

import textwrap

from posespotter.exercises.definitions.definition import CheckRule, ExerciseDefinition, Level, Require, Signal
from posespotter.exercises.words.wording import (
    VIEW_WORDS,
    limit_words,
    listed,
    measure_words,
    own_limit,
    quantity,
    spoken,
)

_WIDTH = 100  # columns
_MEASURED = {
    "least": "least", "most": "greatest", "mean": "mean", "range": "change of the",
}  # fmt: skip
_DURING = {"down": "on the way there", "up": "on the way back", "rest": "at the start", "all": ""}


def explain(exercise: ExerciseDefinition) -> str:
    """Explain an exercise as plain text of 100 columns: what is counted and checked, the limits and their sources."""
    lines = [f"{exercise.title} ({exercise.name})", *_wrapped(exercise.about), "", "What counts as one repetition"]
    for item in counted(exercise):
        lines += _wrapped(item, "  - ")
    if exercise.source:
        lines += _wrapped(f"Where this comes from: {exercise.source}", "  ")
    if exercise.level is not None:
        lines += ["", "How far it went", *_levels(exercise, exercise.level)]
    if exercise.check:
        lines += ["", "What is checked"]
    for rule in exercise.check:
        lines += ["", *_checked(rule, exercise.work)]
    return "\n".join(lines)


def counted(exercise: ExerciseDefinition) -> list[str]:
    """The conditions of a repetition, each a sentence without its capital and full stop."""
    items = [_way(signal) for signal in exercise.signal]
    items += [_requirement(rule, exercise.work) for rule in exercise.require]
    items.append(
        f"it lasts {exercise.shortest_s:g} to {exercise.longest_s:g} s, "
        f"of which at most {exercise.longest_hold_s:g} s at the {exercise.work}"
    )
    return items


def _way(signal: Signal) -> str:
    way = "falls" if signal.change < 0 else "rises"
    least = limit_words(abs(signal.change), signal.parsed.word.unit, above=False)
    return f"the {measure_words(signal.measure)} {way} by {least}, and comes back"


def _requirement(rule: Require, work: str) -> str:
    when = {"rest": "before and after, ", "work": f"at the {work}, ", "all": "throughout, "}[rule.at]
    unit = rule.parsed.word.unit
    limits = [limit_words(rule.least, unit, above=False)] if rule.least is not None else []
    limits += [limit_words(rule.most, unit, above=True)] if rule.most is not None else []
    verb = "varies by" if rule.range else "is"
    return f"{when}the {measure_words(rule.measure)} {verb} {listed(limits)}"


def level_limits(exercise: ExerciseDefinition, level: Level) -> str:
    """One sentence: `By the thigh above level: deep up to 0°, ..., quarter beyond.`."""
    metric = next(metric for metric in exercise.metric if metric.name == level.metric)
    unit = metric.parsed.word.unit
    steps = [f"{name} up to {quantity(limit, unit)}" for name, limit in zip(level.names, level.limits, strict=False)]
    return f"By the {measure_words(metric.measure)}: {', '.join(steps)}, {level.names[-1]} beyond."


def _levels(exercise: ExerciseDefinition, level: Level) -> list[str]:
    lines = _wrapped(level_limits(exercise, level), "  ")
    return [*lines, *_wrapped(f"Where this comes from: {level.source}", "  ")]


def _checked(rule: CheckRule, work: str) -> list[str]:
    kind = "a fault" if rule.severity == "fault" else "a note, which leaves the repetition good"
    lines = [f"{spoken(rule.name).capitalize()} [{rule.name}]: {kind}"]
    lines += _wrapped(f"{condition(rule, work)}. {seen_from(rule)}", "  ")
    lines += _wrapped(f"Advice: {rule.advice}", "  ")
    return lines + _wrapped(f"Where the limit comes from: {rule.source}", "  ")


def condition(rule: CheckRule, work: str) -> str:
    """Condition under which a check finds something, without a full stop; `work` is the name of the far end."""
    way = "more" if rule.above is not None else "less"
    limit = f"{way} than {quantity(rule.limit, rule.unit)}"
    during = {**_DURING, "hold": f"at the {work}", "work": f"at the {work}"}[rule.during]
    if rule.measure is None:
        return f"If the time {during or 'of a repetition'} is {limit}"
    side = "difference between the sides in " if rule.side == "difference" else ""
    statistic = f"{_MEASURED[rule.statistic]} " if rule.statistic in _MEASURED else ""
    change = " different from the person's own rest" if rule.from_rest else ""
    lasting = f", for at least {rule.for_s:g} s" if rule.statistic == "worst" else ""
    place = f" {during}" if during else ""
    return f"If the {statistic}{side}{measure_words(rule.measure)}{place} is {limit}{change}{lasting}"


def own_limits(exercise: ExerciseDefinition) -> str:
    """One sentence on the limits that are set for one person; empty where none is."""
    told = []
    for rule in exercise.of_person:
        words = own_limit(rule.limit, rule.instead_of or 0.0, rule.unit)
        told.append(f"{spoken(rule.name)}, {words}{f' ({rule.reason})' if rule.reason else ''}")
    return f"{told[0][:1].upper()}{'; '.join(told)[1:]}." if told else ""


def seen_from(rule: CheckRule) -> str:
    """Views from which a check can be judged, as a sentence."""
    if len(rule.views) == len(VIEW_WORDS):
        return "Can be judged from any side."
    within = "" if rule.within_deg is None else f", turned by {rule.within_deg:g}° at most"
    parts = [f"from {listed([VIEW_WORDS[view] for view in rule.views])}{within}"] if rule.views else []
    parts += (
        [f"with joints in 3-D from {listed([VIEW_WORDS[view] for view in rule.views_3d])}"] if rule.views_3d else []
    )
    return f"Can be judged {', and '.join(parts)}."


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=" " * len(indent))
