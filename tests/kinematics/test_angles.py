"""Angles by tables that can be checked by hand."""

import numpy as np
import pytest
from tests import figures

from posespotter.errors import ShapeError
from posespotter.kinematics import angle_to_vertical_deg, body_of, joint_angle_deg, joint_angles_deg, velocity
from posespotter.skeletons import COCO17


@pytest.mark.parametrize(
    ("first", "vertex", "last", "expected"),
    [
        ((0, 0), (0, 1), (0, 2), 180),  # straight
        ((0, 0), (0, 1), (1, 1), 90),  # right angle
        ((0, 0), (0, 1), (0, 0.5), 0),  # folded
        ((1, 0), (0, 0), (1, 1e-7), 5.7296e-6),  # nearly folded: no digits lost
        ((0, 0, 1), (0, 0, 0), (0, 1, 1), 45),  # in metres
        ((0, 0), (0, 1), (np.nan, 1), np.nan),  # the last joint was not seen
        ((0, 1), (0, 1), (1, 1), np.nan),  # two joints in one place
    ],
)
def test_joint_angle(first, vertex, last, expected) -> None:
    found = joint_angle_deg(*(np.array(point, float) for point in (first, vertex, last)))
    np.testing.assert_allclose(found, expected, atol=1e-9)


@pytest.mark.parametrize(
    ("lower", "upper", "expected"),
    [
        ((0, 1), (0, 0), 0),  # y points down: upright
        ((0, 0), (1, 0), 90),
        ((0, 0), (0, 1), 180),
        ((0, 1), (-1, 0), 45),
        ((0, 0, 0), (0, 0, 1), 90),
        ((0, 1), (np.nan, 0), np.nan),
    ],
)
def test_angle_to_vertical(lower, upper, expected) -> None:
    np.testing.assert_allclose(angle_to_vertical_deg(np.array(lower, float), np.array(upper, float)), expected)


def test_shapes_are_checked() -> None:
    with pytest.raises(ShapeError, match=r"got \(2,\), \(2,\) and \(3,\)"):
        joint_angle_deg(np.zeros(2), np.zeros(2), np.zeros(3))
    with pytest.raises(ShapeError, match="one shape"):
        angle_to_vertical_deg(np.zeros(2), np.zeros(3))


def test_every_joint_has_an_angle_on_both_sides() -> None:
    body = body_of(figures.film(figures.squat(repetitions=1), yaw_deg=90, fps=10))
    angles = joint_angles_deg(body, world=True)
    joints = ("ankle", "elbow", "hip", "knee", "neck", "shoulder")
    assert sorted(angles) == sorted(f"{side}_{joint}" for side in ("left", "right") for joint in joints)
    assert all(np.isfinite(values).all() for values in angles.values())
    # Seen across, the picture shows the angle that the body has.
    np.testing.assert_allclose(joint_angles_deg(body)["left_knee"], angles["left_knee"], atol=4)
    # Thighs 85° and shanks 21° from the vertical.
    assert angles["left_knee"].min() == pytest.approx(180 - 85 - 85 / 4, abs=3)


def test_without_metres_there_are_no_angles_in_metres() -> None:
    body = body_of(figures.film(figures.squat(repetitions=1), fps=10, world=False))
    assert np.isnan(joint_angles_deg(body, world=True)["left_knee"]).all()


def test_a_skeleton_without_feet_gives_no_ankle_angle() -> None:
    body = body_of(figures.film(figures.squat(repetitions=1), fps=10, skeleton=COCO17))
    angles = joint_angles_deg(body)
    assert np.isnan(angles["left_ankle"]).all()
    assert np.isfinite(angles["left_knee"]).all()


def test_velocity() -> None:
    time_s = np.array([0, 0.1, 0.3, 0.4])
    np.testing.assert_allclose(velocity(time_s, 5 * time_s[:, None]), 5.0)
    assert np.isnan(velocity(time_s[:1], time_s[:1])).all()
    assert np.isnan(velocity(time_s, np.array([0, np.nan, 1, 2]))).sum() == 3
