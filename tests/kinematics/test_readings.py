"""What is read at a joint: the angle of the picture where the view shows it, at the place of the joint."""

from dataclasses import replace

import numpy as np
import pytest
from tests import figures

from posespotter.kinematics.joint_angles import joint_angles
from posespotter.kinematics.readings import angle_readings

SIDE = figures.film(figures.squat(repetitions=1), yaw_deg=90, fps=10)


def test_each_angle_belongs_to_its_joint():
    found = angle_readings(SIDE)
    where = {name: found.joints[at] for name, at in zip(found.angles, found.at, strict=True)}
    assert where["left_knee_flexion"] == where["left_knee_valgus"] == "left_knee"
    assert where["right_ankle_dorsiflexion"] == "right_ankle"
    assert where["trunk_forward_lean"] == "trunk"
    assert found.degrees.shape == found.plus_minus.shape == (len(SIDE), len(found.angles))
    knee = SIDE.keypoints[:, SIDE.skeleton.index("left_knee")]
    seen = found.places[:, found.joints.index("left_knee")]
    shown = np.isfinite(seen[:, 0])
    assert shown.mean() > 0.9
    assert seen[shown] == pytest.approx(knee[shown])


def test_the_picture_comes_before_space():
    found = angle_readings(SIDE)
    picture = joint_angles(replace(SIDE, world=None))
    i = found.angles.index("left_knee_flexion")
    known = np.isfinite(picture.degrees[:, i])
    assert known.any()
    assert found.degrees[known, i] == pytest.approx(picture.degrees[known, i])
    space = joint_angles(SIDE, world=True)
    unseen = ~np.isfinite(picture.degrees) & np.isfinite(space.degrees)
    assert found.degrees[unseen] == pytest.approx(space.degrees[unseen])


def test_a_person_under_two_ids_is_read_in_order():
    ids = np.where(np.arange(len(SIDE)) < 20, 2, 1).astype(np.int32)
    found = angle_readings(replace(SIDE, track_id=ids))
    assert found.frame.tolist() == sorted(SIDE.frame.tolist())
    assert angle_readings(SIDE.where(np.zeros(len(SIDE), bool))).frame.size == 0
