"""BlazePose: 33 landmarks of one person, with metres, in a turned square.

Source: BlazePose (arXiv 2006.10204), BlazePose GHUM Holistic (arXiv 2206.11678) and MediaPipe's documentation of
Pose. Scores are the landmark's visibility or its presence in the crop, whichever is less, both 0..1.
"""

from typing import ClassVar, Self

import cv2
import numpy as np

from posespotter.arrays import Array, Float32, Image
from posespotter.boxes import longer_sides
from posespotter.models.geometry import clip_boxes, crop_to_picture, cut, extent, square_to_crop
from posespotter.models.interfaces import Joints, Regions
from posespotter.models.probe import input_shape, input_type
from posespotter.models.session import Session
from posespotter.models.zoo import ModelEntry
from posespotter.skeletons import BLAZEPOSE33

_CIRCLE_TO_SIDE = 2.5  # the square's side in radii of the body circle: the diameter, enlarged by 1.25
_BOX_TO_SIDE = 1.5  # the same square from a person's box: the circle around the hips is 1.1 to 1.2 body lengths wide
_LOGIT_LIMIT = 80.0  # of float32, before exp overflows; MediaPipe clips at 100, which gives the same score
_BODY = len(BLAZEPOSE33)  # landmarks 0..32 are the body, 33 and 34 align the next square
_MARGIN = np.array([0.05, 0.05, 0.05, 0.03], np.float32)  # the body reaches a little beyond its landmarks


def _sigmoid(logits: Array) -> Float32:
    likelihood: Float32 = np.asarray(1 / (1 + np.exp(-np.clip(logits, -_LOGIT_LIMIT, _LOGIT_LIMIT))), np.float32)
    return likelihood


def _scaled(image: Image, factor: float) -> Float32:
    """(1, H, W, 3) RGB floats: `image` times `factor`."""
    # Turning the channels first leaves NumPy contiguous pixels, which it multiplies four times as fast.
    rgb = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
    scaled: Float32 = np.multiply(rgb[None], np.float32(factor), dtype=np.float32)
    return scaled


def aligned_squares(centre: Float32, end: Float32) -> Float32:
    """(M, 4) turned squares from (M, 2) hip centres and the (M, 2) points of the body circle straight above them."""
    along = end - centre
    side = np.hypot(along[:, 0], along[:, 1]) * _CIRCLE_TO_SIDE
    angle = np.arctan2(along[:, 0], -along[:, 1])
    return np.stack([centre[:, 0], centre[:, 1], side, angle], 1).astype(np.float32)


class BlazePose:
    """33 landmarks with metres, in a square that is aligned by a detection or by the landmarks before."""

    skeleton = BLAZEPOSE33
    expected: ClassVar[str] = (
        "BlazePose landmarks with one (1, 256, 256, 3) float32 input of RGB 0 to 1 and the outputs (1, 195), (1, 1) "
        "and (1, 117), as tools/convert_blazepose.py writes it"
    )
    presence_limit = 0.5  # MediaPipe's min_tracking_confidence
    new_limit = 0.9
    still_limit = 0.9
    sure_presence = np.inf  # it is as sure of furniture: for new people too its detection has to add to the presence
    _SIZE = 256

    def __init__(self, session: Session) -> None:
        self.session = session

    @classmethod
    def of(cls, session: Session, entry: ModelEntry) -> Self:
        """The model of a file that the zoo knows."""
        return cls(session)

    @classmethod
    def recognise(cls, session: Session) -> Self | None:
        """The model of a user's file; None where it is of another kind."""
        if input_shape(session) != [1, cls._SIZE, cls._SIZE, 3] or input_type(session) != "float":
            return None
        return cls(session) if [shape[-1] for _, shape in session.outputs] == [5 * 39, 1, 3 * 39] else None

    @property
    def sessions(self) -> tuple[Session, ...]:
        """The network."""
        return (self.session,)

    def estimate(self, image: Image, regions: Regions) -> Joints:
        """The joints in each region.

        A region without a turned square (a detector's box) takes two inferences: upright, then aligned by the first.
        """
        squares = regions.squares.copy()
        unknown = np.isnan(squares[:, 2])
        if unknown.any():
            squares[unknown] = self._aligned(image, regions.boxes[unknown])
        keypoints, scores, world, presence, following = self.landmarks(image, squares)
        # Landmarks that are hidden are placed too, so that the box is that of the whole person, and steady.
        around = extent(keypoints, np.ones(scores.shape, bool))
        size = (around[:, 2:] - around[:, :2])[:, [0, 1, 0, 1]]
        boxes = clip_boxes(around + size * _MARGIN * np.array([-1, -1, 1, 1], np.float32), image)
        margins = np.full_like(boxes, np.nan)
        return Joints(keypoints, scores, world, presence, Regions(boxes, regions.scores, following, margins))

    def _aligned(self, image: Image, boxes: Float32) -> Float32:
        """(M, 4) the squares aligned by a first inference on (M, 4) boxes."""
        side = longer_sides(boxes).clip(1) * _BOX_TO_SIDE
        middle = (boxes[:, :2] + boxes[:, 2:]) / 2
        squares = np.stack([middle[:, 0], middle[:, 1], side, np.zeros_like(side)], 1).astype(np.float32)
        *_, aligned = self.landmarks(image, squares)
        return aligned

    def landmarks(self, image: Image, squares: Float32) -> tuple[Float32, Float32, Float32, Float32, Float32]:
        """Run the network on (M, 4) turned squares.

        Returns:
            (M, 33, 2) px, (M, 33) scores, (M, 33, 3) metres, (M,) presence, and the (M, 4) squares that the landmarks
            align.
        """
        tensors = [self._tensor(image, square) for square in squares]
        answers = self.session.run_each(tensors)
        m = len(squares)
        raw = np.array([answer[0] for answer in answers], np.float32).reshape(m, 39, 5)
        presence = np.array([answer[1] for answer in answers], np.float32).reshape(m)
        metres = np.array([answer[2] for answer in answers], np.float32).reshape(m, 39, 3)[:, :_BODY]
        points = crop_to_picture(raw[..., :2], squares, self._SIZE)
        scores = _sigmoid(raw[:, :_BODY, 3:].min(-1))
        return (
            points[:, :_BODY],
            scores,
            _turn(metres, squares[:, 3]),
            presence,
            aligned_squares(points[:, _BODY], points[:, _BODY + 1]),
        )

    def _tensor(self, image: Image, square: Float32) -> Float32:
        matrix = square_to_crop(square, self._SIZE)
        return _scaled(cut(image, matrix, (self._SIZE, self._SIZE), cv2.BORDER_REPLICATE), 1 / 255)


def _turn(metres: Float32, angles: Float32) -> Float32:
    """(M, K, 3) positions in the turned crop as positions in the upright picture: turned about the viewing axis."""
    cos, sin = np.cos(angles)[:, None], np.sin(angles)[:, None]
    x, y = metres[..., 0], metres[..., 1]
    return np.stack([x * cos - y * sin, x * sin + y * cos, metres[..., 2]], -1).astype(np.float32)
