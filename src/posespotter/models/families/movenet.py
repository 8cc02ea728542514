"""MoveNet: the joints of one person in a square crop, or of up to six people in the whole picture.

Source: Google's MoveNet (model cards of movenet/singlepose and movenet/multipose, TensorFlow Hub), converted with
tools/convert_movenet.py. All take RGB of 0 to 255 and answer with y before x. Scores are the network's own, 0..1: of
joints with 0.3 to 0.4 three in four are within an OKS of 0.5 of what people marked, above 0.4 nine in ten, below 0.2
four in ten (COCO, docs/results/models.md).
"""

from typing import ClassVar, Self

import cv2
import numpy as np

from posespotter.arrays import Array, Float32, Image
from posespotter.boxes import longer_sides
from posespotter.errors import ModelError
from posespotter.models.geometry import clip_boxes, crop_to_picture, cut, square_to_crop
from posespotter.models.interfaces import Joints, Regions, presence_of
from posespotter.models.probe import answer_to, input_shape, input_type
from posespotter.models.session import Session
from posespotter.models.zoo import ModelEntry
from posespotter.skeletons import COCO17

_PADDING = 1.1  # side of the crop in longer sides of the box: the best of 1.0 to 1.4, see docs/results/models.md
_MULTIPLE = 32  # MultiPose takes any height and width that are multiples of this
_LONGER_SIDE = 384  # px that MultiPose sees: AP 0.46 of the whole road; 0.45 at 320 and 0.42 at 512 (same place)
_DETECTION_LIMIT = 0.08  # finds 95 % of people on the floor that 0.3 loses; the pose model's scores are the judge
_MOST_PEOPLE = 6  # rows of MultiPose's answer
_SEEN = 0.2  # joints from here on make the next box: six in ten are right, and feet are found again
_K = len(COCO17)
_EXPECTED = "a MoveNet model with one (1, {size}, 3) float32 input of RGB 0 to 255 and the output {output}, y before x"


class MoveNet:
    """Lightning and Thunder: 17 joints of the person in the middle of a square crop.

    Presence is the mean score of the better half of the joints. The network always answers with a person: below
    `presence_limit` nobody is there.
    """

    expected: ClassVar[str] = _EXPECTED.format(size="S, S", output="(1, 1, 17, 3)")
    skeleton = COCO17
    # With its detection no furniture of 125 clips reaches 0.65; who is expected needs less: docs/results/models.md.
    presence_limit = 0.3
    new_limit = 0.65
    still_limit = 0.5
    sure_presence = 0.6  # left out: docs/results/ablation.md, "a convincing pose"

    def __init__(self, session: Session) -> None:
        self.session = session
        self._size = int(session.inputs[0][1][1] or 0)

    @classmethod
    def of(cls, session: Session, entry: ModelEntry) -> Self:
        """The model of a file that the zoo knows."""
        return cls(session)

    @classmethod
    def recognise(cls, session: Session) -> Self | None:
        """The model of a user's file; None where it is of another kind.

        Raises:
            ModelError: it gives x before y.
        """
        shape = input_shape(session)
        if shape is None or shape[0] != 1 or shape[3] != 3 or not isinstance(shape[1], int) or shape[1] != shape[2]:
            return None
        if input_type(session) != "float" or [out[1][1:] for out in session.outputs] != [[1, _K, 3]]:
            return None
        (answer,) = answer_to(session, _standing_figure(shape[1]))
        _require_y_first(session, answer[0, 0], cls.expected)
        return cls(session)

    @property
    def sessions(self) -> tuple[Session, ...]:
        """The network."""
        return (self.session,)

    def estimate(self, image: Image, regions: Regions) -> Joints:
        """The joints in a square around each region's box."""
        sides = longer_sides(regions.boxes).clip(1) * _PADDING
        middles = (regions.boxes[:, :2] + regions.boxes[:, 2:]) / 2
        squares = np.column_stack([middles, sides, np.zeros(len(regions))]).astype(np.float32)
        answers = self.session.run_each([self._tensor(image, square) for square in squares])
        raw = np.array([answer[0] for answer in answers], np.float32).reshape(len(regions), _K, 3)
        keypoints = crop_to_picture(raw[..., 1::-1] * np.float32(self._size), squares, self._size)
        scores = np.ascontiguousarray(raw[..., 2])
        followed = regions.moved_to(image, keypoints, scores > _SEEN)
        return Joints(keypoints, scores, None, presence_of(scores), followed)

    def _tensor(self, image: Image, square: Array) -> Float32:
        crop = cut(image, square_to_crop(square, self._size), (self._size, self._size))
        return _rgb(crop)


