"""The quality of tracks, on people whose joints were spoilt on purpose."""

import inspect
import json
from dataclasses import asdict, replace

import numpy as np
import pytest
from tests import walks

from posespotter.filtering import smooth
from posespotter.filtering.smoothing import pieces
from posespotter.filtering.swaps import exchange_sides, side_pairs
from posespotter.kinematics.quality import track_quality
from posespotter.skeletons import COCO17

PIECE_S = inspect.signature(pieces).parameters["piece_s"].default


@pytest.fixture
def poses():
    towards = walks.Walker(walks.line(0, 8, 0.001, -0.8))
    return walks.poses_of(walks.scene("one", [towards], seconds=3), joint_noise=0.003)


def test_a_clean_track(poses) -> None:
    (quality,) = track_quality(poses)
    assert (quality.track_id, quality.frames, quality.joints_seen) == (1, 90, 1.0)
    assert quality.seconds == pytest.approx(89 / 30, abs=1e-3)
    assert (quality.swaps_found, quality.swaps_repaired) == (0, 0)
    assert 0 < quality.limb_variation < 0.5
    json.dumps(asdict(quality))


def test_unseen_joints_are_counted(poses) -> None:
    keypoints, scores = poses.keypoints.copy(), poses.scores.copy()
    keypoints[:45, 0] = np.nan
    scores[45:, 0] = 0.1
    (quality,) = track_quality(replace(poses, keypoints=keypoints, scores=scores))
    assert quality.joints_seen == pytest.approx(16 / 17, abs=1e-3)


def test_swaps_are_found_and_repaired(poses) -> None:
    legs = side_pairs(COCO17)[1]
    spoilt = replace(poses, keypoints=exchange_sides(poses.keypoints, np.r_[20:24, 60:66], legs))
    (raw,), (smoothed,) = track_quality(spoilt), track_quality(smooth(spoilt, "light"))
    assert (raw.swaps_found, raw.swaps_repaired) == (2, 0)
    assert (smoothed.swaps_found, smoothed.swaps_repaired) == (2, 2)


def test_swaps_on_the_border_of_two_pieces_of_a_long_track_count_once() -> None:
    seconds = 2 * PIECE_S
    sways = walks.Walker(walks.line(0, 8, 0.001, -0.003))
    poses = walks.poses_of(walks.scene("long", [sways], seconds=seconds, fps=10), joint_noise=0.003)
    legs, border = side_pairs(COCO17)[1], round(10 * PIECE_S)
    spoilt = exchange_sides(poses.keypoints, np.r_[border - 2 : border + 2, border + 300 : border + 304], legs)
    assert track_quality(replace(poses, keypoints=spoilt))[0].swaps_found == 2


def test_limbs_that_stretch_show(poses) -> None:
    rng = np.random.default_rng(0)
    wild = replace(poses, keypoints=(poses.keypoints + rng.normal(size=poses.keypoints.shape) * 15).astype(np.float32))
    assert track_quality(wild)[0].limb_variation > 2 * track_quality(poses)[0].limb_variation


def test_one_row_has_no_limb_variation(poses) -> None:
    (quality,) = track_quality(poses.at(0))
    assert (quality.limb_variation, quality.seconds, quality.frames) == (None, 0.0, 1)


def test_nobody_has_no_quality(poses) -> None:
    assert track_quality(poses.where(np.zeros(len(poses), bool))) == []
