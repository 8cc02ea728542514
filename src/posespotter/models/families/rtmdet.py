"""RTMDet person detectors as OpenMMLab's MMDeploy exports them.

Source: RTMDet (arXiv 2212.07784); pre-processing from the exports' own pipeline files. The boxes' scores are the
model's class probabilities.
"""

from typing import ClassVar, Self

import numpy as np

from posespotter.arrays import Float32, Image
from posespotter.models.families.mmdeploy import EXPECTED, GREY, detector_input_size, people_of
from posespotter.models.geometry import letterbox, normalised
from posespotter.models.interfaces import Regions
from posespotter.models.session import Session
from posespotter.models.zoo import ModelEntry

# BGR, as in MMDetection's configuration.
_MEAN = np.array([103.53, 116.28, 123.675], np.float32)
_STD = np.array([57.375, 57.12, 58.395], np.float32)
_DETECTION_LIMIT = 0.15  # finds 96 % of people on the floor, of which 0.3 loses a quarter; the pose model is the judge


class RTMDet:
    """Person boxes from an RTMDet model."""

    expected: ClassVar[str] = f"RTMDet {EXPECTED}"
    new_limit = 0.3  # MMPose's demos take boxes from here on
    sure_limit = 0.5
    most_people: int | None = None

    def __init__(self, session: Session, input_size: int, *, score_limit: float = _DETECTION_LIMIT) -> None:
        self.session = session
        self.input_size = input_size
        self.score_limit = score_limit

    @classmethod
    def of(cls, session: Session, entry: ModelEntry) -> Self:
        """The model of a file that the zoo knows."""
        return cls(session, entry.input_size[0])

    @classmethod
    def recognise(cls, session: Session) -> Self | None:
        """The model of a user's file; None where it is of another kind."""
        size = detector_input_size(session)
        return None if size is None else cls(session, size)

    @property
    def sessions(self) -> tuple[Session, ...]:
        """The network."""
        return (self.session,)

    def detect(self, image: Image) -> Regions:
        """People in `image`, surest first; boxes are cut to the picture."""
        padded, scale = letterbox(image, self.input_size, GREY)
        answer = self.session.run({self.session.inputs[0][0]: self._tensor(padded)})
        return people_of(answer, scale, image, self.score_limit)

    @staticmethod
    def _tensor(padded: Image) -> Float32:
        return normalised(padded, 1 / _STD, -_MEAN / _STD)
