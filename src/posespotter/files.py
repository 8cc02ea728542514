"""Results appear whole or not at all: written beside their place under a temporary name, then renamed. And locks."""

import errno
import hashlib
import os
import re
import secrets
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader
from pathlib import Path

from posespotter.errors import OutputError

# Of file systems that know no locks.
_NO_LOCKS = frozenset({errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL})


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    if not path.is_dir():
        with path.open("rb") as file:
            os.fsync(file.fileno())


def _take_place(temporary: Path, target: Path) -> None:
    if target.is_dir() and not temporary.is_dir():
        raise IsADirectoryError(errno.EISDIR, "there is a folder of that name")
    if not target.is_dir():
        temporary.replace(target)
        return
    aside = _aside(temporary)
    target.replace(aside)  # a folder cannot be renamed onto another one
    try:
        temporary.replace(target)
    except BaseException:
        aside.replace(target)
        raise
    _remove(aside)


def _aside(temporary: Path) -> Path:
    """Path under which the folder waits whose place `temporary` is taking."""
    return temporary.with_name(f"{temporary.name.rpartition('.part')[0]}.old")


def clear_away(temporary: Path, target: Path) -> None:
    """Remove what a process that died in `whole(target)` has left; what it was about to replace comes back."""
    if target.exists():
        _remove(_aside(temporary))
    else:
        with suppress(OSError):  # mostly, as there was nothing to replace
            _aside(temporary).rename(target)
    _remove(temporary)


def try_lock(handle: int) -> bool | None:
    """Lock an open file without waiting, until it is closed; False if somebody else has.

    None where the file system has no locks.

    Raises:
        OSError: it cannot be locked.
    """
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _NO_LOCKS:
            return None
        if error.errno in {errno.EACCES, errno.EAGAIN, errno.EDEADLK}:
            return False
        raise
    return True


def reason(error: OSError) -> str:
    """Message of the system, without what a library put around it."""
    if isinstance(error, shutil.Error) and isinstance(
        error.args[0], list
    ):  # what went wrong with each file of a folder
        words = str(error.args[0][0][-1])
        known = re.match(r"\[Errno (\d+)\]", words)
        return os.strerror(int(known[1])) if known else words
    words = error.strerror or str(error)
    number = error.errno or 0
    system = os.strerror(number) if number in errno.errorcode else words
    return system if system in words else words


def open_plain(path: Path) -> BufferedReader:
    """Open a file for reading; not what would be waited for, or read for ever: a pipe, a socket, a device.

    Raises:
        OSError: it is not there, is no such file, or cannot be read; `reason` has the words.
        ValueError: the name holds a zero byte.
    """
    _require_plain(path.stat().st_mode)  # before it is opened, as opening alone makes some devices do something
    file = open(path, "rb", opener=_without_waiting)  # noqa: SIM115  Path.open knows no opener
    try:
        _require_plain(os.fstat(file.fileno()).st_mode)
    except OSError:
        file.close()
        raise
    return file


def read_plain(path: Path, most_bytes: int) -> bytes:
    """The content of a file that is read at once, opened with `open_plain`.

    Raises:
        OSError: as `open_plain`, or it is larger than that.
    """
    with open_plain(path) as file:
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise OSError(errno.EFBIG, f"it is larger than {most_bytes / 1e6:g} MB")
    return content


def _require_plain(mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "it is a pipe or a device, not a file")


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's content, 64 hexadecimal digits.

    Raises:
        OSError: it cannot be read.
    """
    with open_plain(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def whole(target: Path) -> Iterator[Path]:
    """A temporary path beside `target`, with the same suffix; it takes `target`'s place when the block ends well.

    The block may make a file or a folder there. After an error, Ctrl-C included, nothing is left. A link is replaced
    and what it leads to left alone, since in the folder of a run links may be hostile; where the user has named the
    place, pass `target.resolve()`.

    Raises:
        OutputError: the folder cannot be written, the disk is full, or `target` is a device or pipe.
    """
    # What follows the point in "Lesson 3. All about squats" is no suffix.
    suffix = target.suffix if len(target.suffix) <= 16 else ""
    # 40 characters are at most 160 of the 255 bytes that a name may have.
    temporary = target.with_name(f".{target.stem[:40]}.{secrets.token_hex(4)}.part{suffix}")
    try:
        if target.exists() and not target.is_file() and not target.is_dir():
            raise OutputError(f"{target}: expected a place for a file or folder, got a device or pipe. Choose another.")
        target.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        _sync(temporary)
        _take_place(temporary, target)
    except OSError as error:
        raise OutputError(f"{target} could not be written: {reason(error)}.") from error
    finally:
        _remove(temporary)
