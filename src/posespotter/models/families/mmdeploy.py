"""Person boxes in the form that OpenMMLab's MMDeploy exports them, with non-maximum suppression inside."""

from collections.abc import Sequence

import numpy as np

from posespotter.arrays import Float32, Image
from posespotter.models.geometry import clip_boxes
from posespotter.models.interfaces import Regions
from posespotter.models.probe import answer_to_zeros, planar_size
from posespotter.models.session import Session

GREY = 114
"""What a letterbox is filled with (MMDetection's Pad)."""

AS_THEY_ARE = np.ones(3, np.float32), np.zeros(3, np.float32)
"""Scale and offset for models that take pixels as they are."""

EXPECTED = (
    "with one (1, 3, H, H) float32 input and the outputs (1, N, 5) boxes and (1, N) labels, as MMDeploy exports it"
)


def detector_input_size(session: Session) -> int | None:
    """Side of the square input of a detector of this form, px; None where the file is of another kind."""
    size = planar_size(session)
    if size is None or size[0] != size[1]:
        return None
    answer = answer_to_zeros(session, *size)
    fits = len(answer) == 2 and answer[0].shape[2:] == (5,) and answer[1].shape == answer[0].shape[:2]
    return size[0] if fits else None


def people_of(answer: Sequence[Float32], scale: float, image: Image, score_limit: float) -> Regions:
    """The people among a detector's boxes and labels, surest first; boxes are cut to the picture.

    Args:
        answer: (1, N, 5) x0, y0, x1, y1 in px of the input and score, and (1, N) labels.
        scale: px of the input a px of the picture.
        image: the picture.
        score_limit: boxes with no more than this score are left out.
    """
    found, labels = answer[0][0], answer[1][0]
    people = (found[:, 4] > score_limit) & (labels == 0)  # COCO's first class
    found = found[people][np.argsort(-found[people, 4], kind="stable")]
    return Regions.from_boxes(clip_boxes(found[:, :4] / np.float32(scale), image), found[:, 4].copy())
