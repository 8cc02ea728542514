"""The index made anew from the folders; limits; what crashes leave."""

import json
import os
import shutil
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, text
from tests.runs.runs_made import task_folder

from posespotter.runs import Library, RunState, upkeep
from posespotter.runs.run_metadata import METADATA_FILE, write_metadata


def done(library, name="walk.mp4", kind="estimate", parent=None, size=0):
    run = library.begin(kind, name, parent=parent)
    return library.finish(run.id, task_folder(library.workspace(run.id) / "out", blob__bin=b"x" * size))


def forget(library, root, url):
    """Delete the database."""
    if url.startswith("sqlite"):
        for file in root.glob("index.sqlite*"):
            file.unlink()
        return
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM posespotter_runs"))
    engine.dispose()


@pytest.fixture
def runs(library):
    """One of each state but running."""
    walk = done(library, "Über walk.mp4")
    squat = done(library, "walk.mp4", "exercise", parent=walk.id)
    failed = library.begin("falls", "room.mp4", settings={"zones": [[1, 2]]})
    cancelled = library.begin("estimate", "long.mp4")
    library.progress(cancelled.id, "estimate", 12)
    queued = library.begin("estimate", "next.mp4")
    return [walk, squat, library.fail(failed.id, "no luck"), library.cancelled(cancelled.id), queued]


def test_the_same_rows_from_the_folders_alone(library, root, url, runs):
    before = library.runs()
    assert len(before) == 5
    forget(library, root, url)
    done_now = library.reindex()
    assert library.runs() == before
    assert (done_now.runs, len(done_now.added), done_now.removed, done_now.unreadable) == (5, 5, (), ())
    again = library.reindex()
    assert (again.runs, again.added, again.removed) == (5, (), ())


def test_nothing_to_index(library):
    assert library.reindex() == upkeep.Reindexed(0, (), (), ())


def test_a_run_that_goes_on_is_left_as_it_is(library, root, url):
    run = library.begin("estimate", "walk.mp4")
    library.progress(run.id, "estimate", 40)
    running = library.run(run.id)
    library.reindex()
    assert library.run(run.id) == running
    forget(library, root, url)
    library.reindex()
    assert library.run(run.id) == run  # queued, until its job says more
    assert library.progress(run.id, "estimate", 50)
    assert library.run(run.id).percent == 50


def test_folders_that_somebody_deleted(library, runs):
    walk, *_, queued = runs
    shutil.rmtree(library.folder(walk.id))
    shutil.rmtree(library.workspace(queued.id))
    assert library.reindex().removed == tuple(sorted((walk.id, queued.id)))
    assert walk.id not in {run.id for run in library.runs()}


def test_folders_that_hold_no_run(library, root, runs):
    (root / "runs" / "holiday").mkdir()
    (root / "runs" / "20261122-183918540-3v4xfzsft9").mkdir()
    (root / "runs" / "20261122-183918540-4v4xfzsft9").write_text("a file")
    other = root / "runs" / "20261122-183918540-5v4xfzsft9"
    shutil.copytree(library.folder(runs[0].id), other)  # a copy under another name: its facts are not its own
    done_now = library.reindex()
    assert done_now.added == (other.name,)
    assert done_now.unreadable == (root / "runs" / "20261122-183918540-3v4xfzsft9",)
    assert library.run(other.name).counts == runs[0].counts
    assert library.run(runs[0].id) == runs[0]


@pytest.mark.parametrize("damage", ["", "[]", '{"id": 3}', "gone", "{}" * 3, "[" * 99_999])
def test_facts_that_are_lost(library, root, url, runs, damage):
    """What the task's own record says is enough."""
    walk = runs[0]
    facts = library.folder(walk.id) / METADATA_FILE
    facts.unlink() if damage == "gone" else facts.write_text(damage)
    forget(library, root, url)
    library.reindex()
    found = library.run(walk.id)
    assert (found.kind, found.state, found.models, found.counts) == ("estimate", "done", walk.models, walk.counts)
    assert found.name == "walk.mp4"
    assert abs(found.created_at - walk.created_at) < timedelta(seconds=1)
    library.reindex()
    assert library.run(walk.id) == found


