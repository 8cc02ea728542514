"""The detection interval: every N frames, or when something in the picture calls for a detection."""

from dataclasses import dataclass, field
from typing import ClassVar, Literal

import cv2
import numpy as np

from posespotter.arrays import Bool, Float32, Image
from posespotter.errors import SettingsError
from posespotter.tracking.state import Kept

DetectEvery = int | Literal["auto"]
Reason = Literal["counted", "routine", "unsure", "lost", "empty", "changed"]
"""Reasons for a detection: every N-th frame; after a second; unsure pose; lost person; empty picture; change."""

# All in seconds, so that a new person is found within half a second at any frame rate. Each left out:
# docs/results/ablation.md.
_AT_LEAST_EVERY_S = 1.0
_WHEN_EMPTY_S = 0.2
_WHEN_CHANGED_S = 0.2
_WHEN_UNSURE_S = 0.1
_WHEN_LOST_S = 0.25
# Comparing pictures takes as long as tracking: at 30 frames a second every third frame is compared.
_COMPARE_EVERY_S = 0.09

_GRID = (48, 27)  # cells the picture is shrunk to, to see whether it changed
_SAMPLED = (4 * _GRID[0], 4 * _GRID[1])  # 16 px of each cell: all of them take longer than finding joints
_MEAN_OF_COLOURS = np.full((1, 3), 1 / 3, np.float32)
_CELL_CHANGED = 18.0  # grey levels: above the noise of a dark camera, below a person walking in
_AROUND = 0.1  # a hand with its dumbbell, and its shadow, reach this far out of a person's box, in its longer sides
_CELLS_CHANGED = 3  # a far person covers a few cells


def detect_every(value: str | int) -> DetectEvery:
    """Parse the value of `--detect-every`.

    Raises:
        SettingsError: neither `auto` nor a number of 1 or more.
    """
    if value == "auto":
        return "auto"
    if str(value).isdecimal() and int(value) >= 1:
        return int(value)
    raise SettingsError(f"detect-every: expected auto or a number of frames of 1 or more, got {value!r}.")


@dataclass
class Cadence(Kept):
    """Decides before each frame whether the detector runs on it.

    With `auto` it runs when a person was lost or may be none, when the picture changed where nobody is, a few times a
    second while nobody is there, and at least once a second.
    """

    kept: ClassVar = ("_frames", "_last_s", "_compared_s", "_thumbnail")

    every: DetectEvery = "auto"
    _frames: int = 0
    _last_s: float = -np.inf
    _compared_s: float = -np.inf
    _thumbnail: Float32 | None = field(default=None, repr=False)
    changed_at: tuple[float, float] | None = None

    def due(self, time_s: float, image: Image, boxes: Float32, *, unsure: bool, lost: bool) -> Reason | None:
        """Reason to detect on this frame, or None where there is none.

        Where the picture changed since the last detection, `changed_at` is the middle of the change, x and y in px.

        Args:
            time_s: the frame's time.
            image: the frame.
            boxes: (M, 4) where people are known to be.
            unsure: one of them was lost in the frame before, or hardly looks like a person any more.
            lost: someone was lost not long ago.
        """
        self._frames += 1
        self.changed_at = None
        if isinstance(self.every, int):
            return "counted" if (self._frames - 1) % self.every == 0 else None
        since = time_s - self._last_s
        since = np.inf if since < 0 else since
        reasons: tuple[tuple[Reason, bool], ...] = (
            ("unsure", unsure and since >= _WHEN_UNSURE_S),
            ("lost", lost and since >= _WHEN_LOST_S),
            ("empty", not len(boxes) and since >= _WHEN_EMPTY_S),
            ("routine", since >= _AT_LEAST_EVERY_S),
            ("changed", since >= _WHEN_CHANGED_S and self._changed(time_s, image, boxes)),
        )
        return next((reason for reason, holds in reasons if holds), None)

    def certain(self, ahead: int) -> bool:
        """Whether the detector will run on the frame `ahead` frames after the last one, whatever happens."""
        return isinstance(self.every, int) and (self._frames + ahead - 1) % self.every == 0

    def detected(self, time_s: float, image: Image) -> None:
        """Note that the detector has just run on this frame."""
        self._last_s = time_s
        if self.every == "auto":
            self._thumbnail = _thumbnail(image)

    def _changed(self, time_s: float, image: Image, boxes: Float32) -> bool:
        if self._thumbnail is None:
            return True
        if 0 <= time_s - self._compared_s < _COMPARE_EVERY_S:
            return False
        self._compared_s = time_s
        changed = np.abs(_thumbnail(image) - self._thumbnail) > _CELL_CHANGED
        rows, columns = np.nonzero(changed & _outside(boxes, image))
        if len(rows) < _CELLS_CHANGED:
            return False
        height, width = image.shape[:2]
        self.changed_at = (
            float((np.median(columns) + 0.5) * width / _GRID[0]),
            float((np.median(rows) + 0.5) * height / _GRID[1]),
        )
        return True


def _thumbnail(image: Image) -> Float32:
    if image.shape[1] > _SAMPLED[0] and image.shape[0] > _SAMPLED[1]:
        image = cv2.resize(image, _SAMPLED, interpolation=cv2.INTER_NEAREST)
    small = cv2.resize(image, _GRID, interpolation=cv2.INTER_AREA).astype(np.float32)
    grey: Float32 = cv2.transform(small, _MEAN_OF_COLOURS)
    return grey - np.median(grey)  # a lamp or the camera's gain changes the whole picture, a person does not


def _outside(boxes: Float32, image: Image) -> Bool:
    """(27, 48) mask of the cells outside the boxes of known people."""
    free = np.ones(_GRID[::-1], bool)
    reach = _AROUND * (boxes[:, 2:] - boxes[:, :2]).max(1, initial=0)[:, None] * np.array([-1, -1, 1, 1])
    cells = (boxes + reach) * (np.array(_GRID * 2) / np.array(image.shape[1::-1] * 2))
    for x0, y0, x1, y1 in np.nan_to_num(cells).tolist():
        free[max(0, int(y0) - 1) : int(y1) + 2, max(0, int(x0) - 1) : int(x1) + 2] = False
    return free
