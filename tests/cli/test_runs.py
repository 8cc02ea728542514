"""`posespotter runs` and `--keep`: what the library keeps, as its user meets it."""

import errno
import json
import os
import shutil
import sys
from zipfile import ZipFile

import pytest

from posespotter.cli.parts.run_words import bytes_words, found_words, length_words, state_words
from posespotter.errors import OutputError
from posespotter.runs import Library, RunState
from posespotter.settings import settings


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """An empty library, and a place to stand that is not it."""
    monkeypatch.setenv("POSESPOTTER_LIBRARY", str(tmp_path / "library"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    settings.cache_clear()
    return tmp_path / "here"


@pytest.fixture
def library(tmp_path):
    with Library(tmp_path / "library") as opened:
        yield opened


@pytest.fixture
def walk(cli, painted, clip, library):
    """The run of an estimation with --keep."""
    assert cli("estimate", clip, "--keep").code == 0
    return library.runs()[0]


class TestKeep:
    def test_in_the_library_only(self, cli, painted, clip, library, folder):
        said = cli("estimate", clip, "--keep")
        (run,) = library.runs()
        assert said.out.splitlines()[0].endswith(f" -> {library.folder(run.id)}")
        assert said.out.splitlines()[-1] == f"  Kept as run {run.id}."
        assert (run.kind, run.name, run.state, run.counts["frames"]) == ("estimate", "walk.mp4", "done", 30)
        assert run.models == ("painted-detector", "painted-pose")
        assert run.seconds > 0
        assert library.artefacts(run.id) == ["overlay.mp4", "poses.parquet", "run.json", "source.mp4"]
        assert library.thumbnail(run.id) is not None
        assert library.source(run.id).read_bytes() == clip.read_bytes()
        assert list(folder.iterdir()) == []
        assert list((library.root / "work").iterdir()) == []

    def test_there_too(self, cli, painted, clip, library, folder):
        said = json.loads(cli("estimate", clip, "--keep", "-o", "out", "--json").out)["results"][0]
        (run,) = library.runs()
        assert (said["run"], said["folder"]) == (run.id, "out/walk")
        assert (folder / "out" / "walk" / "poses.parquet").is_file()
        assert library.artefact(run.id, "poses.parquet").is_file()

    def test_not_without_being_asked(self, cli, painted, clip, library, folder):
        assert cli("estimate", clip).code == 0
        assert (folder / "poses" / "walk").is_dir()
        assert library.runs() == []

    def test_several_of_one_name(self, cli, painted, clip, library):
        assert cli("estimate", clip, clip, "missing.mp4", "--keep").code == 1
        assert [run.name for run in library.runs()] == ["walk.mp4"] * 2

    def test_an_analysis_of_a_run(self, cli, library, walk, painted):
        poses = library.artefact(walk.id, "poses.parquet")
        assert cli("exercise", poses, "--keep", "--no-report").code == 0
        child = library.runs(kind="exercise")[0]
        assert (child.parent, child.settings["exercise"], child.counts["repetitions"]) == (walk.id, "squat", 0)
        assert library.source(child.id) == library.source(walk.id)

    def test_limits(self, cli, clip, library, walk, monkeypatch):
        monkeypatch.setenv("POSESPOTTER_LIBRARY_QUOTA_GB", str(1.5 * walk.size_bytes / 1e9))
        settings.cache_clear()
        said = cli("estimate", clip, "--keep")
        assert f"posespotter: deleted run {walk.id} of walk.mp4, as library_quota_gb asks for." in said.err
        assert len(library.runs()) == 1

    def test_no_room_for_the_video(self, cli, painted, clip, library, monkeypatch):
        """The result of the work is kept all the same."""

        def full(_, target):
            target.write_bytes(b"half of it")
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(shutil, "copyfile", full)
        said = cli("estimate", clip, "--keep")
        (run,) = library.runs()
        assert said.code == 0
        assert f"{clip} is not kept with run {run.id}" in said.err
        assert library.artefacts(run.id) == ["overlay.mp4", "poses.parquet", "run.json"]

    @pytest.mark.parametrize("options", [(), ("-o", "mine")])
    @pytest.mark.usefixtures("painted")
    def test_a_library_that_takes_nothing(self, cli, clip, folder, monkeypatch, options):
        """The result of the work is not lost; a second one does not take its place."""

        def away(*_, **__):
            raise OutputError("The index of runs cannot be written.")

        monkeypatch.setattr(Library, "adopt", away)
        for name in ("walk", "walk-2"):
            said = cli("estimate", clip, "--keep", *options)
            assert said.code == 1
            assert "The index of runs cannot be written." in said.err
            assert (f"The result is in poses/{name} instead." in said.err) is not bool(options)
            assert (folder / ("mine" if options else "poses") / name / "poses.parquet").is_file()

    def test_skeletons_only(self, cli, painted, clip, library, monkeypatch):
        monkeypatch.setenv("POSESPOTTER_SKELETONS_ONLY", "true")
        settings.cache_clear()
        assert cli("estimate", clip, "--keep").code == 0
        assert library.source(library.runs()[0].id) is None

    def test_a_database_that_cannot_be_used(self, cli, painted, clip, monkeypatch):
        """Told before the work, not after it."""
        monkeypatch.setenv("POSESPOTTER_DATABASE_URL", "postgresql+psycopg://me:secret@127.0.0.1:1/none")
        settings.cache_clear()
        said = cli("estimate", clip, "--keep")
        assert said.code == 1
        assert said.err.startswith("posespotter: The index of runs (postgresql+psycopg://me:***@127.0.0.1:1/none)")
        assert painted[0].session.calls == 0

    def test_an_index_that_is_damaged(self, cli, painted, clip, tmp_path):
        (tmp_path / "library").mkdir()
        (tmp_path / "library" / "index.sqlite").write_bytes(b"\xa5" * 9000)
        said = cli("estimate", clip, "--keep")
        assert said.code == 1
        assert said.err.count("\n") == 1
        assert "is damaged (file is not a database); `posespotter runs reindex` makes it anew." in said.err
        assert painted[0].session.calls == 0

    @pytest.mark.usefixtures("painted")
    def test_a_disk_that_fills_up(self, cli, clip, monkeypatch):
        """Copying a folder fails for each of its files; one sentence says why."""

        def full(*_args, **_options):
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(shutil.copytree, "__defaults__", (False, None, full, False, False))
        said = cli("estimate", clip, "--keep", "-o", "mine")
        assert said.code == 1
        assert said.err.endswith("posespotter: walk could not be put into the library: No space left on device.\n")

    def test_without_sqlalchemy(self, cli, monkeypatch):
        for name in [name for name in sys.modules if name.startswith("posespotter.runs")]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, "sqlalchemy", None)
        said = cli("runs", "list")
        assert said.code == 2
        assert "pip install 'posespotter[app]'" in said.err


class TestList:
    def test_nothing(self, cli, library):
        assert cli("runs", "list").out.replace("\n", "").startswith(f"{library.root} holds no runs yet.")
        assert cli("runs", "list", "walk").out == "No run fits.\n"
        assert json.loads(cli("runs", "list", "--json").out) == []

    def test_a_table(self, cli, walk, library, monkeypatch):
        monkeypatch.setenv("COLUMNS", "80")
        failed = library.begin("falls", "room [red].mp4")
        library.fail(failed.id, "the disk is full")
        busy = library.begin("estimate", "x" * 60 + ".mp4")
        library.progress(busy.id, "estimate", 41.6, 12.4, 75)
        lines = cli("runs", "list").out.splitlines()
        assert lines[0].split() == ["id", "name", "kind", "when", "size", "result"]
        assert max(map(len, lines)) <= 80
        rows = {line[:10]: line for line in lines if line[0] != " "}
        assert set(rows) == {"id        ", *(run.id[-10:] for run in (walk, failed, busy))}
        assert "walk.mp4" in rows[walk.id[-10:]]
        assert "failed: the" in rows[failed.id[-10:]]
        assert "room [red].mp4" in rows[failed.id[-10:]]
        assert "running: estimate" in rows[busy.id[-10:]]
        assert "xxx…" in rows[busy.id[-10:]]

    def test_filters(self, cli, walk, library):
        other = library.begin("falls", "room.mp4", parent=walk.id)

        def ids(*arguments):
            return [run["id"] for run in json.loads(cli("runs", "list", "--json", *arguments).out)]

        assert ids() == [other.id, walk.id]
        assert ids("--kind", "falls") == ids("--state", "queued") == ids("ROOM") == [other.id]
        assert ids("--parent", walk.id[-5:]) == [other.id]
        assert ids("--sort", "oldest", "--limit", "1") == [walk.id]

    @pytest.mark.parametrize("arguments", [["--kind", "dance"], ["--sort", "best"], ["--limit", "0"]])
    def test_wrong_usage(self, cli, arguments):
        assert cli("runs", "list", *arguments).code == 2


class TestShow:
    def test_in_words(self, cli, walk, library):
        said = cli("runs", "show", walk.id[-6:])
        assert said.code == 0
        facts = dict(line.split(maxsplit=1) for line in said.out.splitlines() if not line.startswith(" "))
        assert facts["id"] == walk.id
        assert facts["models"] == "painted-detector, painted-pose"
        assert facts["folder"] == str(library.folder(walk.id))
        assert "  poses.parquet  (" in said.out

    def test_json(self, cli, walk, library):
        child = library.begin("exercise", "walk.mp4", parent=walk.id)
        facts = json.loads(cli("runs", "show", walk.id, "--json").out)
        assert facts["children"] == [child.id]
        assert set(facts["files"]) == {"overlay.mp4", "poses.parquet", "run.json", "source.mp4"}

    @pytest.mark.parametrize("text", ["", "zzz", "../../x"])
    def test_none(self, cli, walk, text):
        said = cli("runs", "show", text)
        assert (said.code, said.out) == (1, "")
        assert said.err.startswith("posespotter: expected one run whose id begins or ends with")


class TestOpen:
    def test_prints_where(self, cli, walk, library):
        assert cli("runs", "open", walk.id).out == f"{library.folder(walk.id)}\n"
        assert cli("runs", "open", walk.id, "overlay.mp4").out == f"{library.artefact(walk.id, 'overlay.mp4')}\n"
        said = cli("runs", "open", walk.id, "../../index.sqlite")
        assert (said.code, said.out) == (1, "")

    @pytest.mark.skipif(sys.platform != "linux", reason="a desktop is there always")
    def test_opens_on_a_desktop_only(self, cli, walk, library, monkeypatch):
        opened = []
        monkeypatch.setattr("typer.launch", opened.append)
        monkeypatch.delenv("DISPLAY", raising=False)
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
        cli("runs", "open", walk.id)
        assert opened == []
        monkeypatch.setenv("DISPLAY", ":0")
        cli("runs", "open", walk.id)
        assert opened == [str(library.folder(walk.id))]


class TestExport:
    def test_one(self, cli, walk, folder):
        said = cli("runs", "export", walk.id)
        assert said.out.startswith("walk.zip: ")
        with ZipFile(folder / "walk.zip") as archive:
            assert f"walk-{walk.id}/poses.parquet" in archive.namelist()
        said = cli("runs", "export", walk.id)
        assert said.err == "posespotter: walk.zip exists already and was left alone; choose another name with -o.\n"
        assert cli("runs", "export", walk.id, "-o", "again.zip").code == 0

    def test_without_files(self, cli, library, folder):
        run = library.begin("estimate", "walk.mp4")
        assert cli("runs", "export", run.id).code == 1
        assert list(folder.iterdir()) == []


class TestDelete:
    def test_asks_first(self, cli, walk, library, monkeypatch):
        for answer, code in (("n\n", 1), ("\n", 1), ("", 1)):
            with monkeypatch.context() as patch:
                patch.setattr("sys.stdin", os.fdopen(answered(answer)))
                said = cli("runs", "delete", walk.id)
            assert said.code == code
            assert f"{walk.id}  walk.mp4  estimate" in said.out
            assert library.runs() == [walk]
        monkeypatch.setattr("sys.stdin", os.fdopen(answered("y\n")))
        assert cli("runs", "delete", walk.id).out.splitlines()[-1].endswith(f"{bytes_words(walk.size_bytes)}.")
        assert library.runs() == []
        assert not library.folder(walk.id).exists()

    def test_without_asking(self, cli, walk, library):
        assert cli("runs", "delete", walk.id[-4:], walk.id, "--yes").out.startswith("Deleted 1 run, ")
        assert library.runs() == []

    def test_what_still_runs(self, cli, walk, library):
        busy = library.begin("estimate", "busy.mp4")
        said = cli("runs", "delete", walk.id, busy.id, "--yes")
        assert (said.code, said.out) == (1, "")
        assert "cancel it before you delete it" in said.err
        assert len(library.runs()) == 2


def test_reindex(cli, walk, library):
    (library.root / "index.sqlite").unlink()
    assert "`posespotter runs reindex` makes it anew" in cli("runs", "list").err
    assert cli("runs", "reindex").out == (
        f"{library.root}: 1 run in the index, 1 of them new; 0 without a folder forgotten.\n"
    )
    assert library.runs() == [walk]
    (library.root / "runs" / "20261122-183918540-3v4xfzsft9").mkdir()
    said = cli("runs", "reindex")
    assert said.code == 1
    assert "20261122-183918540-3v4xfzsft9 holds no run that can be read, and was left alone." in said.err


def test_a_damaged_index(cli, walk, library):
    for name in ("index.sqlite", "jobs.sqlite"):
        (library.root / name).write_bytes(b"\xa5" * 9000)
    listed, shown = cli("runs", "list"), cli("runs", "show", walk.id)
    assert (listed.code, shown.code) == (0, 0)
    assert listed.out.count("\n") == 2
    assert walk.name in shown.out
    for said in (listed, shown):
        assert "is damaged (file is not a database); `posespotter runs reindex` makes it anew." in said.err
    said = cli("runs", "reindex")
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        f"The index was damaged and is made anew; the old one is {library.root}/index.sqlite.damaged.",
        "The queue of jobs was damaged and is made anew, with 0 that waited; the old one is "
        f"{library.root}/jobs.sqlite.damaged.",
        f"{library.root}: 1 run in the index, 1 of them new; 0 without a folder forgotten.",
    ]
    assert cli("runs", "list").err == ""


