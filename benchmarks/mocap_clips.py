"""Motion capture of ten people as clips: repetitions, one after the other, as a pose model would see them.

    data: shared/data/mocap (UI-PRMD, Vakanski 2018, public domain): one repetition an episode, done right and wrong

Joint centres are those of tools/mocap.py; heels and toes are the markers on them.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from common import ROOT

sys.path.insert(0, str(ROOT / "tools"))
import mocap
from mocap import MARKERS, joint_centres

from posespotter.poses import PoseSequence
from posespotter.skeletons import COCO17, HALPE26, Skeleton

Floats = npt.NDArray[np.floating]

SIZE = (1280, 960)
FAR_M, UP_M = 4.0, 1.0  # of the camera
BODY_M, HEIGHT_PX = 1.7, 0.6 * SIZE[1]  # of a person, in space and in the picture


@dataclass(frozen=True, eq=False)
class Episode:
    """One repetition.

    Attributes:
        subject: s01 to s10.
        correct: done right.
        joints: name to (F, 3) metres, z up.
        rate_hz: rows a second.
    """

    subject: str
    correct: bool
    joints: dict[str, Floats]
    rate_hz: float


def episodes(file: Path) -> list[Episode]:
    """All repetitions of one movement."""
    with np.load(file) as data:
        metres = _filled(data["positions_mm"].astype(float) / 1000)
        starts, rate = data["starts"], float(data["rate_hz"])
        return [
            Episode(str(data["subject"][i]), bool(data["correct"][i]), _joints(metres[starts[i] : starts[i + 1]]), rate)
            for i in range(len(starts) - 1)
        ]


def _filled(metres: Floats) -> Floats:
    """Markers that were lost for a moment (all zero), drawn in a straight line."""
    rows = np.arange(len(metres))
    for marker in range(metres.shape[1]):
        lost = (metres[:, marker] == 0).all(-1)
        if lost.any():
            for axis in range(3):
                metres[lost, marker, axis] = np.interp(rows[lost], rows[~lost], metres[~lost, marker, axis])
    return metres


def _joints(markers: Floats) -> dict[str, Floats]:
    centres = joint_centres(markers)
    out = {name: centres[:, i] for i, name in enumerate(COCO17.keypoints)}
    for side, letter in (("left", "L"), ("right", "R")):
        for part, marker in (("heel", "HEE"), ("big_toe", "TOE")):
            out[f"{side}_{part}"] = markers[:, MARKERS.index(letter + marker)]
    return out


def facing_deg(episode: Episode) -> float:
    """Where the person faces at first: degrees from the x axis, counter-clockwise from above."""
    across = np.mean(episode.joints["left_hip"][:10] - episode.joints["right_hip"][:10], axis=0)
    return float(np.degrees(np.arctan2(-across[0], across[1])))


def joined(parts: list[Episode], between_s: float = 0.3) -> Episode:
    """One after the other, where the first stands; `between_s` from the end of one to the start of the next."""
    first = parts[0]
    names = list(first.joints)
    steps = max(2, round(between_s * first.rate_hz))
    out = {name: [first.joints[name]] for name in names}
    end = {name: first.joints[name][-1] for name in names}
    for part in parts[1:]:
        shift = (
            end["left_ankle"] + end["right_ankle"] - part.joints["left_ankle"][0] - part.joints["right_ankle"][0]
        ) / 2
        shift[2] = 0
        way = ((1 - np.cos(np.pi * np.arange(1, steps) / steps)) / 2)[:, None]
        for name in names:
            moved = part.joints[name] + shift
            out[name] += [end[name] + way * (moved[0] - end[name]), moved]
        end = {name: out[name][-1][-1] for name in names}
    return Episode(first.subject, first.correct, {k: np.concatenate(v) for k, v in out.items()}, first.rate_hz)


def held(episode: Episode, seconds: float = 0.7) -> Episode:
    """With the first and the last moment held, so that there is a rest before and after."""
    n = round(seconds * episode.rate_hz)
    joints = {
        name: np.concatenate([np.repeat(xyz[:1], n, 0), xyz, np.repeat(xyz[-1:], n, 0)])
        for name, xyz in episode.joints.items()
    }
    return Episode(episode.subject, episode.correct, joints, episode.rate_hz)


def seen(
    episode: Episode,
    yaw_deg: float,
    *,
    noise: float = 0.0,
    seed: int = 0,
    fps: float = 25.0,
    up_m: float = UP_M,
    far_m: float = FAR_M,
) -> PoseSequence:
    """What a camera sees that the person faces at `yaw_deg` (0 the camera, 90 the picture's left).

    Args:
        episode: who.
        yaw_deg: as in `posespotter.kinematics.view`.
        noise: standard deviation of each joint's place, share of a body height of 1.7 m.
        seed: of the noise.
        fps: frames a second.
        up_m, far_m: height of the camera, and how far away it is.
    """
    px, _ = _pictured(episode, yaw_deg, fps, (up_m, far_m))
    px += np.random.default_rng(seed).normal(size=px.shape) * noise * HEIGHT_PX
    return _as_poses(px, episode.subject, fps)


def seen_by_model(
    episode: Episode,
    yaw_deg: float,
    *,
    noise: float = 1.0,
    seed: int = 0,
    fps: float = 25.0,
    up_m: float = UP_M,
    far_m: float = FAR_M,
) -> PoseSequence:
    """`seen` with the pose model's own errors (tools/mocap.py): slow, larger where the body hides a joint."""
    px, depth_m = _pictured(episode, yaw_deg, fps, (up_m, far_m))
    rng = np.random.default_rng(seed)
    errors = noise * HEIGHT_PX * model_errors(rng, HALPE26, px / HEIGHT_PX, depth_m / BODY_M, 1 / fps)
    return _as_poses(px + errors, episode.subject, fps)


def model_errors(rng: np.random.Generator, skeleton: Skeleton, places: Floats, depth: Floats, step_s: float) -> Floats:
    """(N, K, 2) errors of a pose model after smoothing, in body heights, as tools/mocap.py has them for 17 joints.

    Args:
        rng: chance.
        skeleton: of the K keypoints; feet are taken to be as hard as wrists, what is not named as hips.
        places: (N, K, 2) in body heights.
        depth: (N, K) away from the camera, body heights.
        step_s: from one moment to the next.
    """
    size = np.array([_size_of(name) for name in skeleton.keypoints])
    partner = list(skeleton.mirror)
    near = np.linalg.norm(places - places[:, partner], axis=-1) < 0.12
    hidden = (depth > depth[:, partner] + 0.03) & near & (rng.random((1, len(skeleton))) < 0.8)
    size = size * np.exp(rng.normal(0, 0.35)) * np.where(hidden, mocap.HIDDEN, 1.0)
    steady = 0.6 * rng.normal(size=(1, len(skeleton), 2))
    knots = int(len(places) * step_s / 0.32) + 3
    at = np.linspace(0, knots - 1.001, len(places))
    values = 0.8 * rng.normal(size=(knots, len(skeleton), 2))
    low, share = at.astype(int), (at % 1)[:, None, None]
    slow = (1 - share) * values[low] + share * values[low + 1]
    return size[..., None] * (steady + slow) + mocap.JITTER * rng.normal(size=places.shape)


def _size_of(keypoint: str) -> float:
    part = keypoint.rsplit("_", maxsplit=1)[-1]
    if part in {"heel", "toe", "index", "pinky", "thumb"}:
        part = "wrist"
    known = [size for name, size in zip(COCO17.keypoints, mocap.ERRORS, strict=True) if name.endswith(part)]
    return float(known[0] if known else mocap.ERRORS[COCO17.index("left_hip")])


def _pictured(episode: Episode, yaw_deg: float, fps: float, camera_m: tuple[float, float]) -> tuple[Floats, Floats]:
    """(N, K, 2) px of an exact pose model, and (N, K) metres away from the camera; `camera_m` is how high and far."""
    up_m, far_m = camera_m
    n = len(episode.joints["nose"])
    t = np.arange(0, (n - 1) / episode.rate_hz, 1 / fps)
    rows = np.arange(n) / episode.rate_hz
    centre = np.mean([episode.joints[f"{side}_ankle"][0] for side in ("left", "right")], axis=0)
    turn = np.radians(yaw_deg + facing_deg(episode))  # turned back by it, they face the camera
    points, depths = [], []
    for name in HALPE26.keypoints:
        source = episode.joints.get(name)
        if source is None:
            pair = {"head": "ear", "neck": "shoulder", "hip": "hip"}.get(name)
            source = (
                (episode.joints[f"left_{pair}"] + episode.joints[f"right_{pair}"]) / 2
                if pair
                else episode.joints[name.replace("small", "big")]
            )
        xyz = np.stack([np.interp(t, rows, source[:, k] - (0 if k == 2 else centre[k])) for k in range(3)], -1)
        # x is now the way a person of yaw 0 faces: towards the camera; y is their left, the picture's right.
        x = xyz[:, 0] * np.cos(-turn) - xyz[:, 1] * np.sin(-turn)
        y = xyz[:, 0] * np.sin(-turn) + xyz[:, 1] * np.cos(-turn)
        depth = far_m - x
        focal = HEIGHT_PX / BODY_M * far_m
        points.append(
            np.stack([SIZE[0] / 2 + focal * y / depth, 0.5 * SIZE[1] + focal * (up_m - xyz[:, 2]) / depth], -1)
        )
        depths.append(depth)
    return np.stack(points, 1), np.stack(depths, 1)


def _as_poses(px: Floats, source: str, fps: float) -> PoseSequence:
    return PoseSequence.from_arrays(
        px.astype(np.float32),
        skeleton=HALPE26,
        scores=np.full(px.shape[:2], 0.9, np.float32),
        fps=fps,
        frame_size=SIZE,
        source=source,
    )
