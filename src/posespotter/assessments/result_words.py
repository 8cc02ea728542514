"""The result of a test in words: for the report, the application and the command line."""

from posespotter.assessments.assessment_file import ResultRule
from posespotter.assessments.result import Assessment, Measurement, Status

STATUS_WORDS: dict[Status, str] = {
    "valid": "valid",
    "look": "to be looked at",
    "invalid": "does not count",
    "no_result": "no result",
}
MEANS_WORDS = {"invalid": "does not count", "look": "look at it", "note": "note"}
_EVENTS = {
    "onset": "first movement",
    "up": "upright",
    "seat": "seated again",
    "turn": "turn",
    "step": "step",
    "mark": "mark",
    "far": "far end",
    "bottom": "lowest point",
}
STARTED_WORDS = {
    "go": "Timed from the moment of Go that was given.",
    "movement": (
        "Timed from the first movement that was seen, as no moment of Go was given: the time to react is not in it."
    ),
    "": "",
}


def summary(result: Assessment) -> str:
    """One sentence: the result and whether it counts, or why there is none."""
    if result.value is None:
        return result.reason
    if result.items:
        judged = sum(item.judged > 0 for item in result.items)
        were = "was" if round(result.value) == 1 else "were"
        return f"{result.value:.0f} of the {judged} items that this view shows {were} seen in most repetitions."
    said = f"{result.definition.result.title}: {value_words(result)}"
    if result.status == "valid":
        return f"{said}."
    kinds = {"invalid": "it does not count by the protocol", "look": "somebody has to look at the clip first"}
    return f"{said}; {kinds[result.status]}."


def value_words(result: Assessment) -> str:
    """`12.4 s ± 0.2 s`, `151° (± not known)`; empty without a result."""
    rule = result.definition.result
    if result.value is None:
        return ""
    said = quantity(result.value, rule.unit, rule.digits, result.error)
    return said if result.error is not None or result.items else f"{said} (± not known)"


def measurement_words(one: Measurement) -> str:
    """The number with its unit and its error, or why it cannot be told."""
    if one.value is None:
        return f"cannot tell: {one.reason}"
    said = quantity(one.value, one.unit, one.digits, one.error)
    return said if one.error is not None else f"{said} (± not known)"


def quantity(value: float, unit: str, digits: int, error: float | None = None) -> str:
    """`12.4 s ± 0.2 s`, `131° ± 5°`; an error that rounds to nothing is left out."""
    gap = "" if unit in {"", "°"} else " "
    said = f"{value:.{digits}f}".replace("-", "−") + gap + unit
    spread = "" if error is None else f"{error:.{digits}f}"
    return f"{said} ± {spread}{gap}{unit}" if spread and float(spread) > 0 else said


def change_words(rule: ResultRule) -> str:
    """Words for the smallest real change; empty where nobody has published one."""
    if rule.change is None:
        return ""
    words = quantity(rule.change.value, rule.unit, max(rule.digits, _digits(rule.change.value)))
    return f"{rule.change_words[:1].upper()}{rule.change_words[1:]}: {words}"


def event_words(name: str) -> str:
    """Words for an event."""
    return _EVENTS.get(name, name)


def _digits(value: float) -> int:
    return next(digits for digits in range(4) if digits == 3 or abs(value - round(value, digits)) < 1e-9)
