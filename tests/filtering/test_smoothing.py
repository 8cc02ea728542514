"""Smoothing after the fact: what it must not touch, what it must take away, what it may fill in."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import walks
from tests.sequences import made_sequence

from posespotter.errors import SettingsError
from posespotter.filtering import smooth
from posespotter.poses import PoseSequence
from posespotter.skeletons import COCO17

WALKING = walks.Walker(walks.line(-2.5, 6, 0.8))
STILL = walks.Walker(walks.line(0, 5, 0), stride_hz=0, turn=lambda t: np.full_like(t, np.pi / 2))


def person(walker=WALKING, fps: float = 30, seconds: float = 4, noise: float = 0.0, seed: int = 0) -> PoseSequence:
    return walks.poses_of(walks.scene("one", [walker], seconds=seconds, fps=fps), seed, noise)


def with_keypoints(poses: PoseSequence, keypoints: np.ndarray) -> PoseSequence:
    return replace(poses, keypoints=keypoints.astype(np.float32))


def test_off_returns_the_input() -> None:
    poses = person()
    assert smooth(poses, "off") is poses


def test_an_unknown_strength_is_refused() -> None:
    with pytest.raises(SettingsError, match="expected one of off, light, strong, got 'much'"):
        smooth(person(), "much")  # type: ignore[arg-type]


@pytest.mark.parametrize("strength", ["light", "strong"])
@pytest.mark.parametrize("fps", [5, 15, 30, 60, 120])
def test_straight_lines_and_rest_pass_unchanged(strength, fps: int) -> None:
    poses = person(fps=fps)
    for speed in (0.0, 90.0):
        path = poses.keypoints[:1] + speed * poses.time_s[:, None, None]
        found = smooth(with_keypoints(poses, path), strength)
        np.testing.assert_allclose(found.keypoints, path, atol=0.01)
        np.testing.assert_array_equal(found.raw_keypoints, path.astype(np.float32))


@pytest.mark.parametrize(("fps", "least"), [(15, 0.6), (30, 0.6), (60, 0.6)])
def test_light_takes_the_jitter_of_a_person_who_stands(fps: int, least: float) -> None:
    poses = person(STILL, fps, noise=0.006)
    before, after = (np.diff(k, axis=0).std() for k in (poses.keypoints, smooth(poses, "light").keypoints))
    assert after <= (1 - least) * before


@pytest.mark.parametrize("strength", ["light", "strong"])
def test_smoothing_makes_a_walk_truer_and_delays_nothing(strength) -> None:
    truth, poses = person().keypoints, person(noise=0.01)
    found = smooth(poses, strength).keypoints
    assert np.sqrt(((found - truth) ** 2).mean()) < 0.8 * np.sqrt(((poses.keypoints - truth) ** 2).mean())
    a, b = (np.diff(k[:, [9, 10, 15, 16], 0], axis=0) for k in (truth, found))
    match = [(a[10:-10] * np.roll(b, -s, axis=0)[10:-10]).sum() for s in (-1, 0, 1)]
    lag_frames = 0.5 * (match[0] - match[2]) / (match[0] - 2 * match[1] + match[2])
    assert abs(lag_frames) / 30 < 0.005


@settings(max_examples=10)
@given(zoom=st.floats(0.3, 3.0), shift=st.floats(-300, 300), mirror=st.booleans())
def test_shift_zoom_and_mirror_go_through(zoom: float, shift: float, mirror: bool) -> None:
    poses = person(noise=0.01, seconds=2)
    scale = np.array([-zoom if mirror else zoom, zoom])
    corners = poses.bbox.reshape(-1, 2, 2) * scale + shift
    moved = replace(
        with_keypoints(poses, poses.keypoints * scale + shift),
        bbox=np.concatenate([corners.min(1), corners.max(1)], 1).astype(np.float32),
    )
    expected = smooth(poses, "light").keypoints * scale + shift
    np.testing.assert_allclose(smooth(moved, "light").keypoints, expected, atol=0.05)


@pytest.mark.parametrize(("missing", "filled"), [(1, True), (8, True), (9, False), (20, False)])
def test_gaps_of_a_joint_up_to_300_ms_are_filled(missing: int, filled: bool) -> None:
    poses = person()
    keypoints, scores = poses.keypoints.copy(), poses.scores.copy()
    keypoints[40 : 40 + missing, 9] = np.nan
    scores[40 : 40 + missing, 9] = 0.0
    scores[39, 9] = 0.4
    found = smooth(replace(poses, keypoints=keypoints, scores=scores), "light")
    gap = found.keypoints[40 : 40 + missing, 9]
    assert np.isfinite(gap).all() if filled else np.isnan(gap).all()
    assert (found.scores[40 : 40 + missing, 9] == (np.float32(0.4) if filled else 0)).all()
    assert np.isnan(found.raw_keypoints[40 : 40 + missing, 9]).all()
    others = np.delete(np.arange(17), 9)
    assert np.isfinite(found.keypoints[:, others]).all()


@pytest.mark.parametrize(("missing", "filled"), [(3, True), (20, False)])
def test_gaps_of_a_person_up_to_300_ms_get_rows(missing: int, filled: bool) -> None:
    scene = walks.scene("two", [WALKING, walks.Walker(walks.line(1, 8, 0.1))], seconds=4)
    poses = walks.poses_of(scene, joint_noise=0.0)
    gone = (poses.track_id == 1) & (poses.frame >= 40) & (poses.frame < 40 + missing)
    found = smooth(poses.where(~gone), "light")
    assert len(found) == len(poses) - (0 if filled else missing)
    assert (np.diff(found.frame) >= 0).all()
    if filled:
        rows = found.where((found.track_id == 1) & (found.frame >= 40) & (found.frame < 40 + missing))
        np.testing.assert_allclose(rows.time_s, poses.time_s[gone])
        assert np.isnan(rows.raw_keypoints).all()
        assert np.abs(rows.keypoints - poses.keypoints[gone]).max() < 12
        assert np.abs(rows.bbox - poses.bbox[gone]).max() < 15


def test_frames_that_were_not_looked_at_get_no_rows() -> None:
    poses = person()
    every_third = poses.where(poses.frame % 3 == 0)
    assert len(smooth(every_third, "light")) == len(every_third)


def test_a_wild_joint_is_brought_back() -> None:
    poses = person(noise=0.003)
    keypoints = poses.keypoints.copy()
    keypoints[50, 9] += 120
    keypoints[80, 15] -= 90
    found = smooth(with_keypoints(poses, keypoints), "light").keypoints
    assert np.abs(found - person().keypoints)[[50, 80], [9, 15]].max() < 6


def test_uneven_times_are_respected() -> None:
    rng = np.random.default_rng(0)
    poses = person()
    time_s = np.sort(poses.time_s + rng.uniform(-0.012, 0.012, len(poses)))
    path = poses.keypoints[:1] + 80 * time_s[:, None, None]
    found = smooth(replace(with_keypoints(poses, path), time_s=time_s), "light").keypoints
    np.testing.assert_allclose(found, path, atol=0.5)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 5])
def test_very_short_tracks_survive(n: int) -> None:
    poses = person().between(0.0, n / 30 - 0.001)
    found = smooth(poses, "strong")
    assert len(found) == n
    assert found.keypoints.dtype == np.float32


def test_times_that_stand_still_or_jump_back_survive() -> None:
    poses = person(noise=0.005)
    time_s = poses.time_s.copy()
    time_s[50:] -= 1.0
    time_s[20] = time_s[19]
    assert np.isfinite(smooth(replace(poses, time_s=time_s), "light").keypoints).all()


def test_world_positions_are_smoothed_likewise() -> None:
    rng = np.random.default_rng(0)
    poses = person(STILL, noise=0.005)
    world = (np.ones((len(poses), 17, 3)) + rng.normal(size=(len(poses), 17, 3)) * 0.01).astype(np.float32)
    found = smooth(replace(poses, world=world), "light")
    assert np.diff(found.world, axis=0).std() < 0.4 * np.diff(world, axis=0).std()


def test_nan_from_beginning_to_end_stays_nan() -> None:
    poses = person()
    keypoints = poses.keypoints.copy()
    keypoints[:, 3] = np.nan
    assert np.isnan(smooth(with_keypoints(poses, keypoints), "light").keypoints[:, 3]).all()
    assert COCO17.keypoints[3] == "left_ear"


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("seed", range(5))
def test_joints_that_are_seldom_seen_cause_no_remark_of_numpy(seed):
    """It would appear on the user's stderr."""
    smooth(made_sequence(seed, 60), "light")
