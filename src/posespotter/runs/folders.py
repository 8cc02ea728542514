"""The folders of the library: runs/<id> for finished runs, work/<id> for unfinished ones. No name leads out."""

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from posespotter.errors import InputError, OutputError
from posespotter.files import reason
from posespotter.runs.run import checked_id
from posespotter.runs.run_metadata import METADATA_FILE

THUMBNAIL_FILE = "thumbnail.jpg"
SOURCE_STEM = "source"
"""The source of a run is kept as source.mp4, source.jpg, ...; analyses draw over it."""

_FULL = {errno.ENOSPC, errno.EDQUOT}
_OURS = frozenset({METADATA_FILE, THUMBNAIL_FILE})


class Folders:
    """The folders in which the library keeps its files.

    Args:
        root: the folder of the library; made when something is put into it.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._runs, self._work, self._trash = root / "runs", root / "work", root / "trash"

    def run(self, run_id: str) -> Path:
        """Folder of the artefacts of a run once it is over."""
        return self._runs / checked_id(run_id)

    def work(self, run_id: str) -> Path:
        """Folder in which a run is being made, on the same disk as its later place."""
        return self._work / checked_id(run_id)

    def make_work(self, run_id: str) -> Path:
        """Create the folder in which a run is made."""
        folder = self.work(run_id)
        with _written(folder):
            folder.mkdir(parents=True, exist_ok=True)
        return folder

    def finished(self) -> Iterator[Path]:
        """The folders of runs that are over."""
        return _runs_in(self._runs)

    def unfinished(self) -> Iterator[Path]:
        """The folders of runs that wait, run, or were left behind."""
        return _runs_in(self._work)

    def artefacts(self, run_id: str) -> list[str]:
        """Names of the run's files, relative to its folder and with /, without the library's own and without links."""
        folder = self.run(run_id)
        return sorted(
            name
            for path in folder.rglob("*")
            if path.is_file() and (name := path.relative_to(folder).as_posix()) not in _OURS and _unlinked(folder, name)
        )

    def artefact(self, run_id: str, name: str) -> Path:
        """A file of a run.

        Raises:
            InputError: there is none, or the name leads out of the folder.
        """
        folder = self.run(run_id)
        parts = PurePosixPath(name).parts
        plain = bool(parts) and not any(part in {"/", "//", ".."} or "\\" in part or ":" in part for part in parts)
        if not plain or not _is_file(folder / name) or not _unlinked(folder, name):
            raise InputError(f"expected the name of a file of run {run_id}, got {name[:80]!r}.")
        return folder / name

    def source(self, run_id: str) -> Path | None:
        """The source that is kept with the run."""
        folder = self.run(run_id)
        found = [path for path in folder.glob(f"{SOURCE_STEM}.*") if path.is_file() and not path.is_symlink()]
        return found[0] if found else None

    def near(self, folder: Path, run_id: str) -> Path:
        """`folder`, or a copy of it in the run's workspace where it is on another disk and cannot be moved at once."""
        work = self.make_work(run_id)
        if folder.stat().st_dev == work.stat().st_dev:
            return folder
        copy = work / f"copy-{secrets.token_hex(4)}"
        with _written(copy):
            shutil.copytree(folder, copy, symlinks=True)
        return copy

    def take_place(self, folder: Path, run_id: str) -> None:
        """Move a complete folder to the run's place, at once."""
        target = self.run(run_id)
        with _written(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            folder.rename(target)

    def discard(self, run_id: str) -> Path | None:
        """Take the finished run's folder out of its place at once; what is returned is to be removed with `remove`.

        On a full disk it stays in its place until it is removed, as there may be no room for as much as a new name.
        """
        folder = self.run(run_id)
        if not os.path.lexists(folder):
            return None
        rubbish = self._trash / f"{run_id}.{secrets.token_hex(4)}"
        with _written(folder):
            try:
                rubbish.parent.mkdir(parents=True, exist_ok=True)
                folder.rename(rubbish)
            except OSError as error:
                if error.errno not in _FULL:
                    raise
                return folder
        return rubbish

    def empty_trash(self) -> None:
        """Remove what an interrupted deletion left."""
        for path in self._trash.iterdir() if self._trash.is_dir() else ():
            remove(path)


def remove(path: Path) -> None:
    """Remove a folder, or the link that stands in its place; what is in use by another program stays."""
    if path.is_symlink():
        path.unlink(missing_ok=True)
    else:
        shutil.rmtree(path, ignore_errors=True)


def plain_suffix(path: Path) -> str:
    """The suffix of a file in lower case if it is one of a video or picture that we read; else .bin."""
    from posespotter.media.sources.frames import PICTURE_SUFFIXES
    from posespotter.media.sources.video import VIDEO_SUFFIXES

    suffix = path.suffix.lower()
    return suffix if suffix in VIDEO_SUFFIXES | PICTURE_SUFFIXES else ".bin"


def _runs_in(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        try:
            checked_id(path.name)
        except InputError:
            continue
        if path.is_dir() and not path.is_symlink():
            yield path


def _unlinked(folder: Path, name: str) -> bool:
    """Whether no part of the way from the library to the file is a link."""
    path = folder / name
    return not any(part.is_symlink() for part in (path, *path.parents[: len(PurePosixPath(name).parts)]))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name too long, or with a zero byte
        return False


@contextmanager
def _written(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(f"{path} could not be written: {reason(error)}.") from error