class MultiPose:
    """MoveNet MultiPose: up to six people with their joints in one run; as a detector, their boxes.

    The boxes' scores are the network's own. They are low for people who lie or are half hidden (0.1 to 0.3).
    """

    expected: ClassVar[str] = _EXPECTED.format(size="H, W", output="(1, 6, 56)")
    skeleton = COCO17
    new_limit = 0.15  # finds 78 % of who lies in a room, 0.3 finds 51 %; lower ones count where somebody is expected
    sure_limit = 0.3  # below it three detections: docs/results/ablation.md
    most_people: int | None = _MOST_PEOPLE
    presence_limit = 0.3

    def __init__(self, session: Session, input_size: int = _LONGER_SIDE) -> None:
        self.session = session
        self.input_size = input_size
        self.score_limit = _DETECTION_LIMIT
        sides = session.inputs[0][1][1:3]
        self._fixed = (int(sides[0]), int(sides[1])) if all(isinstance(side, int) for side in sides) else None

    @classmethod
    def of(cls, session: Session, entry: ModelEntry) -> Self:
        """The model of a file that the zoo knows."""
        return cls(session, entry.input_size[0])

    @classmethod
    def recognise(cls, session: Session) -> Self | None:
        """The model of a user's file; None where it is of another kind.

        Raises:
            ModelError: it gives x before y.
        """
        shape = input_shape(session)
        if shape is None or shape[3] != 3 or input_type(session) != "float":
            return None
        if [out[1][1:] for out in session.outputs] != [[_MOST_PEOPLE, 3 * _K + 5]]:
            return None
        model = cls(session, max([side for side in shape[1:3] if isinstance(side, int)], default=_LONGER_SIDE))
        figure = np.ascontiguousarray(_standing_figure(_LONGER_SIDE)[0], np.uint8)
        (answer,) = answer_to(session, model._letterboxed(figure)[0])
        surest = answer[0, answer[0, :, -1].argmax()]
        _require_y_first(session, surest[: 3 * _K].reshape(_K, 3), cls.expected)
        return model

    @property
    def sessions(self) -> tuple[Session, ...]:
        """The network."""
        return (self.session,)

    def detect(self, image: Image) -> Regions:
        """People in `image`, surest first; boxes are cut to the picture."""
        return self._found(image)[0]

    def people(self, image: Image) -> Joints:
        """Find all people in `image` with their joints, highest scores first."""
        regions, keypoints, scores = self._found(image)
        return Joints(keypoints, scores, None, presence_of(scores), regions)

    def _found(self, image: Image) -> tuple[Regions, Float32, Float32]:
        """Boxes and their scores, (M, 17, 2) px and (M, 17) joint scores."""
        tensor, scale = self._letterboxed(image)
        (answer,) = self.session.run({self.session.inputs[0][0]: tensor})
        found = answer[0][np.argsort(-answer[0, :, -1], kind="stable")]
        found = found[found[:, -1] > self.score_limit]  # unused rows repeat others' joints with a score near 0
        px = np.array(tensor.shape[2:0:-1], np.float32) / np.float32(scale)
        raw = found[:, : 3 * _K].reshape(-1, _K, 3)
        keypoints = (raw[..., 1::-1] * px).astype(np.float32)
        boxes = (found[:, [52, 51, 54, 53]] * px[[0, 1, 0, 1]]).astype(np.float32)
        regions = Regions.from_boxes(clip_boxes(boxes, image), found[:, -1].copy())
        return regions, keypoints, np.ascontiguousarray(raw[..., 2])

    def _letterboxed(self, image: Image) -> tuple[Float32, float]:
        """The picture scaled into the upper left of the network's input, and the scale."""
        height, width = image.shape[:2]
        bounds = self._fixed or (self.input_size, self.input_size)
        scale = min(bounds[0] / height, bounds[1] / width)
        inner = max(1, round(width * scale)), max(1, round(height * scale))
        rows, columns = self._fixed or (-(-side // _MULTIPLE) * _MULTIPLE for side in inner[::-1])
        padded = np.zeros((rows, columns, 3), np.uint8)
        # Below half size, linear interpolation would skip pixels, and a far person is only a few pixels wide.
        how = cv2.INTER_AREA if scale < 0.5 else cv2.INTER_LINEAR
        cv2.resize(image, inner, dst=padded[: inner[1], : inner[0]], interpolation=how)
        return _rgb(padded), scale


def _rgb(image: Image) -> Float32:
    """(1, H, W, 3) float32 RGB, 0 to 255."""
    rgb: Float32 = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)[None].astype(np.float32)
    return rgb


def _standing_figure(side: int) -> Float32:
    """(1, S, S, 3) a drawn person who stands, to tell y from x by."""
    picture = np.full((side, side, 3), 200, np.uint8)
    unit = side / 256

    def line(first: tuple[int, int], second: tuple[int, int], width: int, colour: tuple[int, int, int]) -> None:
        ends = [tuple(round(value * unit) for value in point) for point in (first, second)]
        cv2.line(picture, ends[0], ends[1], colour, max(1, round(width * unit)), cv2.LINE_AA)

    legs, shirt, skin = (90, 60, 40), (60, 60, 160), (120, 150, 210)
    line((118, 150), (116, 235), 16, legs)
    line((138, 150), (140, 235), 16, legs)
    line((110, 75), (96, 140), 10, shirt)
    line((146, 75), (160, 140), 10, shirt)
    line((128, 80), (128, 145), 36, shirt)
    line((128, 48), (128, 48), 34, skin)
    return _rgb(picture)


def _require_y_first(session: Session, joints: Float32, expected: str) -> None:
    """Check that joints of `_standing_figure` are taller than wide.

    Raises:
        ModelError: they are wider.
    """
    along_first, along_second = joints[:, :2].std(axis=0)
    if along_second > along_first:
        raise ModelError(f"{session.path.name}: expected {expected}; this file gives x before y.")
