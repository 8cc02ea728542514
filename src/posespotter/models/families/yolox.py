"""YOLOX person detectors as OpenMMLab's MMDeploy exports them.

Source: YOLOX (arXiv 2107.08430); pre-processing from the exports' own pipeline files. The boxes' scores are the
model's class probabilities.
"""

from typing import ClassVar, Self

from posespotter.arrays import Float32, Image
from posespotter.models.families.mmdeploy import AS_THEY_ARE, EXPECTED
from posespotter.models.families.rtmdet import RTMDet
from posespotter.models.geometry import normalised
from posespotter.models.session import Session


class YOLOX(RTMDet):
    """Person boxes from a YOLOX model: as RTMDet, but it takes pixels as they are."""

    expected: ClassVar[str] = f"YOLOX {EXPECTED}"

    @classmethod
    def recognise(cls, session: Session) -> Self | None:
        """The model of a user's file with "yolox" in its name: inputs and outputs are those of RTMDet."""
        return super().recognise(session) if "yolox" in session.path.name.lower() else None

    @staticmethod
    def _tensor(padded: Image) -> Float32:
        return normalised(padded, *AS_THEY_ARE)
