"""`posespotter models`: which models there are, and how they come to this machine."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from posespotter.cli.parts.applies import given, refuse_others
from posespotter.cli.parts.options import models as known_models
from posespotter.cli.parts.options import require_model
from posespotter.cli.parts.say import say

if TYPE_CHECKING:
    from rich.table import Table

    from posespotter.models.zoo import Accuracy, ModelEntry
    from posespotter.progress import Progress

models_app = typer.Typer(
    name="models", help="List, fetch, check and carry over the models.", no_args_is_help=True, add_completion=False
)

_MARKS = "¹²³⁴⁵⁶⁷⁸⁹"
_LETTERS = tuple(f"({letter})" for letter in "abcdefghijklmnopqrstuvwxyz")


@models_app.command("list")
def list_models(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON array instead of a table.")] = False,
) -> None:
    """List every model, whose licence it has, what it was trained on, and whether it is on this machine."""
    from posespotter.models.cache import path_of, state_of
    from posespotter.models.zoo import load_zoo

    entries = load_zoo()
    if as_json:
        rows = [asdict(entry) | {"state": state_of(entry), "path": str(path_of(entry))} for entry in entries]
        say(json.dumps(rows, indent=2))
        return

    from rich.console import Console

    figures = tuple(dict.fromkeys(_figure(entry.accuracy) for entry in entries if entry.accuracy))
    terms = tuple(dict.fromkeys(_terms(entry) for entry in entries))
    console = Console()
    console.print(_table(entries, figures, terms))
    for mark, note in (*zip(_MARKS, figures, strict=False), *zip(_LETTERS, terms, strict=False)):
        console.print(f"{mark} {note}", highlight=False)
    console.print("NAME+blazepose-full adds feet and metres to the 17 joints of the pose model NAME.", highlight=False)


@models_app.command()
def fetch(
    ctx: typer.Context,
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME...", help="Models from `models list`.", autocompletion=known_models),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every model that can be fetched.")] = False,
) -> None:
    """Fetch models once, with their checksums proven; from then on they run without a network."""
    from posespotter.models.fetch import model_path
    from posespotter.models.zoo import find_model, load_zoo

    if not names and not every:
        raise typer.BadParameter("name at least one model, or use --all", param_hint="NAME...")
    if every:
        refuse_others(given(ctx), "every")
    for name in names or ():
        require_model(name)
    entries = load_zoo() if every else tuple(find_model(name) for name in names or ())
    for entry in entries:
        with _downloads_shown() as progress:
            path = model_path(entry, progress=progress(entry))
        say(f"{entry.name}: {'comes with PoseSpotter' if entry.embedded else path}")


@models_app.command()
def verify() -> None:
    """Read every model on this machine through and compare its SHA-256; exit code 1 if one is damaged."""
    from posespotter.models.cache import verify as state_after_reading
    from posespotter.models.zoo import load_zoo

    damaged = False
    for entry in load_zoo():
        state = state_after_reading(entry)
        if state == "damaged":
            damaged = True
            cure = "install PoseSpotter again" if entry.embedded else f"run `posespotter models fetch {entry.name}`"
            say(f"{entry.name}: damaged; {cure}")
        elif state != "not fetched":
            say(f"{entry.name}: intact ({state})")
    if damaged:
        raise typer.Exit(1)


@models_app.command()
def bundle(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The zip file to make.")],
    models: Annotated[
        str, typer.Option(metavar="NAME,NAME...", help="Which models; without it, all that were fetched here.")
    ] = "",
) -> None:
    """Pack models into one file, to carry to a machine without a network."""
    from posespotter.models.bundle import bundle_models

    names = [name.strip() for name in models.split(",") if name.strip()]
    for name in names:
        require_model(name)
    with _downloads_shown() as progress:
        entries = bundle_models(names, file, progress=progress)
    say(f"{file}: {_named(entries)}. On the other machine: `posespotter models import {file.name}`.")


@models_app.command("import")
def import_models(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A bundle made by `models bundle`.")],
) -> None:
    """Take the models out of a bundle; each one is checked against PoseSpotter's own list."""
    from posespotter.models.bundle import import_bundle

    say(f"Imported {_named(import_bundle(file))}.")


def _named(entries: "Sequence[ModelEntry]") -> str:
    return ", ".join(entry.name for entry in entries)


def _figure(accuracy: "Accuracy") -> str:
    return f"{accuracy.metric} ({accuracy.source})"


def _terms(entry: "ModelEntry") -> str:
    return f"licence stated by {entry.licence_by}; trained on {entry.trained_on}"


def _table(entries: "Sequence[ModelEntry]", figures: Sequence[str], terms: Sequence[str]) -> "Table":
    """One row a model, narrow enough for 80 columns: what needs more words stands below, under its mark."""
    from rich.table import Table

    from posespotter.models.cache import state_of

    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False)
    for heading in ("name", "task", "size", "joints", "accuracy", "licence", "state"):
        right = heading in ("size", "joints", "accuracy")
        table.add_column(heading, justify="right" if right else "left", no_wrap=True)
    for entry in entries:
        state = state_of(entry)
        table.add_row(
            entry.name,
            entry.task,
            _megabytes(entry.size_bytes if entry.embedded else entry.download_bytes),
            str(entry.keypoints or ""),
            f"{entry.accuracy.value} {_MARKS[figures.index(_figure(entry.accuracy))]}" if entry.accuracy else "",
            f"{entry.licence} {_LETTERS[terms.index(_terms(entry))]}",
            state,
            style="dim" if state == "not fetched" else None,
        )
    return table


def _megabytes(n_bytes: int | None) -> str:
    return f"{n_bytes / 1e6:.1f} MB" if n_bytes else "?"


@contextmanager
def _downloads_shown() -> "Iterator[Callable[[ModelEntry], Progress]]":
    """A bar for each download on a terminal, one plain line for each elsewhere."""
    from rich.console import Console

    console = Console()
    if not console.is_terminal:
        yield _announced
        return

    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Bars(*columns, TimeRemainingColumn(), console=console, transient=True) as bars:

        def bar_of(entry: "ModelEntry") -> "Progress":
            task = bars.add_task(entry.name, total=None, visible=False)
            return lambda _stage, done, total: bars.update(task, completed=done, total=total, visible=True)

        yield bar_of


def _announced(entry: "ModelEntry") -> "Progress":
    announced = False

    def progress(_stage: str, _done: int, total: int | None) -> None:
        nonlocal announced
        if not announced:
            announced = True
            say(f"{entry.name}: fetching {_megabytes(total)}")

    return progress
