"""The last resort: one sentence for an unforeseen error, and a file with its details."""

import os
import platform
import traceback
from datetime import UTC, datetime
from pathlib import Path

from posespotter.errors import PoseSpotterError
from posespotter.files import reason
from posespotter.settings import expanded, own_folder
from posespotter.texts import printable

FILE = "last-error.txt"

_written: set[Path] = set()
"""Files that this process has begun: several inputs of one command may each bring an error to light."""


def unforeseen(error: BaseException) -> str:
    """A sentence for a person, on one line; with the place of the details, unless they are of no use."""
    if isinstance(error, MemoryError):
        return "there is not enough memory for this work on this machine."
    if isinstance(error, OSError) and error.errno:
        where = f"{error.filename}: " if error.filename else ""
        return printable(f"{where}{reason(error)}. {_details(error)}")
    what = f"{type(error).__name__}: {error}".splitlines()[0].rstrip(".")
    return printable(f"unexpected {what}. Please report it. {_details(error)}")


def _details(error: BaseException) -> str:
    file = _stored(error)
    return f"The details are in {file}." if file else "--debug shows the details."


def _stored(error: BaseException) -> Path | None:
    """The file that holds the traceback now; None where it cannot be written."""
    try:
        file = expanded(own_folder("log")) / FILE
        file.parent.mkdir(parents=True, exist_ok=True)
        if file not in _written:
            file.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        with open(os.open(file, flags, 0o600), "w", encoding="utf-8", errors="backslashreplace") as opened:  # noqa: PTH123
            opened.write("".join([_machine(), *traceback.format_exception(error), "\n"]))
    except (OSError, PoseSpotterError):
        return None
    _written.add(file)
    return file


def _machine() -> str:
    from posespotter.version import __version__

    now = datetime.now(UTC).isoformat(timespec="seconds")
    return f"{now}, PoseSpotter {__version__}, Python {platform.python_version()}, {platform.platform()}\n"
