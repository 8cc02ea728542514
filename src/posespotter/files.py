"""Results appear whole or not at all: written beside their place under a temporary name, then renamed."""

import errno
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from posespotter.errors import OutputError

_LONGEST = 40  # characters of a name kept in a temporary one: at most 160 of the 255 bytes that a name may have
_LONGEST_SUFFIX = 16  # what follows the point in "Lesson 3. All about squats" is no suffix


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
    old = target.with_name(f".{target.name[:_LONGEST]}.{secrets.token_hex(4)}.old")
    target.replace(old)  # a folder cannot be renamed onto another one
    try:
        temporary.replace(target)
    except BaseException:
        old.replace(target)
        raise
    _remove(old)


def reason(error: OSError) -> str:
    """What the system said, without what a library put around it."""
    words = error.strerror or str(error)
    number = error.errno or 0
    system = os.strerror(number) if number in errno.errorcode else words
    return system if system in words else words


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's content, 64 hexadecimal digits.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def whole(target: Path) -> Iterator[Path]:
    """A temporary path beside `target`, with the same suffix; it takes `target`'s place when the block ends well.

    The block may make a file or a folder there. After an error, Ctrl-C included, nothing is left.

    Raises:
        OutputError: the folder cannot be written, or the disk is full.
    """
    suffix = target.suffix if len(target.suffix) <= _LONGEST_SUFFIX else ""
    temporary = target.with_name(f".{target.stem[:_LONGEST]}.{secrets.token_hex(4)}.part{suffix}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        _sync(temporary)
        _take_place(temporary, target)
    except OSError as error:
        raise OutputError(f"{target} could not be written: {reason(error)}.") from error
    finally:
        _remove(temporary)
