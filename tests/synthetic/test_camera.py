"""The camera in front of a figure: what is known of it by geometry."""

import numpy as np
import pytest

from posespotter.skeletons import COCO17, USUAL_HEIGHT_M
from posespotter.synthetic.camera import FRAME_SIZE, film
from posespotter.synthetic.figure import Figure, Floats, Joints, points, standing_hips, upright


def at(t: Floats) -> Joints:
    return upright(points(0 * t, 0 * t, standing_hips(len(t))))


STILL = Figure("still", 1.0, at)


@pytest.mark.parametrize("fps", [5.0, 30.0, 60.0])
def test_frames_and_times(fps: float) -> None:
    poses = film(STILL, fps=fps)
    assert len(poses) == round(fps)
    np.testing.assert_allclose(poses.time_s, np.arange(len(poses)) / fps)
    assert poses.frame_size == FRAME_SIZE


@pytest.mark.parametrize(("yaw", "left_is"), [(0.0, "right"), (180.0, "left")])
def test_who_faces_the_camera_has_the_left_hand_at_the_right(yaw: float, left_is: str) -> None:
    poses = film(STILL, yaw_deg=yaw)
    left, right = (poses.keypoint(f"{side}_shoulder")[0, 0] for side in ("left", "right"))
    assert (left > right) == (left_is == "right")


def test_from_the_side_both_shoulders_lie_behind_each_other() -> None:
    left, right = (film(STILL, yaw_deg=90).keypoint(f"{side}_shoulder")[0, 0] for side in ("left", "right"))
    assert abs(left - right) < 2


def test_twice_as_far_is_as_large_in_a_camera_with_twice_the_focal_length() -> None:
    """The figure has the same height in the picture at every distance; only the perspective changes."""
    tall = []
    for distance in (4.0, 8.0, 40.0):
        poses = film(STILL, distance=distance)
        tall.append(float(np.ptp(poses.keypoints[0, :, 1])))
    assert max(tall) / min(tall) < 1.03


def test_metres_are_those_of_a_person_of_usual_height() -> None:
    poses = film(STILL)
    assert poses.world is not None
    place = {name: poses.world[0, i] for i, name in enumerate(poses.skeleton.keypoints)}
    thigh = np.linalg.norm(place["left_hip"] - place["left_knee"])
    assert thigh == pytest.approx(0.245 * USUAL_HEIGHT_M, rel=0.01)
    np.testing.assert_allclose((place["left_hip"] + place["right_hip"]) / 2, 0, atol=1e-6)
    assert film(STILL, world=False).world is None


def test_noise_is_of_the_size_that_is_asked_for_and_the_same_every_time() -> None:
    exact, noisy = film(STILL, fps=60), film(STILL, fps=60, noise=0.01, seed=3)
    error = (noisy.keypoints - exact.keypoints).std() / (0.62 * FRAME_SIZE[1])
    assert error == pytest.approx(0.01, rel=0.05)
    np.testing.assert_array_equal(noisy.keypoints, film(STILL, fps=60, noise=0.01, seed=3).keypoints)


def test_frames_are_dropped_by_chance() -> None:
    assert len(film(STILL, fps=60, drop=0.5)) == pytest.approx(30, abs=12)


def test_another_skeleton_has_the_same_joints_at_the_same_places() -> None:
    all_joints, few = film(STILL), film(STILL, skeleton=COCO17)
    for name in COCO17.keypoints:
        np.testing.assert_allclose(few.keypoint(name), all_joints.keypoint(name), atol=1e-3)
