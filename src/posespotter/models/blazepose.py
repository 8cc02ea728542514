"""BlazePose: a person detector that aligns on hips and body circle, and 33 landmarks in a turned square.

Source: BlazePose (arXiv 2006.10204), BlazePose GHUM Holistic (arXiv 2206.11678) and MediaPipe's documentation of
Pose. Scores are the landmark's visibility or its presence in the crop, whichever is less, both 0..1.
"""

import cv2
import numpy as np

from posespotter.arrays import Array, Float32, Image
from posespotter.boxes import box_iou, longer_sides
from posespotter.models.geometry import (
    clip_boxes,
    crop_to_picture,
    cut,
    extent,
    square_to_crop,
)
from posespotter.models.people import Joints, Regions
from posespotter.models.session import Session
from posespotter.skeletons import BLAZEPOSE33

_CIRCLE_TO_SIDE = 2.5  # the square's side in radii of the body circle: the diameter, enlarged by 1.25
_BOX_TO_SIDE = 1.5  # the same square from a person's box: the circle around the hips is 1.1 to 1.2 body lengths wide
_TO_EITHER_SIDE = (np.pi / 2, -np.pi / 2)  # radians clockwise from upright
_NMS_IOU = 0.3
_LOGIT_LIMIT = 80.0  # of float32, before exp overflows; MediaPipe clips at 100, which gives the same score
_PAIRS_OF_ANCHORS = ((28, 2), (14, 2), (7, 6))  # cells a side, anchors a cell: strides 8, 16 and 32 + 32 + 32 of 224
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


def _anchors() -> Float32:
    """(2254, 2) centres of the anchors, as shares of the input's side."""
    grids = []
    for cells, per_cell in _PAIRS_OF_ANCHORS:
        centres = (np.arange(cells) + 0.5) / cells
        x, y = np.meshgrid(centres, centres)
        grids.append(np.repeat(np.stack([x, y], -1).reshape(-1, 2), per_cell, axis=0))
    return np.concatenate(grids).astype(np.float32)


def _blend_overlapping(boxes: Float32, scores: Float32, points: Float32) -> tuple[Float32, Float32]:
    """Non-maximum suppression that averages what it suppresses, as MediaPipe does: it steadies the points.

    Args:
        boxes: (M, 4) head boxes.
        scores: (M,) 0..1.
        points: (M, 2, 2) alignment points.

    Returns:
        the (P,) best score and (P, 2, 2) score-weighted points of each group of overlapping boxes, surest first.
    """
    kept_scores, kept_points = [], []
    left = np.argsort(-scores, kind="stable")
    while len(left):
        overlap = box_iou(boxes[left[:1]], boxes[left])[0] > _NMS_IOU
        overlap[0] = True
        group = left[overlap]
        kept_scores.append(scores[group[0]])
        kept_points.append(np.average(points[group], axis=0, weights=scores[group]))
        left = left[~overlap]
    return np.array(kept_scores, np.float32), np.array(kept_points, np.float32).reshape(-1, 2, 2)


def aligned_squares(centre: Float32, end: Float32) -> Float32:
    """(M, 4) turned squares from (M, 2) hip centres and the (M, 2) points of the body circle straight above them."""
    along = end - centre
    side = np.hypot(along[:, 0], along[:, 1]) * _CIRCLE_TO_SIDE
    angle = np.arctan2(along[:, 0], -along[:, 1])
    return np.stack([centre[:, 0], centre[:, 1], side, angle], 1).astype(np.float32)


