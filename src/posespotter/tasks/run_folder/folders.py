"""The folder of one run: its name, and how it appears whole or not at all."""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from posespotter.errors import OutputError
from posespotter.files import reason, whole
from posespotter.tasks.run_folder.reservation import Reservation, clear_stale
from posespotter.texts import printable, storable

RUN_FILE = "run.json"
POSES_FILE = "poses.parquet"
EXPORT_PREFIX = "poses_"


def stem_of(spec: str) -> str:
    """A folder name for an input: the file's name without its suffix, or the camera or stream in words."""
    if spec.isdecimal():
        return f"camera-{spec}"
    if "://" in spec:
        from posespotter.media import redact  # with OpenCV and PyAV, which who lists runs does not need

        name = redact(spec).partition("://")[2].replace("***", "")
    else:
        path = Path(spec) if Path(spec).name not in {"", ".."} else Path(spec).resolve()
        name = path.absolute().parent.name if set(path.stem) <= {"*", "?"} else path.stem
    return folder_name(name)


def folder_name(name: str) -> str:
    """`name` as one that a folder may have anywhere."""
    name = storable(name)
    kept = (one if _is_plain(one) else "\0" for one in unicodedata.normalize("NFC", name))
    name = re.sub("\0+", "-", "".join(kept)).strip(" .-")
    # The lock beside it adds 18 of the 255 bytes that a name may have.
    name = name[:100].encode()[:200].decode("utf-8", "ignore")
    return name.rstrip(" .-") or "unnamed"


def _is_plain(one: str) -> bool:
    """Whether a character may stand in the name of a folder: letters, digits, their marks, and signs such as emoji."""
    kind = unicodedata.category(one)[0]
    sign = (
        kind == "S" and not one.isascii() and one != "\N{REPLACEMENT CHARACTER}"
    )  # not < > | ~ $ of shells and Windows
    return one in " .+-_" or kind in "LNM" or sign


def _reserve(folder: Path, *, overwrite: bool) -> tuple[Path, Reservation]:
    """`folder`, or the first of `folder-2`, `folder-3`, ... that neither exists nor is being made."""
    number, target = 1, folder
    while True:
        reservation = Reservation(target)
        if overwrite or not target.exists():
            if reservation.take():
                if overwrite or not target.exists():  # the process that had it before may have finished it
                    return target, reservation
                reservation.close()
            elif overwrite:
                raise OutputError(
                    f"{target} is being made by another run; wait for it, or choose another output folder."
                )
        number += 1
        target = folder.with_name(f"{folder.name}-{number}")


def _require_replaceable(folder: Path) -> None:
    if folder.exists() and not (folder / RUN_FILE).is_file():
        raise OutputError(f"{folder} is not a result of PoseSpotter and was left alone; choose another output folder.")


@contextmanager
def run_folder(out: Path, name: str, *, overwrite: bool) -> Iterator[tuple[Path, Path]]:
    """A temporary folder to fill, and the place `out`/`name` that it takes when the block ends well.

    An existing result is never lost by accident: the new one is numbered, unless `overwrite` asks for its place. Runs
    at the same time get different places. What a killed run has left in `out` is cleared away.

    Raises:
        OutputError: `out` cannot be written, or `overwrite` names a folder that PoseSpotter did not make.
    """
    wanted = out / folder_name(name)
    try:
        if out.exists() and not out.is_dir():
            raise OutputError(f"{out}: expected a folder for the results, this is a file.")
        if overwrite:
            _require_replaceable(wanted)
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{wanted} could not be written: {reason(error)}.") from error
    clear_stale(out)
    target, reservation = _reserve(wanted, overwrite=overwrite)
    with reservation, whole(target) as temporary:
        temporary.mkdir()
        reservation.note(temporary)
        try:
            yield temporary, target
        except OutputError as error:  # the user knows the folder by its later name
            raise OutputError(str(error).replace(printable(str(temporary)), printable(str(target)))) from error
