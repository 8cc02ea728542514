"""Output to the terminal, with control characters in names of files made visible."""

import json
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import typer

from posespotter.texts import printable

WRONG_USAGE, INTERRUPTED = 2, 130
"""Exit codes: that of click for wrong usage, and what a shell expects after Ctrl-C."""


def say(text: str = "", *, err: bool = False) -> None:
    """Print lines, with what a terminal would obey made visible."""
    typer.echo("\n".join(printable(line) for line in text.split("\n")), err=err)


def warn(text: str) -> None:
    """Print a warning on stderr, with the name of the program."""
    say(f"posespotter: {text}", err=True)


class Definition(Protocol):
    """An entry of `--list`: an exercise, a test."""

    @property
    def name(self) -> str:
        """The name on the command line."""

    @property
    def title(self) -> str:
        """Its name for people."""

    @property
    def about(self) -> str:
        """A description of a sentence or two."""


def say_definitions(definitions: Sequence[Definition], line: Callable[[Any], str], *, as_json: bool) -> None:
    """Print a list of definitions: `line` of each behind its name, or one JSON array."""
    if as_json:
        say(json.dumps([{"name": one.name, "title": one.title, "about": one.about} for one in definitions]))
        return
    width = max(len(one.name) for one in definitions)
    for one in definitions:
        say(f"{one.name:<{width}}  {line(one)}")
