"""`Shelf`: what changes a run's folder and its row together, so that neither is ever seen without the other."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from posespotter.errors import InputError, OutputError
from posespotter.library.facts import FACTS_FILE, read_facts, with_record, write_facts
from posespotter.library.folders import SOURCE_STEM, Folders, remove
from posespotter.library.index import Index
from posespotter.library.runs import Run, RunState
from posespotter.settings import settings


class Shelf:
    """The folders and the index of a library.

    Every folder is moved inside the transaction that changes its row: two processes that end, delete or cancel the same
    run take turns, and one that dies between the two leaves a folder that `landed` and reindexing put right.
    """

    def __init__(self, folders: Folders, index: Index) -> None:
        self.folders, self.index = folders, index

    def open(self, run: Run) -> None:
        """Give a new run its workspace and its row."""
        write_facts(run, self.folders.make_work(run.id))
        with self.index.writing() as index:
            index.add(run)

    def landed(self, run_id: str) -> Run | None:
        """The run, if its folder is in its place already; its row is made to say so."""
        try:
            run = read_facts(self.folders.run(run_id))
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
            # Only now, as whoever deletes it holds the row until the folder is gone.
            there = self.has_folder(run.id)
            if not there:
                index.remove(run.id)
        return there

    def move_in(self, run: Run, folder: Path) -> Run:
        """Move a finished folder to its place; it is thrown away if the run was ended by somebody else meanwhile.

        Raises:
            InputError: the folder is not there.
            OutputError: the library cannot be written.
        """
        from posespotter.library.thumbnails import make_thumbnail  # OpenCV and PyAV: who lists runs needs neither

        if not folder.is_dir():
            raise InputError(f"{folder}: expected the finished folder of run {run.id}, there is none.")
        near = self.folders.near(folder, run.id)
        if settings().skeletons_only:
            for picture in near.glob(f"{SOURCE_STEM}.*"):
                picture.unlink()
        make_thumbnail(near)
        with self.index.writing() as index:
            current = index.run(run.id) or run
            if current.state.over:
                done = current
            else:
                done = with_record(current, near)
                write_facts(done, near)
                self.folders.take_place(near, run.id)
                index.put(done)
        remove(folder)
        remove(self.folders.work(run.id))
        return done

    def end(self, run: Run, state: RunState, error: str) -> Run:
        """End a run that waits or runs without a result; what is over already stays as it is."""
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
                write_facts(ended, note)
                self.folders.take_place(note, run.id)
                index.put(ended)
        remove(work)
        return ended

    def delete(self, run_id: str) -> bool:
        """Remove a run that is over, its folder and its row; whether it was still there.

        Raises:
            OutputError: it waits or runs, or its folder cannot be moved away.
        """
        with self.index.writing() as index:
            run = index.run(run_id)
            if run is not None and not run.state.over:
                raise OutputError(f"{run.name} ({run_id}) is {run.state}: cancel it before you delete it.")
            rubbish = self.folders.discard(run_id)
            index.remove(run_id)
        if rubbish is not None:
            remove(rubbish)
        remove(self.folders.work(run_id))
        return run is not None or rubbish is not None

    def has_folder(self, run_id: str) -> bool:
        """Whether there is anything of the run on disk."""
        return any((place / FACTS_FILE).is_file() for place in (self.folders.run(run_id), self.folders.work(run_id)))
