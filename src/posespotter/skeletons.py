"""Skeletons: which keypoints a model gives, how they are joined, which are left and right, how exact each one is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

import numpy as np

from posespotter.arrays import Float32
from posespotter.errors import SettingsError


@dataclass(frozen=True)
class Skeleton:
    """The keypoints of one model family, in the order of its arrays.

    Attributes:
        name: the skeleton's name, as stored in files.
        keypoints: K names; those of the left and right side begin with `left_` and `right_`.
        limbs: pairs of names that are joined by a line.
        sigmas: K numbers, the per-keypoint spread of annotators that OKS uses, as a share of the person's size.
    """

    name: str
    keypoints: tuple[str, ...]
    limbs: tuple[tuple[str, str], ...]
    sigmas: tuple[float, ...] = field(repr=False)

    def __len__(self) -> int:
        return len(self.keypoints)

    @cached_property
    def _index(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.keypoints)}

    def __contains__(self, keypoint: object) -> bool:
        return keypoint in self._index

    def index(self, keypoint: str) -> int:
        """The position of `keypoint` along the K axis.

        Raises:
            SettingsError: the skeleton has no such keypoint.
        """
        try:
            return self._index[keypoint]
        except KeyError:
            known = ", ".join(self.keypoints)
            raise SettingsError(f"{self.name} has no keypoint {keypoint!r}; it has: {known}.") from None

    @cached_property
    def limb_indices(self) -> tuple[tuple[int, int], ...]:
        """`limbs` as pairs of positions along the K axis."""
        return tuple((self._index[a], self._index[b]) for a, b in self.limbs)

    @cached_property
    def sides(self) -> tuple[str, ...]:
        """K times "left", "right" or "middle"."""
        return tuple(
            name.split("_")[0] if name.startswith(("left_", "right_")) else "middle" for name in self.keypoints
        )

    @cached_property
    def mirror(self) -> tuple[int, ...]:
        """K positions: where each keypoint's value comes from when the picture is mirrored."""
        swap = {"left": "right", "right": "left"}
        partners = []
        for i, (name, side) in enumerate(zip(self.keypoints, self.sides, strict=True)):
            partner = name if side == "middle" else swap[side] + name.removeprefix(side)
            partners.append(self._index.get(partner, i))
        return tuple(partners)

    @cached_property
    def oks_sigmas(self) -> Float32:
        """(K,) float32, `sigmas` as an array."""
        return np.array(self.sigmas, np.float32)


_COCO_POINTS = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder", "left_elbow",
    "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle",
    "right_ankle",
)  # fmt: skip
_TRUNK_AND_LIMBS = (
    ("left_shoulder", "right_shoulder"), ("left_hip", "right_hip"),
    ("left_shoulder", "left_hip"), ("right_shoulder", "right_hip"),
    ("left_shoulder", "left_elbow"), ("left_elbow", "left_wrist"),
    ("right_shoulder", "right_elbow"), ("right_elbow", "right_wrist"),
    ("left_hip", "left_knee"), ("left_knee", "left_ankle"),
    ("right_hip", "right_knee"), ("right_knee", "right_ankle"),
)  # fmt: skip
_FACE = (("nose", "left_eye"), ("nose", "right_eye"), ("left_eye", "left_ear"), ("right_eye", "right_ear"))

# The official COCO values (cocodataset.org/#keypoints-eval).
_COCO_SIGMAS = (
    0.026, 0.025, 0.025, 0.035, 0.035, 0.079, 0.079, 0.072, 0.072, 0.062, 0.062, 0.107, 0.107, 0.087, 0.087, 0.089,
    0.089,
)  # fmt: skip

COCO17 = Skeleton("coco17", _COCO_POINTS, _TRUNK_AND_LIMBS + _FACE, _COCO_SIGMAS)

