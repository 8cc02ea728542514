"""Runs from the queue into the library and out of it again, on SQLite and on PostgreSQL."""

import json
from pathlib import Path
from zipfile import ZipFile

import pytest
from tests.runs.runs_made import task_folder

from posespotter.errors import InputError, OutputError, SettingsError
from posespotter.runs import Library, RunState
from posespotter.settings import settings


def listed(folder: Path) -> list[str]:
    """The files under `folder`, without those of the index."""
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith("index.sqlite")
    )


def done(library, name="walk.mp4", kind="estimate", parent=None, record=None, **files):
    """A finished run."""
    run = library.begin(kind, name, parent=parent)
    return library.finish(run.id, task_folder(library.workspace(run.id) / "out", record, **files))


def test_the_life_of_a_run(library, root):
    run = library.begin("estimate", "walk.mp4", settings={"detector": "movenet-multipose"})
    assert library.runs() == [run]
    assert (run.state, run.percent, run.started_at, run.counts) == ("queued", 0, None, {})
    assert library.artefacts(run.id) == []

    assert library.progress(run.id, "estimate", 40, 25.0, 3.5)
    running = library.run(run.id)
    assert (running.state, running.stage, running.percent) == ("running", "estimate", 40)
    assert (running.rate, running.time_left_s) == (25, 3.5)
    assert library.progress(run.id, "overlay", 120)
    assert (library.run(run.id).percent, library.run(run.id).rate) == (100, None)
    assert library.run(run.id).started_at == running.started_at

    folder = task_folder(library.workspace(run.id) / "out", poses__parquet="poses", faults___rep01__mp4="clip")
    finished = library.finish(run.id, folder)
    assert library.run(run.id) == finished
    assert finished.state is RunState.DONE
    assert finished.models == ("movenet-multipose", "movenet-lightning")
    assert finished.settings == {"detector": "movenet-multipose", "smoothing": "light"}
    assert finished.counts == {"frames": 90, "people": 2, "video_s": 3}
    assert finished.created_at == run.created_at
    assert finished.seconds == pytest.approx((finished.finished_at - running.started_at).total_seconds(), abs=2e-3)
    assert finished.size_bytes == sum(
        library.artefact(run.id, name).stat().st_size for name in library.artefacts(run.id)
    )
    assert (finished.stage, finished.percent, finished.rate, finished.error) == ("", 100, None, "")
    assert library.artefacts(run.id) == ["faults/rep01.mp4", "poses.parquet", "run.json"]
    assert library.artefact(run.id, "faults/rep01.mp4").read_text() == "clip"
    assert not folder.exists()
    assert [path.name for path in (root / "work").iterdir()] == []


def test_finishing_twice(library):
    """A job that died right after it had finished does so again."""
    run = done(library)
    assert library.finish(run.id, Path("gone")) == run
    assert library.fail(run.id, "late") == run
    assert library.cancelled(run.id) == run
    assert library.runs() == [run]


def test_finishing_without_a_folder(library, tmp_path):
    run = library.begin("estimate", "walk.mp4")
    with pytest.raises(InputError, match="expected the finished folder of run"):
        library.finish(run.id, tmp_path / "nothing")
    assert library.run(run.id).state is RunState.QUEUED


def test_what_was_cancelled_stays_so(library, root):
    run = library.begin("falls", "room.mp4")
    library.progress(run.id, "estimate", 10)
    folder = task_folder(library.workspace(run.id) / "out")
    cancelled = library.cancelled(run.id)
    assert (cancelled.state, cancelled.error, cancelled.percent, cancelled.stage) == ("cancelled", "", 10, "")
    assert cancelled.finished_at >= cancelled.started_at
    assert not folder.exists()
    assert not library.progress(run.id, "overlay", 90)
    assert library.fail(run.id, "late") == cancelled
    late = task_folder(library.workspace(run.id) / "late")
    assert library.finish(run.id, late) == cancelled
    assert listed(root) == [f"runs/{run.id}/library.json"]
    assert library.run(run.id) == cancelled


def test_failure(library, root):
    run = library.begin("estimate", "walk.mp4")
    failed = library.fail(run.id, "the disk is full\nTraceback\0")
    assert (failed.state, failed.error, failed.seconds) == ("failed", "the disk is full Traceback", None)
    assert library.run(run.id) == failed
    assert library.artefacts(run.id) == []
    assert listed(root) == [f"runs/{run.id}/library.json"]


