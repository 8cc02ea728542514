"""What detectors and pose models hand to each other: where people are, where to look for joints, and the joints."""

from dataclasses import dataclass
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt

from posespotter.arrays import Float32, Image
from posespotter.models.session import Session
from posespotter.skeletons import Skeleton

Rows = npt.NDArray[np.integer[Any]] | npt.NDArray[np.bool_] | slice


@dataclass(frozen=True)
class Regions:
    """Where a pose model shall look, one person a row.

    Attributes:
        boxes: (M, 4) float32, the whole person: x0, y0, x1, y1 in px.
        scores: (M,) float32, 0..1: how sure the detector was when it last saw the person, or the pose model since then.
        squares: (M, 4) float32, a square turned with the person: centre x, centre y, side in px, angle in radians
            (clockwise from upright); NaN where nobody knows it.
        margins: (M, 4) float32, how far `boxes` reach beyond the joints' extent to the left, top, right and bottom, as
            shares of its width and height; NaN where no detector said so.
    """

    boxes: Float32
    scores: Float32
    squares: Float32
    margins: Float32

    def __len__(self) -> int:
        return len(self.boxes)

    @classmethod
    def from_boxes(cls, boxes: Float32, scores: Float32, squares: Float32 | None = None) -> Self:
        """Regions as a detector gives them: without margins, and without squares unless it knows them."""
        unknown = np.full((len(boxes), 4), np.nan, np.float32)
        return cls(boxes, scores, unknown if squares is None else squares, unknown)

    @classmethod
    def none(cls) -> Self:
        """Nobody."""
        return cls.from_boxes(np.empty((0, 4), np.float32), np.empty(0, np.float32))

    def take(self, rows: Rows) -> Self:
        """The regions at `rows` (positions, a mask or a slice)."""
        return type(self)(self.boxes[rows], self.scores[rows], self.squares[rows], self.margins[rows])

    def plus(self, other: Self) -> Self:
        """These and then `other`."""
        return type(self)(
            np.concatenate([self.boxes, other.boxes]),
            np.concatenate([self.scores, other.scores]),
            np.concatenate([self.squares, other.squares]),
            np.concatenate([self.margins, other.margins]),
        )

    def shifted(self, by: Float32) -> Self:
        """The regions moved by (M, 2) px."""
        squares = self.squares.copy()
        squares[:, :2] += by
        return type(self)(self.boxes + by[:, [0, 1, 0, 1]], self.scores, squares, self.margins)


@dataclass(frozen=True)
class Joints:
    """What a pose model found in M regions.

    Attributes:
        keypoints: (M, K, 2) float32 px of the whole picture.
        scores: (M, K) float32, 0..1.
        world: (M, K, 3) float32 metres, origin in the middle of the hips, or None.
        presence: (M,) float32, 0..1: whether there is a person at all.
        regions: where to look for the same people in the next frame; its boxes are the people's boxes in this one.
    """

    keypoints: Float32
    scores: Float32
    world: Float32 | None
    presence: Float32
    regions: Regions

    def __len__(self) -> int:
        return len(self.keypoints)

    def take(self, rows: Rows) -> Self:
        """The people at `rows` (positions, a mask or a slice)."""
        world = None if self.world is None else self.world[rows]
        return type(self)(self.keypoints[rows], self.scores[rows], world, self.presence[rows], self.regions.take(rows))

    def plus(self, other: Self) -> Self:
        """These and then `other`, of the same model."""
        if not len(self) or not len(other):  # nobody may come without metres from a model that gives them
            return other if len(other) else self
        world = None
        if self.world is not None and other.world is not None:
            world = np.concatenate([self.world, other.world])
        return type(self)(
            np.concatenate([self.keypoints, other.keypoints]),
            np.concatenate([self.scores, other.scores]),
            world,
            np.concatenate([self.presence, other.presence]),
            self.regions.plus(other.regions),
        )


class Detector(Protocol):
    """Finds people in a picture.

    Attributes:
        input_size: side of the square that the picture is scaled to, px.
        sure_limit: finds with a lower score are people only where one was seen just before.
    """

    session: Session
    input_size: int
    sure_limit: float

    def detect(self, image: Image) -> Regions:
        """The people in `image`, surest first; possibly none."""
        ...


class PoseModel(Protocol):
    """Finds the joints of people whose place is known.

    Attributes:
        presence_limit: poses with less presence are no people.
        sure_presence: poses with this much presence, frame after frame, are people even if the detector doubted.
    """

    session: Session
    skeleton: Skeleton
    presence_limit: float
    sure_presence: float

    def estimate(self, image: Image, regions: Regions) -> Joints:
        """The joints in each of `regions`, in their order."""
        ...

    def halved(self) -> "PoseModel":
        """The same model on half of the threads, for looking at two frames at a time."""
        ...
