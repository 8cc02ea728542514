"""A camera in front of a stick figure: what a pose model would see of it, as a `PoseSequence`."""

import numpy as np

from posespotter.poses import PoseSequence
from posespotter.skeletons import BLAZEPOSE33, USUAL_HEIGHT_M, Skeleton
from posespotter.synthetic.figure import Figure, Floats, Joints

FRAME_SIZE = (1280, 960)  # px


def film(
    figure: Figure,
    *,
    yaw_deg: float = 0.0,
    fps: float = 30.0,
    noise: float = 0.0,
    seed: int = 0,
    world: bool = True,
    skeleton: Skeleton = BLAZEPOSE33,
    distance: float = 3.5,
    camera_up: float = 0.6,
    drop: float = 0.0,
    frame_size: tuple[int, int] = FRAME_SIZE,
) -> PoseSequence:
    """Project a figure into a camera, as a pose model would see it.

    Args:
        figure: the person.
        yaw_deg: where it faces: 0 the camera, 90 the picture's left (the camera sees its left side).
        fps: frames a second.
        noise: standard deviation of each joint's place, as a share of the body height; of `world` too.
        seed: of the noise and of the frames that are dropped.
        world: with joints in metres.
        skeleton: of the model.
        distance: of the camera, body lengths.
        camera_up: its height, body lengths.
        drop: share of frames that are missing.
        frame_size: width and height of the picture, px.
    """
    rng = np.random.default_rng(seed)
    time_s = np.arange(round(figure.seconds * fps)) / fps
    joints = figure.at(time_s)
    middle = (joints["left_hip"] + joints["right_hip"]) / 2
    yaw = np.radians(yaw_deg)
    n, k = len(time_s), len(skeleton)
    room = np.stack([_place_of(name, joints) for name in skeleton.keypoints], 1)
    camera = _seen_from(room, yaw)
    depth = distance + camera[..., 2]
    width, height = frame_size
    focal = 0.62 * height * distance
    px = np.stack(
        [
            width / 2 + focal * camera[..., 0] / depth,
            0.55 * height + focal * (camera[..., 1] + camera_up) / depth,
        ],
        -1,
    )
    px = px + rng.normal(size=px.shape) * noise * focal / distance
    metres = None
    if world:
        exact = USUAL_HEIGHT_M * (camera - _seen_from(middle, yaw)[:, None])
        metres = (exact + rng.normal(size=exact.shape) * noise * USUAL_HEIGHT_M).astype(np.float32)
    poses = PoseSequence(
        frame=np.arange(n, dtype=np.int32),
        time_s=time_s.astype(np.float64),
        track_id=np.ones(n, np.int32),
        bbox=np.concatenate([px.min(1), px.max(1)], 1).astype(np.float32),
        bbox_score=np.full(n, 0.9, np.float32),
        keypoints=px.astype(np.float32),
        scores=np.full((n, k), 0.9, np.float32),
        world=metres,
        skeleton=skeleton,
        frame_size=frame_size,
        fps=fps,
        n_frames=n,
        source=figure.name,
    )
    return poses.where(rng.random(n) >= drop) if drop else poses


def _seen_from(room: Floats, yaw: float) -> Floats:
    """(..., 3) of the room as x to the picture's right, y down, z away from the camera."""
    x, y, z = np.moveaxis(room, -1, 0)
    return np.stack([-x * np.sin(yaw) + y * np.cos(yaw), -z, -x * np.cos(yaw) - y * np.sin(yaw)], -1)


def _place_of(name: str, joints: Joints) -> Floats:
    """Position of a model's keypoint: the figure's joint of that name, or the nearest it has."""
    if name in joints:
        return joints[name]
    side, _, part = name.partition("_")
    if side not in {"left", "right"}:
        pair = {"head": "ear", "neck": "shoulder", "hip": "hip"}[name]
        return (joints[f"left_{pair}"] + joints[f"right_{pair}"]) / 2
    for word, joint in (("toe", "toe"), ("foot", "toe"), ("eye", "eye"), ("mouth", "eye")):
        if word in part:
            return joints[f"{side}_{joint}"]
    return joints[f"{side}_wrist"]