def test_a_run_that_is_not_there(library):
    missing = "20261122-183918540-3v4xfzsft9"
    for act in (
        library.run,
        library.delete,
        library.cancelled,
        lambda run_id: library.fail(run_id, "x"),
        lambda run_id: library.finish(run_id, Path()),
        lambda run_id: library.begin("exercise", "x", parent=run_id),
        lambda run_id: library.export(run_id, Path("x.zip")),
    ):
        with pytest.raises(InputError, match=f"there is no run {missing}"):
            act(missing)
    assert not library.progress(missing, "estimate", 3)
    assert library.children(missing) == []
    assert library.artefacts(missing) == []
    assert library.thumbnail(missing) is None
    assert library.source(missing) is None


def test_kinds_and_orders_are_checked(library):
    with pytest.raises(InputError, match="expected a kind of run"):
        library.begin("dance", "x")
    with pytest.raises(InputError, match="expected an order of runs"):
        library.runs(sort="best")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("walk.mp4", "walk.mp4"),
        ("../../etc/passwd", "../../etc/passwd"),
        ("two\nlines\tand\0zero", "two lines and zero"),
        ("Übung 3 – 第一课 🏋.mp4", "Übung 3 – 第一课 🏋.mp4"),
        ("not\udcff utf-8", "not? utf-8"),
        ("mirror\u202egnp.exe", "mirror gnp.exe"),
        ("'; DROP TABLE posespotter_runs; --", "'; DROP TABLE posespotter_runs; --"),
        ("", "unnamed"),
        ("\n", "unnamed"),
        ("x" * 500, "x" * 200),
    ],
)
def test_names_are_only_shown(library, root, name, shown):
    run = done(library, name, poses__parquet="x")
    assert run.name == shown
    assert library.run(run.id).name == shown
    assert {path.split("/")[1] for path in listed(root)} == {run.id}
    assert library.export(run.id, root.parent / "one.zip").is_file()


class TestFinding:
    @pytest.fixture
    def runs(self, library):
        """A walk (done), a 100 % (failed), a Run_2 made from the walk (queued)."""
        walk = done(library, poses__parquet="x" * 5000)
        percent = library.begin("falls", "100 %.mp4")
        return {
            "walk": walk,
            "percent": library.fail(percent.id, "no"),
            "run": library.begin("exercise", "Run_2.mp4", parent=walk.id),
        }

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({}, "run percent walk"),
            ({"kind": "falls"}, "percent"),
            ({"kind": "recording"}, ""),
            ({"state": RunState.QUEUED}, "run"),
            ({"state": [RunState.DONE, RunState.FAILED]}, "percent walk"),
            ({"text": "WALK"}, "walk"),
            ({"text": ".mp4"}, "run percent walk"),
            ({"text": "%"}, "percent"),
            ({"text": "_"}, "run"),
            ({"text": "\\"}, ""),
            ({"sort": "oldest"}, "walk percent run"),
            ({"sort": "name"}, "percent run walk"),
            ({"sort": "largest", "limit": 1}, "walk"),
            ({"limit": 2}, "run percent"),
            ({"kind": "exercise", "text": "walk"}, ""),
        ],
    )
    def test_filters(self, library, runs, asked, found):
        names = {run.id: name for name, run in runs.items()}
        assert " ".join(names[run.id] for run in library.runs(**asked)) == found

    def test_children(self, library, runs):
        assert [run.id for run in library.children(runs["walk"].id)] == [runs["run"].id]
        assert library.children(runs["run"].id) == []

    def test_by_a_part_of_the_id(self, library, runs):
        walk = runs["walk"]
        assert library.find(walk.id) == library.find(walk.id[-6:]) == library.find(walk.id[:-3]) == walk
        with pytest.raises(InputError, match="got several: "):
            library.find(walk.id[:8])
        for text in ("", "nothing", "walk", walk.id[3:-3]):
            with pytest.raises(InputError, match="got none"):
                library.find(text)

    def test_usage(self, library, runs, monkeypatch):
        usage = library.usage()
        assert (usage.runs, usage.size_bytes, usage.quota_bytes) == (3, runs["walk"].size_bytes, None)
        assert usage.free_bytes > 0


