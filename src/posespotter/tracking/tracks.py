"""`Tracks`: the tracks of one tracker."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from posespotter.arrays import Bool, Columns, Float32, Float64, Int32
from posespotter.tracking.kalman import Motion, MotionModel


@dataclass(frozen=True, eq=False)
class Tracks(Columns):
    """The tracks at one time, predicted, one a row.

    Attributes:
        ids: (T,) int32.
        unseen_s: (T,) time since each was last seen; 0 while it is seen.
        keypoints: (T, K, 2) float32 px, moved on by the person's velocity since they were seen.
        boxes: (T, 4) float32 px, moved on likewise.
        motion: the filters of their places and sizes.
    """

    ids: Int32
    unseen_s: Float64
    keypoints: Float32
    boxes: Float32
    motion: Motion

    @classmethod
    def seen(cls, ids: Int32, keypoints: Float32, boxes: Float32, motion: Motion) -> Self:
        """New tracks of people who are seen now."""
        return cls(ids, np.zeros(len(ids)), keypoints, boxes, motion)

    @classmethod
    def none(cls, k: int, model: MotionModel) -> Self:
        """No people, of a skeleton of `k` joints."""
        motion = Motion.new(np.empty((0, 3)), model)
        return cls.seen(np.empty(0, np.int32), np.empty((0, k, 2), np.float32), np.empty((0, 4), np.float32), motion)

    @property
    def lost(self) -> Bool:
        """(T,) mask of the tracks that are unseen."""
        return np.asarray(self.unseen_s > 0, np.bool_)

    def moved(self, rate: Float64, step_s: float) -> tuple[Float32, Float32]:
        """Keypoints and boxes after `step_s` at a speed of (T, 2) px/s."""
        shift = (rate * step_s).astype(np.float32)
        return self.keypoints + shift[:, None], self.boxes + shift[:, [0, 1, 0, 1]]
