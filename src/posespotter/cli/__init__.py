"""The command line. Errors are one line on stderr; exit code 0 done, 1 some inputs failed, 2 wrong usage."""

import errno
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from posespotter.cli.app import app_command
from posespotter.cli.assessment import assessment_command
from posespotter.cli.baseline import spread_out
from posespotter.cli.estimate import estimate_command
from posespotter.cli.exercise import exercise_command
from posespotter.cli.export import export_command
from posespotter.cli.falls import falls_app
from posespotter.cli.info import info_command
from posespotter.cli.models import models_app
from posespotter.cli.parts.say import INTERRUPTED, WRONG_USAGE, say, warn
from posespotter.cli.runs import runs_app
from posespotter.cli.worker import worker_command
from posespotter.errors import PoseSpotterError, SettingsError
from posespotter.files import reason
from posespotter.texts import printable
from posespotter.version import __version__


class _Commands(TyperGroup):
    """All commands, which say what is wrong with their arguments in plain words."""

    def make_context(self, info_name: str | None, args: list[str], *rest: Any, **more: Any) -> Any:
        with _plainly():
            return super().make_context(
                info_name, spread_out(args) if args[:1] == ["exercise"] else args, *rest, **more
            )

    def invoke(self, ctx: Any) -> Any:
        with _plainly():
            return super().invoke(ctx)


@contextmanager
def _plainly() -> Iterator[None]:
    """Mend messages on wrong usage: they quote what was typed as it is, and pydantic puts "Value error, " first."""
    try:
        yield
    except Exception as error:
        message = vars(error).get("message")
        if isinstance(message, str):
            plain = message.removeprefix("Value error, ")
            vars(error)["message"] = "".join(one if one in "\n\t" else printable(one) for one in plain)
        raise


app = typer.Typer(
    name="posespotter",
    cls=_Commands,
    help="Find the people in photos, videos and camera streams, follow them, and tell how they move.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("app")(app_command)
app.command("estimate")(estimate_command)
app.command("exercise")(exercise_command)
app.command("export")(export_command)
app.command("info")(info_command)
app.command("test")(assessment_command)
app.command("worker")(worker_command)
app.add_typer(falls_app)
app.add_typer(models_app)
app.add_typer(runs_app)


def _show_version(value: bool) -> None:
    if value:
        say(f"posespotter {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", "-V", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error came from.")] = False,
) -> None:
    """Find the people in photos, videos and camera streams, follow them, and tell how they move."""


def main() -> None:
    """The program `posespotter`; --debug shows where an error came from, which is one line else."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # in whatever encoding it is, as stderr
    debug = "--debug" in sys.argv
    try:
        app([argument for argument in sys.argv[1:] if argument != "--debug"], prog_name="posespotter")
        code: Any = 0
    except SystemExit as end:
        code = end.code
    except KeyboardInterrupt:
        warn("interrupted.")
        code = INTERRUPTED
    except Exception as error:
        code = WRONG_USAGE if isinstance(error, SettingsError) else 1
        from posespotter.last_resort import unforeseen

        if debug:
            traceback.print_exception(error)
        else:
            warn(str(error) if isinstance(error, PoseSpotterError) else unforeseen(error))
    sys.exit(code if _flushed() else code or 1)


def _flushed() -> bool:
    """Whether all that was said has gone out: the disk behind stdout may be full, or the reader gone."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        if error.errno != errno.EPIPE:
            warn(f"the output could not be written: {reason(error)}.")
        with suppress(OSError), Path(os.devnull).open("wb") as nowhere:  # Python tries again when it ends
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        return False
    return True
