"""Names of results that are being made: no two processes take the same one, and none stays taken after a crash."""

import os
import re
import sys
from contextlib import suppress
from pathlib import Path

from posespotter.closing import Closing
from posespotter.errors import OutputError
from posespotter.files import clear_away, reason, try_lock

_SUFFIX = ".posespotter-lock"
_TEMPORARY = re.compile(r"\.[^/\\\0]+\.part[^/\\\0]*")


class Reservation(Closing):
    """A lock on the name of a result, which the system releases when the process ends, however it ends.

    Where the file system knows no locks two runs that begin in the same moment may meet, and what a dead one has left
    stays, as it cannot be told from one that is alive.

    The lock file beside the result says under which temporary name it is being made, so that the next process can clear
    that away after a crash. That is why the lock is our own: the package `filelock` empties the file when it opens
    it, so that the name would be lost just when it is needed. Use as a context manager once `take` has returned True.
    """

    def __init__(self, target: Path) -> None:
        self._target = target
        self._file = target.with_name(f".{target.name}{_SUFFIX}")
        self._handle: int | None = None
        self._certain = True

    def take(self) -> bool:
        """Lock the name; False if another process has it.

        What a dead process left under it is removed; a result that it had begun to replace is put back.

        Raises:
            OutputError: the folder cannot be written.
        """
        try:
            self._handle, self._certain = _locked(self._file)
        except OSError as error:
            raise OutputError(f"{self._file.parent} could not be written: {reason(error)}.") from error
        if self._handle is None:
            return False
        left = os.read(self._handle, 1024).decode("utf-8", "replace")
        if self._certain and _TEMPORARY.fullmatch(left):
            clear_away(self._file.with_name(left), self._target)
        return True

    def note(self, temporary: Path) -> None:
        """Record what is to be removed if this process dies."""
        if self._handle is not None:
            os.lseek(self._handle, 0, os.SEEK_SET)
            os.ftruncate(self._handle, os.write(self._handle, os.fsencode(temporary.name)))

    def close(self) -> None:
        """Release the name."""
        handle, self._handle = self._handle, None
        if handle is None:
            return
        if sys.platform == "win32":  # which keeps files that are open
            os.close(handle)
            with suppress(OSError):
                self._file.unlink()
        else:  # the other way round, another process could have its new lock file removed
            with suppress(OSError):
                self._file.unlink()
            os.close(handle)

    def clear(self) -> None:
        """Remove what a dead process has left under the name, if it is certain that it is dead.

        Raises:
            OutputError: the folder cannot be written.
        """
        if not self.take():
            return
        if self._certain:
            self.close()
        elif self._handle is not None:
            os.close(self._handle)
            self._handle = None


def clear_stale(folder: Path) -> None:
    """Remove what killed runs have left in a folder of results, as `take` does; runs that are alive are not touched."""
    for file in folder.glob(f".*{_SUFFIX}"):
        with suppress(OutputError):
            Reservation(folder / file.name.removeprefix(".").removesuffix(_SUFFIX)).clear()


def _locked(file: Path) -> tuple[int | None, bool]:
    """A handle on the locked file, None if another process holds it; and whether that is certain."""
    while True:
        handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            locked = try_lock(handle)
            if locked is False:
                os.close(handle)
                return None, True
            if os.path.samestat(os.fstat(handle), file.stat()):
                return handle, locked is True
        except FileNotFoundError:  # its last owner removed it between our opening and our locking
            pass
        except OSError:
            os.close(handle)
            raise
        os.close(handle)
