"""The exercise files: those that come with the program, and a user's own."""

import re
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from posespotter.errors import InputError, SettingsError
from posespotter.exercises.definitions.definition import CheckRule, ExerciseDefinition, Level, Metric, Require, Signal
from posespotter.toml import parse_toml, read_toml

_EXPECTED = "an exercise"
_DEFINITIONS = files("posespotter.exercises.definitions")

_TABLES: dict[str, type[BaseModel]] = {
    "signal": Signal, "require": Require, "metric": Metric, "check": CheckRule, "level": Level,
}  # fmt: skip

_LONGEST = 80  # characters of what came, in a message
_KINDS = {"float_": "a number", "int_": "a whole number", "string_type": "a text", "bool_": "true or false"}
"""What is meant, by the beginning of pydantic's names of what is wrong."""


def exercise_names() -> tuple[str, ...]:
    """The exercises that come with the program, in alphabetical order."""
    return tuple(sorted(p.name.removesuffix(".toml") for p in _DEFINITIONS.iterdir() if p.name.endswith(".toml")))


def load_exercise(name: str | Path) -> ExerciseDefinition:
    """An exercise by its name, or from a file that ends in .toml.

    Raises:
        SettingsError: there is no exercise of that name.
        InputError: the file cannot be read, or says something that no exercise file may say.
    """
    if str(name).endswith(".toml"):
        path = Path(name)
        return _checked(read_toml(path, _EXPECTED), str(path))
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
    return parse_exercise(_DEFINITIONS.joinpath(f"{name}.toml").read_text("utf-8"), f"{name}.toml")


def parse_exercise(text: str, file: str) -> ExerciseDefinition:
    """Read the text of an exercise file.

    Args:
        text: TOML.
        file: its name, for messages.

    Raises:
        InputError: naming the file, the key, and the nearest key that may stand there.
    """
    return _checked(parse_toml(text, file, _EXPECTED), file)


def _checked(content: dict[str, Any], file: str) -> ExerciseDefinition:
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
    """Describe pydantic's first error, with the key as it stands in the file and the nearest valid one."""
    place = [str(part) if isinstance(part, str) else f"[{part + 1}]" for part in entry["loc"]]
    key = ".".join(place).replace(".[", "[") or "the file"
    top = len(entry["loc"]) == 1
    table = ExerciseDefinition if top else _TABLES.get(str(entry["loc"][0]), ExerciseDefinition)
    if entry["type"] == "extra_forbidden":
        return f"unknown key {key}, {_instead(str(entry['loc'][-1]), table)}"
    key += _called(entry, content)
    if entry["type"] == "missing":
        known = {**ExerciseDefinition.model_fields, **table.model_fields}
        near = get_close_matches(str(entry["loc"][-1]), [k for k in content if k not in known], 1) if top else []
        return f"key {key} is missing" + (f" ({near[0]!r} was found)" if near else "")
    return f"{key}: {_expected(entry)}"


def _instead(key: str, table: type[BaseModel]) -> str:
    """Advice for an unknown key."""
    allowed = list(table.model_fields)
    if table is not ExerciseDefinition and key in ExerciseDefinition.model_fields:
        return "which belongs to the whole exercise: put it above the first table in brackets"
    near = get_close_matches(key, allowed, 1)
    return f"did you mean {near[0]!r}?" if near else f"expected: {', '.join(allowed)}"


def _called(entry: Any, content: dict[str, Any]) -> str:
    """` (knees_inward)` for what stands in a table that has a name."""
    if len(entry["loc"]) < 2 or not isinstance(entry["loc"][1], int):
        return ""
    table = content[entry["loc"][0]][entry["loc"][1]]
    name = table.get("name") if isinstance(table, dict) else None
    return f" ({name})" if isinstance(name, str) else ""


def _expected(entry: Any) -> str:
    """Describe the expected value, the one that came, and the nearest valid one."""
    got = f"got {repr(entry['input'])[:_LONGEST]}"
    if entry["type"] == "literal_error":
        near = get_close_matches(str(entry["input"]), re.findall(r"'(.+?)'", entry["ctx"]["expected"]), 1)
        hint = f", did you mean {near[0]!r}?" if near else ""
        return f"expected {entry['ctx']['expected']}, {got}{hint}"
    for start, kind in _KINDS.items():
        if entry["type"].startswith(start):
            return f"expected {kind}, {got}"
    return str(entry["msg"]).removeprefix("Value error, ")[:300]
