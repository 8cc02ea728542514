"""Finding runs: in the index, and in the folders themselves where the index cannot be used.

A full disk, a library that may only be read and a damaged index all take the index away, but not the runs: they can be
listed, shown and deleted all the same.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from posespotter.errors import InputError
from posespotter.runs.database import UnusableFileError
from posespotter.runs.folders import Folders
from posespotter.runs.index import Index, Sort
from posespotter.runs.run import Run, RunState
from posespotter.runs.run_metadata import read_facts, rebuilt_facts

T = TypeVar("T")

_NOTHING: tuple[Any, ...] = (None, [], (0, 0))  # what an empty index gives

_KEYS: dict[Sort, tuple[Callable[[Run], Any], bool]] = {
    "newest": (lambda run: run.id, True),
    "oldest": (lambda run: run.id, False),
    "name": (lambda run: run.name.lower(), False),
    "largest": (lambda run: run.size_bytes, True),
}


class Finder:
    """Finds runs. Of those that wait or run the folders know no more than that they do.

    Attributes:
        trouble: why the folders were read the last time; empty where the index was.

    Args:
        index: asked first.
        folders: read where it cannot be used.

    Raises:
        OutputError: (all methods) the index is a database that cannot be reached.
    """

    def __init__(self, index: Index, folders: Folders) -> None:
        self.trouble = ""
        self._index, self._folders = index, folders

    def get(self, run_id: str) -> Run | None:
        """The run, or None."""
        return self._asked(
            lambda: self._index.get(run_id),
            lambda: next((run for run in runs_in_folders(self._folders) if run.id == run_id), None),
        )

    def find(
        self,
        *,
        kind: str | None = None,
        state: Sequence[RunState] = (),
        text: str = "",
        parent: str | None = None,
        sort: Sort = "newest",
        limit: int | None = None,
    ) -> list[Run]:
        """The runs that fit all that is given; see `Index.find`."""

        def fits(run: Run) -> bool:
            words = text.lower()
            return (
                (kind is None or run.kind == kind)
                and (not state or run.state in state)
                and (parent is None or run.parent == parent)
                and (words in run.name.lower() or words in run.id)
            )

        def in_folders() -> list[Run]:
            found = sorted(filter(fits, runs_in_folders(self._folders)), key=lambda run: run.id, reverse=True)
            key, descending = _KEYS[sort]
            return sorted(found, key=key, reverse=descending)[:limit]

        return self._asked(
            lambda: self._index.find(kind=kind, state=state, text=text, parent=parent, sort=sort, limit=limit),
            in_folders,
        )

    def totals(self) -> tuple[int, int]:
        """How many runs there are, and the bytes of all of them."""

        def in_folders() -> tuple[int, int]:
            runs = list(runs_in_folders(self._folders))
            return len(runs), sum(run.size_bytes for run in runs)

        return self._asked(self._index.totals, in_folders)

    def _asked(self, index: Callable[[], T], folders: Callable[[], T]) -> T:
        try:
            found = index()
            self.trouble = self._forgotten() if found in _NOTHING else ""
        except UnusableFileError as error:
            self.trouble = str(error)
            return folders()
        return folders() if self.trouble else found

    def _forgotten(self) -> str:
        """What to say of an index that knows nothing of the runs that there are, as after it was deleted."""
        if self._index.totals()[0] or not any(True for _ in self._folders.finished()):
            return ""
        return f"The index of runs in {self._folders.root} is empty; `posespotter runs reindex` makes it anew."


def runs_in_folders(folders: Folders) -> Iterator[Run]:
    """Every run whose folder can be read; a finished one goes before what is left of its workspace."""
    seen = set()
    for folder in (*folders.finished(), *folders.unfinished()):
        try:
            run = read_facts(folder)
        except InputError:
            rebuilt = rebuilt_facts(folder)
            if rebuilt is None:
                continue
            run = rebuilt
        if run.id not in seen:
            seen.add(run.id)
            yield run
