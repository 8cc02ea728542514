"""RTMO: all people in the picture with their joints in one run, as OpenMMLab's MMDeploy exports it.

Source: RTMO (arXiv 2312.07526); pre-processing from the exports' own pipeline files (a letterbox filled with grey,
pixels as they are). Scores of boxes are the model's class probabilities, those of joints its visibility, cut to 0..1.
"""

from typing import ClassVar, Self

import numpy as np

from posespotter.arrays import Float32, Image
from posespotter.models.families.mmdeploy import AS_THEY_ARE, GREY
from posespotter.models.geometry import clip_boxes, letterbox, normalised
from posespotter.models.interfaces import Joints, Regions, presence_of
from posespotter.models.probe import answer_to_zeros, planar_size
from posespotter.models.session import Session
from posespotter.models.zoo import ModelEntry
from posespotter.skeletons import skeleton_for

_SCORE_LIMIT = 0.1  # the exports' own pipeline file


class RTMO:
    """People and joints from a model with the outputs (1, N, 5) boxes and (1, N, K, 3) joints."""

    expected: ClassVar[str] = (
        "RTMO with one (1, 3, H, H) float32 input and the outputs (1, N, 5) boxes and (1, N, K, 3) joints, "
        "as MMDeploy exports it"
    )
    new_limit = 0.3
    sure_limit = 0.5
    most_people: int | None = None
    presence_limit = 0.3

    def __init__(self, session: Session, input_size: int, keypoints: int) -> None:
        self.session = session
        self.input_size = input_size
        self.skeleton = skeleton_for(keypoints)

    @classmethod
    def of(cls, session: Session, entry: ModelEntry) -> Self:
        """The model of a file that the zoo knows."""
        return cls(session, entry.input_size[0], entry.keypoints or 0)

    @classmethod
    def recognise(cls, session: Session) -> Self | None:
        """The model of a user's file; None where it is of another kind."""
        size = planar_size(session)
        if size is None or size[0] != size[1] or len(session.outputs) != 2:
            return None
        shapes = [output.shape for output in answer_to_zeros(session, *size)]
        if [len(shape) for shape in shapes] != [3, 4] or shapes[0][2] != 5 or shapes[1][3] != 3:
            return None
        return cls(session, size[0], shapes[1][2])

    @property
    def sessions(self) -> tuple[Session, ...]:
        """The network."""
        return (self.session,)

    def detect(self, image: Image) -> Regions:
        """People in `image`, surest first; boxes are cut to the picture."""
        return self.people(image).regions

    def people(self, image: Image) -> Joints:
        """Find all people in `image` with their joints, highest scores first."""
        padded, scale = letterbox(image, self.input_size, GREY)
        boxes, joints = self.session.run({self.session.inputs[0][0]: normalised(padded, *AS_THEY_ARE)})
        order = np.argsort(-boxes[0, :, 4], kind="stable")
        order = order[boxes[0, order, 4] > _SCORE_LIMIT]
        found, raw = boxes[0, order], joints[0, order]
        regions = Regions.from_boxes(clip_boxes(found[:, :4] / np.float32(scale), image), found[:, 4].copy())
        keypoints: Float32 = (raw[..., :2] / np.float32(scale)).astype(np.float32)
        scores: Float32 = raw[..., 2].clip(0, 1)
        return Joints(keypoints, scores, None, presence_of(scores), regions)
