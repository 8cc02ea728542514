"""The watched folder: each new video becomes a job once, when it is finished, also over restarts."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from posespotter.errors import OutputError, SettingsError
from posespotter.jobs import watch as module
from posespotter.jobs.watch import MOST_VIDEOS, MOST_WAITING, STILL_S, FolderWatch, watchable
from posespotter.runs import Library, RunState
from posespotter.settings import settings


@pytest.fixture
def url(root: Path) -> str:
    """One database: a queue is as good as another here."""
    return f"sqlite:///{root / 'index.sqlite'}"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, demo_clip: Path) -> Iterator[Path]:
    """The watched folder, with one video that was there before."""
    watched = tmp_path / "camera"
    watched.mkdir()
    put(watched / "before.mp4", demo_clip, b"before")
    monkeypatch.setenv("POSESPOTTER_WATCH", str(watched))
    settings.cache_clear()
    yield watched
    settings.cache_clear()


@pytest.fixture
def watch(folder: Path, library: Library) -> Iterator[FolderWatch]:
    """A watch that has seen what was there before."""
    with FolderWatch(library) as ready:
        assert ready.look(0) == ""
        yield ready


def put(path: Path, video: Path, more: bytes = b"") -> Path:
    """A video; `more` behind its end makes another file of it."""
    path.write_bytes(video.read_bytes() + more)
    return path


def names(library: Library) -> list[str]:
    return sorted(run.name for run in library.runs())


def test_a_new_video_is_taken_in_once_when_it_is_still(watch, folder, library, demo_clip):
    put(folder / "walk.mp4", demo_clip)
    (folder / "notes.txt").write_text("no video")
    (folder / ".hidden.mp4").write_bytes(demo_clip.read_bytes())
    (folder / "link.mp4").symlink_to(demo_clip)
    (folder / "later").mkdir()
    put(folder / "later" / "deep.mp4", demo_clip)
    watch.look(0)
    watch.look(STILL_S - 0.1)
    assert names(library) == []
    watch.look(STILL_S)
    watch.look(100)
    assert names(library) == ["walk.mp4"]
    (run,) = library.runs()
    assert (run.kind, run.state) == ("estimate", RunState.QUEUED)
    assert library.workspace(run.id).joinpath("source.mp4").read_bytes() == demo_clip.read_bytes()
    assert (folder / "walk.mp4").is_file()
    assert [(one.name, one.run, one.why) for one in watch.watched.latest] == [("walk.mp4", run.id, "")]


def test_a_video_that_grows_waits(watch, folder, library, demo_clip):
    whole = demo_clip.read_bytes()
    file = folder / "walk.mp4"
    for step, end in enumerate((10_000, 50_000, len(whole))):
        file.write_bytes(whole[:end])
        watch.look(step * STILL_S)
        assert names(library) == []
    watch.look(3 * STILL_S)
    assert names(library) == ["walk.mp4"]


def test_what_is_written_during_the_copy_is_no_job(watch, folder, library, demo_clip, monkeypatch):
    file = put(folder / "walk.mp4", demo_clip)
    copyfile = shutil.copyfile

    def copy_while_somebody_writes(source, target, **more):
        copyfile(source, target, **more)
        put(file, demo_clip, b"more")

    watch.look(0)
    monkeypatch.setattr(shutil, "copyfile", copy_while_somebody_writes)
    watch.look(STILL_S)
    assert names(library) == []
    assert sorted(path.name for path in (library.root / "watched").iterdir()) == ["folder.json", "lock"]


def test_a_restart_takes_nothing_in_twice_and_nothing_is_lost_meanwhile(watch, folder, library, demo_clip):
    put(folder / "walk.mp4", demo_clip)
    watch.look(0)
    watch.look(STILL_S)
    watch.close()
    put(folder / "while it was off.mp4", demo_clip, b"2")
    (folder / "walk.mp4").rename(folder / "renamed.mp4")
    with FolderWatch(library) as again:
        again.look(0)
        again.look(STILL_S)
        assert names(library) == ["walk.mp4", "while it was off.mp4"]
        refused = {one.name: one.why for one in again.watched.latest if one.why}
    assert refused == {"renamed.mp4": "The same video was taken in before."}


@pytest.mark.parametrize("queued", [False, True], ids=["before it is queued", "after it is queued"])
def test_a_program_that_is_killed_on_the_way_takes_it_in_once(watch, folder, library, monkeypatch, queued):
    submit = module.submit

    def killed(*given):
        if queued:
            submit(*given)
        raise KeyboardInterrupt

    put(folder / "walk.mp4", folder / "before.mp4", b"another")
    watch.look(0)
    monkeypatch.setattr(module, "submit", killed)
    with pytest.raises(KeyboardInterrupt):
        watch.look(STILL_S)
    watch.close()
    monkeypatch.setattr(module, "submit", submit)
    with FolderWatch(library) as again:
        again.look(0)
        again.look(STILL_S)
        assert names(library) == ["walk.mp4"]
        assert again.watched.taken == 1


def test_a_queue_that_is_away_loses_nothing(watch, folder, library, demo_clip, monkeypatch):
    submit = module.submit

    def away(_library, request):
        request.source.unlink()  # as it goes with a run that came to nothing
        raise OutputError("The database is away.")

    put(folder / "walk.mp4", demo_clip)
    watch.look(0)
    monkeypatch.setattr(module, "submit", away)
    with pytest.raises(OutputError, match="away"):
        watch.look(STILL_S)
    monkeypatch.setattr(module, "submit", submit)
    watch.look(2 * STILL_S)
    watch.look(3 * STILL_S)
    assert names(library) == ["walk.mp4"]


def test_what_is_no_video_or_too_large_is_refused_with_the_reason(watch, folder, library, demo_clip, monkeypatch):
    (folder / "words.mp4").write_text("no video at all")
    watch.look(0)
    watch.look(STILL_S)
    monkeypatch.setenv("POSESPOTTER_MAX_UPLOAD_MB", "1")
    settings.cache_clear()
    with put(folder / "large.mp4", demo_clip).open("ab") as file:
        file.truncate(1_000_001)
    watch.look(2 * STILL_S)
    watch.look(3 * STILL_S)
    assert names(library) == []
    large, words = watch.watched.latest
    assert (large.name, large.why) == ("large.mp4", "It is larger than 1 MB.")
    assert words.name == "words.mp4"
    assert words.why.startswith("words.mp4: ")
    assert str(library.root) not in words.why
    put(folder / "words.mp4", demo_clip)  # the whole one, at last
    watch.look(4 * STILL_S)
    watch.look(5 * STILL_S)
    assert names(library) == ["words.mp4"]


def test_no_more_is_taken_in_than_can_wait(watch, folder, library, demo_clip):
    for number in range(MOST_WAITING):
        library.begin("estimate", f"{number}.mp4")
    put(folder / "walk.mp4", demo_clip)
    watch.look(0)
    assert "jobs wait" in watch.look(STILL_S)
    assert "walk.mp4" not in names(library)
    library.cancelled(library.runs()[0].id)
    assert watch.look(2 * STILL_S) == ""
    assert "walk.mp4" in names(library)


def test_one_program_watches_at_a_time(watch, folder, library, demo_clip):
    put(folder / "walk.mp4", demo_clip)
    with FolderWatch(library) as other:
        assert "Another program" in other.look(0)
        assert "Another program" in other.look(STILL_S)
    assert names(library) == []


def test_the_work_is_that_of_the_settings(watch, folder, library, demo_clip, monkeypatch):
    monkeypatch.setenv("POSESPOTTER_WATCH_FOR", "exercise")
    settings.cache_clear()
    put(folder / "walk.mp4", demo_clip)
    watch.look(0)
    watch.look(STILL_S)
    (run,) = library.runs()
    assert (run.kind, run.settings["exercise"]) == ("exercise", "auto")


def test_another_folder_begins_anew(watch, folder, library, demo_clip, monkeypatch):
    other = folder.with_name("other")
    other.mkdir()
    put(other / "there before.mp4", demo_clip)
    monkeypatch.setenv("POSESPOTTER_WATCH", str(other))
    settings.cache_clear()
    assert watch.watched is None
    watch.look(0)
    watch.look(STILL_S)
    assert names(library) == []
    assert len(watch.watched.known) == 1


def test_a_folder_that_is_away_forgets_nothing(watch, folder, library):
    away = folder.rename(folder.with_name("away"))
    with pytest.raises(SettingsError, match="there is none"):
        watch.look(0)
    folder.mkdir()  # the empty place where a disk was
    watch.look(0)
    folder.rmdir()
    away.rename(folder)
    watch.look(STILL_S)
    watch.look(3 * STILL_S)
    assert names(library) == []


def test_folders_that_cannot_be_watched(tmp_path, library):
    inside = library.root / "uploads"
    inside.mkdir(parents=True)
    with pytest.raises(SettingsError, match="outside of the library"):
        watchable(inside, library.root)
    for none in (Path("camera"), tmp_path / "none"):
        with pytest.raises(SettingsError, match="there is none"):
            watchable(none, library.root)
    full = tmp_path / "full"
    full.mkdir()
    for number in range(MOST_VIDEOS + 1):
        (full / f"{number}.mp4").write_bytes(b".")
    with pytest.raises(SettingsError, match="1,001 videos"):
        watchable(full, library.root)
    (full / "0.mp4").unlink()
    assert watchable(full, library.root) == full