def test_a_record_that_is_lost_too(library, root, url, runs):
    walk = runs[0]
    (library.folder(walk.id) / METADATA_FILE).unlink()
    (library.folder(walk.id) / "run.json").write_text(json.dumps({"kind": "dance"}))
    forget(library, root, url)
    assert library.reindex().unreadable == (library.folder(walk.id),)


def test_a_crash_between_folder_and_row(library, root, url):
    """The folder is in its place; the row still says that the run goes on."""
    run = done(library)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE posespotter_runs SET state = 'running', counts = '{}'"))
    engine.dispose()
    assert library.run(run.id).state is RunState.RUNNING
    library.reindex()
    assert library.run(run.id) == run


class TestSweeping:
    @pytest.fixture
    def limits(self, monkeypatch):
        """Sets limits."""

        def limit(**values):
            for name, value in values.items():
                monkeypatch.setenv(f"POSESPOTTER_{name.upper()}", str(value))  # a sweep reads the settings anew

        return limit

    def age(self, library, run, days):
        """Make a run older."""
        older = replace(run, created_at=datetime.now(UTC) - timedelta(days=days))
        write_metadata(older, library.folder(run.id))
        library.reindex()
        return older

    def test_no_limits(self, library, runs):
        before = library.runs()
        assert library.sweep() == upkeep.Swept()
        assert library.runs() == before

    def test_age(self, library, limits):
        old, new = done(library, "old.mp4"), done(library, "new.mp4")
        old = self.age(library, old, 31)
        new = self.age(library, new, 29)
        limits(keep_days=30)
        assert library.sweep() == upkeep.Swept(too_old=(old,))
        assert library.runs() == [new]
        assert not library.folder(old.id).exists()

    def test_quota(self, library, limits):
        first, second, third = (done(library, f"{i}.mp4", size=400_000) for i in range(3))
        limits(library_quota_gb=0.0009)
        assert library.sweep() == upkeep.Swept(over_quota=(first,))
        assert library.runs() == [third, second]
        assert library.usage().quota_bytes == 900_000
        assert library.sweep() == upkeep.Swept()
        limits(library_quota_gb=0.0000001)
        assert library.sweep() == upkeep.Swept(over_quota=(second, third))

    @pytest.mark.parametrize("endless", [1e300, float("inf")])
    def test_endless_limits_are_none(self, library, limits, runs, endless):
        limits(library_quota_gb=endless, keep_days=endless)
        assert library.sweep() == upkeep.Swept()
        assert library.usage().quota_bytes is None

    def test_what_is_needed_stays(self, library, limits):
        """Runs that go on, and those whose poses they need, however old and large."""
        parent, other = done(library, "parent.mp4", size=5000), done(library, "other.mp4", size=5000)
        child = library.begin("exercise", "child.mp4", parent=parent.id)
        limits(library_quota_gb=0.000000001, keep_days=0.0000001)
        time.sleep(0.02)
        swept = library.sweep()
        assert [run.id for run in swept.too_old] == [other.id]
        assert {run.id for run in library.runs()} == {parent.id, child.id}
        library.cancelled(child.id)
        time.sleep(0.02)
        assert {run.id for run in library.sweep().too_old} == {parent.id, child.id}

    def test_what_crashes_leave(self, library, root, runs, monkeypatch):
        walk, *_, queued = runs
        (root / "trash" / "half").mkdir(parents=True)
        (root / "trash" / "half" / "big.mp4").write_text("x")
        orphan, young = (library.workspace(f"20261122-18391854{i}-3v4xfzsft9") for i in (0, 1))
        long_ago = time.time() - 2 * 86_400
        os.utime(orphan, (long_ago, long_ago))
        left = library.workspace(walk.id)
        (left / "checkpoint").write_text("x")
        os.utime(library.workspace(queued.id), (long_ago, long_ago))
        library.sweep()
        assert list((root / "trash").iterdir()) == []
        assert {path.name for path in (root / "work").iterdir()} == {young.name, queued.id}

    def test_scratch(self, root):
        with Library(root) as library, library.scratch() as folder:
            (folder / "x").write_text("x")
            assert library.reindex().unreadable == ()
            library.sweep()
            assert (folder / "x").exists()
        assert not folder.exists()
