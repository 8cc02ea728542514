"""Libraries whose index cannot be used: on a full disk, where nothing may be written, or damaged; and their mending."""

import os
import shutil
import sqlite3
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.runs.runs_made import task_folder

from posespotter.errors import InputError, OutputError
from posespotter.jobs.queue import queue_client
from posespotter.jobs.submit import JobRequest, mend_queue, submit
from posespotter.runs import Library, RunState, database
from posespotter.runs.finding import Finder
from posespotter.runs.index import Index
from posespotter.runs.run_metadata import METADATA_FILE

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits and rights of POSIX")

Usage = shutil.disk_usage


@contextmanager
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No file grows any more, nor does a new one get any content."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "disk_usage", lambda path: Usage(path)._replace(free=0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def read_only(root: Path) -> Iterator[None]:
    """This process may read what is under `root`, and write nothing there."""
    if os.geteuid() == 0:  # who may do everything becomes somebody who may not
        os.seteuid(65534)
        try:
            yield
        finally:
            os.seteuid(0)
        return
    paths = [root, *root.rglob("*")]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        yield
    finally:
        for path in paths:
            path.chmod(0o755 if path.is_dir() else 0o644)


def garble_all(index: Path) -> None:
    index.write_bytes(b"\xa5" * 9000)


def garble_the_middle(index: Path) -> None:
    content = bytearray(index.read_bytes())
    content[4096:20480] = b"\xa5" * 16384
    index.write_bytes(content)


def cut_off(index: Path) -> None:
    with index.open("r+b") as file:
        file.truncate(5000)


def make_another_table(index: Path) -> None:
    index.unlink()
    with sqlite3.connect(index) as connection:
        connection.execute("CREATE TABLE posespotter_runs (id TEXT)")
    connection.close()


def make_a_folder(index: Path) -> None:
    index.unlink()
    index.mkdir()


DAMAGES = [garble_all, garble_the_middle, cut_off, make_another_table, make_a_folder]


@pytest.fixture
def root() -> Iterator[Path]:
    """Where others may look as well, as they may not in `tmp_path`."""
    folder = Path(tempfile.mkdtemp(prefix="posespotter-test-"))
    folder.chmod(0o755)
    yield folder / "library"
    shutil.rmtree(folder)


@pytest.fixture
def library(root: Path) -> Iterator[Library]:
    """Two runs that are done, the second one made from the first, and one that waits."""
    with Library(root) as filled:
        walk = filled.begin("estimate", "walk.mp4")
        filled.finish(walk.id, task_folder(filled.workspace(walk.id) / "out", blob__bin=b"x" * 5000))
        squat = filled.begin("exercise", "Squat.mp4", parent=walk.id)
        filled.finish(squat.id, task_folder(filled.workspace(squat.id) / "out"))
        filled.begin("estimate", "next.mp4")
        yield filled


def answers(library: Library) -> list[object]:
    """What may be asked of a library."""
    newest, squat, walk = library.runs()
    return [
        [newest, squat, walk],
        library.runs(sort="name"),
        library.runs(sort="largest", limit=2),
        library.runs(state=RunState.QUEUED),
        library.runs(kind="exercise", text="SQU"),
        library.runs(text=walk.id[-6:]),
        library.children(walk.id),
        library.find(walk.id[-10:]),
        library.artefacts(walk.id),
        library.usage().runs,
        library.usage().size_bytes,
    ]


def test_on_a_full_disk_runs_are_listed_and_deleted(library, monkeypatch):
    expected = answers(library)
    assert library.index_trouble == ""
    next_one, squat, walk = library.runs()
    with full_disk(monkeypatch):
        assert answers(library) == expected
        assert "the disk is full; `posespotter runs delete ID` makes room" in library.index_trouble
        with pytest.raises(OutputError, match="cancel it before you delete it"):
            library.delete(next_one.id)
        assert library.delete(walk.id) == [walk]
        assert not library.folder(walk.id).exists()
        assert library.runs() == [next_one, squat]
        with pytest.raises(OutputError, match=r"the disk is full|File too large"):
            library.begin("estimate", "more.mp4")
    assert library.reindex().removed == (walk.id,)
    assert library.runs() == [next_one, squat]
    assert library.index_trouble == ""
    assert [path.name for path in (library.root / "work").iterdir()] == [next_one.id]  # nothing of what was refused


def test_a_disk_without_room_for_another_name(library, monkeypatch):
    walk = library.runs()[-1]

    def full(*_args: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "mkdir", full)
        assert library.delete(walk.id) == [walk]
    assert not library.folder(walk.id).exists()


def test_a_transaction_that_finds_no_room_at_its_end_deletes_all_the_same(library, monkeypatch):
    walk = library.runs()[-1]
    writing = Index.writing

    @contextmanager
    def no_room(index):
        with writing(index) as rows:
            yield rows
            raise database.UnusableFileError("The disk is full.", damaged=False)

    monkeypatch.setattr(Index, "writing", no_room)
    assert library.delete(walk.id) == [walk]
    assert not library.folder(walk.id).exists()
    assert not any((library.root / "trash").iterdir())


