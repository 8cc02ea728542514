"""Write what the reference of the documentation says of flags, settings, exercises and public names: from the code.

`docs_hooks.py` puts it into the pages when they are built; the tests of the documentation ask it what there is.
"""

import dataclasses
import inspect
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

import posespotter
from posespotter.cli import app
from posespotter.exercises.definitions import definition
from posespotter.exercises.definitions.catalog import exercise_names, load_exercise
from posespotter.falls.events import FallEvent
from posespotter.formats import FORMATS
from posespotter.settings import Settings
from posespotter.tasks.run_folder.record import RunRecord, SourceRecord

Option = tuple[str, str, str]
"""Of a command: how it is written, what it takes unless given, what it does."""


def commands() -> Iterator[tuple[str, Any]]:
    """Every command with its full name, in the order of the help."""

    def below(name: str, command: Any) -> Iterator[tuple[str, Any]]:
        if not hasattr(command, "commands"):
            yield name, command
            return
        for one in command.commands.values():
            if not one.hidden:
                yield from below(f"{name} {one.name}", one)

    yield from below("posespotter", typer.main.get_command(app))


def options_of(command: Any) -> list[Option]:
    """The arguments and options of a command, without those that every one has."""
    found = []
    for parameter in command.params:
        if getattr(parameter, "hidden", False) or parameter.name == "help":
            continue
        written = parameter.metavar or parameter.name.upper()
        if parameter.param_type_name == "option":
            written = ", ".join([*parameter.opts, *parameter.secondary_opts])
        default = parameter.default
        unset = default is None or callable(default) or isinstance(default, bool) or "UNSET" in repr(default)
        shown = "" if unset or default in ((), []) else str(getattr(default, "value", default))
        found.append((written, shown, getattr(parameter, "help", None) or ""))
    return found


def command_line() -> str:
    """Every command with its options."""
    parts = []
    for name, command in commands():
        rows = [(f"`{written}`", default and f"`{default}`", what) for written, default, what in options_of(command)]
        table = _table(("option", "unless given", "meaning"), rows)
        parts.append(f"## {name}\n\n{_sentence(command.help or '')}\n\n{table}")
    return "\n\n".join(parts)


def settings() -> str:
    """Every setting with its environment variable."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = "" if field.default_factory or field.default is None else f"`{field.default}`"
        rows.append((f"`{name}`", f"`POSESPOTTER_{name.upper()}`", default, field.description or ""))
    return _table(("in the file", "environment variable", "unless given", "meaning"), rows)


def exercises() -> str:
    """Every exercise with its metrics and checks."""
    parts = []
    for name in exercise_names():
        one = load_exercise(name)
        metrics = ", ".join(f"`{metric.name}`" for metric in one.metric) or "none"
        checks = [(f"`{check.name}`", ", ".join(check.views), check.severity, check.source) for check in one.check]
        parts.append(
            f"## {one.title}\n\n`{name}`: {one.about}\n\nMetrics of each repetition: {metrics}.\n\n"
            + _table(("check", "views", "severity", "where its limit comes from"), checks)
        )
    return "\n\n".join(parts)


def exercise_keys() -> dict[str, tuple[str, ...]]:
    """The keys of an exercise file by their table."""
    tables = {"exercise": "ExerciseDefinition", "signal": "Signal", "require": "Require", "metric": "Metric",
              "check": "CheckRule", "level": "Level"}  # fmt: skip
    return {table: tuple(getattr(definition, name).model_fields) for table, name in tables.items()}


def files() -> str:
    """The formats that poses are exported to, and the keys of events.json and run.json."""
    rows = [(f"`{one.name}`", f"`{one.suffix}`" if one.suffix else "a folder", one.leaves_out or "nothing")
            for one in FORMATS.values()]  # fmt: skip
    events = [(f"`{name}`", text) for name, text in attributes_of(FallEvent).items()]
    record = [(f"`{name}`", text) for name, text in attributes_of(RunRecord).items()]
    source = [(f"`{name}`", text) for name, text in attributes_of(SourceRecord).items()]
    return (
        f"## Formats\n\n{_table(('format', 'suffix', 'cannot hold'), rows)}\n\n"
        f"## Events of events.json\n\n{_table(('key', 'meaning'), events)}\n\n"
        f"## run.json\n\n{_table(('key', 'meaning'), record)}\n\n"
        f"### Its source\n\n{_table(('key', 'meaning'), source)}"
    )


def public_names() -> dict[str, str]:
    """Every public name with the module that defines it."""
    return {name: f"posespotter.{posespotter._HOME[name]}" for name in sorted(posespotter.__all__, key=str.lower)}


def python_names() -> str:
    """Every public name, for mkdocstrings."""
    parts = []
    for name, module in public_names().items():
        home = inspect.getmodule(getattr(posespotter, name)) if callable(getattr(posespotter, name)) else None
        place = home.__name__ if home is not None else module
        parts.append(f"## {name}\n\n::: {place}.{name}")
    return "\n\n".join(parts)


def attributes_of(kind: type) -> dict[str, str]:
    """The fields of a dataclass or model and what docstrings say of each; an empty text where they say nothing."""
    said: dict[str, str] = {}
    for owner in reversed(kind.__mro__):
        section = (inspect.cleandoc(owner.__doc__ or "")).partition("Attributes:\n")[2]
        for name, text in re.findall(r"^ {4}(\w+): ((?:.+\n?(?: {8}.*\n?)*))", section, re.M):
            said[name] = " ".join(text.split())
    fields = getattr(kind, "model_fields", None) or {field.name: field for field in dataclasses.fields(kind)}
    return {name: said.get(name, "") for name in fields if not name.startswith("_")}


def dependencies() -> dict[str, list[str]]:
    """The optional extras by name."""
    read = tomllib.loads((Path(__file__).resolve().parents[1] / "pyproject.toml").read_text("utf-8"))
    found: dict[str, list[str]] = read["project"]["optional-dependencies"]
    return found


PARTS = {part.__name__: part for part in (command_line, settings, exercises, files, python_names)}
"""What a page may ask for, as `<!-- reference: settings -->`."""


def _sentence(text: str) -> str:
    """The text on one line; `<` outside of code is no tag."""
    line = re.sub(r"\s*\n\s*", " ", text.partition("\f")[0].strip())
    parts = line.split("`")
    return "`".join(part if i % 2 else part.replace("<", "&lt;") for i, part in enumerate(parts))


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    if not rows:
        return "None."
    cells = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(_sentence(cell).replace("|", "\\|") for cell in row) + " |" for row in cells)