def answered(text):
    """A file descriptor that reads `text`."""
    reading, writing = os.pipe()
    os.write(writing, text.encode())
    os.close(writing)
    return reading


class TestWords:
    @pytest.mark.parametrize(
        ("seconds", "words"),
        [(0, "0.0 s"), (0.44, "0.4 s"), (9.99, "10.0 s"), (12.4, "12 s"), (59.6, "1:00 min"), (185, "3:05 min"),
         (3599.7, "1:00:00 h"), (3723, "1:02:03 h")],
    )  # fmt: skip
    def test_lengths(self, seconds, words):
        assert length_words(seconds) == words

    @pytest.mark.parametrize(
        ("n_bytes", "words"),
        [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (123_456, "123 kB"), (3_400_000, "3.4 MB"), (5e12, "5.0 TB"),
         (7e15, "7000 TB")],
    )  # fmt: skip
    def test_sizes(self, n_bytes, words):
        assert bytes_words(n_bytes) == words

    @pytest.mark.parametrize(
        ("kind", "counts", "words"),
        [
            ("estimate", {"frames": 9, "people": 0, "video_s": 0.3}, "nobody in 0.3 s"),
            ("estimate", {"frames": 1, "people": 1}, "1 person"),
            ("estimate", {"frames": 900, "people": 2, "video_s": 30}, "2 people in 30 s"),
            ("exercise", {"people": 1, "repetitions": 5, "good": 3, "faults": 2}, "squat: 5 repetitions, 3 good"),
            ("exercise", {"people": 1, "repetitions": 1, "good": 0, "faults": 2}, "squat: 1 repetition, 0 good"),
            ("exercise", {"people": 1, "repetitions": 0, "good": 0, "faults": 0}, "squat: no repetition"),
            ("falls", {"people": 1, "falls": 0}, "no fall"),
            ("falls", {"people": 1, "falls": 2}, "2 falls"),
            ("falls", {"people": 1, "falls": 0, "lying": 1, "ignored": 2}, "no fall, 1 lying, 2 ignored"),
            ("recording", {"frames": 60, "people": 0, "video_s": 4.0}, "4.0 s"),
            ("recording", {}, ""),
            ("estimate", {}, ""),
        ],
    )
    def test_results(self, library, kind, counts, words):
        run = library.begin(kind, "x", settings={"exercise": "squat"} if kind == "exercise" else None)
        object.__setattr__(run, "counts", counts)
        assert found_words(run) == words

    def test_states(self, library):
        run = library.begin("estimate", "x")
        assert state_words(run) == "queued"
        library.progress(run.id, "estimate", 41.6, 12.4, 75)
        assert state_words(library.run(run.id)) == "running: estimate 42 %, 12 frames/s, 1:15 min left"
        library.progress(run.id, "overlay", 90)
        assert state_words(library.run(run.id)) == "running: overlay 90 %"
        assert state_words(library.fail(run.id, "no disk")) == "failed: no disk"
        assert {state_words(library.cancelled(library.begin("falls", "y").id))} == {RunState.CANCELLED}
