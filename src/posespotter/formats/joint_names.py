"""Recognise the skeleton of a list of joint names: programs spell and order the same joints in many ways."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from posespotter.errors import InputError, SettingsError
from posespotter.skeletons import H36M17, KNOWN, Skeleton, skeleton_of

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SIDES: Mapping[str, str] = MappingProxyType({"l": "left", "r": "right", "left": "left", "right": "right"})
_SAME: Mapping[str, str] = MappingProxyType({"mid_hip": "hip", "root": "hip", "pelvis": "hip"})
# Human3.6M calls the ankles feet, and the point between thorax and head the neck, the nose, or both.
_SAME_IN_H36M: Mapping[str, str] = MappingProxyType(
    {"left_foot": "left_ankle", "right_foot": "right_ankle"} | dict.fromkeys(("neck", "nose", "neck_nose"), "neck_base")
)


@dataclass(frozen=True)
class JointNames:
    """A file's statement about the order of its joints.

    Attributes:
        skeleton: the known one with these joints, or one that keeps the names of the file.
        order: K positions in the file, one for each keypoint of the skeleton.
    """

    skeleton: Skeleton
    order: tuple[int, ...]


def in_order(skeleton: Skeleton) -> JointNames:
    """The joints of a file that has them in the order of `skeleton`."""
    return JointNames(skeleton, tuple(range(len(skeleton))))


def joint_names(
    names: Sequence[str], file: object, *, dataset: str = "", limbs: Sequence[tuple[str, str]] | None = None
) -> JointNames:
    """The skeleton that a file's names mean, whatever their order and spelling.

    Args:
        names: K names in the order of the file: `left_knee`, `LKnee` and `LEFT_KNEE` are the same joint.
        file: what a message calls the file.
        dataset: the name of a skeleton that is not known.
        limbs: pairs of names that are joined by a line, of a skeleton that is not known; None for the usual ones.

    Raises:
        InputError: they are no names of a skeleton.
    """
    try:
        own = skeleton_of(names, dataset, limbs)
    except SettingsError as error:
        raise InputError(f"{file}: {error}") from None
    plain = [_plain(name) for name in names]
    for known in KNOWN.values():
        same = {**_SAME, **_SAME_IN_H36M} if known is H36M17 else _SAME
        place = {same.get(name, name): i for i, name in enumerate(plain)}
        wanted = [_plain(name) for name in known.keypoints]
        if len(names) == len(known) and place.keys() == set(wanted):
            return JointNames(known, tuple(place[name] for name in wanted))
    return in_order(own)


def _plain(name: str) -> str:
    """`name` in small letters with the side first: `RBigToe`, `big-toe right` and `right_big_toe` are one."""
    words = [word.lower() for word in _WORDS.findall(name)]
    side = [_SIDES[word] for word in words if word in _SIDES]
    return "_".join([*side, *(word for word in words if word not in _SIDES)])


def listed_names(by_number: Any, file: object) -> list[str]:
    """The names that a file lists by their numbers, as a list or an object (`{"0": "nose", ...}`).

    Raises:
        InputError: it is something else, or numbers are missing.
    """
    if isinstance(by_number, list):
        return by_number
    if isinstance(by_number, dict):
        names = [by_number.get(str(i)) for i in range(len(by_number))]
        if None not in names:
            return [str(name) if isinstance(name, str) else "" for name in names]
    raise InputError(f"{file}: expected the names of the keypoints by their numbers from 0, got something else.")
