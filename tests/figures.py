"""Synthetic people who exercise: stick figures in three dimensions, seen by a camera, with the truth known.

The figures and the camera are those of the program's own sample; here is what only tests need. Other movements are in
`tests/exercises/movements.py`.
"""

from dataclasses import replace

import numpy as np

from posespotter.poses import PoseSequence
from posespotter.synthetic.camera import FRAME_SIZE, film
from posespotter.synthetic.figure import (
    ANKLE_UP,
    FOREARM,
    HIP_WIDE,
    SHANK,
    SHOULDER_WIDE,
    THIGH,
    UPPER_ARM,
    Figure,
    Floats,
    Joints,
    bend,
    points,
    squat,
    standing_hips,
    there_and_back,
    upright,
)

__all__ = [
    "ANKLE_UP", "FOREARM", "FRAME_SIZE", "FRONT_FAULTS", "HIP_WIDE", "SHANK", "SHOULDER_WIDE", "SIDE_FAULTS",
    "THIGH", "UPPER_ARM", "Figure", "Floats", "Joints", "bend", "film", "mirrored", "moved", "points", "squat",
    "standing_hips", "there_and_back", "tilted", "upright", "with_swaps",
]  # fmt: skip

FRONT_FAULTS = ("too_shallow", "knees_inward", "shoulders_uneven", "shift_to_one_side")
SIDE_FAULTS = ("too_shallow", "trunk_leans", "heels_lift", "shoulders_off_feet")


def mirrored(poses: PoseSequence) -> PoseSequence:
    """The poses in the mirrored picture: left is right."""
    width = poses.frame_size[0]
    swap = list(poses.skeleton.mirror)
    keypoints = poses.keypoints[:, swap].copy()
    keypoints[..., 0] = width - keypoints[..., 0]
    box = poses.bbox.copy()
    box[:, [0, 2]] = width - box[:, [2, 0]]
    world = None if poses.world is None else poses.world[:, swap] * np.array([-1, 1, 1], np.float32)
    return replace(poses, keypoints=keypoints, scores=poses.scores[:, swap], bbox=box, world=world)


def moved(poses: PoseSequence, zoom: float, shift: tuple[float, float]) -> PoseSequence:
    """The poses in a scaled picture with the person elsewhere; the frame grows along."""
    keypoints = (poses.keypoints * zoom + np.array(shift)).astype(np.float32)
    box = (poses.bbox * zoom + np.tile(shift, 2)).astype(np.float32)
    width, height = poses.frame_size
    size = (int(width * zoom + shift[0]) + 1, int(height * zoom + shift[1]) + 1)
    return replace(poses, keypoints=keypoints, bbox=box, frame_size=size)


def tilted(poses: PoseSequence, tilt_deg: float) -> PoseSequence:
    """The poses seen by a camera that makes upright people lean clockwise; the frame grows along."""
    cosine, sine = np.cos(np.radians(tilt_deg)), np.sin(np.radians(tilt_deg))
    turn = np.array([[cosine, sine], [-sine, cosine]])  # for rows of x, y
    middle = np.array(poses.frame_size) / 2
    keypoints = ((poses.keypoints - middle) @ turn + 1.5 * middle).astype(np.float32)
    world = None if poses.world is None else poses.world.copy()
    if world is not None:
        world[..., :2] = world[..., :2] @ turn
    width, height = poses.frame_size
    box = (poses.bbox + np.tile(middle / 2, 2)).astype(np.float32)
    return replace(poses, keypoints=keypoints, world=world, bbox=box, frame_size=(width * 3 // 2, height * 3 // 2))


def with_swaps(poses: PoseSequence, every_s: float = 1.3, lasting_s: float = 0.15) -> PoseSequence:
    """The poses with left and right exchanged for a moment, again and again."""
    swap = list(poses.skeleton.mirror)
    wrong = (np.mod(poses.time_s, every_s) >= every_s - lasting_s).reshape(-1, 1, 1)
    world = None if poses.world is None else np.where(wrong, poses.world[:, swap], poses.world)
    keypoints = np.where(wrong, poses.keypoints[:, swap], poses.keypoints)
    return replace(poses, keypoints=keypoints, world=world)
