"""The interfaces of models and the data between them: regions of people, and joints."""

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np

from posespotter.arrays import Bool, Columns, Float32, Image
from posespotter.models.geometry import clip_boxes, extent
from posespotter.models.session import Session
from posespotter.skeletons import Skeleton

_ENOUGH = 0.3  # share of the joints, five of COCO's 17: with one, who lies is found less (docs/results/ablation.md)
_WIDEST_MARGIN = 0.5  # of the joints' extent: a box that reaches further belongs to a detection with hidden joints


@dataclass(frozen=True)
class Regions(Columns):
    """Regions in which a pose model estimates joints, one person a row.

    Attributes:
        boxes: (M, 4) float32, the whole person: x0, y0, x1, y1 in px.
        scores: (M,) float32, 0..1: how sure the detector was when it last saw the person, or the pose model since then.
        squares: (M, 4) float32, a square turned with the person: centre x, centre y, side in px, angle in radians
            (clockwise from upright); NaN where nobody knows it.
        margins: (M, 4) float32, how far `boxes` reach beyond the joints' extent to the left, top, right and bottom, as
            shares of its width and height; NaN where no detector gave one.
    """

    boxes: Float32
    scores: Float32
    squares: Float32
    margins: Float32

    @classmethod
    def from_boxes(cls, boxes: Float32, scores: Float32, squares: Float32 | None = None) -> Self:
        """Regions as a detector gives them: without margins, and without squares unless it knows them."""
        unknown = np.full((len(boxes), 4), np.nan, np.float32)
        return cls(boxes, scores, unknown if squares is None else squares, unknown)

    @classmethod
    def none(cls) -> Self:
        """No people."""
        return cls.from_boxes(np.empty((0, 4), np.float32), np.empty(0, np.float32))

    def moved_to(self, image: Image, keypoints: Float32, seen: Bool) -> Self:
        """The same people where their joints are now, with the margins that the last detection left around them.

        Args:
            image: the picture, which the boxes are cut to.
            keypoints: (M, K, 2) px.
            seen: (M, K) which of them say where the person is; who has few stays where they were (as MoveNet's own
                crop does without a torso): a box around two joints shows the model less and less.
        """
        few = seen.sum(1) < _ENOUGH * seen.shape[1]
        around = np.where(few[:, None], self.boxes, extent(keypoints, seen))
        size = (around[:, 2:] - around[:, :2])[:, [0, 1, 0, 1]].clip(1)
        outwards = np.array([-1, -1, 1, 1], np.float32)
        measured = ((self.boxes - around) * outwards / size).clip(0, _WIDEST_MARGIN)
        margins = np.where(np.isnan(self.margins), measured, self.margins).astype(np.float32)
        boxes = np.where(few[:, None], self.boxes, around + margins * outwards * size).astype(np.float32)
        margins = np.where(few[:, None], self.margins, margins)
        return type(self)(clip_boxes(boxes, image), self.scores, self.squares, margins)

    def shifted(self, by: Float32) -> Self:
        """The regions moved by (M, 2) px."""
        squares = self.squares.copy()
        squares[:, :2] += by
        return type(self)(self.boxes + by[:, [0, 1, 0, 1]], self.scores, squares, self.margins)


@dataclass(frozen=True)
class Joints(Columns):
    """A pose model's joints in M regions.

    Attributes:
        keypoints: (M, K, 2) float32 px of the whole picture.
        scores: (M, K) float32, 0..1.
        world: (M, K, 3) float32 metres, origin in the middle of the hips, or None.
        presence: (M,) float32, 0..1: whether there is a person at all.
        regions: where to estimate the same people in the next frame; its boxes are the people's boxes in this one.
    """

    keypoints: Float32
    scores: Float32
    world: Float32 | None
    presence: Float32
    regions: Regions

    def plus(self, other: Self) -> Self:
        """These and then `other`, of the same model."""
        if not len(self) or not len(other):  # an empty answer may lack metres, even from a model that gives them
            return other if len(other) else self
        return super().plus(other)


def presence_of(scores: Float32) -> Float32:
    """(M,) how much the joints speak for a person at all: the mean of the better half of the (M, K) scores.

    Somebody half hidden has a good half; furniture has none (MoveNet Thunder: people on the floor 0.52,
    standing 0.79, an office chair 0.17 to 0.37).
    """
    half = scores.shape[1] // 2
    return np.asarray(np.sort(scores, axis=1)[:, half:].mean(1), np.float32)


class Model(Protocol):
    """A model that runs on ONNX Runtime."""

    @property
    def sessions(self) -> tuple[Session, ...]:
        """The networks behind it."""
        ...


class Detector(Model, Protocol):
    """Finds people in a picture.

    Attributes:
        input_size: side of the square that the picture is scaled to, px.
        new_limit: detections with a lower score count only where a person is expected (ByteTrack, arXiv 2110.06864),
        sure_limit: and with a lower one than this a new person must be detected again.
        most_people: how many it can find in one picture; None without a limit.
    """

    input_size: int
    new_limit: float
    sure_limit: float
    most_people: int | None

    def detect(self, image: Image) -> Regions:
        """The people in `image`, surest first; possibly none."""
        ...


class PoseModel(Model, Protocol):
    """Finds the joints of people whose place is known.

    Attributes:
        presence_limit: what speaks for a person where one is expected, at least: the presence of the pose, and with it
            the score of a detection that is not old,
        new_limit: and for a person who is new in a video,
        still_limit: and for one in a picture that stands alone, where no later frame tells;
        sure_presence: a pose with this much presence is reported before a weak detection was repeated.
    """

    skeleton: Skeleton
    presence_limit: float
    new_limit: float
    still_limit: float
    sure_presence: float

    def estimate(self, image: Image, regions: Regions) -> Joints:
        """The joints in each of `regions`, in their order."""
        ...


class OneStageModel(Detector, Protocol):
    """Finds people and their joints in one run over the whole picture.

    As a detector it gives their boxes alone.

    Attributes:
        skeleton: of the joints.
        presence_limit: poses with less presence are no people.
    """

    skeleton: Skeleton
    presence_limit: float

    def people(self, image: Image) -> Joints:
        """Find all people in `image` with their joints, highest scores first."""
        ...
