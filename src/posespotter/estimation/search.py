"""Detection windows: the whole picture, and a part of one that is much larger than the detector's input."""

import numpy as np

from posespotter.arrays import Float32, Image
from posespotter.models.interfaces import Detector, Regions
from posespotter.tracking.state import Kept

# What windows bring: docs/results/ablation.md.
_MUCH_LARGER = 1.4  # times the detector's input: below that a window shows nothing that the whole picture does not
_OVERLAP = 0.5  # share of a window's side that its neighbour sees too: a person of half a window is whole in one
_WINDOWS_ALONG_SHORT_SIDE = 1.75  # side of a window: the picture's short side over this
_AROUND = 2.0  # side of the window around an expected person, in lengths of their box
_AROUND_LARGEST = 0.7  # times the picture's long side: beyond that the whole picture serves as well

Window = tuple[int, int, int]
"""Left, top, and side of a square part of the picture, px."""


def windows(width: int, height: int, input_size: int) -> list[Window]:
    """Overlapping windows of a picture, those in the middle first; none where it is not much larger than the input."""
    if max(width, height) < _MUCH_LARGER * input_size:
        return []
    side = max(int(min(width, height) / _WINDOWS_ALONG_SHORT_SIDE), input_size // 2)
    every = [(left, top, side) for top in _starts(height, side) for left in _starts(width, side)]
    middle = np.array([width - side, height - side]) / 2
    return sorted(every, key=lambda window: float(np.hypot(*(np.array(window[:2]) - middle))))


def _starts(length: int, side: int) -> list[int]:
    count = max(1, int(np.ceil((length - side) / (side * (1 - _OVERLAP)))) + 1)
    return [round(start) for start in np.linspace(0, max(0, length - side), count)]


def detect_in(detector: Detector, image: Image, window: Window) -> Regions:
    """Detections in one part of the picture, in px of the whole."""
    left, top, side = window
    found = detector.detect(np.ascontiguousarray(image[top : top + side, left : left + side]))
    return found.shifted(np.tile(np.array([left, top], np.float32), (len(found), 1)))


def detect_everywhere(detector: Detector, image: Image) -> Regions:
    """Detections in a single picture, highest scores first; a person may be detected more than once.

    Where the whole picture gives no detection, or as many as the detector can give, the windows are searched too.
    """
    found = detector.detect(image)
    if not len(found) or len(found) == detector.most_people:
        for window in windows(image.shape[1], image.shape[0], _window_input(detector, image)):
            found = found.plus(detect_in(detector, image, window))
    return found.take(np.argsort(-found.scores, kind="stable"))


def _window_input(detector: Detector, image: Image) -> int:
    """The detector's input size, or less where a crowd asks for windows of any picture."""
    return min(detector.input_size, int(max(image.shape[:2]) / _MUCH_LARGER))


class Search(Kept):
    """Runs the detector on the whole picture and on at most one window.

    The window is around a person who is unsure, or where the picture changed, or the next one where nobody is found.
    """

    kept = ("_turn",)

    def __init__(self, detector: Detector, *, in_parts: bool = True) -> None:
        self._detector = detector
        self._in_parts = in_parts
        self._turn = 0

    def detect(self, image: Image, expected: Float32, changed: tuple[float, float] | None) -> Regions:
        """The people found in this frame.

        Args:
            image: the frame.
            expected: (L, 4) px, boxes of people whom the detector did not see when it last ran or who are tentative.
            changed: where the picture changed since the last run, px, if it did.
        """
        found = self._detector.detect(image)
        window = self._window(image, expected, changed, nobody=not len(found)) if self._in_parts else None
        return found if window is None else found.plus(detect_in(self._detector, image, window))

    def _window(
        self, image: Image, expected: Float32, changed: tuple[float, float] | None, *, nobody: bool
    ) -> Window | None:
        height, width = image.shape[:2]
        if len(expected):
            return self._around(image, expected[-1])
        every = windows(width, height, self._detector.input_size)
        if changed is not None:
            return min(
                every, key=lambda w: np.hypot(w[0] + w[2] / 2 - changed[0], w[1] + w[2] / 2 - changed[1]), default=None
            )
        if not every or not nobody:
            return None
        self._turn += 1
        return every[(self._turn - 1) % len(every)]

    @staticmethod
    def _around(image: Image, box: Float32) -> Window | None:
        """A square window around a box, as far as the picture allows, if that is much less than the picture."""
        height, width = image.shape[:2]
        x0, y0, x1, y1 = (float(v) for v in box)
        side = min(int(_AROUND * max(x1 - x0, y1 - y0, 32)), width, height)
        if side > _AROUND_LARGEST * max(width, height):
            return None
        left = int(np.clip((x0 + x1 - side) / 2, 0, width - side))
        top = int(np.clip((y0 + y1 - side) / 2, 0, height - side))
        return left, top, side