class TestCounts:
    def test_of_an_exercise(self, library):
        repetitions = [
            {"verdict": "good", "faults": [{"severity": "note"}]},
            {"verdict": "fault", "faults": [{"severity": "fault"}, {"severity": "fault"}]},
            {"verdict": "cannot_tell", "faults": []},
        ]
        run = done(
            library,
            kind="exercise",
            record={"exercise": {"name": "squat", "view": "front", "person": None}},
            analysis__json=json.dumps({"repetitions": repetitions}),
        )
        assert run.counts == {"frames": 90, "people": 2, "video_s": 3, "repetitions": 3, "good": 1, "faults": 2}
        assert run.settings == {"smoothing": "light", "exercise": "squat", "view": "front", "person": None}

    def test_of_falls(self, library):
        events = {"events": [{"kind": "fall"}, {"kind": "lying"}, {"kind": "fall"}]}
        assert done(library, kind="falls", events__json=json.dumps(events)).counts["falls"] == 2

    @pytest.mark.parametrize("text", ["", "[]", "{", "null", '{"repetitions": 3}', "[" * 100_000, "\0\1"])
    def test_of_nonsense(self, library, text):
        run = done(library, kind="exercise", analysis__json=text, events__json=text)
        assert (run.counts["repetitions"], run.counts["falls"]) == (0, 0)

    @pytest.mark.parametrize("text", ["", "[]", "{", '{"source": 3, "models": {}, "settings": [], "people": null}'])
    def test_of_a_record_of_nonsense(self, library, text):
        run = library.begin("estimate", "x")
        folder = task_folder(library.workspace(run.id) / "out")
        (folder / "run.json").write_text(text)
        finished = library.finish(run.id, folder)
        assert (finished.state, finished.counts, finished.models) == ("done", {"frames": 0, "people": 0}, ())

    def test_of_a_record_with_an_error(self, library):
        assert done(library, record={"error": "the overlay broke"}).error == "the overlay broke"


class TestAdopting:
    def test_a_copy(self, library, tmp_path):
        folder = task_folder(tmp_path / "walk", poses__parquet="x")
        (tmp_path / "walk.MP4").write_bytes(b"video")
        run = library.adopt(folder, "estimate", source=tmp_path / "walk.MP4")
        assert (run.state, run.name, run.seconds) == ("done", "walk.mp4", 3.5)
        assert library.run(run.id) == run
        assert library.artefacts(run.id) == ["poses.parquet", "run.json", "source.mp4"]
        assert library.source(run.id).read_bytes() == b"video"
        assert listed(folder) == ["poses.parquet", "run.json"]
        child = library.adopt(folder, "exercise", name="squats", parent=run.id)
        assert (child.name, child.parent) == ("squats", run.id)
        assert library.source(child.id) == library.source(run.id)

    def test_the_folder_itself(self, library, root, tmp_path):
        folder = task_folder(tmp_path / "walk", poses__parquet="x")
        run = library.adopt(folder, "estimate", move=True)
        assert library.artefacts(run.id) == ["poses.parquet", "run.json"]
        assert not folder.exists()
        assert list((root / "work").iterdir()) == []

    def test_nothing(self, library, root, tmp_path):
        for folder in (tmp_path / "nothing", tmp_path / "file"):
            (tmp_path / "file").write_text("x")
            with pytest.raises(InputError, match="expected the folder of a finished run"):
                library.adopt(folder, "estimate")
        with pytest.raises(InputError, match="there is no run"):
            library.adopt(task_folder(tmp_path / "walk"), "exercise", parent="20261122-183918540-3v4xfzsft9")
        with pytest.raises(OutputError, match="could not be put into the library"):
            library.adopt(tmp_path / "walk", "estimate", source=tmp_path / "missing.mp4")
        assert library.runs() == []
        assert listed(root) == []

    def test_without_pixels(self, library, tmp_path, monkeypatch):
        """With `skeletons_only` no source is kept, whoever has put it there."""
        monkeypatch.setenv("POSESPOTTER_SKELETONS_ONLY", "true")
        settings.cache_clear()
        (tmp_path / "walk.mp4").write_bytes(b"video")
        kept = library.adopt(task_folder(tmp_path / "walk"), "estimate", source=tmp_path / "walk.mp4")
        own = done(library, source__mp4=b"video")
        assert library.artefacts(kept.id) == library.artefacts(own.id) == ["run.json"]