# Halpe-26 (github.com/Fang-Haoshu/Halpe-FullBody): COCO-17, then head, neck, hip and the feet; sigmas as in MMPose.
HALPE26 = Skeleton(
    "halpe26",
    (*_COCO_POINTS, "head", "neck", "hip", "left_big_toe", "right_big_toe", "left_small_toe", "right_small_toe",
     "left_heel", "right_heel"),
    (*_TRUNK_AND_LIMBS, *_FACE, ("head", "neck"), ("neck", "hip"),
     ("left_ankle", "left_heel"), ("left_ankle", "left_big_toe"), ("left_ankle", "left_small_toe"),
     ("right_ankle", "right_heel"), ("right_ankle", "right_big_toe"), ("right_ankle", "right_small_toe")),
    (*_COCO_SIGMAS, 0.026, 0.026, 0.066, 0.079, 0.079, 0.079, 0.079, 0.079, 0.079),
)  # fmt: skip

# BlazePose's 33 landmarks (MediaPipe Pose). It publishes no OKS sigmas: the shared points have COCO's, the finer points
# those of their nearest COCO neighbour (eyes for the face, wrists for the hands, ankles for the feet).
_BLAZEPOSE_POINTS = (
    "nose", "left_eye_inner", "left_eye", "left_eye_outer", "right_eye_inner", "right_eye", "right_eye_outer",
    "left_ear", "right_ear", "left_mouth", "right_mouth", "left_shoulder", "right_shoulder", "left_elbow",
    "right_elbow", "left_wrist", "right_wrist", "left_pinky", "right_pinky", "left_index", "right_index",
    "left_thumb", "right_thumb", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle",
    "left_heel", "right_heel", "left_foot_index", "right_foot_index",
)  # fmt: skip
_NEAREST_COCO = {
    "eye": 0.025,
    "mouth": 0.026,
    "pinky": 0.062,
    "index": 0.062,
    "thumb": 0.062,
    "heel": 0.089,
    "foot": 0.089,
}


def _blazepose_sigma(name: str) -> float:
    if name in _COCO_POINTS:
        return _COCO_SIGMAS[_COCO_POINTS.index(name)]
    return _NEAREST_COCO[name.split("_")[1]]


BLAZEPOSE33 = Skeleton(
    "blazepose33",
    _BLAZEPOSE_POINTS,
    (*_TRUNK_AND_LIMBS, *_FACE, ("left_mouth", "right_mouth"),
     ("left_wrist", "left_pinky"), ("left_wrist", "left_index"), ("left_wrist", "left_thumb"),
     ("right_wrist", "right_pinky"), ("right_wrist", "right_index"), ("right_wrist", "right_thumb"),
     ("left_ankle", "left_heel"), ("left_heel", "left_foot_index"), ("left_ankle", "left_foot_index"),
     ("right_ankle", "right_heel"), ("right_heel", "right_foot_index"), ("right_ankle", "right_foot_index")),
    tuple(_blazepose_sigma(name) for name in _BLAZEPOSE_POINTS),
)  # fmt: skip

SEGMENT_SHARES: Mapping[tuple[str, str], float] = MappingProxyType(
    {
        ("shoulder", "hip"): 0.288,
        ("hip", "knee"): 0.245,
        ("knee", "ankle"): 0.246,
        ("shoulder", "elbow"): 0.186,
        ("elbow", "wrist"): 0.146,
    }
)
"""Length between two joints of one side as a share of the standing height (Drillis and Contini 1966, in Winter 2009,
figure 4.1)."""

_KNOWN = {skeleton.name: skeleton for skeleton in (COCO17, HALPE26, BLAZEPOSE33)}


def skeleton_for(n_keypoints: int) -> Skeleton:
    """The skeleton of a pose model with `n_keypoints`: a known one, or points without names, sides and limbs.

    The OKS sigma of an unnamed point is COCO's mean.
    """
    for skeleton in _KNOWN.values():
        if len(skeleton) == n_keypoints:
            return skeleton
    names = tuple(f"point_{i}" for i in range(n_keypoints))
    return Skeleton(f"points{n_keypoints}", names, (), (float(np.mean(_COCO_SIGMAS)),) * n_keypoints)


def skeleton_named(name: str) -> Skeleton:
    """The skeleton that a file calls `name`.

    Raises:
        SettingsError: there is none of that name.
    """
    if name in _KNOWN:
        return _KNOWN[name]
    number = name.removeprefix("points")
    if name.startswith("points") and number.isdecimal() and 0 < int(number) <= 1000:
        return skeleton_for(int(number))
    raise SettingsError(f"Unknown skeleton {name!r}; expected one of: {', '.join(_KNOWN)}.")
