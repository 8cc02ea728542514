"""The network that lifts the joints of the picture into space: docs/explanation/lifting.md is its model card.

Residual layers (Martinez et al. 2017, arXiv 1705.03098) over five samples of one second, which answer for the one in
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
"""Samples a second that the network was trained on."""

WINDOW = round(HZ)  # samples of one second
EMBEDDED = Path(__file__).parents[1] / "weights" / "lifting.onnx"
SHA256 = "fac63b47ecdb8705eec3444e0270739e5192e2bed8e64571195aaf103fdf9bd5"


LIMBS: tuple[tuple[int, int], ...] = (
    *(
        (COCO17.index(f"{side}_{first}"), COCO17.index(f"{side}_{last}"))
        for side in ("left", "right")
        for first, last in (
            ("hip", "knee"), ("knee", "ankle"), ("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "shoulder"),
        )
    ),
    *((COCO17.index(f"right_{part}"), COCO17.index(f"left_{part}")) for part in ("hip", "shoulder")),
)  # fmt: skip
"""The limbs whose length in the picture tells how far they point at the camera."""

_REACHED = 95
"""Percentile of a limb's length over a clip that stands for what it has when it lies across the line of sight."""


def reach_of(joints: Float32) -> Float32:
    """(12,) how long each of `LIMBS` gets in (T, 17, 3) samples; 0 where its ends are never seen."""
    first, last = (joints[:, [limb[end] for limb in LIMBS]] for end in (0, 1))
    length = np.linalg.norm((last - first)[..., :2], axis=-1)
    seen = (first[..., 2] > 0) & (last[..., 2] > 0)
    return np.asarray(np.percentile(np.where(seen, length, 0), _REACHED, axis=0), np.float32)


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
        """Lift T samples of one person.

        Args:
            joints: (T, 17, 3) x right, y down, score, of COCO-17 at `HZ`; x and y in body heights from the middle of
                the hips, all 0 where a joint is not seen.

        Returns:
            (T, 17, 3) body heights from the middle of the hips: x right as seen from the camera, y plumb down, z level
            away from the camera. At both ends the first and the last sample are taken to last.
        """
        require_shape("joints", joints, (None, 17, 3))
        if not len(joints):
            return joints
        # The mean of what is seen and of its mirror image: more exact, and left and right are treated alike.
        both = self._run(joints), _mirrored(self._run(_mirrored(joints)))
        return np.asarray((both[0] + both[1]) / 2, np.float32)

    def _run(self, joints: Float32) -> Float32:
        half = WINDOW // 2
        reach = np.broadcast_to(reach_of(joints), (len(joints), len(LIMBS)))
        inputs = np.concatenate([joints.reshape(len(joints), -1), reach], 1)
        padded = np.pad(inputs, ((half, half), (0, 0)), mode="edge")
        places = self._session.run({self._input: padded[None].astype(np.float32)})[0]
        return np.asarray(places[0].reshape(-1, 17, 3), np.float32)


def _mirrored(joints: Float32) -> Float32:
    return joints[:, COCO17.mirror] * np.array([-1, 1, 1], np.float32)


@cache
def embedded() -> LiftingNetwork:
    """The network of the package, loaded once."""
    return LiftingNetwork.load()
