"""Words on the terminal: all that is said goes through here, as names of files may hold control characters."""

import typer

from posespotter.texts import printable


def say(text: str = "", *, err: bool = False) -> None:
    """Print lines, with what a terminal would obey made visible."""
    typer.echo("\n".join(printable(line) for line in text.split("\n")), err=err)


def warn(text: str) -> None:
    """Say something on stderr, as this program."""
    say(f"posespotter: {text}", err=True)
