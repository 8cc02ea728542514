"""`posespotter runs`: what the library keeps, and how it is shown, taken away and deleted."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from posespotter.cli.parts.keep import open_library
from posespotter.cli.parts.run_words import bytes_words, found_words, length_words, state_words, when_words
from posespotter.cli.parts.say import say, warn

if TYPE_CHECKING:
    from rich.table import Table

    from posespotter.runs import Library, Run

runs_app = typer.Typer(
    name="runs",
    help="List, show, open, export and delete the runs that the library keeps.",
    no_args_is_help=True,
    add_completion=False,
)

_Id = Annotated[str, typer.Argument(metavar="ID", help="The id of a run, or its beginning or end, as `list` shows it.")]
_Ids = Annotated[
    list[str], typer.Argument(metavar="ID...", help="Ids of runs, or their beginnings or ends, as `list` shows them.")
]


@runs_app.command("list")
def list_runs(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A part of the name or the id.", show_default=False)] = "",
    kind: Annotated[
        Literal["estimate", "exercise", "falls", "recording"] | None, typer.Option(help="Of this kind only.")
    ] = None,
    state: Annotated[
        Literal["queued", "running", "done", "failed", "cancelled"] | None, typer.Option(help="In this state only.")
    ] = None,
    parent: Annotated[
        str | None, typer.Option(metavar="ID", help="Made from the poses of this run only.", show_default=False)
    ] = None,
    sort: Annotated[Literal["newest", "oldest", "name", "largest"], typer.Option(help="What comes first.")] = "newest",
    limit: Annotated[int | None, typer.Option(metavar="N", min=1, help="At most so many.", show_default="all")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON array instead of a table.")] = False,
) -> None:
    """List runs: what was found, and of running ones how far they are."""
    with _opened() as library:
        from posespotter.runs import RunState

        found = library.runs(
            kind=kind,
            state=RunState(state) if state else (),
            text=text,
            parent=library.find(parent).id if parent else None,
            sort=sort,
            limit=limit,
        )
        if as_json:
            say(json.dumps([run.to_json() for run in found], indent=2))
            return
        if not found:
            empty = f"{library.root} holds no runs yet. They get there with --keep, or from the app."
            say("No run fits." if text or kind or state or parent else empty)
            return

    from rich.console import Console

    Console().print(_table(found))


@runs_app.command()
def show(
    run_id: _Id,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show everything that is known of a run, and its files."""
    with _opened() as library:
        run = library.find(run_id)
        files = {name: library.artefact(run.id, name).stat().st_size for name in library.artefacts(run.id)}
        children = library.children(run.id)
        folder = library.folder(run.id)
        if as_json:
            details = run.to_json() | {"folder": str(folder), "files": files, "children": [one.id for one in children]}
            say(json.dumps(details, indent=2))
            return
        for name, value in _details(run, library).items():
            say(f"{name:<10} {value}")
        for child in children:
            say(f"{'analysis':<10} {child.kind} {child.id}: {found_words(child) or state_words(child)}")
        if files:
            say(f"{'folder':<10} {folder}")
        for name, size in files.items():
            say(f"  {name}  ({bytes_words(size)})")


@runs_app.command("open")
def open_run(
    run_id: _Id,
    name: Annotated[
        str | None, typer.Argument(metavar="FILE", help="One of its files, as `show` lists them.", show_default=False)
    ] = None,
) -> None:
    """Print where a run is, and on a desktop open its folder, or one of its files."""
    with _opened() as library:
        run = library.find(run_id)
        path = library.folder(run.id) if name is None else library.artefact(run.id, name)
    say(str(path))
    if _desktop():
        typer.launch(str(path))


@runs_app.command()
def export(
    run_ids: _Ids,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="FILE", help="The zip file to make.", show_default="the name of the run"),
    ] = None,
) -> None:
    """Pack runs with all their files into one zip file."""
    from posespotter.errors import OutputError
    from posespotter.tasks.run_folder.folders import stem_of

    with _opened() as library:
        runs = [library.find(text) for text in run_ids]
        target = out or Path(f"{stem_of(runs[0].name)}.zip" if len(runs) == 1 else "runs.zip")
        if target.exists():
            raise OutputError(f"{target} exists already and was left alone; choose another name with -o.")
        library.export([run.id for run in runs], target)
    say(f"{target}: {bytes_words(target.stat().st_size)}")


