"""A source whose pictures are turned: for cameras that hang on their side or upside down and do not say so."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal, get_args

import cv2

from posespotter.arrays import Image
from posespotter.errors import SettingsError
from posespotter.media.sources.source import Frame, Source

Turn = Literal[0, 90, 180, 270]
"""Degrees clockwise."""

_CODES = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


def turned(image: Image, degrees: Turn) -> Image:
    """`image` turned clockwise."""
    return image if degrees == 0 else cv2.rotate(image, _CODES[degrees])


def checked_turn(degrees: Any) -> Turn:
    """`degrees`, if it is a number of quarter turns.

    Raises:
        SettingsError: it is not.
    """
    for turn in get_args(Turn):
        if turn == degrees:
            return turn  # type: ignore[no-any-return]
    raise SettingsError(f"rotate: expected 0, 90, 180 or 270 degrees, got {degrees!r}.")


def turn_of(settings: Mapping[str, Any]) -> Turn:
    """Rotation of the pictures that poses with these `settings` belong to."""
    try:
        return checked_turn(settings.get("rotate", 0))
    except SettingsError:  # of another program
        return 0


class TurnedSource(Source):
    """Gives the frames of another source, turned clockwise; closing this closes it too."""

    def __init__(self, source: Source, degrees: Turn) -> None:
        self._source, self._degrees = source, degrees
        width, height = source.info.width, source.info.height
        self.info = source.info if degrees == 180 else replace(source.info, width=height, height=width)
        self.warnings = source.warnings

    def __iter__(self) -> Iterator[Frame]:
        for frame in self._source:
            yield replace(frame, image=turned(frame.image, self._degrees))

    def close(self) -> None:
        """Close the source."""
        self._source.close()
