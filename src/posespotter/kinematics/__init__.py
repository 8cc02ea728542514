"""Kinematics: joint angles, inclinations, positions in body lengths, speeds, views, stretches."""

from posespotter.kinematics.angles import JOINT_ANGLES, angle_to_vertical_deg, joint_angle_deg, joint_angles_deg
from posespotter.kinematics.body import Body, body_of
from posespotter.kinematics.stretches import find_stretches
from posespotter.kinematics.tilt import camera_tilt_deg, upright
from posespotter.kinematics.velocity import velocity
from posespotter.kinematics.view import View, view_of_yaw, yaw_deg

__all__ = ["JOINT_ANGLES", "Body", "View", "angle_to_vertical_deg", "body_of", "camera_tilt_deg", "find_stretches"]
__all__ += ["joint_angle_deg", "joint_angles_deg", "upright", "velocity", "view_of_yaw", "yaw_deg"]
