"""Lifting: what holds for everybody, and how near it comes to figures that it was not trained on."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import figures, walks

import posespotter
from posespotter.errors import SettingsError
from posespotter.kinematics.joint_angles import joint_angles, world_source
from posespotter.kinematics.lifting import lift
from posespotter.poses import PoseSequence
from posespotter.skeletons import BLAZEPOSE33, COCO17, H36M17, SEGMENT_SHARES


def squats(yaw: float = 40.0, fps: float = 25.0, **options) -> PoseSequence:
    return figures.film(figures.squat(repetitions=1), yaw_deg=yaw, fps=fps, world=False, skeleton=COCO17, **options)


def lengths(poses: PoseSequence, one: str, other: str) -> np.ndarray:
    apart = poses.world[:, poses.skeleton.index(one)] - poses.world[:, poses.skeleton.index(other)]
    return np.linalg.norm(apart, axis=-1)


def test_limbs_keep_one_length_that_fits_the_height() -> None:
    poses = lift(squats(), height_m=1.9)
    for first, last in (("hip", "knee"), ("knee", "ankle"), ("shoulder", "elbow"), ("elbow", "wrist")):
        both = [lengths(poses, f"{side}_{first}", f"{side}_{last}") for side in ("left", "right")]
        assert np.ptp(both) < 1e-4
        assert both[0][0] == pytest.approx(1.9 * SEGMENT_SHARES[first, last], rel=0.25)
    assert poses.world.dtype == np.float32
    assert poses.settings["world"] == "lifting-1"
    assert world_source(poses) == "lifted"
    np.testing.assert_allclose(poses.world[:, [11, 12]].mean(1), 0, atol=1e-5)  # the middle of the hips


def test_metres_go_by_the_height() -> None:
    tall, short = (lift(squats(), height_m=height).world for height in (2.0, 1.0))
    np.testing.assert_allclose(tall, 2 * short, atol=1e-4)


@settings(max_examples=5)
@given(yaw=st.floats(-180, 180))
def test_mirrored(yaw) -> None:
    poses = squats(yaw)
    expected = lift(poses).world[:, list(COCO17.mirror)] * np.array([-1, 1, 1])
    np.testing.assert_allclose(lift(figures.mirrored(poses)).world, expected, atol=1e-3)


@settings(max_examples=5)
@given(zoom=st.floats(0.3, 3), x=st.floats(0, 900))
def test_size_and_place_make_no_difference(zoom, x) -> None:
    poses = squats()
    np.testing.assert_allclose(lift(figures.moved(poses, zoom, (x, 0))).world, lift(poses).world, atol=2e-3)


@pytest.mark.parametrize("fps", [12.0, 60.0, 120.0])
def test_frame_rates_see_the_same(fps) -> None:
    reference, poses = lift(squats(fps=25.0)), lift(squats(fps=fps))
    for joint in ("left_knee", "right_wrist"):
        at = COCO17.index(joint)
        there = [np.interp(poses.time_s, reference.time_s, reference.world[:, at, axis]) for axis in range(3)]
        np.testing.assert_allclose(poses.world[:, at], np.stack(there, 1), atol=0.06)


def test_everybody_is_lifted_alone() -> None:
    first = squats(20.0)
    second = replace(figures.moved(squats(-60.0), 0.6, (300, 100)), track_id=np.full(len(first), 2, np.int32))
    second = replace(second, frame_size=first.frame_size)
    both = lift(PoseSequence.concat([first, second]))
    np.testing.assert_allclose(both.person(1).world, lift(first).world, atol=1e-5)
    np.testing.assert_allclose(both.person(2).world, lift(second).world, atol=1e-5)


@pytest.mark.parametrize("yaw", [0.0, 45.0, 90.0, 135.0])
def test_a_squat_is_a_squat_from_everywhere(yaw) -> None:
    """A figure that is nobody of the training bends its knees by 106°; the network is within 20° of it."""
    found = joint_angles(lift(squats(yaw)), world=True, gate=False)
    side = "left_knee_flexion"
    assert found[side].max() == pytest.approx(106, abs=20)
    assert found[side].min() < 25


def test_feet_keep_their_place_to_the_ankle() -> None:
    before = figures.film(figures.squat(repetitions=1), yaw_deg=40, fps=10)
    after = lift(before)
    toe, ankle = BLAZEPOSE33.index("left_foot_index"), BLAZEPOSE33.index("left_ankle")
    expected = before.world[:, toe] - before.world[:, ankle]
    np.testing.assert_allclose(after.world[:, toe] - after.world[:, ankle], expected, atol=1e-5)
    without = lift(replace(before, world=None))
    assert np.isnan(without.world[:, toe]).all()
    np.testing.assert_allclose(without.world[:, ankle], after.world[:, ankle], atol=1e-6)


def test_who_is_not_seen_has_no_place() -> None:
    poses = squats(fps=10.0)
    keypoints = poses.keypoints.copy()
    keypoints[:12] = np.nan
    lifted = lift(replace(poses, keypoints=keypoints))
    assert np.isnan(lifted.world[:12]).all()
    assert np.isfinite(lifted.world[12:]).all()
    assert len(lift(poses[:0])) == 0
    one = lift(poses[:1])
    assert np.isfinite(one.world).all()


def test_walks_stay_upright() -> None:
    scene = walks.scene("by", [walks.Walker(walks.line(-2, 5, 1.0))], seconds=3)
    poses = PoseSequence.from_arrays(scene.keypoints[:, 0], skeleton=COCO17, fps=30.0, frame_size=walks.FRAME_SIZE)
    lean = joint_angles(lift(poses), world=True, gate=False)["trunk_forward_lean"]
    assert np.abs(lean).max() < 20


def test_arguments_are_checked() -> None:
    with pytest.raises(SettingsError, match=r"expected 0.4 to 2.6 metres, got 17"):
        lift(squats(), height_m=17)
    with pytest.raises(SettingsError, match="without nose"):
        lift(squats().to_skeleton(H36M17))
    assert posespotter.lift is lift
