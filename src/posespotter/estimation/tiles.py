"""Small and far people: looking at overlapping parts of a picture that is much larger than the detector's input."""

from collections.abc import Iterator

import numpy as np

from posespotter.arrays import Image
from posespotter.models.people import Detector, Regions

_MUCH_LARGER = 1.4  # times the detector's input: below that a tile shows nothing that the whole picture does not
_OVERLAP = 0.5  # share of a tile's side that its neighbour sees too: a person of half a tile is whole in one of them
_TILES_ALONG_SHORT_SIDE = 1.75  # side of a tile: the picture's short side over this
_FEW_PIXELS_EACH_S = 0.25  # a tile in turn this often while nobody is found

Window = tuple[int, int, int]
"""Left, top, and side of a square tile, px."""


def windows(width: int, height: int, input_size: int) -> list[Window]:
    """The tiles of a picture, those in the middle first; none where the picture is not much larger than the input."""
    if max(width, height) < _MUCH_LARGER * input_size:
        return []
    side = max(int(min(width, height) / _TILES_ALONG_SHORT_SIDE), input_size // 2)
    lefts, tops = _starts(width, side), _starts(height, side)
    tiles = [(left, top, side) for top in tops for left in lefts]
    middle = np.array([width - side, height - side]) / 2
    return sorted(tiles, key=lambda tile: float(np.hypot(*(np.array(tile[:2]) - middle))))


def _starts(length: int, side: int) -> list[int]:
    count = max(1, int(np.ceil((length - side) / (side * (1 - _OVERLAP)))) + 1)
    return [round(start) for start in np.linspace(0, max(0, length - side), count)]


class TilesInTurn:
    """Looks at one tile after the other, at most a few a second, for as long as nobody is found."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector
        self._turn: Iterator[Window] = iter(())
        self._next_s = -np.inf

    def due(self, time_s: float, image: Image) -> bool:
        """Whether a tile may be looked at now."""
        return time_s >= self._next_s and bool(windows(image.shape[1], image.shape[0], self._detector.input_size))

    def detect(self, time_s: float, image: Image) -> Regions:
        """The people in the next tile."""
        self._next_s = time_s + _FEW_PIXELS_EACH_S
        window = next(self._turn, None)
        if window is None:
            self._turn = iter(windows(image.shape[1], image.shape[0], self._detector.input_size))
            window = next(self._turn)
        return detect_in(self._detector, image, window)


def detect_in(detector: Detector, image: Image, window: Window) -> Regions:
    """The people whom the detector finds in one tile, in px of the whole picture."""
    left, top, side = window
    found = detector.detect(np.ascontiguousarray(image[top : top + side, left : left + side]))
    return found.shifted(np.tile(np.array([left, top], np.float32), (len(found), 1)))
