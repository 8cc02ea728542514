"""Left and right taken for each other: found where planted, not where legs really cross."""

from dataclasses import replace

import numpy as np
import pytest
from tests import walks

from posespotter.filtering import smooth
from posespotter.filtering.swaps import episodes, exchange_sides, find_swaps, side_pairs
from posespotter.skeletons import BLAZEPOSE33, COCO17

WALKERS = {
    "to the right": walks.Walker(walks.line(-3, 6, 1.1)),
    "towards": walks.Walker(walks.line(0, 8, 0.001, -0.8)),
    "aslant": walks.Walker(walks.line(-2, 8, 0.7, -0.7)),
    "away": walks.Walker(walks.line(0.5, 4, 0.0, 1.0)),
    "turning on the spot": walks.Walker(walks.line(0, 6, 0.0), turn=lambda t: 1.5 * t),
    "spinning": walks.Walker(walks.line(0, 6, 0.0), turn=lambda t: 5 * t),
    "there and back": walks.Walker(walks.through((0, -2, 6), (3, 0.5, 6), (3.4, 0.5, 5.8), (6, -2, 5.8))),
    "standing": walks.Walker(walks.line(0, 5, 0), stride_hz=0, turn=lambda t: np.full_like(t, np.pi / 2)),
    "running": walks.Walker(walks.line(-4, 8, 2.5), stride_hz=1.5),
}
VISIBLE = 0.06  # box diagonals; nearer than this left and right are in one place, whichever is which


def record(name: str, fps: int, noise: float, seed: int):
    poses = walks.poses_of(walks.scene(name, [WALKERS[name]], seconds=6, fps=fps), seed, noise)
    return poses.time_s, poses.keypoints, np.linalg.norm(poses.bbox[:, 2:] - poses.bbox[:, :2], axis=1).astype(float)


@pytest.mark.parametrize("fps", [15, 30, 60])
def test_nothing_is_found_in_clean_walks(fps: int) -> None:
    for name in WALKERS:
        for noise in (0.0, 0.005, 0.01, 0.02):
            time_s, keypoints, body_px = record(name, fps, noise, seed=1)
            for pairs in side_pairs(COCO17):
                assert not find_swaps(time_s, keypoints, body_px, pairs).any(), (name, noise)


@pytest.mark.parametrize("fps", [15, 30, 60])
def test_planted_swaps_of_arms_and_legs_are_found(fps: int) -> None:
    planted = found = elsewhere = 0
    rng = np.random.default_rng(fps)
    for name in WALKERS:
        time_s, keypoints, body_px = record(name, fps, 0.01, seed=2)
        for pairs in side_pairs(COCO17)[1::2]:
            truth = np.zeros(len(time_s), bool)
            for start_s in (0.5, 1.6, 2.7, 3.8, 4.9):
                first = round(start_s * fps)
                truth[first : first + rng.integers(1, max(2, round(0.3 * fps)))] = True
            got = find_swaps(time_s, exchange_sides(keypoints, np.flatnonzero(truth), pairs), body_px, pairs)
            for planted_here in episodes(truth):
                across = keypoints[planted_here][:, pairs.left] - keypoints[planted_here][:, pairs.right]
                if (np.linalg.norm(across, axis=-1).max(1) / body_px[planted_here]).mean() > VISIBLE:
                    planted += 1
                    found += got[planted_here].mean() >= 0.5
            elsewhere += sum(not truth[e].any() for e in episodes(got))
    assert planted > 50
    assert found >= 0.9 * planted
    assert elsewhere <= 0.03 * planted


def test_a_swap_is_repaired_with_its_scores() -> None:
    poses = walks.poses_of(walks.scene("towards", [WALKERS["towards"]], seconds=3), joint_noise=0.003)
    legs = side_pairs(COCO17)[1]
    scores = poses.scores.copy()
    scores[:, legs.left] = 0.5
    keypoints = exchange_sides(poses.keypoints, np.arange(30, 36), legs)
    swapped = replace(poses, keypoints=keypoints, scores=exchange_sides(scores, np.arange(30, 36), legs))
    found = smooth(swapped, "light")
    assert np.abs(found.keypoints - poses.keypoints)[28:38].max() < 5
    np.testing.assert_array_equal(found.scores, scores)


def test_groups_hold_both_sides_of_every_limb_point() -> None:
    for skeleton in (COCO17, BLAZEPOSE33):
        for pairs in side_pairs(skeleton):
            for left, right in zip(pairs.left, pairs.right, strict=True):
                names = skeleton.keypoints[left], skeleton.keypoints[right]
                assert names[0].replace("left_", "right_") == names[1]
    assert not any("eye" in BLAZEPOSE33.keypoints[i] for pairs in side_pairs(BLAZEPOSE33) for i in pairs.left)


def test_no_joint_is_in_two_groups() -> None:
    """Swapped with the legs and again with the hands, toes would stay where they were."""
    for skeleton in (COCO17, BLAZEPOSE33):
        grouped = [i for pairs in side_pairs(skeleton) for i in pairs.left]
        assert len(grouped) == len(set(grouped))
