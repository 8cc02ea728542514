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
        problems = "; ".join(_problem(entry, content) for entry in _telling(error)[:3])
        raise InputError(f"{file}: {problems.rstrip('?')}{'?' if problems.endswith('?') else '.'}") from error


def _telling(error: ValidationError) -> list[Any]:
    """The errors without those that only follow from others: a list is empty because its entries are wrong."""
    entries = error.errors()
    wrong = {entry["loc"][0] for entry in entries if len(entry["loc"]) > 1}
    return [entry for entry in entries if not (entry["type"] == "too_short" and entry["loc"][0] in wrong)]


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