def test_a_library_that_may_only_be_read_is_read(library, root):
    expected = answers(library)
    walk = library.runs()[-1]
    with read_only(root):
        assert answers(library) == expected
        assert library.index_trouble.endswith("cannot be written: Permission denied.")
        for write in (library.reindex, lambda: library.delete(walk.id), lambda: library.begin("falls", "x.mp4")):
            with pytest.raises(OutputError, match=r"could not be written|cannot be written"):
                write()
    assert answers(library) == expected


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_index_is_told_and_made_anew(library, root, damage):
    expected, walk = answers(library), library.runs()[-1]
    damage(root / "index.sqlite")
    assert answers(library) == expected
    assert "is damaged" in library.index_trouble
    assert library.index_trouble.endswith("; `posespotter runs reindex` makes it anew.")
    with pytest.raises(OutputError, match="runs reindex"):
        library.begin("estimate", "more.mp4")
    done = library.reindex()
    assert done.aside == root / "index.sqlite.damaged"
    assert (done.runs, len(done.added), done.unreadable) == (3, 3, ())
    assert answers(library) == expected
    assert library.index_trouble == ""
    assert library.reindex().aside is None
    library.delete(walk.id)
    damage(root / "index.sqlite")  # once more: there is something in the place beside it
    assert library.reindex().runs == 2


def test_a_run_can_be_deleted_from_a_damaged_index(library, root):
    walk = library.runs()[-1]
    garble_all(root / "index.sqlite")
    assert library.delete(walk.id) == [walk]
    library.reindex()
    assert len(library.runs()) == 2


def test_what_is_no_index_of_ours_is_kept(root):
    root.mkdir(parents=True)
    (root / "notes.txt").write_text("precious text, and long enough to be read as a header of something")
    with Library(root, f"sqlite:///{root / 'notes.txt'}") as library:
        assert library.runs() == []
        assert "is damaged (file is not a database)" in library.index_trouble
        library.reindex()
    assert (root / "notes.txt.damaged").read_text().startswith("precious")


def test_an_index_that_was_emptied_does_not_hide_the_runs(library, root):
    expected = answers(library)
    (root / "index.sqlite").unlink()
    assert answers(library) == expected
    assert "is empty; `posespotter runs reindex`" in library.index_trouble


def test_a_run_without_its_facts_is_found_in_a_library_that_may_only_be_read(library, root):
    walk = library.runs()[-1]
    (library.folder(walk.id) / METADATA_FILE).unlink()
    with read_only(root):
        assert library.run(walk.id).name == walk.name


def test_an_index_that_somebody_writes_is_waited_for_and_not_given_up(library, root):
    with sqlite3.connect(root / "index.sqlite", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with Library(root, wait_s=0.1) as impatient, pytest.raises(OutputError, match="database is locked") as caught:
            impatient.delete(library.runs()[-1].id)
    other.close()
    assert not isinstance(caught.value, database.UnusableFileError)
    assert len(library.runs()) == 3


def test_two_processes_may_make_the_index_at_once(root):
    """SQLite refuses at once what the second one asks first: another journal while the first one writes."""
    root.mkdir()
    other = sqlite3.connect(root / "index.sqlite", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    writes_a_while = threading.Timer(0.3, other.execute, ["COMMIT"])
    writes_a_while.start()
    with Library(root) as library:
        assert library.runs() == []
        assert library.index_trouble == ""
        library.begin("estimate", "walk.mp4")
    writes_a_while.join()
    other.close()


class TestQueue:
    def test_a_damaged_one_is_made_anew_with_the_jobs_that_waited(self, root, demo_clip):
        with Library(root) as library:
            asked = {"exercise": "squat", "view": "left"}
            waiting = submit(library, JobRequest("exercise", demo_clip, options=asked))
            assert mend_queue(library) is None
            garble_all(root / "jobs.sqlite")
            with pytest.raises(OutputError, match=r"The queue of jobs .* is damaged .*runs reindex"):
                submit(library, JobRequest("estimate", demo_clip))
            mended = mend_queue(library)
            assert mended is not None
            assert mended.aside == root / "jobs.sqlite.damaged"
            assert [run.id for run in mended.queued] == [waiting]
            assert library.run(waiting).settings["view"] == "left"
            assert mend_queue(library) is None
            with queue_client(library) as client:
                (job,) = client.list_workflows()
            assert (job.workflow_id, job.status) == (waiting, "ENQUEUED")
            assert job.input["args"][1]["options"] == dict(library.run(waiting).settings)


class TestNeeded:
    def test_a_run_that_an_analysis_waits_for_stays(self, library):
        walk = library.runs()[-1]
        analysis = library.begin("falls", "walk.mp4", parent=walk.id)
        for _ in range(2):
            with pytest.raises(OutputError, match=f"needed by the analysis {analysis.id}, which is") as caught:
                library.delete(walk.id)
            library.progress(analysis.id, "probe", 1)
        assert "running" in str(caught.value)
        library.cancelled(analysis.id)
        assert library.delete(walk.id) == [walk]

    def test_nor_is_it_deleted_between_the_look_and_the_deed(self, library, monkeypatch):
        walk = library.runs()[-1]
        library.begin("falls", "walk.mp4", parent=walk.id)
        monkeypatch.setattr(Finder, "find", lambda *_: [])  # a moment ago there was none
        with pytest.raises(OutputError, match="needed by the analysis"):
            library.delete(walk.id)
        assert library.folder(walk.id).is_dir()

    def test_an_analysis_is_not_begun_of_a_run_that_has_just_gone(self, library, monkeypatch):
        walk = library.runs()[-1]
        library.delete(walk.id)
        monkeypatch.setattr(library, "run", lambda _: walk)  # a moment ago it was there
        with pytest.raises(InputError, match=f"{walk.id} was deleted"):
            library.begin("falls", "walk.mp4", parent=walk.id)
        assert len(library.runs()) == 2
