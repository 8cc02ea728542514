"""`StoreTransactions`: change a run's folder and its row together, so that neither is ever seen without the other."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from posespotter.errors import InputError, OutputError
from posespotter.runs.database import UnusableFileError
from posespotter.runs.finding import runs_in_folders
from posespotter.runs.folders import SOURCE_STEM, Folders, remove
from posespotter.runs.index import Index
from posespotter.runs.run import Run, RunState
from posespotter.runs.run_metadata import METADATA_FILE, read_metadata, size_of, with_record, write_metadata


class RunNeededError(OutputError):
    """A run that cannot be deleted, as an analysis that waits or runs needs it."""


class StoreTransactions:
    """The folders and the index of a library.

    Every folder is moved inside the transaction that changes its row: two processes that end, delete or cancel the same
    run take turns, and one that dies between the two leaves a folder that `landed` and reindexing put right.
    """

    def __init__(self, folders: Folders, index: Index) -> None:
        self.folders, self.index = folders, index

    def open(self, run: Run) -> None:
        """Give a new run its workspace and its row.

        Raises:
            InputError: the run whose poses it needs was deleted in this moment.
        """
        work = self.folders.make_work(run.id)
        try:
            write_metadata(run, work)
            with self.index.writing() as index:
                # Held until the end of the transaction: it cannot be deleted meanwhile.
                if run.parent is not None and index.run(run.parent) is None:
                    raise InputError(f"{run.name}: expected the run that is to be analysed, {run.parent} was deleted.")
                index.add(run)
        except BaseException:
            remove(work)
            raise

    def landed(self, run_id: str) -> Run | None:
        """Complete the row of a run whose folder is in its place already; None where it is not."""
        try:
            run = read_metadata(self.folders.run(run_id))
        except InputError:
            return None
        remove(self.folders.work(run_id))
        return run if self.enter(run) else None

    def enter(self, run: Run) -> bool:
        """Give a run that was found on disk its row; False if it was deleted in the same moment."""
        with self.index.writing() as index:
            if run.state.over:
                index.put(run)
            else:  # the row knows more
                index.add(run)
            # Only now, as a deletion holds the row until the folder is gone.
            there = self.has_folder(run.id)
            if not there:
                index.remove(run.id)
        return there

    def move_in(self, run: Run, folder: Path, *, skeletons_only: bool) -> Run:
        """Move a finished folder to its place; it is discarded if the run was ended by another process meanwhile.

        Raises:
            InputError: the folder is not there.
            OutputError: the library cannot be written.
        """
        from posespotter.runs.thumbnails import make_thumbnail  # OpenCV and PyAV: who lists runs needs neither

        if not folder.is_dir():
            raise InputError(f"{folder}: expected the finished folder of run {run.id}, there is none.")
        near = self.folders.near(folder, run.id)
        if skeletons_only:
            for picture in near.glob(f"{SOURCE_STEM}.*"):
                picture.unlink()
        make_thumbnail(near, skeletons_only=skeletons_only)
        with self.index.writing() as index:
            current = index.run(run.id) or run
            if current.state.over:
                done = current
            else:
                done = with_record(current, near)
                write_metadata(done, near)
                self.folders.take_place(near, run.id)
                index.put(done)
        remove(folder)
        remove(self.folders.work(run.id))
        return done

    def end(self, run: Run, state: RunState, error: str, *, keep_source: bool = False) -> Run:
        """End a run that waits or runs without a result; what is over already stays as it is.

        With `keep_source` the video or picture stays, so that it can be tried again.
        """
        now = datetime.now(UTC)
        work = self.folders.make_work(run.id)
        with self.index.writing() as index:
            current = index.run(run.id) or run
            if current.state.over:
                ended = current
            else:
                ended = replace(
                    current,
                    state=state,
                    finished_at=now,
                    seconds=current.seconds_until(now),
                    error=error,
                    stage="",
                    rate=None,
                    time_left_s=None,
                )
                note = work / "ended"
                note.mkdir(exist_ok=True)
                if keep_source:
                    for source in work.glob(f"{SOURCE_STEM}.*"):
                        source.replace(note / source.name)
                    ended = replace(ended, size_bytes=size_of(note))
                write_metadata(ended, note)
                self.folders.take_place(note, run.id)
                index.put(ended)
        remove(work)
        return ended

    def rename(self, run: Run, name: str) -> Run:
        """Give a run that is over another name, in its folder and in the index.

        Raises:
            InputError: it is not over, or the name is empty.
        """
        if not name:
            raise InputError("expected a name of printable characters, got none.")
        with self.index.writing() as index:
            current = index.run(run.id) or run
            if not current.state.over:
                raise InputError(f"{run.name} ({run.id}) is {current.state}: expected a run that is over.")
            renamed = replace(current, name=name)
            write_metadata(renamed, self.folders.run(run.id))
            index.put(renamed)
        return renamed

    def delete(self, run_id: str) -> bool:
        """Remove a run that is over, its folder and its row; whether it was still there.

        Where the index cannot be written the folder goes all the same: on a full disk that is what makes room.

        Raises:
            RunNeededError: an analysis that waits or runs needs it.
            OutputError: it waits or runs, or its folder cannot be moved away.
        """
        rubbish = None
        try:
            with self.index.writing() as index:
                run = index.run(run_id)
                if run is not None:
                    checked_deletable(run, index.waiting_for(run_id))
                rubbish = self.folders.discard(run_id)
                index.remove(run_id)
        except UnusableFileError:
            return self._delete_unindexed(run_id, rubbish)
        if rubbish is not None:
            remove(rubbish)
        remove(self.folders.work(run_id))
        return run is not None or rubbish is not None

    def _delete_unindexed(self, run_id: str, rubbish: Path | None) -> bool:
        runs = list(runs_in_folders(self.folders))
        run = next((one for one in runs if one.id == run_id), None)
        if run is not None:
            needs = (one for one in runs if one.parent == run_id and not one.state.over)
            checked_deletable(run, next(needs, None))
        rubbish = rubbish or self.folders.discard(run_id)
        if rubbish is not None:
            remove(rubbish)
        remove(self.folders.work(run_id))
        with suppress(UnusableFileError), self.index.writing() as index:  # there may be room now
            index.remove(run_id)
        return run is not None or rubbish is not None

    def has_folder(self, run_id: str) -> bool:
        """Whether there is anything of the run on disk."""
        return any((place / METADATA_FILE).is_file() for place in (self.folders.run(run_id), self.folders.work(run_id)))


def checked_deletable(run: Run, needs_it: Run | None) -> None:
    """Refuse to delete a run that is not over, or without which an analysis could not be made.

    Raises:
        RunNeededError: `needs_it` is such an analysis.
        OutputError: the run waits or runs.
    """
    if not run.state.over:
        raise OutputError(f"{run.name} ({run.id}) is {run.state}: cancel it before you delete it.")
    if needs_it is not None:
        raise RunNeededError(
            f"{run.name} ({run.id}) is needed by the analysis {needs_it.id}, which is {needs_it.state}: wait for its "
            "end, or cancel it, before you delete this."
        )