class BlazePoseDetector:
    """People by their heads, each with the middle of the hips and the circle around the body.

    The boxes' scores are the head's probability; each box is the square around the body circle, cut to the picture.
    """

    # Things in empty rooms score up to 0.6, whole people mostly above 0.7 (looked at on room cameras).
    sure_limit = 0.65

    def __init__(self, session: Session, score_limit: float = 0.5) -> None:
        self.session = session
        self.input_size = 224
        self.score_limit = score_limit
        self._centres = _anchors() * self.input_size

    def detect(self, image: Image) -> Regions:
        """People in `image`, surest first."""
        # The whole picture in a square, as MediaPipe cuts it: corner on corner, which is half a pixel off cv2.resize.
        height, width = image.shape[:2]
        whole = np.array([width / 2, height / 2, max(height, width), 0.0])
        padded = cut(image, square_to_crop(whole, self.input_size), (self.input_size, self.input_size))
        tensor = _scaled(padded, 2 / 255)
        tensor -= 1
        raw, logits = self.session.run({self.session.inputs[0][0]: tensor})
        scores = _sigmoid(logits[0, :, 0])
        likely = np.flatnonzero(scores > self.score_limit)
        if not len(likely):
            return Regions.none()
        found, anchors = raw[0, likely], self._centres[likely]
        middle, half = found[:, :2] + anchors, found[:, 2:4] / 2
        heads = np.concatenate([middle - half, middle + half], 1)
        points = found[:, 4:8].reshape(-1, 2, 2) + anchors[:, None]
        kept, points = _blend_overlapping(heads, scores[likely], points)
        points = crop_to_picture(points, np.tile(whole.astype(np.float32), (len(points), 1)), self.input_size)
        squares = aligned_squares(points[:, 0], points[:, 1])
        radius = squares[:, 2:3] / _CIRCLE_TO_SIDE
        boxes = np.concatenate([points[:, 0] - radius, points[:, 0] + radius], 1).astype(np.float32)
        return Regions.from_boxes(clip_boxes(boxes, image), kept, squares)


class BlazePose:
    """33 landmarks with metres, in a square that is aligned by a detection or by the landmarks before."""

    skeleton = BLAZEPOSE33
    presence_limit = 0.5
    sure_presence = 0.9
    _SIZE = 256

    def __init__(self, session: Session) -> None:
        self.session = session

    def estimate(self, image: Image, regions: Regions) -> Joints:
        """The joints in each region.

        A region without a turned square (a box of another detector) is looked at twice: with the angle of the region,
        or upright where that is not known either, then aligned by what was seen. In a box that is wider than high
        somebody may lie, whom the model takes for upright rather than for nobody: it is looked at from either side
        too, and the joints that fill the box best count.
        """
        joints = self._looked(image, regions)
        width, height = (regions.boxes[:, 2:] - regions.boxes[:, :2]).T
        lying = np.flatnonzero(np.isnan(regions.squares[:, 3]) & (width > height))
        for angle in _TO_EITHER_SIDE if len(lying) else ():
            turned = regions.take(lying)
            turned.squares[:, 3] = angle
            other = self._looked(image, turned)
            better = self._fits(other, turned) > self._fits(joints.take(lying), turned)
            rows = np.arange(len(joints))
            rows[lying[better]] = len(joints) + np.flatnonzero(better)
            joints = joints.plus(other).take(rows)
        return joints

    def _fits(self, joints: Joints, regions: Regions) -> Float32:
        """(M,) how well the joints fill the boxes they were looked for in, 0..1; less where nobody is seen."""
        filled = np.diagonal(box_iou(joints.regions.boxes, regions.boxes))
        return np.where(joints.presence >= self.presence_limit, filled, joints.presence - 1)

    def _looked(self, image: Image, regions: Regions) -> Joints:
        squares = regions.squares.copy()
        unknown = np.isnan(squares[:, 2])
        if unknown.any():
            squares[unknown] = self._aligned(image, regions.boxes[unknown], np.nan_to_num(squares[unknown, 3]))
        keypoints, scores, world, presence, following = self._landmarks(image, squares)
        # Landmarks that are hidden are placed too, so that the box is that of the whole person, and steady.
        around = extent(keypoints, np.ones(scores.shape, bool))
        size = (around[:, 2:] - around[:, :2])[:, [0, 1, 0, 1]]
        boxes = clip_boxes(around + size * _MARGIN * np.array([-1, -1, 1, 1], np.float32), image)
        margins = np.full_like(boxes, np.nan)
        return Joints(keypoints, scores, world, presence, Regions(boxes, presence, following, margins))

    def halved(self) -> "BlazePose":
        """The same model on half of the threads, for looking at two frames at a time."""
        return BlazePose(self.session.half)

    def _aligned(self, image: Image, boxes: Float32, angles: Float32) -> Float32:
        """(M, 4) the squares that a first look at (M, 4) boxes aligns, by (M,) angles in radians."""
        side = longer_sides(boxes).clip(1) * _BOX_TO_SIDE
        middle = (boxes[:, :2] + boxes[:, 2:]) / 2
        squares = np.stack([middle[:, 0], middle[:, 1], side, angles], 1)
        *_, aligned = self._landmarks(image, squares)
        return aligned

    def _landmarks(self, image: Image, squares: Float32) -> tuple[Float32, Float32, Float32, Float32, Float32]:
        """Keypoints (px), scores, world (m), presence, and the squares that the landmarks align."""
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
