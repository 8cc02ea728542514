"""Synthetic skeleton walks: people of known identity walk past a camera, and what a detector sees of them.

The body is a stick figure in metres with a walking gait; a pinhole camera at chest height projects it, so that a person
half a body further away is smaller and has higher feet, as in life. `detections` adds what real detectors do:
noise on joints and boxes, missed people, and people who vanish while somebody nearer hides them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from posespotter.poses import PoseSequence
from posespotter.skeletons import COCO17, Skeleton

FRAME_SIZE = (1280, 720)
FOCAL_PX = 1000.0
CAMERA_HEIGHT_M = 1.3
BODY_M = 1.7

Floats = npt.NDArray[np.floating]
Path2 = Callable[[Floats], tuple[Floats, Floats]]
"""Time (F,) in seconds to x (F,) metres from the middle of the picture and depth (F,) metres from the camera."""


@dataclass(frozen=True)
class Walker:
    """One person: where they walk and how.

    Attributes:
        path: place over time.
        height_m: body height.
        stride_hz: gait cycles a second.
        phase: of the gait, radians.
        turn: yaw over time in radians, or None to look where one walks; 0 looks to the right, pi/2 at the camera.
    """

    path: Path2
    height_m: float = BODY_M
    stride_hz: float = 0.9
    phase: float = 0.0
    turn: Callable[[Floats], Floats] | None = None


@dataclass(frozen=True)
class Scene:
    """Walkers, and what is true of them in each of F frames."""

    name: str
    time_s: Floats  # (F,)
    keypoints: Floats  # (F, P, K, 2) px
    boxes: Floats  # (F, P, 4) px
    depth_m: Floats  # (F, P)
    skeleton: Skeleton
    pillars: tuple[tuple[float, float], ...] = ()  # x0, x1 in px: what hides everybody behind it


@dataclass(frozen=True)
class Seen:
    """What a detector gives for one frame; `truth` is the index of the walker."""

    time_s: float
    keypoints: npt.NDArray[np.float32]
    scores: npt.NDArray[np.float32]
    boxes: npt.NDArray[np.float32]
    box_scores: npt.NDArray[np.float32]
    truth: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Noise:
    """What the detector does wrong; lengths as shares of the body height in px."""

    joints: float = 0.01
    boxes: float = 0.015
    missed: float = 0.03
    hidden_from: float = 0.55  # share of the box that somebody nearer covers when a person vanishes
    score: tuple[float, float] = field(default=(0.65, 0.95))


def line(x_m: float, depth_m: float, speed_x: float, speed_depth: float = 0.0) -> Path2:
    """Straight on."""
    return lambda t: (x_m + speed_x * t, depth_m + speed_depth * t)


def through(*points: tuple[float, float, float]) -> Path2:
    """Through (time s, x m, depth m), straight between them, with soft corners of 0.3 s."""
    times, xs, depths = np.array(points, float).T

    def path(t: Floats) -> tuple[Floats, Floats]:
        soft = t[:, None] + np.linspace(-0.15, 0.15, 9)
        return np.interp(soft, times, xs).mean(1), np.interp(soft, times, depths).mean(1)

    return path


def body(walker: Walker, time_s: Floats, skeleton: Skeleton = COCO17) -> tuple[Floats, Floats]:
    """(F, K, 3) joints in metres of the room (x right, y up, z depth), and (F,) yaw."""
    x, depth = walker.path(time_s)
    if walker.turn is None:
        step = 1e-3
        x1, depth1 = walker.path(time_s + step)
        yaw = np.arctan2(-(depth1 - depth), x1 - x)
    else:
        yaw = walker.turn(time_s)
    swing = 2 * np.pi * walker.stride_hz * time_s + walker.phase
    h = walker.height_m
    parts: dict[str, tuple[Floats, Floats, Floats]] = {}  # side -> forward, up, to the person's left
    zero = np.zeros_like(time_s)
    bob = 0.012 * np.cos(2 * swing)

    def put(name: str, forward: Floats, up: Floats, left: float) -> None:
        parts[name] = (forward, up + bob, zero + left)

    for side, sign in (("left", 1.0), ("right", -1.0)):
        cycle = swing + (0 if side == "left" else np.pi)
        thigh = 0.42 * np.sin(cycle)
        shin = thigh - (0.35 + 0.35 * np.sin(cycle + 1.9))
        knee = (0.245 * np.sin(thigh), 0.53 - 0.245 * np.cos(thigh))
        ankle = (knee[0] + 0.246 * np.sin(shin), knee[1] - 0.246 * np.cos(shin))
        arm = -0.35 * np.sin(cycle)
        fore = arm + 0.35
        elbow = (0.186 * np.sin(arm), 0.82 - 0.186 * np.cos(arm))
        wrist = (elbow[0] + 0.146 * np.sin(fore), elbow[1] - 0.146 * np.cos(fore))
        put(f"{side}_shoulder", zero, zero + 0.82, 0.11 * sign)
        put(f"{side}_hip", zero, zero + 0.53, 0.055 * sign)
        put(f"{side}_knee", *knee, 0.055 * sign)
        put(f"{side}_ankle", *ankle, 0.055 * sign)
        put(f"{side}_heel", ankle[0] - 0.03, ankle[1] - 0.02, 0.055 * sign)
        put(f"{side}_foot", ankle[0] + 0.11, ankle[1] - 0.03, 0.055 * sign)
        put(f"{side}_elbow", *elbow, 0.13 * sign)
        put(f"{side}_wrist", *wrist, 0.13 * sign)
        put(f"{side}_hand", wrist[0] + 0.04, wrist[1] - 0.04, 0.13 * sign)
        put(f"{side}_eye", zero + 0.06, zero + 0.945, 0.02 * sign)
        put(f"{side}_ear", zero, zero + 0.935, 0.045 * sign)
        put(f"{side}_mouth", zero + 0.06, zero + 0.90, 0.015 * sign)
    put("nose", zero + 0.075, zero + 0.925, 0.0)
    put("head", zero, zero + 1.0, 0.0)
    put("neck", zero, zero + 0.84, 0.0)
    put("hip", zero, zero + 0.53, 0.0)
    out = np.empty((len(time_s), len(skeleton), 3))
    for k, name in enumerate(skeleton.keypoints):
        forward, up, left = parts[_part_of(name)]
        out[:, k, 0] = x + h * (forward * np.cos(yaw) - left * -np.sin(yaw))
        out[:, k, 1] = h * up
        out[:, k, 2] = depth - h * (forward * np.sin(yaw) - left * np.cos(yaw))
    return out, yaw


def _part_of(name: str) -> str:
    side, _, part = name.partition("_")
    if side not in {"left", "right"}:
        return name
    for word, simple in (
        ("eye", "eye"),
        ("toe", "foot"),
        ("foot", "foot"),
        ("pinky", "hand"),
        ("index", "hand"),
        ("thumb", "hand"),
    ):
        if word in part:
            return f"{side}_{simple}"
    return name


def project(joints_m: Floats) -> Floats:
    """(..., 3) metres to (..., 2) px."""
    depth = joints_m[..., 2]
    x = FRAME_SIZE[0] / 2 + FOCAL_PX * joints_m[..., 0] / depth
    y = FRAME_SIZE[1] / 2 + FOCAL_PX * (CAMERA_HEIGHT_M - joints_m[..., 1]) / depth
    return np.stack([x, y], -1)


def scene(
    name: str,
    walkers: Sequence[Walker],
    *,
    seconds: float = 6.0,
    fps: float = 30.0,
    skeleton: Skeleton = COCO17,
    pillars: tuple[tuple[float, float], ...] = (),
) -> Scene:
    """Let the walkers walk."""
    time_s = np.arange(round(seconds * fps)) / fps
    keypoints = np.stack([project(body(w, time_s, skeleton)[0]) for w in walkers], 1)
    depth = np.stack([w.path(time_s)[1] for w in walkers], 1)
    margin = 0.03 * BODY_M * FOCAL_PX / depth
    low, high = keypoints.min(2) - margin[..., None], keypoints.max(2) + margin[..., None]
    low[..., 1] -= 1.5 * margin  # the crown of the head is above the eyes
    return Scene(name, time_s, keypoints, np.concatenate([low, high], -1), depth, skeleton, pillars)


def visible(scene: Scene, noise: Noise) -> npt.NDArray[np.bool_]:
    """(F, P): neither outside the picture, nor behind somebody nearer, nor behind a pillar."""
    x0, y0, x1, y1 = np.moveaxis(scene.boxes, -1, 0)
    middle = (x0 + x1) / 2
    seen = (middle > 0) & (middle < FRAME_SIZE[0])
    for left, right in scene.pillars:
        seen &= ~((middle > left) & (middle < right))
    area = (x1 - x0) * (y1 - y0)
    people = scene.boxes.shape[1]
    for a in range(people):
        for b in range(people):
            if a == b:
                continue
            wide = np.minimum(x1[:, a], x1[:, b]) - np.maximum(x0[:, a], x0[:, b])
            high = np.minimum(y1[:, a], y1[:, b]) - np.maximum(y0[:, a], y0[:, b])
            covered = np.maximum(wide, 0) * np.maximum(high, 0) / area[:, a]
            seen[:, a] &= ~((scene.depth_m[:, b] < scene.depth_m[:, a]) & (covered > noise.hidden_from))
    return seen


def longest_hidden_s(scene: Scene, noise: Noise = Noise()) -> float:
    """The longest time for which anybody is out of sight between two sightings, in seconds.

    Nobody is asked to be the same person after more than 2 s, wherever they have walked meanwhile.
    """
    seen = visible(scene, noise)
    sightings = [np.flatnonzero(seen[:, person]) for person in range(seen.shape[1])]
    gaps = [int(np.diff(frames).max(initial=1)) - 1 for frames in sightings]
    return max(gaps) * float(np.median(np.diff(scene.time_s)))


def detections(scene: Scene, seed: int = 0, noise: Noise = Noise()) -> list[Seen]:
    """What a detector makes of the scene, frame by frame, people in random order."""
    rng = np.random.default_rng(seed)
    seen = visible(scene, noise)
    seen &= rng.random(seen.shape) >= noise.missed
    frames = []
    for f, time_s in enumerate(scene.time_s):
        people = rng.permutation(np.flatnonzero(seen[f]))
        height = (BODY_M * FOCAL_PX / scene.depth_m[f, people])[:, None]
        k = len(scene.skeleton)
        joints = scene.keypoints[f, people] + rng.normal(size=(len(people), k, 2)) * noise.joints * height[..., None]
        boxes = scene.boxes[f, people] + rng.normal(size=(len(people), 4)) * noise.boxes * height
        frames.append(
            Seen(
                float(time_s),
                joints.astype(np.float32),
                rng.uniform(*noise.score, size=(len(people), k)).astype(np.float32),
                boxes.astype(np.float32),
                rng.uniform(*noise.score, size=len(people)).astype(np.float32),
                people,
            )
        )
    return frames


def crossings(fps: float = 30.0, skeleton: Skeleton = COCO17, seed: int = 0) -> list[Scene]:
    """Crossings with at least half a body between the two in depth or in speed: ids must be exact."""
    rng = np.random.default_rng(seed)
    half = BODY_M / 2

    def phase() -> float:
        return float(rng.uniform(0, 2 * np.pi))

    scenes = []
    for depth in (4.0, 6.0, 9.0):
        for speed in (0.7, 1.3, 2.0):
            start = 0.5 * depth
            seconds = 2 * start / speed + 0.5
            walkers = [
                Walker(line(-start, depth, speed), phase=phase()),
                Walker(line(start, depth + half, -speed), phase=phase()),
            ]
            scenes.append(
                scene(f"opposite, {depth:g} m, {speed:g} m/s", walkers, seconds=seconds, fps=fps, skeleton=skeleton)
            )
        # One overtakes the other by half a body a second or more.
        for slow, fast in ((0.6, 1.5), (1.0, 2.2)):
            start = 0.55 * depth
            seconds = 1.1 * depth / fast + 1.5
            walkers = [
                Walker(line(-start + 0.9, depth, slow), phase=phase(), stride_hz=0.7),
                Walker(line(-start, depth + half, fast), phase=phase(), stride_hz=1.1),
            ]
            scenes.append(
                scene(
                    f"overtaking, {depth:g} m, {slow:g} and {fast:g} m/s",
                    walkers,
                    seconds=seconds,
                    fps=fps,
                    skeleton=skeleton,
                )
            )
        # In one depth, with opposite speeds: they differ by far more than half a body a second.
        walkers = [
            Walker(line(-0.5 * depth, depth, 1.2), phase=phase()),
            Walker(line(0.5 * depth, depth + 0.05, -1.2), phase=phase()),
        ]
        scenes.append(scene(f"one depth, {depth:g} m", walkers, seconds=depth / 1.2 + 0.5, fps=fps, skeleton=skeleton))
        # One stands, the other walks by behind, and in front.
        for offset, side in ((half, "behind"), (-half, "in front")):
            walkers = [
                Walker(line(0.0, depth, 0.0), stride_hz=0.0, phase=phase(), turn=lambda t: np.full_like(t, np.pi / 2)),
                Walker(line(-0.45 * depth, depth + offset, 1.1), phase=phase()),
            ]
            scenes.append(
                scene(
                    f"passing {side} of one who stands, {depth:g} m",
                    walkers,
                    seconds=0.9 * depth / 1.1,
                    fps=fps,
                    skeleton=skeleton,
                )
            )
    return scenes


def groups(people: int, fps: float = 30.0, skeleton: Skeleton = COCO17, seed: int = 0) -> Scene:
    """People who cross the room in lanes half a body apart, to and fro, meeting at many places."""
    rng = np.random.default_rng(seed)
    lanes = 4.5 + rng.permutation(people) * BODY_M / 2
    walkers = []
    for i, depth in enumerate(lanes):
        towards = 1 if i % 2 == 0 else -1
        speed = towards * rng.uniform(0.8, 1.6)
        start = -towards * rng.uniform(0.25, 0.55) * depth
        walkers.append(
            Walker(line(start, depth, speed), phase=float(rng.uniform(0, 6)), stride_hz=0.6 + 0.3 * abs(speed))
        )
    return scene(f"{people} people in lanes", walkers, seconds=6.0, fps=fps, skeleton=skeleton)


def occlusions(fps: float = 30.0, skeleton: Skeleton = COCO17) -> list[Scene]:
    """People behind a pillar for 0.3 to 2 s, alone and in pairs."""
    scenes = []
    for hidden_s in (0.3, 0.7, 1.2, 1.9):
        speed, depth = 1.1, 6.0
        width = hidden_s * speed * FOCAL_PX / depth
        pillar = ((FRAME_SIZE[0] / 2 - width / 2, FRAME_SIZE[0] / 2 + width / 2),)
        scenes.append(
            scene(
                f"one behind a pillar, {hidden_s:g} s",
                [Walker(line(-3.2, depth, speed))],
                fps=fps,
                skeleton=skeleton,
                pillars=pillar,
            )
        )
        pair = [Walker(line(-3.2, depth, speed)), Walker(line(3.2, depth + BODY_M / 2, -speed), phase=1.0)]
        scenes.append(
            scene(f"two pass behind a pillar, {hidden_s:g} s", pair, fps=fps, skeleton=skeleton, pillars=pillar)
        )
    return scenes


def plain(fps: float = 30.0, skeleton: Skeleton = COCO17) -> list[Scene]:
    """Nothing hard: people side by side, in a row, coming nearer, turning round."""
    row = [Walker(line(x, 7.0, 0.5), phase=x) for x in (-3.5, -2.0, -0.5, 1.0)]
    nearer = [Walker(line(x, 9.0, 0.02, -0.9), phase=x) for x in (-1.2, 1.2)]
    turning = [
        Walker(through((0, -1.5, 6), (2.5, 0.5, 6), (3, 0.5, 6), (6, -2, 6))),
        Walker(through((0, 2.5, 8), (3, 1.6, 8), (6, 3.0, 8)), phase=1.0),
    ]
    return [
        scene("four in a row", row, fps=fps, skeleton=skeleton),
        scene("two come nearer", nearer, fps=fps, skeleton=skeleton),
        scene("two turn round", turning, fps=fps, skeleton=skeleton),
    ]


def poses_of(scene: Scene, seed: int = 0, joint_noise: float = 0.01) -> PoseSequence:
    """The scene as a sequence: everybody in every frame, ids from 1, joints with white noise (share of body height)."""
    rng = np.random.default_rng(seed)
    frames, people, k = scene.keypoints.shape[:3]
    height = (BODY_M * FOCAL_PX / scene.depth_m)[..., None, None]
    keypoints = scene.keypoints + rng.normal(size=scene.keypoints.shape) * joint_noise * height
    n = frames * people
    return PoseSequence(
        frame=np.repeat(np.arange(frames, dtype=np.int32), people),
        time_s=np.repeat(scene.time_s, people).astype(np.float64),
        track_id=np.tile(np.arange(1, people + 1, dtype=np.int32), frames),
        bbox=scene.boxes.reshape(n, 4).astype(np.float32),
        bbox_score=np.full(n, 0.9, np.float32),
        keypoints=keypoints.reshape(n, k, 2).astype(np.float32),
        scores=np.full((n, k), 0.9, np.float32),
        skeleton=scene.skeleton,
        frame_size=FRAME_SIZE,
        fps=1 / float(np.median(np.diff(scene.time_s))),
        n_frames=frames,
    )
