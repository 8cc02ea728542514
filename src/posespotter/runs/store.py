"""`Library`: every run with its artefacts. The folders are the truth; the index finds them quickly."""

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from posespotter.closing import Closing
from posespotter.errors import InputError, OutputError
from posespotter.files import reason
from posespotter.runs.archive import write_archive
from posespotter.runs.finding import Finder
from posespotter.runs.folders import SOURCE_STEM, THUMBNAIL_FILE, Folders, plain_suffix, remove
from posespotter.runs.index import SORTS, Index, RunQuery, Sort
from posespotter.runs.run import Run, RunKind, RunState, checked_id, checked_kind, new_id
from posespotter.runs.run_metadata import name_in
from posespotter.runs.transactions import StoreTransactions, checked_deletable
from posespotter.runs.upkeep import Reindexed, Swept, quota_bytes, reindex, sweep
from posespotter.settings import expanded, skeletons_only
from posespotter.settings import settings as now

INDEX_FILE = "index.sqlite"

_LONGEST_NAME = 200  # characters


@dataclass(frozen=True)
class Usage:
    """The size of the library.

    Attributes:
        runs: how many it holds.
        size_bytes: of all their files.
        quota_bytes: the limit of the settings, or None.
        free_bytes: what its disk has left.
    """

    runs: int
    size_bytes: int
    quota_bytes: int | None
    free_bytes: int


