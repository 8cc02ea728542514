"""Skeletons: which keypoints a model gives, how they are joined, which are left and right, how exact each one is."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
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

# COCO-WholeBody (Jin et al. 2020): COCO-17, six points of the feet, 68 of the face and 21 of each hand, with the names
# of MMPose; sigmas as in the evaluation of its authors.
_FINGERS = ("thumb", "forefinger", "middle_finger", "ring_finger", "pinky_finger")
_HANDS = tuple(
    f"{side}_{point}"
    for side in ("left", "right")
    for point in ("hand_root", *(f"{finger}{i}" for finger in _FINGERS for i in range(1, 5)))
)
_HAND_SIGMAS = (
    0.029, 0.022, 0.035, 0.037, 0.047, 0.026, 0.025, 0.024, 0.035, 0.018, 0.024, 0.022, 0.026, 0.017, 0.021, 0.021,
    0.032, 0.02, 0.019, 0.022, 0.031,
)  # fmt: skip
_FACE_SIGMAS = (
    0.042, 0.043, 0.044, 0.043, 0.040, 0.035, 0.031, 0.025, 0.020, 0.023, 0.029, 0.032, 0.037, 0.038, 0.043, 0.041,
    0.045, 0.013, 0.012, 0.011, 0.011, 0.012, 0.012, 0.011, 0.011, 0.013, 0.015, 0.009, 0.007, 0.007, 0.007, 0.012,
    0.009, 0.008, 0.016, 0.010, 0.017, 0.011, 0.009, 0.011, 0.009, 0.007, 0.013, 0.008, 0.011, 0.012, 0.010, 0.034,
    0.008, 0.008, 0.009, 0.008, 0.008, 0.007, 0.010, 0.008, 0.009, 0.009, 0.009, 0.007, 0.007, 0.008, 0.011, 0.008,
    0.008, 0.008, 0.01, 0.008,
)  # fmt: skip
WHOLEBODY133 = Skeleton(
    "wholebody133",
    (*_COCO_POINTS, "left_big_toe", "left_small_toe", "left_heel", "right_big_toe", "right_small_toe", "right_heel",
     *(f"face-{i}" for i in range(68)), *_HANDS),
    (*_TRUNK_AND_LIMBS, *_FACE,
     *((f"{side}_ankle", f"{side}_{part}") for side in ("left", "right") for part in ("big_toe", "small_toe", "heel")),
     *((f"{side}_wrist", f"{side}_{finger}1") for side in ("left", "right") for finger in _FINGERS),
     *((f"{side}_{finger}{i}", f"{side}_{finger}{i + 1}")
       for side in ("left", "right") for finger in _FINGERS for i in range(1, 4))),
    (*_COCO_SIGMAS, 0.068, 0.066, 0.066, 0.092, 0.094, 0.094, *_FACE_SIGMAS, *_HAND_SIGMAS, *_HAND_SIGMAS),
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

SEEN_SCORE = 0.3
"""A joint counts as seen from this score on: MoveNet's own limit, and MMPose's for drawing joints."""

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

USUAL_HEIGHT_M = 1.7
"""Standing height, about the mean of adults worldwide (NCD Risk Factor Collaboration 2016: women 1.59, men 1.71)."""

_SIGMA_OF = {
    name: sigma
    for skeleton in (WHOLEBODY133, BLAZEPOSE33, HALPE26)
    for name, sigma in zip(skeleton.keypoints, skeleton.sigmas, strict=True)
}
_MEAN_SIGMA = float(np.mean(_COCO_SIGMAS))
_LIMBS = tuple(dict.fromkeys((*HALPE26.limbs, *BLAZEPOSE33.limbs)))


def _like_others(name: str, keypoints: tuple[str, ...], limbs: tuple[tuple[str, str], ...] = ()) -> Skeleton:
    """A skeleton with the sigmas, and beside its own the limbs, that other skeletons give to points of these names."""
    there = set(keypoints)
    known = tuple(limb for limb in _LIMBS if there >= set(limb))
    return Skeleton(name, keypoints, (*limbs, *known), tuple(_SIGMA_OF.get(one, _MEAN_SIGMA) for one in keypoints))


# Human3.6M in the order of its authors. What they and MMPose call the root and the feet are the middle of the hips and
# the ankles; the base of the neck lies between the thorax, which is the middle of the shoulders, and the head's top.
H36M17 = _like_others(
    "h36m17",
    ("hip", "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle", "spine", "thorax",
     "neck_base", "head", "left_shoulder", "left_elbow", "left_wrist", "right_shoulder", "right_elbow", "right_wrist"),
    (("hip", "spine"), ("spine", "thorax"), ("thorax", "neck_base"), ("neck_base", "head")),
)  # fmt: skip

# OpenPose's two lists of the body (doc/02_output.md): BODY_25, and the older one of 18 points, "COCO".
_OPENPOSE_ARMS = (
    "nose", "neck", "right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow", "left_wrist",
)  # fmt: skip
_OPENPOSE_LEGS = ("right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle")
_OPENPOSE_FACE = ("right_eye", "left_eye", "right_ear", "left_ear")
BODY25 = _like_others(
    "body25",
    (*_OPENPOSE_ARMS, "hip", *_OPENPOSE_LEGS, *_OPENPOSE_FACE, "left_big_toe", "left_small_toe", "left_heel",
     "right_big_toe", "right_small_toe", "right_heel"),
    (("nose", "neck"),),
)  # fmt: skip
OPENPOSE18 = _like_others("openpose18", (*_OPENPOSE_ARMS, *_OPENPOSE_LEGS, *_OPENPOSE_FACE), (("nose", "neck"),))

KNOWN: Mapping[str, Skeleton] = MappingProxyType(
    {one.name: one for one in (COCO17, HALPE26, BLAZEPOSE33, WHOLEBODY133, H36M17, BODY25, OPENPOSE18)}
)
"""The skeletons by name."""

_OF_MODELS = (COCO17, HALPE26, BLAZEPOSE33, WHOLEBODY133)
MOST_KEYPOINTS = 1000  # the largest known has 133: more is no skeleton but a file of something else
_LONGEST_NAME = 100  # characters


def skeleton_for(n_keypoints: int) -> Skeleton:
    """The skeleton of a pose model with `n_keypoints`: a known one, or points without names, sides and limbs.

    The OKS sigma of an unnamed point is COCO's mean.
    """
    for skeleton in _OF_MODELS:
        if len(skeleton) == n_keypoints:
            return skeleton
    return _unnamed(n_keypoints)


def _unnamed(n_keypoints: int) -> Skeleton:
    return _like_others(f"points{n_keypoints}", tuple(f"point_{i}" for i in range(n_keypoints)))


def skeleton_named(name: str) -> Skeleton:
    """The skeleton that a file calls `name`, without saying more of it.

    Raises:
        SettingsError: there is none of that name.
    """
    if name in KNOWN:
        return KNOWN[name]
    number = name.removeprefix("points")
    if name.startswith("points") and number.isdecimal() and 0 < int(number) <= MOST_KEYPOINTS:
        return _unnamed(int(number))
    raise SettingsError(f"Unknown skeleton {name!r}; expected one of: {', '.join(KNOWN)}.")


def skeleton_of(
    keypoints: Sequence[str],
    name: str = "",
    limbs: Sequence[tuple[str, str]] | None = None,
    sigmas: Sequence[float] | None = None,
) -> Skeleton:
    """The skeleton with these keypoints in this order: a known one, or one of its own that keeps the names as they are.

    Args:
        keypoints: K names.
        name: of a skeleton that is not known; `custom<K>` where it is empty, or that of a known one.
        limbs: pairs of names that are joined by a line, of a skeleton that is not known; None for the usual ones.
        sigmas: K numbers above 0, of a skeleton that is not known; None for those of other skeletons.

    Raises:
        SettingsError: the names are not different printable texts, are too many, or the rest does not fit them.
    """
    names = tuple(keypoints)
    _require_names(names)
    for known in (*KNOWN.values(), _unnamed(len(names))):
        if known.keypoints == names:
            return known
    taken = not name or name in KNOWN or name.startswith("points")
    skeleton = _like_others(f"custom{len(names)}" if taken else name, names)
    if limbs is not None:
        pairs = tuple((first, last) for first, last in limbs)
        strange = [one for pair in pairs for one in pair if one not in skeleton]
        if strange:
            raise SettingsError(f"Expected limbs between keypoints of the skeleton, got one to {strange[0]!r:.60}.")
        skeleton = replace(skeleton, limbs=pairs)
    if sigmas is not None:
        if len(sigmas) != len(names) or not all(0 < sigma < math.inf for sigma in sigmas):
            raise SettingsError(f"Expected {len(names)} numbers above 0 as sigmas of the keypoints.")
        skeleton = replace(skeleton, sigmas=tuple(map(float, sigmas)))
    return skeleton


def _require_names(names: tuple[str, ...]) -> None:
    if not 0 < len(names) <= MOST_KEYPOINTS:
        raise SettingsError(f"Expected 1 to {MOST_KEYPOINTS} names of keypoints, got {len(names)}.")
    for name in names:
        if not isinstance(name, str) or not name.strip() or not name.isprintable() or len(name) > _LONGEST_NAME:
            shown = ascii(name) if isinstance(name, str) else f"a {type(name).__name__}"
            raise SettingsError(f"Expected a short printable text as the name of a keypoint, got {shown[:60]}.")
    if len(set(names)) < len(names):
        twice = next(name for i, name in enumerate(names) if name in names[:i])
        raise SettingsError(f"Expected each keypoint of a skeleton once, got {twice!r} twice.")
