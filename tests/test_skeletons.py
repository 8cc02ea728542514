from typing import Any

import numpy as np
import pytest

from posespotter.errors import SettingsError
from posespotter.skeletons import (
    BLAZEPOSE33,
    BODY25,
    COCO17,
    H36M17,
    HALPE26,
    KNOWN,
    OPENPOSE18,
    WHOLEBODY133,
    Skeleton,
    skeleton_for,
    skeleton_named,
    skeleton_of,
)


@pytest.mark.parametrize(("skeleton", "name", "keypoints"), [
    (COCO17, "coco17", 17),
    (HALPE26, "halpe26", 26),
    (BLAZEPOSE33, "blazepose33", 33),
    (WHOLEBODY133, "wholebody133", 133),
    (H36M17, "h36m17", 17),
    (BODY25, "body25", 25),
    (OPENPOSE18, "openpose18", 18),
])  # fmt: skip
def test_known_skeletons(skeleton: Skeleton, name: str, keypoints: int) -> None:
    assert skeleton.name == name
    assert len(skeleton) == len(set(skeleton.keypoints)) == len(skeleton.sigmas) == keypoints
    assert skeleton_named(name) is skeleton_of(skeleton.keypoints) is skeleton


@pytest.mark.parametrize(("keypoints", "name"), [
    (17, "coco17"), (26, "halpe26"), (33, "blazepose33"), (133, "wholebody133"), (18, "points18"), (25, "points25"),
])  # fmt: skip
def test_skeletons_of_models_by_their_number_of_keypoints(keypoints: int, name: str) -> None:
    assert skeleton_for(keypoints).name == name


@pytest.mark.parametrize("skeleton", KNOWN.values(), ids=lambda skeleton: skeleton.name)
class TestLaws:
    def test_mirror_is_an_involution(self, skeleton: Skeleton) -> None:
        mirror = np.array(skeleton.mirror)
        assert (mirror[mirror] == np.arange(len(skeleton))).all()

    def test_mirror_swaps_sides_and_keeps_the_middle(self, skeleton: Skeleton) -> None:
        other = {"left": "right", "right": "left", "middle": "middle"}
        assert [skeleton.sides[i] for i in skeleton.mirror] == [other[side] for side in skeleton.sides]

    def test_mirrored_limbs_are_limbs(self, skeleton: Skeleton) -> None:
        limbs = {frozenset(limb) for limb in skeleton.limb_indices}
        assert {frozenset(skeleton.mirror[i] for i in limb) for limb in limbs} == limbs

    def test_limbs_join_two_of_its_keypoints(self, skeleton: Skeleton) -> None:
        assert all(a in skeleton and b in skeleton and a != b for a, b in skeleton.limbs)
        assert len({frozenset(limb) for limb in skeleton.limbs}) == len(skeleton.limbs)

    def test_sides_have_one_sigma(self, skeleton: Skeleton) -> None:
        if skeleton is WHOLEBODY133:
            return  # its authors give the left and the right foot others
        assert (skeleton.oks_sigmas == skeleton.oks_sigmas[list(skeleton.mirror)]).all()

    def test_every_coco_point_with_its_sigma(self, skeleton: Skeleton) -> None:
        for name, sigma in zip(COCO17.keypoints, COCO17.sigmas, strict=True):
            assert name not in skeleton or skeleton.sigmas[skeleton.index(name)] == sigma


def test_coco_sigmas_are_the_official_ones() -> None:
    from pycocotools.cocoeval import Params

    assert COCO17.oks_sigmas == pytest.approx(Params(iouType="keypoints").kpt_oks_sigmas)


@pytest.mark.parametrize(("name", "position"), [("nose", 0), ("left_hip", 11), ("right_ankle", 16)])
def test_index(name: str, position: int) -> None:
    assert COCO17.index(name) == position


def test_unknown_keypoint_names_the_known() -> None:
    with pytest.raises(SettingsError, match=r"coco17 has no keypoint 'tail'.*nose"):
        COCO17.index("tail")


def test_unknown_number_of_keypoints_has_no_limbs_and_can_be_named_again() -> None:
    skeleton = skeleton_for(132)
    assert (len(skeleton), skeleton.limbs, set(skeleton.sides)) == (132, (), {"middle"})
    assert skeleton_named(skeleton.name) == skeleton_of(skeleton.keypoints) == skeleton


@pytest.mark.parametrize("name", ["coco", "", "points", "points0", "points-3", "points1e3", "points100000"])
def test_unknown_skeleton(name: str) -> None:
    with pytest.raises(SettingsError, match="coco17, halpe26, blazepose33"):
        skeleton_named(name)


def test_names_that_are_no_known_skeleton_are_kept() -> None:
    dog = skeleton_of(("snout", "left_hip", "left_knee", "tail"), "dog", [("left_hip", "tail")], [0.1, 0.2, 0.3, 0.4])
    assert dog == Skeleton(
        "dog", ("snout", "left_hip", "left_knee", "tail"), (("left_hip", "tail"),), (0.1, 0.2, 0.3, 0.4)
    )
    usual = skeleton_of(("snout", "left_hip", "left_knee", "tail"), "coco17")
    assert (usual.name, usual.limbs, usual.sigmas[1]) == ("custom4", (("left_hip", "left_knee"),), 0.107)


@pytest.mark.parametrize(("names", "more", "message"), [
    ((), {}, "Expected 1 to 1000 names"),
    ([str(i) for i in range(1001)], {}, "Expected 1 to 1000 names of keypoints, got 1001"),
    (("a", "a"), {}, "each keypoint of a skeleton once, got 'a' twice"),
    (("a", ""), {}, "short printable text"),
    (("a", "\ud800"), {}, r"short printable text as the name of a keypoint, got '\\ud800'"),
    (("a", "b\x1b[31m"), {}, "short printable text"),
    (("a", 3), {}, "got a int"),
    (("a", "b" * 101), {}, "short printable text"),
    (("a", "b"), {"limbs": [("a", "c")]}, "limbs between keypoints of the skeleton, got one to 'c'"),
    (("a", "b"), {"sigmas": [0.1]}, "2 numbers above 0 as sigmas"),
    (("a", "b"), {"sigmas": [0.1, 0]}, "2 numbers above 0 as sigmas"),
    (("a", "b"), {"sigmas": [0.1, float("nan")]}, "2 numbers above 0 as sigmas"),
])  # fmt: skip
def test_no_skeletons(names: Any, more: Any, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        skeleton_of(names, **more)
