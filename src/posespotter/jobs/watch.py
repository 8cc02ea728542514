"""`FolderWatch`: the new videos of a folder become jobs, each once, when whoever writes them has finished."""

import hashlib
import logging
import os
import shutil
import stat
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from pydantic import BaseModel, ConfigDict

from posespotter.closing import Closing
from posespotter.errors import InputError, OutputError, PoseSpotterError, SettingsError
from posespotter.files import reason, sha256_of, try_lock
from posespotter.jobs.request import JobKind, JobRequest
from posespotter.jobs.stages import RECOGNISE
from posespotter.jobs.submit import submit
from posespotter.runs.folders import plain_suffix
from posespotter.runs.notes.records import Records
from posespotter.runs.run import RunState
from posespotter.runs.store import Library
from posespotter.settings import WatchedFor, expanded, settings

STILL_S = 10.0
"""A video whose size and time of change stayed the same for so many seconds is finished. Who copies over a network that
stands still for longer is told of a damaged video, and the whole one is taken in when it is there."""

MOST_VIDEOS = 1000
"""In a watched folder: the record of them stays small, and a look quick."""

MOST_WAITING = 20
"""Jobs that wait. The next video is taken in when one of them has begun."""

_LOOK_S = 5.0  # between two looks
_KEEP_FREE_BYTES = 1 << 30  # on the library's disk, beside the copy
_LATEST = 10  # shown on the page
_FOLDER, _RECORD, _LOCK = "watched", "folder", "lock"

_WORK: Mapping[WatchedFor, tuple[JobKind, dict[str, str]]] = {
    "poses": ("estimate", {}),
    "exercise": ("exercise", {"exercise": RECOGNISE}),
    "falls": ("falls", {}),
}

_log = logging.getLogger(__name__)


class Taken(BaseModel):
    """The outcome for one video.

    Attributes:
        name: of the file.
        at: when, UTC.
        run: id of its run; empty where it was not taken in.
        why: it was not, as a sentence; else empty.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    at: datetime
    run: str = ""
    why: str = ""


class Copied(BaseModel):
    """A video whose copy is in the library and not queued yet; its copy goes where it is queued.

    Attributes:
        name: of the file.
        file: name of the copy.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    file: str


