"""RTMPose and other top-down SimCC pose models as MMDeploy exports them.

Source: RTMPose (arXiv 2303.07399), SimCC (arXiv 2107.03332). Scores are the mean of the two axes' peak heights, cut to
0..1; the position is that of the peaks, to half a pixel of the crop.
"""

from typing import ClassVar, Self

import numpy as np

from posespotter.arrays import Float32, Image
from posespotter.models.geometry import cut, normalised
from posespotter.models.interfaces import Joints, Regions, presence_of
from posespotter.models.probe import answer_to_zeros, planar_size
from posespotter.models.session import Session
from posespotter.models.zoo import ModelEntry
from posespotter.skeletons import SEEN_SCORE, skeleton_for

_MEAN = np.array([123.675, 116.28, 103.53], np.float32)  # RGB, as in MMPose's configuration
_STD = np.array([58.395, 57.12, 57.375], np.float32)
_PADDING = 1.25  # the crop is larger than the box by this factor (MMPose's GetBBoxCenterScale)
_SPLIT = 2.0  # bins a pixel (SimCC's simcc_split_ratio)


class RTMPose:
    """Joints from a SimCC model with outputs (M, K, 2 x width) and (M, K, 2 x height)."""

    expected: ClassVar[str] = (
        "a SimCC pose model with one (1, 3, H, W) float32 input and the outputs (1, K, 2W) and (1, K, 2H), "
        "as MMDeploy exports RTMPose"
    )
    presence_limit = 0.3
    new_limit = 0.65
    still_limit = 0.5
    sure_presence = np.inf  # not measured: its weights cannot be had where this was measured

    def __init__(self, session: Session) -> None:
        self.session = session
        self._height, self._width = (int(n) for n in session.inputs[0][1][2:])
        # MMDeploy's exports leave K free in the declared shape: one run on nothing tells.
        answer = session.run({session.inputs[0][0]: np.zeros((1, 3, self._height, self._width), np.float32)})
        self.skeleton = skeleton_for(answer[0].shape[1])

    @classmethod
    def of(cls, session: Session, entry: ModelEntry) -> Self:
        """The model of a file that the zoo knows."""
        return cls(session)

    @classmethod
    def recognise(cls, session: Session) -> Self | None:
        """The model of a user's file; None where it is of another kind."""
        size = planar_size(session)
        if size is None:
            return None
        answer = answer_to_zeros(session, *size)
        if [a.shape[2:] for a in answer] != [(2 * size[1],), (2 * size[0],)]:
            return None
        return cls(session) if answer[0].shape[1] == answer[1].shape[1] else None

    @property
    def sessions(self) -> tuple[Session, ...]:
        """The network."""
        return (self.session,)

    def estimate(self, image: Image, regions: Regions) -> Joints:
        """The joints in each region's box; presence is the mean score of the better half of the joints."""
        centres, sizes = self._crops(regions.boxes)
        tensors = [self._tensor(image, centre, size) for centre, size in zip(centres, sizes, strict=True)]
        answers = self.session.run_each(tensors)
        k = len(self.skeleton)
        keypoints = np.empty((len(regions), k, 2), np.float32)
        scores = np.empty((len(regions), k), np.float32)
        for i, (along_x, along_y) in enumerate(answers):
            peaks = np.stack([along_x[0].argmax(-1), along_y[0].argmax(-1)], -1) / _SPLIT
            keypoints[i] = peaks / (self._width, self._height) * sizes[i] + centres[i] - sizes[i] / 2
            scores[i] = (along_x[0].max(-1) + along_y[0].max(-1)) / 2
        keypoints[scores <= 0] = np.nan
        scores = scores.clip(0, 1)
        followed = regions.moved_to(image, keypoints, scores > SEEN_SCORE)
        return Joints(keypoints, scores, None, presence_of(scores), followed)

    def _crops(self, boxes: Float32) -> tuple[Float32, Float32]:
        """(M, 2) centres and (M, 2) sizes in px: the padded boxes, grown to the model's aspect ratio."""
        centres: Float32 = (boxes[:, :2] + boxes[:, 2:]) / np.float32(2)
        wide, high = ((boxes[:, 2:] - boxes[:, :2]) * _PADDING).clip(1).T
        ratio = self._width / self._height
        sizes: Float32 = np.stack([np.maximum(wide, high * ratio), np.maximum(high, wide / ratio)], 1, dtype=np.float32)
        return centres, sizes

    def _tensor(self, image: Image, centre: Float32, size: Float32) -> Float32:
        scale = self._width / float(size[0])
        shift = np.array([self._width, self._height]) / 2 - scale * centre
        matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
        crop = cut(image, matrix, (self._width, self._height))
        return normalised(crop, 1 / _STD, -_MEAN / _STD, rgb=True)