@runs_app.command()
def delete(
    run_ids: _Ids,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete runs with all their files, for ever. Analyses made from them stay."""
    from posespotter.runs.notes.people import People

    with _opened() as library:
        runs = list({run.id: run for run in (library.find(text) for text in run_ids)}.values())
        if not yes:
            for run in runs:
                say(f"  {run.id}  {run.name}  {run.kind}, {bytes_words(run.size_bytes)}")
            what = "this run" if len(runs) == 1 else f"these {len(runs)} runs"
            typer.confirm(f"Delete {what} with all files?", abort=True)
        deleted = library.delete([run.id for run in runs])
        People(library.root).tidy(library)
    freed = bytes_words(sum(run.size_bytes for run in deleted))
    say(f"Deleted {_number_of(len(deleted))}, {freed}.")


@runs_app.command()
def reindex() -> None:
    """Make the index anew from the folders, which hold everything it says; and the queue of jobs if it is damaged."""
    from posespotter.jobs.submit import mend_queue

    with _opened() as library:
        done = library.reindex()
        if done.aside is not None:
            say(f"The index was damaged and is made anew; the old one is {done.aside}.")
        queue = mend_queue(library)
        if queue is not None:
            say(
                f"The queue of jobs was damaged and is made anew, with {len(queue.queued)} that waited; the old one is "
                f"{queue.aside}."
            )
        say(
            f"{library.root}: {_number_of(done.runs)} in the index, {len(done.added)} of them new; "
            f"{len(done.removed)} without a folder forgotten."
        )
    for folder in done.unreadable:
        warn(f"{folder} holds no run that can be read, and was left alone.")
    if done.unreadable:
        raise typer.Exit(1)


@contextmanager
def _opened() -> Iterator["Library"]:
    """The library of the settings; warns at the end if its index could not be used."""
    with open_library() as library:
        yield library
        if library.index_trouble:
            warn(f"{library.index_trouble} The runs were looked up in their folders.")


def _number_of(n: int) -> str:
    return f"{n} run{'' if n == 1 else 's'}"


def _table(runs: "list[Run]") -> "Table":
    """One row a run, narrow enough for 80 columns; only names are cut."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("id", no_wrap=True)
    table.add_column("name", no_wrap=True, overflow="ellipsis", max_width=20)  # with the others it makes 80 characters
    table.add_column("kind", no_wrap=True)
    table.add_column("when", no_wrap=True)
    table.add_column("size", no_wrap=True, justify="right")
    table.add_column("result", min_width=17)
    for run in runs:
        over = run.state.over
        cells = (
            run.id[-10:],  # its random part
            run.name,
            run.kind,
            when_words(run.created_at),
            bytes_words(run.size_bytes) if run.size_bytes else "",
            found_words(run) if run.state == "done" else state_words(run),
        )
        # As `Text`, as square brackets in a name are markup else.
        table.add_row(*(Text(cell) for cell in cells), style="dim" if over and run.state != "done" else None)
    return table


def _details(run: "Run", library: "Library") -> dict[str, str]:
    settings = ", ".join(f"{name} {value}" for name, value in run.settings.items() if value not in (None, {}, []))
    details = {
        "id": run.id,
        "name": run.name,
        "kind": run.kind,
        "state": state_words(run),
        "created": run.created_at.astimezone().strftime("%Y-%m-%d %H:%M:%S"),
        "took": length_words(run.seconds) if run.seconds is not None else "",
        "result": found_words(run),
        "models": ", ".join(run.models),
        "settings": settings,
        "made from": run.parent or "",
        "size": bytes_words(run.size_bytes) if run.size_bytes else "",
        "picture": str(library.thumbnail(run.id) or ""),
    }
    return {name: value for name, value in details.items() if value}


def _desktop() -> bool:
    """Whether this machine has a display on which a window can open."""
    if not sys.stdout.isatty():
        return False
    return sys.platform in {"win32", "darwin"} or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
