"""The exercise files: those that come with the program, and a user's own."""

import tomllib
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from posespotter.errors import InputError, SettingsError
from posespotter.exercises.definition import CheckRule, ExerciseDefinition, Level, Metric, Require, Signal

_TABLES: dict[str, type[BaseModel]] = {
    "signal": Signal, "require": Require, "metric": Metric, "check": CheckRule, "level": Level,
}  # fmt: skip


def exercise_names() -> tuple[str, ...]:
    """The exercises that come with the program, in alphabetical order."""
    folder = files("posespotter.exercises")
    return tuple(sorted(p.name.removesuffix(".toml") for p in folder.iterdir() if p.name.endswith(".toml")))


def load_exercise(name: str | Path) -> ExerciseDefinition:
    """An exercise by its name, or from a file that ends in .toml.

    Raises:
        SettingsError: there is no exercise of that name.
        InputError: the file cannot be read, or says something that no exercise file may say.
    """
    if str(name).endswith(".toml"):
        path = Path(name)
        try:
            return parse_exercise(path.read_text("utf-8"), path.name)
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
            raise InputError(f"{path}: expected an exercise file, it cannot be read: {reason}.") from error
    return _shipped(str(name))


@lru_cache(maxsize=64)
def _shipped(name: str) -> ExerciseDefinition:
    known = exercise_names()
    if name not in known:
        near = get_close_matches(name, known, 1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise SettingsError(
            f"Unknown exercise {name!r}; expected one of: {', '.join(known)}, or the path of a .toml file.{hint}"
        )
    return parse_exercise(files("posespotter.exercises").joinpath(f"{name}.toml").read_text("utf-8"), f"{name}.toml")


def parse_exercise(text: str, file: str) -> ExerciseDefinition:
    """Read the text of an exercise file.

    Args:
        text: TOML.
        file: its name, for messages.

    Raises:
        InputError: naming the file, the key, and the nearest key that may stand there.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{file}: expected TOML, {error}.") from error
    try:
        return ExerciseDefinition.model_validate(content)
    except ValidationError as error:
        problems = "; ".join(_problem(entry, content) for entry in error.errors()[:3])
        raise InputError(f"{file}: {problems.rstrip('?')}{'?' if problems.endswith('?') else '.'}") from error


def explain(exercise: ExerciseDefinition) -> str:
    """What is counted and checked, with the limits and where they come from, as plain text."""
    lines = [f"{exercise.title} ({exercise.name})", exercise.about, "", "A repetition"]
    for signal in exercise.signal:
        way = "falls" if signal.change < 0 else "rises"
        lines.append(
            f"  {signal.measure} {way} by at least {abs(signal.change):g} {signal.parsed.word.unit} and returns"
        )
    lines += [f"  {_requirement(rule)}" for rule in exercise.require]
    lines.append(
        f"  lasts {exercise.shortest_s:g} to {exercise.longest_s:g} s, at the {exercise.work} no longer than "
        f"{exercise.longest_hold_s:g} s"
    )
    if exercise.source:
        lines.append(f"  source: {exercise.source}")
    if exercise.level is not None:
        lines += ["", f"Levels by {exercise.level.metric}: {', '.join(exercise.level.names)}"]
        lines.append(f"  limits: {', '.join(f'{limit:g}' for limit in exercise.level.limits)}")
        lines.append(f"  source: {exercise.level.source}")
    for check in exercise.check:
        lines += ["", *_checked(check)]
    return "\n".join(lines)


def _requirement(rule: Require) -> str:
    value = f"the range of {rule.measure}" if rule.range else rule.measure
    when = {"rest": "at rest", "work": "at the far end", "all": "throughout"}[rule.at]
    limits = [f"at least {rule.least:g}"] if rule.least is not None else []
    limits += [f"at most {rule.most:g}"] if rule.most is not None else []
    return f"{value} is {' and '.join(limits)} {rule.parsed.word.unit} {when}"


def _checked(check: CheckRule) -> list[str]:
    kind = "" if check.severity == "fault" else " (a note, no fault)"
    subject = f"the {check.during} phase lasts" if check.measure is None else f"{check.measure} is"
    way = "more than" if check.above is not None else "less than"
    change = " from rest" if check.from_rest else ""
    views = "any view" if len(check.views) == 5 else ", ".join(check.views)
    more = f"; with 3-D joints also {', '.join(check.views_3d)}" if check.views_3d else ""
    return [
        f"{check.name}{kind}",
        f"  {subject} {way} {check.limit:g} {check.unit}{change}",
        f"  judged in: {views}{more}",
        f"  advice: {check.advice}",
        f"  source: {check.source}",
    ]


def _problem(entry: Any, content: dict[str, Any]) -> str:
    """One sentence of pydantic's, with the key as it stands in the file and the nearest one that may stand there."""
    place = [str(part) if isinstance(part, str) else f"[{part + 1}]" for part in entry["loc"]]
    key = ".".join(place).replace(".[", "[") or "the file"
    if entry["type"] == "extra_forbidden":
        table = _TABLES.get(str(entry["loc"][0]), ExerciseDefinition) if len(entry["loc"]) > 1 else ExerciseDefinition
        allowed = list(table.model_fields)
        near = get_close_matches(str(entry["loc"][-1]), allowed, 1)
        return f"unknown key {key}, " + (f"did you mean {near[0]!r}?" if near else f"expected: {', '.join(allowed)}")
    if entry["type"] == "missing":
        table = _TABLES.get(str(entry["loc"][0]), ExerciseDefinition)
        here = content if len(entry["loc"]) == 1 else {}
        near = get_close_matches(str(entry["loc"][-1]), [k for k in here if k not in table.model_fields], 1)
        return f"key {key} is missing" + (f" ({near[0]!r} was found)" if near else "")
    return f"{key}: {entry['msg'].removeprefix('Value error, ')[:300]}"
