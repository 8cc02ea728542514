"""Two pose models as one: the joints of the first, and what BlazePose adds to them: feet, hands and metres."""

import numpy as np

from posespotter.arrays import Array, Float32, Image
from posespotter.errors import ModelError
from posespotter.models.families.blazepose import BlazePose, aligned_squares
from posespotter.models.interfaces import Joints, PoseModel, Regions
from posespotter.models.session import Session
from posespotter.skeletons import BLAZEPOSE33, COCO17, Skeleton

_HELD_BY = {"eye": "eye", "mouth": "nose", "heel": "ankle", "foot": "ankle"} | dict.fromkeys(
    ("pinky", "index", "thumb"), "wrist"
)
"""The joint of COCO-17 that moves each further landmark of BlazePose, by the word after its side."""


class CompositePose:
    """33 points of BlazePose's skeleton.

    The 17 joints of COCO-17 and their scores come from the first model. The further points (feet, hands, mouth, corners
    of the eyes) come from BlazePose in a square that the first model's joints align, moved with the joint that they
    hang on, and their scores are at most that joint's. The metres are BlazePose's: x to the right of the picture, y
    down, z away from the camera, origin in the middle of the hips.
    """

    skeleton = BLAZEPOSE33

    def __init__(self, joints: PoseModel, rest: BlazePose) -> None:
        """Join two models.

        Raises:
            ModelError: the first does not give the joints of COCO-17.
        """
        if not set(COCO17.keypoints) <= set(joints.skeleton.keypoints):
            raise ModelError(
                f"A composite pose model begins with one that gives the joints of COCO-17; got {joints.skeleton.name}."
            )
        self._joints, self._rest = joints, rest
        self.presence_limit, self.new_limit = joints.presence_limit, joints.new_limit
        self.still_limit, self.sure_presence = joints.still_limit, joints.sure_presence
        self._from = np.array([joints.skeleton.index(name) for name in COCO17.keypoints])
        self._to = np.array([BLAZEPOSE33.index(name) for name in COCO17.keypoints])
        further = [name for name in BLAZEPOSE33.keypoints if name not in COCO17]
        self._further = np.array([BLAZEPOSE33.index(name) for name in further])
        self._holders = np.array([BLAZEPOSE33.index(_holder(name, BLAZEPOSE33)) for name in further])

    @property
    def sessions(self) -> tuple[Session, ...]:
        """The networks of both models."""
        return (*self._joints.sessions, *self._rest.sessions)

    def estimate(self, image: Image, regions: Regions) -> Joints:
        """The joints in each of `regions`, in their order."""
        first = self._joints.estimate(image, regions)
        squares = self._squares(first.keypoints[:, self._from], first.regions.boxes)
        keypoints, scores, world, _, _ = self._rest.landmarks(image, squares)
        keypoints[:, self._further] -= keypoints[:, self._holders]
        keypoints[:, self._to] = first.keypoints[:, self._from]
        scores[:, self._to] = first.scores[:, self._from]
        keypoints[:, self._further] += keypoints[:, self._holders]
        scores[:, self._further] = np.minimum(scores[:, self._further], scores[:, self._holders])
        return Joints(keypoints, scores, world, first.presence, first.regions)

    @staticmethod
    def _squares(joints: Float32, boxes: Float32) -> Float32:
        """(M, 4) turned squares around (M, 17, 2) joints, or (M, 4) boxes where hips or shoulders have none."""
        hips, shoulders = (
            joints[:, [COCO17.index(f"{side}_{part}") for side in ("left", "right")]].mean(1)
            for part in ("hip", "shoulder")
        )
        unknown = ~np.isfinite(hips + shoulders).all(1)
        corners, middles = boxes[:, :2], (boxes[:, :2] + boxes[:, 2:]) / 2
        hips = np.where(unknown[:, None], middles, hips)
        up = shoulders - hips
        up = np.where((unknown | ~up.any(1))[:, None], np.array([0, -1], np.float32), up)
        reach = _longest(joints - hips[:, None])
        reach = np.where(unknown, np.hypot(*(corners - middles).T), reach)
        along = up / np.hypot(up[:, 0], up[:, 1]).clip(1e-6)[:, None] * reach.clip(1)[:, None]
        return aligned_squares(hips, (hips + along).astype(np.float32))


def _holder(name: str, skeleton: Skeleton) -> str:
    side, part, *_ = name.split("_")
    joint = _HELD_BY[part]
    return joint if joint in skeleton else f"{side}_{joint}"


def _longest(arrows: Array) -> Float32:
    """(M,) length of the longest of each (M, K, 2) arrows; 0 where all are NaN."""
    return np.asarray(np.nan_to_num(np.hypot(arrows[..., 0], arrows[..., 1])).max(1), np.float32)