class Watched(BaseModel):
    """The state of the watched folder, kept in the library, so that a restart takes nothing in twice.

    Attributes:
        folder: which one; another one begins anew.
        known: by a digest of name, size and time of change, the digest of the content of each video that was dealt
            with; empty for those that were there before.
        copied: what is on its way.
        latest: what became of the last ones, newest first.
        taken: how many were taken in.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    folder: str
    known: dict[str, str]
    copied: Copied | None = None
    latest: tuple[Taken, ...] = ()
    taken: int = 0


@dataclass(frozen=True)
class _Video:
    """A video in the folder: its path, its size in bytes, and its time of change in ns."""

    path: Path
    size: int
    changed_ns: int

    @property
    def stamp(self) -> str:
        """Tells it from every other one, and from itself after a change."""
        facts = f"{self.path.name}\0{self.size}\0{self.changed_ns}"
        return hashlib.sha256(facts.encode("utf-8", "surrogateescape")).hexdigest()[:32]


class FolderWatch(Closing):
    """Watches the folder of the settings from `start` to `close`; one of a library's programs does so at a time.

    Nothing is written into the folder: a video is copied into the library.

    Attributes:
        trouble: why videos are not taken in just now, as a sentence; else empty.

    Args:
        library: whose jobs the videos become.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._folder = library.root / _FOLDER
        self._records = Records(self._folder, Watched)
        self._still: dict[str, float] = {}  # since when, by stamp
        self._lock: IO[bytes] | None = None
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="folder watch", daemon=True)
        self.trouble = ""

    def start(self) -> None:
        """Begin to look every few seconds."""
        self._thread.start()

    def close(self) -> None:
        """Stop; a video that is being copied now is copied anew after the next start."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join(0.5)
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    @property
    def watched(self) -> Watched | None:
        """State of the folder in the settings; None where none is watched, or before the first look."""
        record = self._records.get(_RECORD)
        return record if record is not None and settings().watch and record.folder == str(settings().watch) else None

    def look(self, now_s: float) -> str:
        """Take in what is finished.

        Args:
            now_s: of any clock that only goes forward.

        Returns:
            what `trouble` says until the next look.

        Raises:
            SettingsError: the folder is none that can be watched.
            OutputError: the library cannot be written.
        """
        watched = settings().watch
        if watched is None:
            return ""
        if not self._alone():
            return "Another program of this library watches the folder."
        videos = _videos(watchable(watched, self._library.root))
        record = self._records.get(_RECORD)
        if record is None or record.folder != str(watched):
            record = Watched(folder=str(watched), known={video.stamp: "" for video in videos})
        self._put(_pruned(record, videos))
        self._queue_copied()
        new = [video for video in videos if video.stamp not in record.known]
        self._still = {video.stamp: self._still.get(video.stamp, now_s) for video in new}
        for video in sorted(new, key=lambda one: one.changed_ns):
            if self._closing.is_set() or now_s - self._still[video.stamp] < STILL_S:
                continue
            if len(self._library.runs(state=RunState.QUEUED, limit=MOST_WAITING)) >= MOST_WAITING:
                return f"{MOST_WAITING} jobs wait; the next videos are taken in when some have begun."
            self._take(video)
        return ""

    def _take(self, video: _Video) -> None:
        """Copy a video, look into the copy, and queue it; or say why not."""
        from posespotter.media.inspection.guard import check_uploads, safe_name

        copy = self._folder / f"{video.stamp}{plain_suffix(video.path)}"
        try:
            if shutil.disk_usage(self._folder).free < video.size + _KEEP_FREE_BYTES:
                raise OutputError(f"The disk of {self._library.root} is nearly full: no videos are taken in.")
            if video.size > settings().max_upload_mb * 1_000_000:
                self._refuse(video, f"It is larger than {settings().max_upload_mb} MB.")
                return
            shutil.copyfile(video.path, copy, follow_symlinks=False)
            if _video(video.path) != video:  # somebody wrote meanwhile: the next look finds another video
                copy.unlink()
                return
            digest = sha256_of(copy)
        except OSError as error:
            copy.unlink(missing_ok=True)
            raise OutputError(f"{video.path} could not be copied into the library: {reason(error)}.") from error
        record = self._known()
        if digest in record.known.values():
            copy.unlink()
            self._refuse(video, "The same video was taken in before.")
            return
        answer = check_uploads([copy])[0]
        if isinstance(answer, InputError):
            copy.unlink()
            self._refuse(video, str(answer).replace(str(copy), safe_name(video.path.name)))
            return
        copied = Copied(name=safe_name(video.path.name), file=copy.name)
        self._put(record.model_copy(update={"known": record.known | {video.stamp: digest}, "copied": copied}))
        self._queue_copied()

    def _queue_copied(self) -> None:
        """Queue what was copied, now or by a program that was ended: its copy is there for as long as it is not."""
        record = self._known()
        if record.copied is None:
            return
        copy = self._folder / Path(record.copied.file).name
        if copy.is_file():
            kind, options = _WORK[settings().watch_for]
            try:
                run = submit(self._library, JobRequest(kind, copy, record.copied.name, options, upload=True))
            except PoseSpotterError:
                if not copy.is_file():  # it went with the run that came to nothing: the video is taken in anew
                    known = {stamp: of for stamp, of in record.known.items() if stamp != copy.stem}
                    self._put(record.model_copy(update={"known": known, "copied": None}))
                raise
            record = _with(record, Taken(name=record.copied.name, at=datetime.now(UTC), run=run))
        self._put(record.model_copy(update={"copied": None, "taken": record.taken + 1}))

    def _refuse(self, video: _Video, why: str) -> None:
        """Note that a video is not taken in."""
        from posespotter.media.inspection.guard import safe_name

        record = _with(self._known(), Taken(name=safe_name(video.path.name), at=datetime.now(UTC), why=why))
        self._put(record.model_copy(update={"known": record.known | {video.stamp: ""}}))

    def _known(self) -> Watched:
        record = self._records.get(_RECORD)
        if record is None:
            raise OutputError(f"{self._folder}: what is known of the watched folder has gone.")
        return record

    def _put(self, record: Watched) -> None:
        if record != self._records.get(_RECORD):
            self._records.put(_RECORD, record)

    def _alone(self) -> bool:
        """Whether no other program of this library watches; it is kept from it from now on."""
        if self._lock is not None:
            return True
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            lock = (self._folder / _LOCK).open("ab")
            if try_lock(lock.fileno()) is False:
                lock.close()
                return False
            self._clear_away()
        except OSError as error:
            raise OutputError(f"{self._folder} could not be written: {reason(error)}.") from error
        self._lock = lock
        return True

    def _clear_away(self) -> None:
        """Remove copies that a program which was ended has left unfinished."""
        record = self._records.get(_RECORD)
        kept = {_LOCK, f"{_RECORD}.json", record.copied.file if record is not None and record.copied else ""}
        for path in self._folder.iterdir():
            if path.name not in kept:
                path.unlink()

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                self.trouble = self.look(time.monotonic())
            except PoseSpotterError as error:
                self.trouble = str(error)
            except Exception:  # whatever it is, the next time may go better
                _log.exception("the watched folder could not be looked at")
                self.trouble = "The folder could not be looked at; the program's messages say why."
            self._closing.wait(_LOOK_S)


def watchable(folder: Path, library: Path) -> Path:
    """The folder with ~ resolved, if it can be watched.

    Raises:
        SettingsError: it is no folder, cannot be read, holds too much, or belongs to the library.
    """
    there = expanded(folder)
    if not there.is_absolute() or not there.is_dir():
        raise SettingsError(f"{folder}: expected the whole path of a folder to watch, there is none.")
    if there.resolve().is_relative_to(library.resolve()):
        raise SettingsError(f"{folder}: expected a folder outside of the library, {library}.")
    _videos(there)
    return there


def _videos(folder: Path) -> list[_Video]:
    """The videos of a folder, by their names; not those of the folders in it."""
    from posespotter.media.sources.video import VIDEO_SUFFIXES

    try:
        with os.scandir(folder) as entries:
            names = [one.name for one in entries if Path(one.name).suffix.lower() in VIDEO_SUFFIXES]
    except OSError as error:
        raise SettingsError(f"{folder}: expected a folder that can be read ({reason(error)}).") from None
    videos = [video for name in names if name[0] != "." if (video := _video(folder / name)) is not None]
    if len(videos) > MOST_VIDEOS:
        raise SettingsError(
            f"{folder} holds {len(videos):,} videos, and one of at most {MOST_VIDEOS:,} can be watched: move some out."
        )
    return videos


def _video(path: Path) -> _Video | None:
    """A file as it is now; None for what is none, a link, or empty."""
    with suppress(OSError):
        found = path.lstat()
        if stat.S_ISREG(found.st_mode) and found.st_size:
            return _Video(path, found.st_size, found.st_mtime_ns)
    return None


def _pruned(record: Watched, videos: list[_Video]) -> Watched:
    """The record without the oldest of what has left the folder; the rest may come back, as of a disk that was away."""
    there = {video.stamp for video in videos}
    gone = [stamp for stamp in record.known if stamp not in there]
    forgotten = frozenset(gone[:-MOST_VIDEOS])
    return record.model_copy(update={"known": {one: of for one, of in record.known.items() if one not in forgotten}})


def _with(record: Watched, latest: Taken) -> Watched:
    return record.model_copy(update={"latest": (latest, *record.latest)[:_LATEST]})
