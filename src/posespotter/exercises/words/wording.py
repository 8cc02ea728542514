"""Numbers and measures of exercises in plain words: `84°`, `12 % of body height`, `distance between the knees`."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from posespotter.exercises.definitions.vocabulary import ALIASES, Measure, parse_measure

_PERCENT = 100.0
_PERCENT_UNITS = {"body lengths", "ratio"}
_UNITS: Mapping[str, str] = MappingProxyType(
    {"deg": "°", "body lengths": " % of body height", "ratio": " %", "s": " s"}
)
_FINE = 10.0
"""Percentages from here on are told without decimals in sentences: joints are not as exact."""
_MOST_PLACES = 6  # decimals that two numbers may take to look different
_PLACES = {"deg": 0, "body lengths": 1, "ratio": 0, "s": 1}  # decimals by unit
_PLURALS = {"foot": "feet", "nose": "nose"}
_WHOLE = {
    "alignment": "distance between the {0}, against hips and ankles",
    "level": "height of the {0}",
    "ahead": "distance of the {0} ahead of the {1}",
    "sideways": "distance of the {0} to the side of the {1}",
    "distance": "distance from the {0} to the {1}",
    "width": "distance between the {0}",
    "width_ratio": "distance between the {0}, against that of the {1}",
    "tilt": "tilt of the {0}",
    "lean": "lean of the line from the {0} to the {1}",
    "slope": "slope of the line from the {1} to the {0}",
    "side_difference": "difference in height between the {0}",
    "stride": "distance between the {0}, front to back",
    "travel": "way of the {0}",
    "drift": "distance of the {0} from where they began",
    "shuffle": "movement of the {0} against each other",
    "landing": "fall of the {0}",
}


VIEW_WORDS: Mapping[str, str] = MappingProxyType(
    {"front": "the front", "rear": "behind", "left": "the left", "right": "the right", "oblique": "an angle"}
)
"""Views, as they stand after `from`."""


def listed(parts: Sequence[str]) -> str:
    """`a, b and c`."""
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else "".join(parts)


def spoken(name: str) -> str:
    """`knees_inward` as people say it."""
    return name.replace("_", " ")


def plural(part: str) -> str:
    """Both of a joint: `hips`, `feet`."""
    return _PLURALS.get(part, f"{part}s")


def shown(value: float, unit: str) -> float:
    """A value in the unit in which people read it: body lengths and ratios become percent."""
    return value * _PERCENT if unit in _PERCENT_UNITS else value


def stored(value: float, unit: str) -> float:
    """The opposite of `shown`: what people write, as it is kept."""
    return value / _PERCENT if unit in _PERCENT_UNITS else value


def unit_words(unit: str) -> str:
    """Words that stand behind a number of that unit."""
    return _UNITS.get(unit, f" {unit}")


def number(value: float | None, unit: str) -> str:
    """The number alone, with the digits that mean something."""
    if value is None:
        return "–"
    text = f"{shown(value, unit):.{_PLACES.get(unit, 2)}f}"
    return text.replace("-", "\N{MINUS SIGN}" if text.strip("-0.") else "")


def quantity(value: float | None, unit: str) -> str:
    """A number with its unit: `84°`, `3.5 % of body height`, `12 % of body height`, `0.4 s`."""
    if value is not None and unit == "body lengths" and abs(shown(value, unit)) >= _FINE:
        return number(value, "ratio") + unit_words(unit)
    return "–" if value is None else number(value, unit).removesuffix(".0") + unit_words(unit)


def apart(value: float, limit: float, unit: str) -> tuple[str, str]:
    """Both with their unit, with as many digits as it takes to tell them apart: `0.38 s` and `0.40 s`."""
    told = quantity(value, unit), quantity(limit, unit)
    places = _PLACES.get(unit, 2)
    while told[0] == told[1] and value != limit and places < _MOST_PLACES:
        places += 1
        told = _exact(value, unit, places), _exact(limit, unit, places)
    return told


def _exact(value: float, unit: str, places: int) -> str:
    return f"{shown(value, unit):.{places}f}".replace("-", "\N{MINUS SIGN}") + unit_words(unit)


def own_limit(limit: float, usual: float, unit: str) -> str:
    """`limit for this person: 60° instead of 43°`."""
    told, before = apart(limit, usual, unit)
    return f"limit for this person: {told} instead of {before}"


def limit_words(limit: float, unit: str, *, above: bool) -> str:
    """Words for an allowed range: `at most 55°`."""
    return f"{'at most' if above else 'at least'} {quantity(limit, unit)}"


def measure_words(measure: str) -> str:
    """`height(hip, ankle)` as `height of the hips above the ankles`, and what has a short name by that."""
    parsed = parse_measure(measure)
    short = {parse_measure(text): name for name, text in ALIASES.items()}.get(parsed)
    return spoken(short) if short is not None else _long_words(parsed)


def _long_words(measure: Measure) -> str:
    if measure.kind == "angle":
        first, vertex, last = measure.joints
        return f"angle at the {vertex} between {first} and {last}"
    parts = [plural(joint) for joint in measure.joints]
    return _WHOLE.get(measure.kind, "height of the {0} above the {1}").format(*parts)


def filled(sentence: str, value: float, limit: float, unit: str) -> str:
    """A sentence of an exercise file with its value and its limit; true also as rounded."""
    told, allowed = apart(value, limit, unit)
    return sentence.format(value=told, limit=allowed)


def check_sentence(sentence: str) -> str:
    """Refuse braces that `filled` does not know.

    Raises:
        ValueError: naming what may stand there.
    """
    rest = sentence.replace("{value}", "").replace("{limit}", "")
    if "{" in rest or "}" in rest:
        raise ValueError(f"expected {{value}} and {{limit}} and no other braces, got {sentence!r}")
    return sentence


def finding(measure: str | None, value: float, limit: float, unit: str, *, above: bool) -> str:
    """One sentence on a value beyond its limit, for exercise files that give none of their own."""
    subject = "it" if measure is None else f"the {measure_words(measure)}"
    verb = "took" if measure is None else "was"
    told, allowed = apart(value, limit, unit)
    return f"{subject} {verb} {told}; expected {'at most' if above else 'at least'} {allowed}"
