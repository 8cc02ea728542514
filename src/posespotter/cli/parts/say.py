"""Output to the terminal, with control characters in names of files made visible."""

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
