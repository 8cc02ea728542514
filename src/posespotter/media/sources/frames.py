"""Sources made of picture files: one picture, or numbered frames of a video."""

import re
from collections.abc import Iterator, Sequence
from fnmatch import translate
from itertools import pairwise
from pathlib import Path

from posespotter.errors import InputError
from posespotter.media.containers.upright import fit
from posespotter.media.sources.images import read_image
from posespotter.media.sources.source import Frame, Source, SourceInfo
from posespotter.texts import storable
from posespotter.timing import USUAL_FPS

PICTURE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp"})
_NUMBERED = re.compile(r"(?P<before>.*?)(?P<number>\d+)")
_PRINTF = re.compile(r"%(?:0(?P<digits>\d+))?d")
_ASSUMED_FPS = f"numbered pictures do not say how fast they were taken: {USUAL_FPS:g} a second are assumed (--fps)."


class PictureSource(Source):
    """One picture as a source of one frame at 0.0 s."""

    def __init__(self, path: Path) -> None:
        self._image = read_image(path)
        height, width = self._image.shape[:2]
        self.warnings = []
        self.info = SourceInfo(path.name, "image", width, height, fps=0.0, n_frames=1, live=False)

    def __iter__(self) -> Iterator[Frame]:
        yield Frame(0, 0.0, self._image)


class FramesSource(Source):
    """Numbered pictures as one video; the first gives the size, others are fitted into it.

    A picture that cannot be read is left out with a warning, and its time stays empty, as that of one that is missing;
    the times begin with the first that can be read.

    Args:
        name: a name to show.
        paths: the pictures in order.
        numbers: their numbers; a gap between two numbers is a gap in time.
        fps: pictures a second; None for `USUAL_FPS`, with a warning.

    Raises:
        InputError: no picture can be read, or `fps` is not positive.
    """

    def __init__(self, name: str, paths: Sequence[Path], numbers: Sequence[int], fps: float | None) -> None:
        self._cautions = [] if fps is not None else [_ASSUMED_FPS]
        fps = USUAL_FPS if fps is None else fps
        if not 0 < fps <= 1000:
            raise InputError(f"{name}: expected more than 0 and at most 1000 frames a second, got {fps:g}.")
        self._paths, self._numbers = tuple(paths), tuple(numbers)
        self._first, (height, width) = self._first_good()
        if missing := numbers[-1] - numbers[0] + 1 - len(numbers):
            self._cautions.append(
                f"{missing} of the pictures {numbers[0]} to {numbers[-1]} {'is' if missing == 1 else 'are'} missing; "
                "their time stays empty."
            )
        self.warnings = []
        self.info = SourceInfo(name, "frames", width, height, fps, len(paths), live=False)

    def _first_good(self) -> tuple[int, tuple[int, int]]:
        """The number of the first picture that can be read, and its height and width."""
        refusal: InputError | None = None
        for path, number in zip(self._paths, self._numbers, strict=True):
            try:
                height, width = read_image(path).shape[:2]
            except InputError as error:
                refusal = refusal or error
                continue
            return number, (height, width)
        assert refusal is not None  # noqa: S101 - there is at least one picture
        raise refusal

    def __iter__(self) -> Iterator[Frame]:
        self.warnings[:] = self._cautions
        index = 0
        width, height = self.info.width, self.info.height
        resized = False
        for path, number in zip(self._paths, self._numbers, strict=True):
            try:
                image = read_image(path)
            except InputError as error:
                self.warnings.append(f"left out: {error}")
                continue
            if image.shape[:2] != (height, width) and not resized:
                resized = True
                self.warnings.append(
                    f"{storable(path.name)} is {image.shape[1]}x{image.shape[0]} px; pictures of another size than "
                    f"the first ({width}x{height}) are fitted into it."
                )
            yield Frame(index, (number - self._first) / self.info.fps, fit(image, width, height))
            index += 1


def is_pattern(path: Path) -> bool:
    """Whether the last part of `path` stands for many files: `frame_%04d.png`, `frame_*.png`."""
    return bool(_PRINTF.search(path.name)) or "*" in path.name or "?" in path.name


def frames_of_pattern(pattern: Path, fps: float | None) -> FramesSource:
    """The numbered pictures that a printf or glob pattern names.

    Raises:
        InputError: no file fits the pattern.
    """
    found = sorted(_matches(pattern))
    if not found:
        raise InputError(f"{pattern}: expected at least one file of this pattern, got none. Check the folder.")
    return FramesSource(pattern.name, [path for _, path in found], _distinct([number for number, _ in found]), fps)


def _matches(pattern: Path) -> Iterator[tuple[int, Path]]:
    field = _PRINTF.search(pattern.name)
    if field is None:
        fits = re.compile(translate(pattern.name)).match
        for path in pattern.parent.iterdir() if pattern.parent.is_dir() else ():
            if not fits(path.name):
                continue
            number = re.findall(r"\d+", path.stem)
            yield int(number[-1]) if number else 0, path
        return
    digits = rf"(\d{{{field['digits']},}})" if field["digits"] else r"(\d+)"
    name = re.compile(re.escape(pattern.name[: field.start()]) + digits + re.escape(pattern.name[field.end() :]))
    for path in pattern.parent.iterdir() if pattern.parent.is_dir() else ():
        if match := name.fullmatch(path.name):
            yield int(match[1]), path


def _distinct(numbers: list[int]) -> list[int]:
    """`numbers`, or plain counting where two files have the same one."""
    return numbers if len(set(numbers)) == len(numbers) else list(range(len(numbers)))


def frame_numbers(paths: Sequence[Path]) -> list[int] | None:
    """The numbers of pictures that are the frames of one video, None where they are separate pictures.

    Frames are three or more of one name and suffix in the order of their numbers, few of which are missing.

    Args:
        paths: pictures, in natural order.
    """
    matches = [_NUMBERED.fullmatch(path.stem) for path in paths]
    names = {(match["before"], path.suffix.lower()) for match, path in zip(matches, paths, strict=True) if match}
    numbers = [int(match["number"]) for match in matches if match]
    alike = len(names) == 1 and len(numbers) == len(paths)
    if not alike or len(numbers) < 3 or any(b <= a for a, b in pairwise(numbers)):
        return None
    span = numbers[-1] - numbers[0] + 1
    # Selected photographs have more gaps in their numbers than the frames of a video.
    return numbers if span - len(numbers) <= 0.2 * span else None
