"""The folder of one run: its name, and how it appears whole or not at all."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from posespotter.errors import OutputError
from posespotter.files import whole
from posespotter.media import redact

RUN_FILE = "run.json"
_LONGEST = 100


def stem_of(spec: str) -> str:
    """A folder name for an input: the file's name without its suffix, or the camera or stream in words."""
    if spec.isdecimal():
        return f"camera-{spec}"
    if "://" in spec:
        name = redact(spec).partition("://")[2].replace("***", "")
    else:
        path = Path(spec) if Path(spec).name not in {"", ".."} else Path(spec).resolve()
        name = path.stem
    name = re.sub(r"[^\w .+-]+", "-", name).strip(" .-")
    return name[:_LONGEST] or "unnamed"


def _free(folder: Path, *, overwrite: bool) -> Path:
    """`folder`, or the first of `folder-2`, `folder-3`, ... that does not exist."""
    if not folder.exists():
        return folder
    if overwrite:
        if not (folder / RUN_FILE).is_file():
            raise OutputError(
                f"{folder} is not a result of PoseSpotter and was left alone; choose another output folder."
            )
        return folder
    number = 2
    while (numbered := folder.with_name(f"{folder.name}-{number}")).exists():
        number += 1
    return numbered


@contextmanager
def run_folder(out: Path, spec: str, *, overwrite: bool) -> Iterator[tuple[Path, Path]]:
    """A temporary folder to fill, and the place under `out` that it takes when the block ends well.

    An existing result is never lost by accident: the new one is numbered, unless `overwrite` asks for its place.

    Raises:
        OutputError: `out` cannot be written, or `overwrite` names a folder that PoseSpotter did not make.
    """
    if out.exists() and not out.is_dir():
        raise OutputError(f"{out}: expected a folder for the results, this is a file.")
    target = _free(out / stem_of(spec), overwrite=overwrite)
    with whole(target) as temporary:
        temporary.mkdir()
        try:
            yield temporary, target
        except OutputError as error:  # the user knows the folder by its later name
            raise OutputError(str(error).replace(str(temporary), str(target))) from error
