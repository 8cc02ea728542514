"""The one door: from what a user names to the sources behind it."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from posespotter.errors import InputError
from posespotter.media.inspection.sniff import EXPECTED, PICTURES, sniff
from posespotter.media.sources.frames import (
    PICTURE_SUFFIXES,
    FramesSource,
    PictureSource,
    frame_numbers,
    frames_of_pattern,
    is_pattern,
)
from posespotter.media.sources.part import WHOLE, Part, PartSource, part_of
from posespotter.media.sources.source import Source
from posespotter.media.sources.stream import CameraSource, StreamSource, is_address
from posespotter.media.sources.turned import TurnedSource, checked_turn, turn_of
from posespotter.media.sources.video import VIDEO_SUFFIXES, VideoSource


def open_source(spec: str | Path | int, *, fps: float | None = None, rotate: int = 0, part: Part = WHOLE) -> Source:
    """Open anything that shows pictures.

    Args:
        spec: a picture or video file; a folder of numbered pictures, or a pattern of their names
            (`shots/frame_%04d.png`, `shots/*.png`); the number of a camera (0, "0"); an address (rtsp, rtsps, http,
            https). A file whose name is a number is written with its folder: `./0`.
        fps: frames a second of numbered pictures, which do not say it themselves (30, with a warning, unless given);
            else unused.
        rotate: turn the pictures clockwise by 0, 90, 180 or 270 degrees, beyond what the file itself asks for.
        part: of a video, to give nothing else; its times then begin at 0.

    Raises:
        InputError: there is nothing there, or it cannot be read.
        SettingsError: `rotate` is another number.
    """
    turn = checked_turn(rotate)
    source = _opened(spec, fps)
    if part:
        source = PartSource(source, part)
    return TurnedSource(source, turn) if turn else source


def open_again(spec: str | Path, settings: Mapping[str, Any]) -> Source:
    """Open the video that poses with these `settings` were found in: turned, and the part of it, as it was then.

    Raises:
        InputError: it cannot be read.
    """
    return open_source(spec, rotate=turn_of(settings), part=part_of(settings))


def _opened(spec: str | Path | int, fps: float | None) -> Source:
    if isinstance(spec, int):
        return CameraSource(spec)
    if isinstance(spec, str) and _is_camera(spec):
        return CameraSource(int(spec))
    if isinstance(spec, str) and is_address(spec):
        return StreamSource(spec)
    if not str(spec).strip():
        raise InputError("Expected a file, folder, camera number or address, got an empty name.")
    path = Path(spec)
    if _is_folder(path):
        return _open_folder(path, fps)
    if is_pattern(path) and not _is_file(path):
        return frames_of_pattern(path, fps)
    return PictureSource(path) if sniff(path) in PICTURES else VideoSource(path)


def expand_inputs(specs: Sequence[str]) -> list[str]:
    """The inputs that `specs` name, each to be opened with `open_source`.

    A folder becomes its pictures and videos in natural order: `clip2` before `clip10`. As for a file that is named, the
    content decides what is one, not the name; hidden files and subfolders are left out. A folder that holds nothing but
    three or more numbered pictures, few of which are missing, is one video and stays one input. Everything else is
    passed on as it is.

    Raises:
        InputError: a folder holds no picture and no video, or cannot be read.
    """
    inputs: list[str] = []
    for spec in specs:
        folder = Path(spec)
        if not spec.strip() or _is_camera(spec) or is_address(spec) or not _is_folder(folder):
            inputs.append(spec)
            continue
        files = _media(folder)
        inputs += [spec] if _numbers(files) else [str(path) for path in files]
    return inputs


def _is_camera(spec: str) -> bool:
    return spec.isascii() and spec.isdecimal()


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name too long to be one
        return False


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def _open_folder(folder: Path, fps: float | None) -> Source:
    files = _media(folder)
    numbers = _numbers(files)
    if numbers is None:
        raise InputError(
            f"{folder}: expected a folder of numbered frames of one video, got {len(files)} separate files. "
            "Name the files themselves."
        )
    return FramesSource(folder.absolute().name, list(files), numbers, fps)


def _numbers(files: Mapping[Path, bool]) -> list[int] | None:
    """The numbers of the frames of one video, None where the files are something else."""
    return frame_numbers(list(files)) if all(files.values()) else None


def _media(folder: Path) -> dict[Path, bool]:
    """The pictures and videos in a folder, in natural order, and whether each is a picture."""
    try:
        files = [path for path in folder.iterdir() if not path.name.startswith(".") and path.is_file()]
    except OSError as error:
        raise InputError(f"{folder} could not be read: {error.strerror or error}.") from error
    kinds = {path: _is_picture(path) for path in sorted(files, key=_natural)}
    found = {path: picture for path, picture in kinds.items() if picture is not None}
    if not found:
        raise InputError(f"{folder}: expected a folder with {EXPECTED} in it, got one without any.")
    return found


def _is_picture(path: Path) -> bool | None:
    """Whether a file holds one picture or a video; None for anything else.

    A name that promises one is believed, so that whoever opens the file says what is wrong with it, and a folder of
    many frames need not be read twice.
    """
    suffix = path.suffix.lower()
    if suffix in PICTURE_SUFFIXES | VIDEO_SUFFIXES:
        return suffix in PICTURE_SUFFIXES
    try:
        return sniff(path) in PICTURES
    except InputError:
        return None


def _natural(path: Path) -> list[tuple[int, int, str]]:
    parts = re.split(r"(\d+)", path.name.lower())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part] + [(2, 0, path.name)]
