"""Synthetic people who exercise: stick figures in three dimensions, seen by a camera, with the truth known.

A figure is built in body lengths in its own room: x the way it faces at rest, y to its left, z up, the floor at 0.
Limbs have the proportions of Winter (2009, figure 4.1). `squat` plants faults; other movements are in
`tests/exercises/movements.py`. `film` looks at it from any side and gives a `PoseSequence`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from posespotter.poses import PoseSequence
from posespotter.skeletons import BLAZEPOSE33, Skeleton

Floats = npt.NDArray[np.floating]
Joints = dict[str, Floats]
"""(F, 3) places by joint name, body lengths."""

BODY_M = 1.7
FRAME_SIZE = (1280, 960)
SHANK, THIGH, TRUNK, UPPER_ARM, FOREARM = 0.246, 0.245, 0.288, 0.186, 0.146
ANKLE_UP, HIP_WIDE, SHOULDER_WIDE = 0.039, 0.12, 0.21

FRONT_FAULTS = ("too_shallow", "knees_inward", "shoulders_uneven", "shift_to_one_side")
SIDE_FAULTS = ("too_shallow", "trunk_leans", "heels_lift", "shoulders_off_feet")


@dataclass(frozen=True)
class Figure:
    """A person over time, as a function of time, so that any frame rate sees the same movement."""

    name: str
    seconds: float
    at: Callable[[Floats], Joints]
    repetitions: int = 0
    faults: frozenset[str] = frozenset()


def points(*numbers: Floats | float) -> Floats:
    """(F, 3) from three columns, each an array or one number."""
    return np.stack(np.broadcast_arrays(*numbers), -1).astype(float)


def there_and_back(
    repetitions: int, down_s: float = 1.0, hold_s: float = 0.2, up_s: float = 1.0, rest_s: float = 0.8
) -> tuple[Callable[[Floats], Floats], float]:
    """0 at rest, 1 at the far end, smooth in between; and how many seconds it all takes."""
    cycle_s = rest_s + down_s + hold_s + up_s

    def way(t: Floats) -> Floats:
        within = np.mod(t, cycle_s) - rest_s
        down = np.clip(within / down_s, 0, 1)
        up = np.clip((within - down_s - hold_s) / up_s, 0, 1)
        share = (1 - np.cos(np.pi * down)) / 2 - (1 - np.cos(np.pi * up)) / 2
        return np.where(t < repetitions * cycle_s, share, 0.0)

    return way, repetitions * cycle_s + rest_s


def bend(first: Floats, last: Floats, one: float, other: float, pole: Floats) -> Floats:
    """The joint between two limbs of lengths `one` and `other`, on the side that `pole` points to."""
    span = last - first
    far = np.linalg.norm(span, axis=-1, keepdims=True)
    along = span / far
    far = np.minimum(far, one + other - 1e-6)
    reach = (one**2 - other**2 + far**2) / (2 * far)
    height = np.sqrt(np.maximum(one**2 - reach**2, 0))
    out = pole - (pole * along).sum(-1, keepdims=True) * along
    return first + reach * along + height * out / np.linalg.norm(out, axis=-1, keepdims=True)


def upright(
    hips: Floats,
    lean: Floats | float = 0.0,
    *,
    stance: float = 0.2,
    feet: tuple[Floats | float, Floats | float] = (0.0, 0.0),
    lifts: tuple[Floats | float, Floats | float] = (0.0, 0.0),
    knees_out: Floats | float = 0.0,
    heels: Floats | float = 0.0,
    roll: Floats | float = 0.0,
    arms: Floats | float = 0.0,
    spread: Floats | float = 0.0,
    forearms: Floats | float = 0.0,
    forearm_spread: Floats | float | None = None,
) -> Joints:
    """Somebody on their feet. Angles in degrees.

    `hips` is the middle of the hips; `lean` of the trunk forward; `feet` and `lifts` where the left and the right foot
    stand and how far they are lifted; `knees_out` turns the knees outwards; `heels` lifts them; `roll` of the
    shoulders; `arms` forward from hanging and `spread` sideways; `forearms` further forward than the arms.
    """
    n = len(hips)
    zero = np.zeros(n)
    lean, knees_out, roll = (np.radians(zero + angle) for angle in (lean, knees_out, roll))
    shoulders = hips + TRUNK * points(np.sin(lean), zero, np.cos(lean))
    head = shoulders + 0.11 * points(np.sin(lean) * 0.7, zero, np.cos(lean))
    out: Joints = {"nose": head + points(0.06, 0, 0)}
    for side, sign, foot, lift in (("left", 1.0, *_pair(feet, lifts, 0)), ("right", -1.0, *_pair(feet, lifts, 1))):
        out[f"{side}_hip"] = hips + points(0, sign * HIP_WIDE / 2, 0)
        ankle = points(zero + foot, zero + sign * stance / 2, ANKLE_UP + 0.8 * (zero + heels) + lift)
        pole = points(np.cos(knees_out), sign * np.sin(knees_out), zero)
        out[f"{side}_knee"] = bend(out[f"{side}_hip"], ankle, THIGH, SHANK, pole)
        out[f"{side}_ankle"] = ankle
        out[f"{side}_heel"] = points(foot - 0.03, sign * stance / 2, 0.015 + zero + heels + lift)
        out[f"{side}_toe"] = points(zero + foot + 0.11, sign * stance / 2, 0.01 + zero + lift)
        across = SHOULDER_WIDE / 2 * sign
        out[f"{side}_shoulder"] = shoulders + points(zero, across * np.cos(roll), across * np.sin(roll))
        upper = _hanging(zero + arms, zero + spread, sign)
        lower = _hanging(zero + arms + forearms, zero + (spread if forearm_spread is None else forearm_spread), sign)
        out[f"{side}_elbow"] = out[f"{side}_shoulder"] + UPPER_ARM * upper
        out[f"{side}_wrist"] = out[f"{side}_elbow"] + FOREARM * lower
        out[f"{side}_ear"] = head + points(0, 0.045 * sign, 0.01)
        out[f"{side}_eye"] = head + points(0.05, 0.02 * sign, 0.02)
    return out


def _pair(feet: tuple[Floats | float, ...], lifts: tuple[Floats | float, ...], i: int) -> tuple[Floats, Floats]:
    return np.asarray(feet[i]), np.asarray(lifts[i])


def _hanging(forward: Floats, sideways: Floats, sign: float) -> Floats:
    f, s = np.radians(forward), np.radians(sideways)
    return points(np.sin(f), sign * np.cos(f) * np.sin(s), -np.cos(f) * np.cos(s))


def standing_hips(n: int, stance: float = 0.2) -> float:
    """Height of the hips of straight legs."""
    return ANKLE_UP + float(np.sqrt((SHANK + THIGH) ** 2 - ((stance - HIP_WIDE) / 2) ** 2)) - 1e-3


def squat(
    faults: frozenset[str] | set[str] = frozenset(),
    repetitions: int = 3,
    *,
    thigh: float = 85.0,
    stance: float = 0.2,
    **timing: float,
) -> Figure:
    """Squats with planted faults; without any it is a good one in every check."""
    way, seconds = there_and_back(repetitions, **timing)
    deepest = 40.0 if "too_shallow" in faults else thigh
    shank = max(0.25 * deepest, 15.0)
    lean = 0.42 * deepest
    if "trunk_leans" in faults:
        lean, shank = 61.0, 0.25 * min(deepest, 50.0)
    if "shoulders_off_feet" in faults:  # the weight goes to the toes
        lean, shank, deepest = 46.0, 38.0, min(deepest, 55.0)

    def at(t: Floats) -> Joints:
        s = way(t)
        a, b = np.radians(s * shank), np.radians(s * deepest)
        top = standing_hips(len(t), stance) - ANKLE_UP
        scale = top / (SHANK + THIGH)
        hips = points(
            scale * (SHANK * np.sin(a) - THIGH * np.sin(b)),
            s * (0.075 if "shift_to_one_side" in faults else 0.0),
            ANKLE_UP + scale * (SHANK * np.cos(a) + THIGH * np.cos(b)),
        )
        heels = s * (0.06 if "heels_lift" in faults else 0.0)
        hips[:, 2] += 0.8 * heels
        return upright(
            hips,
            s * lean,
            stance=stance,
            knees_out=s * (-17.0 if "knees_inward" in faults else 12.0),
            heels=heels,
            roll=s * (14.0 if "shoulders_uneven" in faults else 0.0),
            arms=s * 80 + 5,
            forearms=5,
        )

    return Figure("squat", seconds, at, repetitions, frozenset(faults))


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
) -> PoseSequence:
    """What a pose model sees of the figure.

    Args:
        figure: who.
        yaw_deg: where it faces: 0 the camera, 90 the picture's left (the camera sees its left side).
        fps: frames a second.
        noise: standard deviation of each joint's place, as a share of the body height; of `world` too.
        seed: of the noise and of the frames that are dropped.
        world: with joints in metres.
        skeleton: of the model.
        distance: of the camera, body lengths.
        camera_up: its height, body lengths.
        drop: share of frames that are missing.
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
    focal = 0.62 * FRAME_SIZE[1] * distance
    px = np.stack(
        [
            FRAME_SIZE[0] / 2 + focal * camera[..., 0] / depth,
            0.55 * FRAME_SIZE[1] + focal * (camera[..., 1] + camera_up) / depth,
        ],
        -1,
    )
    px = px + rng.normal(size=px.shape) * noise * focal / distance
    metres = None
    if world:
        metres = BODY_M * (camera - _seen_from(middle, yaw)[:, None])
        metres = (metres + rng.normal(size=metres.shape) * noise * BODY_M).astype(np.float32)
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
        frame_size=FRAME_SIZE,
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
    """Where a model's keypoint is: the figure's joint of that name, or the nearest it has."""
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
