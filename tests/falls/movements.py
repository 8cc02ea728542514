"""People made of sticks who walk, sit, bend, lie down and fall, seen from the side; with the truth known.

Every limb turns by its own angle to the vertical, so that limbs keep their lengths. Angles are degrees, 0 upright,
positive to the right; the ankles stand still unless the person walks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from posespotter.poses import PoseSequence
from posespotter.skeletons import COCO17, Skeleton

FRAME_SIZE = (640, 480)
Floats = npt.NDArray[np.float64]

# shank, thigh, trunk
STANDING = (0.0, 0.0, 2.0)
BENT = (0.0, 5.0, 95.0)
SITTING = (5.0, -85.0, 5.0)
CROUCHING = (35.0, -75.0, 35.0)
ON_THE_FLOOR = (-60.0, -115.0, -10.0)
LYING_BACK = (-88.0, -92.0, -88.0)
FALLEN = (86.0, 88.0, 90.0)

Key = tuple[float, tuple[float, float, float]]

STANDS: tuple[Key, ...] = ((0, STANDING),)
FALLS: tuple[Key, ...] = ((0, STANDING), (4.0, STANDING), (4.8, FALLEN), (9.0, FALLEN))
"""From 4.0 to 4.8 s, like a tree, faster and faster."""
SITS_DOWN: tuple[Key, ...] = ((0, STANDING), (4.0, STANDING), (5.2, SITTING), (9.0, SITTING))
BENDS: tuple[Key, ...] = ((0, STANDING), (4.0, STANDING), (5.0, BENT), (6.0, BENT), (7.0, STANDING), (9.0, STANDING))
LIES_DOWN: tuple[Key, ...] = (
    (0, STANDING), (4.0, STANDING), (6.0, CROUCHING), (8.5, ON_THE_FLOOR), (12.0, LYING_BACK), (16.0, LYING_BACK),
)  # fmt: skip
FALLS_AND_RISES: tuple[Key, ...] = (
    *FALLS, (9.5, FALLEN), (11.5, ON_THE_FLOOR), (13.5, CROUCHING), (15.0, STANDING), (19.0, STANDING),
)  # fmt: skip
FALL_S, IMPACT_S = 4.0, 4.8


@dataclass(frozen=True)
class Actor:
    """One person.

    Attributes:
        keys: (seconds, angles of shank, thigh and trunk); in between angles change, falling ones faster and faster.
        x_px, floor_px: where the ankles stand.
        height_px: standing height.
        walks_px_s: until the second key.
        track_id: of the person.
        hidden: seconds from and until which nobody sees the person.
    """

    keys: Sequence[Key]
    x_px: float = 250.0
    floor_px: float = 420.0
    height_px: float = 260.0
    walks_px_s: float = 0.0
    track_id: int = 1
    hidden: tuple[float, float] = (np.inf, np.inf)


def angles(keys: Sequence[Key], time_s: Floats) -> Floats:
    """(N, 3) degrees."""
    times = np.array([t for t, _ in keys], float)
    values = np.array([v for _, v in keys], float)
    if len(times) == 1:
        return np.repeat(values, len(time_s), axis=0)
    i = np.clip(np.searchsorted(times, time_s, side="right") - 1, 0, len(times) - 2)
    share = np.clip((time_s - times[i]) / (times[i + 1] - times[i]), 0, 1)
    falling = np.all(values[i + 1] == FALLEN, axis=1)
    eased = np.where(falling, share**2, share * share * (3 - 2 * share))[:, None]
    return values[i] + (values[i + 1] - values[i]) * eased


def joints(actor: Actor, time_s: Floats) -> Floats:
    """(N, 17, 2) px of COCO-17."""
    shank, thigh, trunk = np.radians(angles(actor.keys, time_s)).T
    h = actor.height_px

    def along(start: Floats, angle: Floats, length: float) -> Floats:
        return start + length * h * np.stack([np.sin(angle), -np.cos(angle)], axis=1)

    moving_s = np.minimum(time_s, actor.keys[1][0] if len(actor.keys) > 1 else np.inf)
    x = actor.x_px + actor.walks_px_s * moving_s
    ankle = np.stack([x, np.full(len(time_s), actor.floor_px)], axis=1)
    knee = along(ankle, shank, 0.246)
    hip = along(knee, thigh, 0.245)
    # Hips are not below the floor.
    sunk = np.fmax(hip[:, 1] - (actor.floor_px + 0.05 * h), 0)
    hip[:, 1] -= sunk
    shoulder = along(hip, trunk, 0.288)
    ear = along(shoulder, trunk, 0.11)
    nose = along(shoulder, trunk, 0.1)
    elbow = along(shoulder, trunk + np.pi - 0.2, 0.186)
    wrist = along(elbow, trunk + np.pi - 0.3, 0.146)
    places = {"nose": nose, "eye": ear, "ear": ear, "shoulder": shoulder, "elbow": elbow, "wrist": wrist}
    places |= {"hip": hip, "knee": knee, "ankle": ankle}
    out = np.empty((len(time_s), len(COCO17), 2))
    for k, name in enumerate(COCO17.keypoints):
        side = {"left": 1.0, "right": -1.0}.get(name.split("_")[0], 0.0)
        out[:, k] = places[name.split("_")[-1]] + side * 0.015 * h
    return out


def film(
    *actors: Actor, seconds: float = 9.0, fps: float = 25.0, noise: float = 0.004, seed: int = 0,
    skeleton: Skeleton = COCO17,
) -> PoseSequence:  # fmt: skip
    """What a camera and a pose model see of the actors; noise is a share of their heights."""
    random = np.random.default_rng(seed)
    n = round(seconds * fps)
    time_s = np.arange(n) / fps
    rows = []
    for actor in actors:
        places = joints(actor, time_s)
        places += random.normal(0, noise * actor.height_px, places.shape)
        seen = ~((time_s >= actor.hidden[0]) & (time_s < actor.hidden[1]))
        for i in np.flatnonzero(seen):
            box = np.concatenate([places[i].min(0) - 5, places[i].max(0) + 5])
            rows.append({
                "frame": i, "time_s": time_s[i], "track_id": actor.track_id, "bbox": box, "bbox_score": 0.9,
                "keypoints": places[i], "scores": np.full(len(COCO17), 0.9),
            })  # fmt: skip
    poses = PoseSequence.from_rows(
        rows,
        COCO17,
        frame_size=FRAME_SIZE,
        fps=fps,
        n_frames=n,
        source="sticks.mp4",
        detector="none",
        pose_model="none",
    )
    return poses.to_skeleton(skeleton)


def mirrored(poses: PoseSequence) -> PoseSequence:
    """The poses in the mirrored picture."""
    width = poses.frame_size[0]
    swap = list(poses.skeleton.mirror)
    keypoints = poses.keypoints[:, swap].copy()
    keypoints[..., 0] = width - keypoints[..., 0]
    box = poses.bbox.copy()
    box[:, [0, 2]] = width - box[:, [2, 0]]
    world = None if poses.world is None else poses.world[:, swap] * np.array([-1, 1, 1], np.float32)
    return replace(poses, keypoints=keypoints, scores=poses.scores[:, swap], bbox=box, world=world)


def scaled(poses: PoseSequence, zoom: float) -> PoseSequence:
    """The poses in a larger or smaller picture."""
    size = (round(poses.frame_size[0] * zoom), round(poses.frame_size[1] * zoom))
    return replace(
        poses, keypoints=poses.keypoints * np.float32(zoom), bbox=poses.bbox * np.float32(zoom), frame_size=size
    )
