"""Names of joints as other programs spell and order them."""

import random

import pytest

from posespotter.errors import InputError
from posespotter.formats.joint_names import joint_names, listed_names
from posespotter.skeletons import BODY25, COCO17, H36M17, KNOWN, Skeleton


def camel(name: str) -> str:
    """`right_big_toe` as `RBigToe`."""
    side, *words = name.split("_")
    if side in {"left", "right"}:
        return side[0].upper() + "".join(word.capitalize() for word in words)
    return "".join(word.capitalize() for word in name.split("_"))


@pytest.mark.parametrize("spell", [str, str.upper, camel, lambda name: name.replace("_", "-")])
@pytest.mark.parametrize("skeleton", [COCO17, BODY25], ids=lambda one: one.name)
def test_spellings(skeleton: Skeleton, spell) -> None:
    assert joint_names([spell(name) for name in skeleton.keypoints], "a.json").skeleton is skeleton


@pytest.mark.parametrize("skeleton", KNOWN.values(), ids=lambda one: one.name)
def test_another_order_is_undone(skeleton: Skeleton) -> None:
    shuffled = list(skeleton.keypoints)
    random.Random(1).shuffle(shuffled)
    found = joint_names(shuffled, "a.json")
    assert [shuffled[i] for i in found.order] == list(found.skeleton.keypoints)
    assert found.skeleton is skeleton


def test_names_of_human36m() -> None:
    names = [
        {"left_ankle": "LFoot", "right_ankle": "RFoot", "neck_base": "Neck", "hip": "Pelvis"}.get(name, camel(name))
        for name in H36M17.keypoints
    ]
    assert joint_names(names, "a.json").skeleton is H36M17


def test_unknown_joints_keep_their_names_and_their_order() -> None:
    found = joint_names(["snout", "tail", "left_ear"], "a.json", dataset="mouse")
    assert found.skeleton.keypoints == ("snout", "tail", "left_ear")
    assert found.order == (0, 1, 2)


@pytest.mark.parametrize("names", [[], ["a", "a"], ["a", ""], ["a", "b\n"]])
def test_no_names_of_a_skeleton(names: list[str]) -> None:
    with pytest.raises(InputError, match=r"^a.json: "):
        joint_names(names, "a.json")


@pytest.mark.parametrize(
    ("by_number", "expected"), [(["a", "b"], ["a", "b"]), ({"1": "b", "0": "a"}, ["a", "b"]), ({}, [])]
)
def test_names_by_their_numbers(by_number: object, expected: list[str]) -> None:
    assert listed_names(by_number, "a.json") == expected


@pytest.mark.parametrize("by_number", [{"1": "a"}, "names", None, 17])
def test_numbers_that_are_missing(by_number: object) -> None:
    with pytest.raises(InputError, match="names of the keypoints by their numbers"):
        listed_names(by_number, "a.json")
