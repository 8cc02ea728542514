"""Finding runs: in the index, and in the folders themselves where the index cannot be used.

A full disk, a library that may only be read and a damaged index all take the index away, but not the runs: they can be
listed, shown and deleted all the same.
"""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from posespotter.errors import InputError
from posespotter.runs.database import UnusableFileError
from posespotter.runs.folders import Folders
from posespotter.runs.index import Index, RunQuery, Sort
from posespotter.runs.run import Run
from posespotter.runs.run_metadata import read_metadata, rebuilt_metadata

T = TypeVar("T")

_NOTHING: tuple[Any, ...] = (None, [], (0, 0))  # what an empty index gives

_KEYS: dict[Sort, tuple[Callable[[Run], Any], bool]] = {
    "newest": (lambda run: run.id, True),
    "oldest": (lambda run: run.id, False),
    "name": (lambda run: run.name.lower(), False),
    "largest": (lambda run: run.size_bytes, True),
}


class Finder:
    """Search for runs. The folders know of waiting and running ones only that they wait or run.

    Attributes:
        trouble: why the folders were read the last time; empty where the index was.

    Args:
        index: used first.
        folders: read where it cannot be used.

    Raises:
        OutputError: (all methods) the index is a database that cannot be reached.
    """

    def __init__(self, index: Index, folders: Folders) -> None:
        self.trouble = ""
        self._index, self._folders = index, folders

    def get(self, run_id: str) -> Run | None:
        """The run, or None."""
        return self._answer(
            lambda: self._index.get(run_id),
            lambda: next((run for run in runs_in_folders(self._folders) if run.id == run_id), None),
        )

    def find(self, wanted: RunQuery) -> list[Run]:
        """The runs that are wanted."""

        def in_folders() -> list[Run]:
            fitting = filter(wanted.fits, runs_in_folders(self._folders))
            found = sorted(fitting, key=lambda run: run.id, reverse=True)
            key, descending = _KEYS[wanted.sort]
            return sorted(found, key=key, reverse=descending)[: wanted.limit]

        return self._answer(lambda: self._index.find(wanted), in_folders)

    def totals(self) -> tuple[int, int]:
        """Number of runs, and the bytes of all of them."""

        def in_folders() -> tuple[int, int]:
            runs = list(runs_in_folders(self._folders))
            return len(runs), sum(run.size_bytes for run in runs)

        return self._answer(self._index.totals, in_folders)

    def _answer(self, index: Callable[[], T], folders: Callable[[], T]) -> T:
        try:
            found = index()
            self.trouble = self._forgotten() if found in _NOTHING else ""
        except UnusableFileError as error:
            self.trouble = str(error)
            return folders()
        return folders() if self.trouble else found

    def _forgotten(self) -> str:
        """The warning for an index that lists none of the runs on disk, as after it was deleted."""
        if self._index.totals()[0] or not any(True for _ in self._folders.finished()):
            return ""
        return f"The index of runs in {self._folders.root} is empty; `posespotter runs reindex` makes it anew."


def runs_in_folders(folders: Folders) -> Iterator[Run]:
    """Every run whose folder can be read; a finished folder takes precedence over the rest of its workspace."""
    seen = set()
    for folder in (*folders.finished(), *folders.unfinished()):
        try:
            run = read_metadata(folder)
        except InputError:
            rebuilt = rebuilt_metadata(folder)
            if rebuilt is None:
                continue
            run = rebuilt
        if run.id not in seen:
            seen.add(run.id)
            yield run
