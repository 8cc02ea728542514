"""Shared state of the pages and routes of one server: the library, its worker, and the watch of a folder."""

from functools import cache
from typing import Literal

from posespotter.jobs.local_worker import LocalWorker, start_worker_if_none
from posespotter.jobs.watch import FolderWatch
from posespotter.runs import Library
from posespotter.runs.notes.people import People
from posespotter.runs.notes.places import Places


@cache
def library() -> Library:
    """The library of the settings, opened once; another folder in the settings needs a restart."""
    return Library()


@cache
def people() -> People:
    """The people of the library, and the sessions that are theirs."""
    return People(library().root)


@cache
def places() -> Places:
    """The places whose zones are kept in the library."""
    return Places(library().root)


@cache
def folder_watch() -> FolderWatch:
    """Watcher of the folder in the settings, from the server's start to its end."""
    return FolderWatch(library())


WorkerState = Literal["none", "starting", "own", "elsewhere"]
"""No worker runs; our own starts; our own runs; another one runs."""


class WorkerKeeper:
    """The server's hold on its worker, from the server's start to its end."""

    def __init__(self) -> None:
        self._worker: LocalWorker | None = None

    def start(self) -> None:
        """See to it that a worker runs."""
        self._worker = start_worker_if_none(library())

    def stop(self) -> None:
        """Stop the worker that was started here."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    @property
    def state(self) -> WorkerState:
        """Whether some worker runs, and whose it is."""
        if self._worker is None:
            return "none"
        if self._worker.running:
            return "own" if self._worker.own else "elsewhere"
        return "starting" if self._worker.own else "none"


worker = WorkerKeeper()
