"""Collecting people frame by frame into the columns of a `PoseSequence`, with little memory beside them."""

from typing import Any

import numpy as np
import numpy.typing as npt

from posespotter.estimation.pose_tracker import People
from posespotter.poses import ROW_TYPES, PoseSequence
from posespotter.skeletons import Skeleton


class _Column:
    """An array that grows along its first axis; the first rows have no room behind them, for those of one frame."""

    def __init__(self, name: str, tail: tuple[int, ...]) -> None:
        self._array: npt.NDArray[Any] = np.empty((0, *tail), ROW_TYPES[name])
        self._length = 0

    def extend(self, rows: npt.NDArray[Any]) -> None:
        length = self._length + len(rows)
        if length > len(self._array):
            capacity = max(length, 256, 3 * len(self._array) // 2) if self._length else length
            grown = np.empty((capacity, *self._array.shape[1:]), self._array.dtype)
            grown[: self._length] = self._array[: self._length]
            self._array = grown
        self._array[self._length : length] = rows
        self._length = length

    def first(self, n: int) -> npt.NDArray[Any]:
        return self._array[:n]


class PeopleRows:
    """The rows of one video so far."""

    def __init__(self, skeleton: Skeleton) -> None:
        self._skeleton = skeleton
        self._columns: dict[str, _Column] = {}
        self._n = 0

    def add(self, frame: int, time_s: float, people: People) -> None:
        """Add the people of one frame; frames come in order."""
        m = len(people.ids)
        if not m:
            return
        joints = people.joints
        rows: dict[str, Any] = {
            "frame": np.full(m, frame),
            "time_s": np.full(m, time_s),
            "track_id": people.ids,
            "bbox": joints.regions.boxes,
            "bbox_score": joints.regions.scores,
            "keypoints": joints.keypoints,
            "scores": joints.scores,
        }
        if joints.world is not None:
            rows["world"] = joints.world
        for name, values in rows.items():
            if name not in self._columns:
                self._columns[name] = _Column(name, values.shape[1:])
            self._columns[name].extend(values)
        self._n += m

    def sequence(self, **metadata: Any) -> PoseSequence:
        """Everything added so far, with the metadata that `PoseSequence` wants."""
        if not self._n:
            return PoseSequence.from_rows((), self._skeleton, **metadata)
        columns: dict[str, Any] = {name: column.first(self._n) for name, column in self._columns.items()}
        return PoseSequence(skeleton=self._skeleton, **columns, **metadata)
