"""Virtual cameras and changed people: what training and the table of errors rest on."""

import runpy
from pathlib import Path

import numpy as np
import pytest
from tests import figures

from posespotter.skeletons import COCO17

tool = runpy.run_path(str(Path(__file__).resolve().parents[2] / "tools" / "mocap.py"))
seen, changed, Cameras, heights_m, JOINT = (tool[n] for n in ("seen", "changed", "Cameras", "heights_m", "JOINT"))

FAR = {"distance": (500, 500), "height": (1, 1), "aside": (0, 0), "roll": 0.0}


def squatting(frames: int = 40) -> np.ndarray:
    figure = figures.squat(repetitions=1)
    joints = figure.at(np.linspace(0, figure.seconds, frames))
    return 1.7 * np.stack([joints[name] for name in COCO17.keypoints], 1)


def test_the_height_is_that_of_the_figure() -> None:
    assert heights_m(squatting()) == pytest.approx(1.7, rel=0.01)


@pytest.mark.parametrize("yaw", [0.0, 45.0, 90.0, 180.0])
def test_from_far_away_the_picture_shows_the_joints(yaw) -> None:
    """Without noise; of hips and shoulders, which the model puts elsewhere, another test tells."""
    rng = np.random.default_rng(0)
    views = seen(rng, squatting()[None], Cameras(yaw=(yaw, yaw), **FAR), noise=0.0)
    legs = [JOINT[f"{side}_{part}"] for side in ("left", "right") for part in ("knee", "ankle")]
    picture = views.keypoints[0][:, legs] - views.keypoints[0][:, legs].mean(1, keepdims=True)
    true = views.targets[0][:, legs, :2] - views.targets[0][:, legs, :2].mean(1, keepdims=True)
    scale = (picture * true).sum() / (true**2).sum()
    assert scale == pytest.approx(1, abs=0.08)
    np.testing.assert_allclose(picture, scale * true, atol=0.012)


def test_axes() -> None:
    """x right, y down, z away: from the front the left hip is at the right, from its side it is near."""
    rng = np.random.default_rng(0)
    front, side = (seen(rng, squatting()[None], Cameras(yaw=(y, y), **FAR), noise=0.0) for y in (0.0, 90.0))
    left, right = JOINT["left_hip"], JOINT["right_hip"]
    assert (front.targets[0, :, left, 0] > front.targets[0, :, right, 0]).all()
    assert (side.targets[0, :, left, 2] < side.targets[0, :, right, 2]).all()
    assert (front.targets[0, :, JOINT["nose"], 1] < 0).all()
    assert (side.keypoints[0, :, JOINT["nose"], 0] < side.keypoints[0, :, JOINT["left_ear"], 0]).all()  # faces left
    np.testing.assert_allclose(front.targets[0][:, [left, right]].mean(1), 0, atol=1e-9)


def test_the_model_puts_hips_higher_and_shoulders_wider() -> None:
    rng = np.random.default_rng(0)
    view = seen(rng, squatting()[None], Cameras(yaw=(0, 0), **FAR), noise=0.0)
    wide = view.keypoints[0, 0, JOINT["left_shoulder"], 0] - view.keypoints[0, 0, JOINT["right_shoulder"], 0]
    assert wide == pytest.approx(tool["SHOULDERS_WIDE"], rel=0.05)


def test_noise_is_what_it_is_said_to_be() -> None:
    figure = np.repeat(squatting()[None], 200, 0)
    views = [seen(np.random.default_rng(1), figure, Cameras(yaw=(0, 0), **FAR), noise=n) for n in (0.0, 1.0)]
    knee = JOINT["left_knee"]
    apart = views[1].keypoints[:, :, knee] - views[0].keypoints[:, :, knee]
    within = apart - apart.mean(1, keepdims=True)  # without what is steady in a clip
    assert 0.004 < within.std() < 0.03
    assert (views[1].scores >= 0).all()
    assert (views[1].scores <= 1).all()


def test_changed_people_have_steady_limbs() -> None:
    whole = squatting(100)
    for seed in range(12):
        joints = changed(np.random.default_rng(seed), whole, whole, 50, 25)
        assert joints.shape == (50, 17, 3)
        for near, far in tool["_TREE"]:
            length = np.linalg.norm(joints[:, JOINT[near]] - joints[:, JOINT[far]], axis=-1)
            assert np.ptp(length) < 0.02 * length.mean(), (seed, near, far)


@pytest.mark.shared
def test_the_captures_have_bodies(shared) -> None:
    episodes = tool["episodes"](shared / "data" / "mocap")
    assert len(episodes) > 900
    for one in episodes[::100]:
        height = heights_m(one.joints)
        assert 1.4 < height < 2.0
        hips = one.joints[:, JOINT["left_hip"]] - one.joints[:, JOINT["right_hip"]]
        assert 0.12 < np.linalg.norm(hips, axis=-1).mean() < 0.25
        ankles = one.joints[:, [JOINT["left_ankle"], JOINT["right_ankle"]], 2]
        assert ankles.min() < 0.2 or one.movement == "straight_leg_raise"