class Library(Closing):
    """Runs on disk and their index; may be used from several threads, processes and machines at once.

    Attributes:
        root: the folder.
        url: of the database; may hold a password.

    Args:
        root: the folder; that of the settings if None.
        url: SQLAlchemy URL of the index; that of the settings if None, else a SQLite file in `root`.
        wait_s: for another process that writes into that file.

    Raises:
        SettingsError: the URL is of no database that PoseSpotter uses.
    """

    def __init__(self, root: Path | None = None, url: str | None = None, *, wait_s: float = 20.0) -> None:
        self.root = expanded(root or now().library).absolute()
        self._folders = Folders(self.root)
        database = url or (now().database_url if root is None else None)
        self.url = database or f"sqlite:///{self.root / INDEX_FILE}"
        self._index = Index(self.url, wait_s)
        self._transactions = StoreTransactions(self._folders, self._index)
        self._finder = Finder(self._index, self._folders)

    @property
    def index_trouble(self) -> str:
        """Reason why runs were last looked up in their folders and not in the index, as a sentence; else empty."""
        return self._finder.trouble

    def check(self) -> None:
        """Make sure that the index can be read and written.

        Raises:
            OutputError: it cannot.
        """
        self._index.find(RunQuery(limit=1))
        with self._index.writing():
            pass

    def close(self) -> None:
        """Let go of the database's connections."""
        self._index.close()

    def runs(
        self,
        *,
        kind: RunKind | None = None,
        state: RunState | Sequence[RunState] = (),
        text: str = "",
        parent: str | None = None,
        sort: Sort = "newest",
        limit: int | None = None,
    ) -> list[Run]:
        """The runs that fit all that is given.

        Args:
            kind: of this kind only.
            state: in this state, or one of these, only.
            text: a part of the name or the id, in capitals or not.
            parent: made from this run only.
            sort: newest, oldest, name or largest first.
            limit: at most so many.
        """
        if sort not in SORTS:
            raise InputError(f"expected an order of runs ({', '.join(SORTS)}), got {sort!r}.")
        states = (state,) if isinstance(state, RunState) else tuple(state)
        return self._finder.find(RunQuery(kind, states, text, parent, sort, limit))

    def run(self, run_id: str) -> Run:
        """The run of this id.

        Raises:
            InputError: there is none.
        """
        found = self._finder.get(checked_id(run_id))
        if found is None:
            raise InputError(f"there is no run {run_id} in {self.root}. `posespotter runs list` shows those there are.")
        return found

    def find(self, text: str) -> Run:
        """The only run whose id begins or ends with `text`: what a person types.

        Raises:
            InputError: there is none, or more than one.
        """
        found = (
            [run for run in self.runs(text=text) if run.id.startswith(text) or run.id.endswith(text)] if text else []
        )
        if len(found) == 1:
            return found[0]
        got = "several: " + ", ".join(run.id for run in found[:3]) if found else "none"
        raise InputError(f"expected one run whose id begins or ends with {text[:80]!r}, got {got}.")

    def children(self, run_id: str) -> list[Run]:
        """The analyses made from a run's poses, newest first."""
        return self.runs(parent=checked_id(run_id))

    def folder(self, run_id: str) -> Path:
        """The folder of a run that is over."""
        return self._folders.run(run_id)

    def workspace(self, run_id: str) -> Path:
        """The folder in which a run that is not over may be made; removed when it is. On the same disk as `folder`."""
        return self._folders.make_work(run_id)

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder for work that is no run yet, on the library's disk; gone when the block ends, or after a crash."""
        run_id = new_id()
        try:
            yield self.workspace(run_id)
        finally:
            remove(self._folders.work(run_id))

    def artefacts(self, run_id: str) -> list[str]:
        """Names of the run's files relative to its folder, with /: "poses.parquet", "faults/rep01_shallow.mp4"."""
        return self._folders.artefacts(run_id)

    def artefact(self, run_id: str, name: str) -> Path:
        """A file of a run; the name may come from anybody.

        Raises:
            InputError: there is none, or the name leads out of the folder.
        """
        return self._folders.artefact(run_id, name)

    def thumbnail(self, run_id: str) -> Path | None:
        """A small JPEG that shows the run, if there is one."""
        file = self._folders.run(run_id) / THUMBNAIL_FILE
        return file if file.is_file() and not file.is_symlink() else None

    def source(self, run_id: str) -> Path | None:
        """The source of the run, kept by it or by the run it was made from."""
        found = self._folders.source(run_id)
        run = None if found else self._finder.get(run_id)
        return self._folders.source(run.parent) if run is not None and run.parent else found

    def usage(self) -> Usage:
        """Size of the library, and the free space of its disk."""
        n, size_bytes = self._finder.totals()
        place = next(path for path in (self.root, *self.root.parents) if path.exists())
        return Usage(n, size_bytes, quota_bytes(), shutil.disk_usage(place).free)

    def begin(
        self, kind: RunKind, name: str, *, parent: str | None = None, settings: Mapping[str, Any] | None = None
    ) -> Run:
        """A new run that waits in the queue.

        Args:
            kind: what it is.
            name: of the source, to show; never becomes a path.
            parent: the run whose poses are analysed.
            settings: options of the task, as JSON values.

        Raises:
            InputError: there is no such kind or parent.
            OutputError: the library cannot be written.
        """
        run = self._new(kind, name, parent, settings)
        self._transactions.open(run)
        return run

    def progress(
        self,
        run_id: str,
        stage: str,
        percent: float,
        rate: float | None = None,
        time_left_s: float | None = None,
    ) -> bool:
        """Update the progress of a run, which makes it a running one.

        Args:
            run_id: the run.
            stage: what is being done, a word or two.
            percent: 0..100 of the whole run.
            rate: frames a second.
            time_left_s: seconds to the end.

        Returns:
            whether the run goes on: False once it is cancelled, deleted or over.
        """
        with self._index.writing() as index:
            run = index.run(checked_id(run_id))
            if run is None or run.state.over:
                return False
            going = replace(
                run,
                state=RunState.RUNNING,
                started_at=run.started_at or datetime.now(UTC),
                stage=_clean(stage, 60),
                percent=min(100.0, max(0.0, percent)),
                rate=rate,
                time_left_s=time_left_s,
            )
            index.put(going)
            return True

    def finish(self, run_id: str, folder: Path) -> Run:
        """Move a task's finished folder into the library; the run is done. Doing so twice does no harm.

        Args:
            run_id: a run that waits or runs.
            folder: complete, with the task's run.json, in the run's workspace or elsewhere; it is gone afterwards.

        Returns:
            the run; one that was cancelled or failed meanwhile stays so, and the folder is thrown away.

        Raises:
            InputError: there is no such run or folder.
            OutputError: the library cannot be written.
        """
        return self._transactions.landed(run_id) or self._transactions.move_in(
            self.run(run_id), folder, skeletons_only=skeletons_only()
        )

    def adopt(
        self,
        folder: Path,
        kind: RunKind,
        *,
        name: str = "",
        parent: str | None = None,
        settings: Mapping[str, Any] | None = None,
        source: Path | None = None,
        move: bool = False,
    ) -> Run:
        """Put a folder that a task has finished into the library, as a run that is done.

        Args:
            folder: of the task, with its run.json.
            kind: of the task.
            name: to show; that in run.json if it is empty.
            parent: the run whose poses were analysed.
            settings: beside those in run.json.
            source: the video or picture, of which a copy is kept with the run.
            move: take the folder itself instead of a copy of it.

        Raises:
            InputError: there is no such folder, kind or parent.
            OutputError: the library cannot be written.
        """
        if not folder.is_dir():
            raise InputError(f"{folder}: expected the folder of a finished run, there is none.")
        run = self._new(kind, name or name_in(folder), parent, settings)
        mine, privately = folder if move else self.workspace(run.id) / "adopted", skeletons_only()
        try:
            if not move:
                shutil.copytree(folder, mine, symlinks=True)
            if source is not None and not privately:
                _copy(source, mine / f"{SOURCE_STEM}{plain_suffix(source)}")
            return self._transactions.move_in(run, mine, skeletons_only=privately)
        except OSError as error:
            raise OutputError(f"{folder.name} could not be put into the library: {reason(error)}.") from error
        finally:
            remove(self._folders.work(run.id))

    def fail(self, run_id: str, error: str) -> Run:
        """The run is over without a result; `error` is for a person. One that is over already stays as it is."""
        words = _clean(error, 2000) or "unknown"
        ended = self._transactions.landed(run_id)
        return ended or self._transactions.end(
            self.run(run_id), RunState.FAILED, words, keep_source=not skeletons_only()
        )

    def cancelled(self, run_id: str) -> Run:
        """Cancel a run: nothing but its row is kept. One that is over stays as it is."""
        return self._transactions.landed(run_id) or self._transactions.end(self.run(run_id), RunState.CANCELLED, "")

    def rename(self, run_id: str, name: str) -> Run:
        """Call a run that is over something else; its files keep their names.

        Raises:
            InputError: there is no such run, it is not over, or the name is empty.
            OutputError: the library cannot be written.
        """
        return self._transactions.rename(self.run(run_id), _clean(name, _LONGEST_NAME))

    def delete(self, run_ids: str | Iterable[str]) -> list[Run]:
        """Remove runs with all their files; analyses made from them stay.

        Returns:
            what was removed.

        Raises:
            InputError: there is no such run, and nothing was removed.
            OutputError: one still waits or runs, or an analysis that does needs it, and nothing was removed; or a
                folder cannot be removed.
        """
        runs = self._these(run_ids)
        for run in runs:
            needs = self._finder.find(RunQuery(parent=run.id, states=(RunState.QUEUED, RunState.RUNNING), limit=1))
            checked_deletable(run, next(iter(needs), None))
        return [run for run in runs if self._transactions.delete(run.id)]

    def export(self, run_ids: str | Iterable[str], target: Path) -> Path:
        """Write runs with all their files into a zip file, each in a folder of its name.

        Raises:
            InputError: there is no such run, or none of them has files.
            OutputError: the file cannot be written.
        """
        runs = self._these(run_ids)
        files = [[(name, self.artefact(run.id, name)) for name in self.artefacts(run.id)] for run in runs]
        write_archive(list(zip(runs, files, strict=True)), target)
        return target

    def reindex(self) -> Reindexed:
        """Make the index say what the folders say; safe at any time. A damaged one is set aside, and made anew."""
        return reindex(self._transactions)

    def sweep(self) -> Swept:
        """Delete the runs that the limits of the settings no longer allow, oldest first, and leftovers of crashes.

        Runs that wait or run stay, and so do those whose poses they need.
        """
        return sweep(self._transactions)

    def _new(self, kind: RunKind, name: str, parent: str | None, settings: Mapping[str, Any] | None) -> Run:
        if parent is not None:
            self.run(parent)
        return Run(
            id=new_id(),
            kind=checked_kind(kind),
            name=_clean(name, _LONGEST_NAME) or "unnamed",
            state=RunState.QUEUED,
            created_at=datetime.now(UTC),
            parent=parent,
            settings=dict(settings or {}),
        )

    def _these(self, run_ids: str | Iterable[str]) -> list[Run]:
        ids = (run_ids,) if isinstance(run_ids, str) else dict.fromkeys(run_ids)
        return [self.run(run_id) for run_id in ids]


def _copy(source: Path, target: Path) -> None:
    """Copy a file, or leave none."""
    try:
        shutil.copyfile(source, target)
    except OSError:
        target.unlink(missing_ok=True)
        raise


def _clean(text: str, longest: int) -> str:
    """`text` on one line, as every database can store it and every page show it."""
    known = text.encode("utf-8", "replace").decode()
    printable = "".join(one if one.isprintable() else " " for one in known)
    return " ".join(printable.split())[:longest]
