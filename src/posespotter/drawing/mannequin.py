"""A mannequin in an empty room, drawn from joints: pictures for synthetic poses."""

import cv2
import numpy as np

from posespotter.arrays import Array, Image
from posespotter.drawing.colours import PALETTE, Rgb, bgr
from posespotter.poses import PoseSequence

_SHIFT = 3  # OpenCV takes fixed-point positions: 3 bits are 1/8 px
# What hides what, seen from the front: legs, trunk, head, arms. Widths are shares of the shoulders' distance.
_LEGS = (("hip", "knee", 0.42), ("knee", "ankle", 0.32), ("heel", "foot_index", 0.22))
_ARMS = (("shoulder", "elbow", 0.26), ("elbow", "wrist", 0.22))
_HEAD = 0.36  # half its width


def draw_room(width: int, height: int) -> Image:
    """(height, width, 3) BGR: a wall and a floor."""
    image = np.empty((height, width, 3), np.uint8)
    edge = round(0.62 * height)  # between wall and floor
    image[:edge] = (226, 222, 216)
    fade = np.linspace(0, 1, height - edge)[:, None]
    image[edge:] = (np.array((196, 190, 182)) * (1 - 0.12 * fade))[:, None, :].astype(np.uint8)
    return image


def draw_chair(image: Image, poses: PoseSequence) -> None:
    """Draw a chair without a back under the first person of one frame, for a sitting pose."""
    joints = {name: poses.keypoints[0, k] for k, name in enumerate(poses.skeleton.keypoints)}
    hip, knee = ((joints[f"left_{part}"] + joints[f"right_{part}"]) / 2 for part in ("hip", "knee"))
    floor = max(float(joints[f"{side}_heel"][1]) for side in ("left", "right"))
    deep, thick = float(np.linalg.norm(knee - hip)), 0.3 * float(np.linalg.norm(knee - hip))
    left, right = float(hip[0]) - 0.75 * deep, float(hip[0]) + 0.75 * deep
    top = float(hip[1]) + 0.3 * deep
    for x in (left + thick / 2, right - thick / 2):
        _limb(image, np.array([x, top]), np.array([x, floor]), 0.5 * thick, PALETTE.leg)
    _limb(image, np.array([left + thick / 2, top]), np.array([right - thick / 2, top]), thick, PALETTE.seat)


def draw_mannequin(image: Image, poses: PoseSequence) -> None:
    """Draw each person of one frame as a mannequin; BlazePose's 33 joints, all of them seen."""
    for i in range(len(poses)):
        joints = {name: poses.keypoints[i, k] for k, name in enumerate(poses.skeleton.keypoints)}
        _draw_body(image, joints)


def _draw_body(image: Image, joints: dict[str, Array]) -> None:
    across = float(np.linalg.norm(joints["left_shoulder"] - joints["right_shoulder"]))
    feet = np.array([joints[f"{side}_{part}"] for side in ("left", "right") for part in ("heel", "foot_index")])
    middle, wide = feet.mean(0), np.ptp(feet[:, 0]) + across
    _ellipse(image, middle, (wide * 0.62, across * 0.2), (162, 170, 176))
    for side in ("left", "right"):
        for first, last, width in _LEGS:
            _limb(image, joints[f"{side}_{first}"], joints[f"{side}_{last}"], width * across, PALETTE.body)
    trunk = [joints[name] for name in ("left_shoulder", "right_shoulder", "right_hip", "left_hip")]
    _trunk(image, np.array(trunk), 0.3 * across)
    neck = (joints["left_shoulder"] + joints["right_shoulder"]) / 2
    head = (joints["left_ear"] + joints["right_ear"]) / 2
    _limb(image, neck, head, 0.3 * across, PALETTE.body)
    _ellipse(image, head, (_HEAD * across, _HEAD * 1.25 * across), PALETTE.edge, grow=2)
    _ellipse(image, head, (_HEAD * across, _HEAD * 1.25 * across), PALETTE.near)
    for side in ("left", "right"):
        for first, last, width in _ARMS:
            _limb(image, joints[f"{side}_{first}"], joints[f"{side}_{last}"], width * across, PALETTE.near)


def _limb(image: Image, first: Array, last: Array, width: float, colour: Rgb) -> None:
    start, end = _fixed(first), _fixed(last)
    for grow, shade in ((4, PALETTE.edge), (0, colour)):
        cv2.line(image, start, end, bgr(shade), max(1, round(width) + grow), cv2.LINE_AA, _SHIFT)


def _trunk(image: Image, corners: Array, width: float) -> None:
    outline = np.round(corners * 2**_SHIFT).astype(np.int32)[None]
    for grow, shade in ((4, PALETTE.edge), (0, PALETTE.body)):
        cv2.polylines(image, outline, True, bgr(shade), max(1, round(width) + grow), cv2.LINE_AA, _SHIFT)
        cv2.fillPoly(image, outline, bgr(shade), cv2.LINE_AA, _SHIFT)


def _ellipse(image: Image, centre: Array, half: tuple[float, float], colour: Rgb, grow: float = 0) -> None:
    axes = (round((half[0] + grow) * 2**_SHIFT), round((half[1] + grow) * 2**_SHIFT))
    cv2.ellipse(image, _fixed(centre), axes, 0, 0, 360, bgr(colour), -1, cv2.LINE_AA, _SHIFT)


def _fixed(point: Array) -> tuple[int, int]:
    return round(float(point[0]) * 2**_SHIFT), round(float(point[1]) * 2**_SHIFT)