class TestDeleting:
    def test_files_and_row(self, library, root):
        gone, stays = done(library, poses__parquet="x"), done(library)
        assert library.delete([gone.id, gone.id]) == [gone]
        assert library.runs() == [stays]
        assert {path.split("/")[1] for path in listed(root)} == {stays.id}
        with pytest.raises(InputError, match="there is no run"):
            library.delete(gone.id)

    def test_analyses_stay(self, library):
        parent = done(library)
        child = done(library, kind="exercise", parent=parent.id)
        library.delete(parent.id)
        assert library.run(child.id).parent == parent.id
        assert library.source(child.id) is None

    def test_all_or_nothing(self, library):
        run, open_run = done(library), library.begin("estimate", "busy.mp4")
        with pytest.raises(OutputError, match=r"busy\.mp4 .* is queued: cancel it before you delete it"):
            library.delete([run.id, open_run.id])
        with pytest.raises(InputError, match="there is no run"):
            library.delete([run.id, "20261122-183918540-3v4xfzsft9"])
        with pytest.raises(InputError, match="expected the id of a run"):
            library.delete([run.id, "../.."])
        assert {one.id for one in library.runs()} == {run.id, open_run.id}
        assert library.artefacts(run.id)


class TestExport:
    def test_one_and_many(self, library, tmp_path):
        first = done(library, "Über/walk.mp4", poses__parquet="p", faults___a__mp4="clip")
        second = done(library, "room.mp4", poses__csv="a,b\n" * 1000)
        library.export(first.id, tmp_path / "one.zip")
        library.export([first.id, second.id, first.id], tmp_path / "two.zip")
        with ZipFile(tmp_path / "one.zip") as archive:
            assert archive.testzip() is None
            assert archive.namelist() == [
                f"walk-{first.id}/{name}" for name in ("faults/a.mp4", "poses.parquet", "run.json")
            ]
            assert archive.read(f"walk-{first.id}/faults/a.mp4") == b"clip"
        with ZipFile(tmp_path / "two.zip") as archive:
            assert len(archive.namelist()) == 5
            assert archive.getinfo(f"room-{second.id}/poses.csv").compress_size < 200

    def test_nothing_to_export(self, library, tmp_path):
        run = library.begin("estimate", "walk.mp4")
        for ids in ([], [run.id]):
            with pytest.raises(InputError, match="expected at least one run with files"):
                library.export(ids, tmp_path / "none.zip")
        assert not (tmp_path / "none.zip").exists()


class TestDatabases:
    @pytest.mark.parametrize("url", [
            "mysql://x@y/z", "nonsense", "sqlite+what:///x", "postgresql+nothing://x", "sqlite://", "sqlite:///:memory:",
            "mssql://x", "oracle://x", "postgresql+psycopg://x:port/y",
        ],
    )  # fmt: skip
    def test_of_other_kinds(self, root, url):
        with pytest.raises(SettingsError, match="Setting database_url: expected postgresql"):
            Library(root, url)

    def test_that_cannot_be_reached(self, root):
        library = Library(root, "postgresql+psycopg://me:secret@127.0.0.1:1/none")
        with pytest.raises(OutputError, match=r"The index of runs .* cannot be used: ") as caught:
            library.runs()
        assert "secret" not in str(caught.value)

    def test_folder_that_cannot_be_made(self, tmp_path):
        (tmp_path / "file").write_text("x")
        with pytest.raises(OutputError, match=r"could not be written|cannot be used"):
            Library(tmp_path / "file" / "library").begin("estimate", "x")
        with pytest.raises(OutputError, match=r"library could not be written: Not a directory"):
            Library(tmp_path / "file" / "library").runs()

    def test_the_settings_say_where(self, tmp_path, monkeypatch, postgres_url):
        monkeypatch.setenv("POSESPOTTER_LIBRARY", str(tmp_path / "mine"))
        settings.cache_clear()
        with Library() as library:
            run = library.begin("estimate", "x")
        assert (tmp_path / "mine" / "index.sqlite").is_file()
        monkeypatch.setenv("POSESPOTTER_DATABASE_URL", postgres_url)
        settings.cache_clear()
        with Library() as library:
            assert library.reindex().added == (run.id,)
