"""The command line. Errors are one line on stderr; exit code 0 done, 1 some inputs failed, 2 wrong usage."""

import sys
from io import TextIOWrapper
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from posespotter import __version__
from posespotter.cli.app import app_command
from posespotter.cli.estimate import estimate_command
from posespotter.cli.exercise import exercise_command
from posespotter.cli.export import export_command
from posespotter.cli.falls import falls_app
from posespotter.cli.info import info_command
from posespotter.cli.models import models_app
from posespotter.cli.runs import runs_app
from posespotter.cli.worker import worker_command
from posespotter.errors import PoseSpotterError, SettingsError

INTERRUPTED = 130  # what a shell expects after Ctrl-C


class _Commands(TyperGroup):
    """All commands. Typer lets pydantic refuse what options are given, which says "Value error, " first."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            error.message = error.message.removeprefix("Value error, ")
            raise


app = typer.Typer(
    name="posespotter",
    cls=_Commands,
    help="Find the people in photos, videos and camera streams, follow them, and tell how they move.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("app")(app_command)
app.command("estimate")(estimate_command)
app.command("exercise")(exercise_command)
app.command("export")(export_command)
app.command("info")(info_command)
app.command("worker")(worker_command)
app.add_typer(falls_app)
app.add_typer(models_app)
app.add_typer(runs_app)


def _show_version(value: bool) -> None:
    if value:
        typer.echo(f"posespotter {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error came from.")] = False,
) -> None:
    """Find the people in photos, videos and camera streams, follow them, and tell how they move."""


def main() -> None:
    """The program `posespotter`."""
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # names of files may be in no encoding, as on stderr
    try:
        app(arguments, prog_name="posespotter")
    except PoseSpotterError as error:
        if "--debug" in sys.argv:
            raise
        typer.echo(f"posespotter: {error}", err=True)
        sys.exit(2 if isinstance(error, SettingsError) else 1)
    except KeyboardInterrupt:
        typer.echo("posespotter: interrupted.", err=True)
        sys.exit(INTERRUPTED)
