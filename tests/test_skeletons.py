import numpy as np
import pytest

from posespotter.errors import SettingsError
from posespotter.skeletons import BLAZEPOSE33, COCO17, HALPE26, Skeleton, skeleton_for, skeleton_named

KNOWN = [COCO17, HALPE26, BLAZEPOSE33]


@pytest.mark.parametrize(("skeleton", "name", "keypoints"), [
    (COCO17, "coco17", 17),
    (HALPE26, "halpe26", 26),
    (BLAZEPOSE33, "blazepose33", 33),
])  # fmt: skip
def test_known_skeletons(skeleton: Skeleton, name: str, keypoints: int) -> None:
    assert skeleton.name == name
    assert len(skeleton) == len(set(skeleton.keypoints)) == len(skeleton.sigmas) == keypoints
    assert skeleton_named(name) is skeleton_for(keypoints) is skeleton


@pytest.mark.parametrize("skeleton", KNOWN, ids=lambda skeleton: skeleton.name)
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
        assert (skeleton.oks_sigmas == skeleton.oks_sigmas[list(skeleton.mirror)]).all()

    def test_every_coco_point_with_its_sigma(self, skeleton: Skeleton) -> None:
        for name, sigma in zip(COCO17.keypoints, COCO17.sigmas, strict=True):
            assert skeleton.sigmas[skeleton.index(name)] == sigma


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
    skeleton = skeleton_for(133)
    assert (len(skeleton), skeleton.limbs, set(skeleton.sides)) == (133, (), {"middle"})
    assert skeleton_named(skeleton.name) == skeleton


@pytest.mark.parametrize("name", ["coco", "", "points", "points0", "points-3", "points1e3", "points100000"])
def test_unknown_skeleton(name: str) -> None:
    with pytest.raises(SettingsError, match="coco17, halpe26, blazepose33"):
        skeleton_named(name)
