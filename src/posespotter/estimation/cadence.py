"""When to look for people anew: every N frames, or when something calls for it."""

from dataclasses import dataclass, field
from typing import Literal

import cv2
import numpy as np

from posespotter.arrays import Bool, Float32, Image
from posespotter.errors import SettingsError

DetectEvery = int | Literal["auto"]

# All in seconds. A new person has to be seen within half a second, whatever the frame rate.
_AT_LEAST_EVERY_S = 1.0
_WHEN_EMPTY_S = 0.2
_WHEN_CHANGED_S = 0.2
_WHEN_DOUBTFUL_S = 0.1

_GRID = (48, 27)  # cells the picture is shrunk to, to see whether it changed
_CELL_CHANGED = 18.0  # grey levels: above the noise of a dark camera, below a person walking in
_CELLS_CHANGED = 3  # a far person covers a few cells


def detect_every(value: str | int) -> DetectEvery:
    """Check what `--detect-every` says.

    Raises:
        SettingsError: neither `auto` nor a number of 1 or more.
    """
    if value == "auto":
        return "auto"
    if str(value).isdecimal() and int(value) >= 1:
        return int(value)
    raise SettingsError(f"detect-every: expected auto or a number of frames of 1 or more, got {value!r}.")


@dataclass
class Cadence:
    """Tells before each frame whether the detector should run on it.

    With `auto` it runs when a person was lost or is doubtful, when the picture changed where nobody is, a few times a
    second while nobody is there, and at least once a second.
    """

    every: DetectEvery = "auto"
    _frames: int = 0
    _last_s: float = -np.inf
    _thumbnail: Float32 | None = field(default=None, repr=False)

    def due(self, time_s: float, image: Image, boxes: Float32, *, doubtful: bool) -> bool:
        """Whether to detect on this frame.

        Args:
            time_s: the frame's time.
            image: the frame.
            boxes: (M, 4) where people are known to be.
            doubtful: one of them was just lost, or hardly looks like a person any more.
        """
        self._frames += 1
        if isinstance(self.every, int):
            return (self._frames - 1) % self.every == 0
        since = time_s - self._last_s
        if since >= _AT_LEAST_EVERY_S or since < 0:
            return True
        if doubtful and since >= _WHEN_DOUBTFUL_S:
            return True
        if not len(boxes):
            return since >= _WHEN_EMPTY_S
        return since >= _WHEN_CHANGED_S and self._changed(image, boxes)

    def detected(self, time_s: float, image: Image) -> None:
        """Take note that the detector has just looked at this frame."""
        self._last_s = time_s
        if self.every == "auto":
            self._thumbnail = _thumbnail(image)

    def _changed(self, image: Image, boxes: Float32) -> bool:
        if self._thumbnail is None:
            return True
        changed = np.abs(_thumbnail(image) - self._thumbnail) > _CELL_CHANGED
        return int((changed & _outside(boxes, image)).sum()) >= _CELLS_CHANGED


def _thumbnail(image: Image) -> Float32:
    small = cv2.resize(image, _GRID, interpolation=cv2.INTER_AREA if image.shape[1] < 640 else cv2.INTER_LINEAR)
    grey: Float32 = small.mean(-1, dtype=np.float32)
    return grey - np.median(grey)  # a lamp or the camera's gain changes the whole picture, a person does not


def _outside(boxes: Float32, image: Image) -> Bool:
    """(27, 48) mask of the cells where nobody is known to be."""
    free = np.ones(_GRID[::-1], bool)
    cells = boxes / np.tile([image.shape[1], image.shape[0]], 2) * np.tile(_GRID, 2)
    for x0, y0, x1, y1 in np.nan_to_num(cells):
        free[max(0, int(y0) - 1) : int(y1) + 2, max(0, int(x0) - 1) : int(x1) + 2] = False
    return free
