"""The network that lifts the joints of the picture into space: docs/lifting.md is its model card.

Residual layers (Martinez et al. 2017, arXiv 1705.03098) over five moments of one second, which answer for the one in
the middle. `tools/train_lifting.py` trains it on motion capture seen by virtual cameras.
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import Self

import numpy as np

from posespotter.arrays import Float32, require_shape
from posespotter.errors import ModelError
from posespotter.models.session import Session
from posespotter.skeletons import COCO17

NAME = "lifting-1"
HZ = 25.0
"""Moments a second that the network was trained on."""

WINDOW = 25
EMBEDDED = Path(__file__).parent / "weights" / "lifting.onnx"
SHA256 = ""


class LiftingNetwork:
    """17 joints in the picture over time to 17 joints in space."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._input = session.inputs[0][0]

    @classmethod
    def load(cls) -> Self:
        """The network of the package.

        Raises:
            ModelError: the file is missing or damaged.
        """
        found = hashlib.sha256(EMBEDDED.read_bytes()).hexdigest() if EMBEDDED.is_file() else "no file"
        if found != SHA256:
            raise ModelError(
                f"{EMBEDDED.name}: expected SHA-256 {SHA256[:12]}..., got {found[:12]}: install PoseSpotter again."
            )
        return cls(Session(EMBEDDED, "cpu", threads=1))

    def __call__(self, joints: Float32) -> Float32:
        """Lift T moments of one person.

        Args:
            joints: (T, 17, 3) x right, y down, score, of COCO-17 at `HZ`; x and y in body heights from the middle of
                the hips, all 0 where a joint is not seen.

        Returns:
            (T, 17, 3) body heights from the middle of the hips: x right as seen from the camera, y plumb down, z level
            away from the camera. At both ends the first and the last moment are taken to last.
        """
        require_shape("joints", joints, (None, 17, 3))
        # The mean of what is seen and of its mirror image: more exact, and left and right are treated alike.
        both = self._run(joints), _mirrored(self._run(_mirrored(joints)))
        return np.asarray((both[0] + both[1]) / 2, np.float32)

    def _run(self, joints: Float32) -> Float32:
        half = WINDOW // 2
        padded = np.pad(joints.reshape(len(joints), -1), ((half, half), (0, 0)), mode="edge")
        places = self._session.run({self._input: padded[None].astype(np.float32)})[0]
        return np.asarray(places[0].reshape(-1, 17, 3), np.float32)


def _mirrored(joints: Float32) -> Float32:
    return joints[:, COCO17.mirror] * np.array([-1, 1, 1], np.float32)


@cache
def embedded() -> LiftingNetwork:
    """The network of the package, loaded once."""
    return LiftingNetwork.load()
