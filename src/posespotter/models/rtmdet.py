"""RTMDet and YOLOX person detectors as OpenMMLab's MMDeploy exports them, with non-maximum suppression inside.

Source: RTMDet (arXiv 2212.07784), YOLOX (arXiv 2107.08430); pre-processing from the exports' own pipeline files.
"""

import numpy as np

from posespotter.arrays import Float32, Image
from posespotter.models.geometry import clip_boxes, letterbox, normalised
from posespotter.models.people import Regions
from posespotter.models.session import Session

# BGR, as in MMDetection's configuration of RTMDet. YOLOX takes pixels as they are.
_MEAN = np.array([103.53, 116.28, 123.675], np.float32)
_STD = np.array([57.375, 57.12, 58.395], np.float32)
_PERSON = 0  # COCO's first class
_GREY = 114


class RTMDet:
    """Person boxes from an RTMDet (or, with `normalise=False`, a YOLOX) model.

    The boxes' scores are the model's class probabilities.
    """

    sure_limit = 0.5

    def __init__(self, session: Session, input_size: int, *, normalise: bool = True, score_limit: float = 0.3) -> None:
        self.session = session
        self.input_size = input_size
        self.score_limit = score_limit
        self._scale = 1 / _STD if normalise else np.ones(3, np.float32)
        self._offset = -_MEAN / _STD if normalise else np.zeros(3, np.float32)

    def detect(self, image: Image) -> Regions:
        """People in `image`, surest first; boxes are cut to the picture."""
        padded, scale = letterbox(image, self.input_size, _GREY)
        tensor = normalised(padded, self._scale, self._offset)
        found, labels = self.session.run({self.session.inputs[0][0]: tensor})
        return self._regions(found[0], labels[0], scale, image)

    def _regions(self, found: Float32, labels: Float32, scale: float, image: Image) -> Regions:
        people = (found[:, 4] > self.score_limit) & (labels == _PERSON)
        found = found[people][np.argsort(-found[people, 4], kind="stable")]
        return Regions.from_boxes(clip_boxes(found[:, :4] / np.float32(scale), image), found[:, 4].copy())
