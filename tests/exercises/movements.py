"""Other movements of the stick figures of `tests.figures`: exercises, and what people do between them."""

from collections.abc import Callable

import numpy as np
from tests.figures import (
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
    standing_hips,
    there_and_back,
    upright,
)  # fmt: skip


def lunge(repetitions: int = 3) -> Figure:
    """One step forward, then lunges on the spot with the left foot in front (a split squat)."""
    way, seconds = there_and_back(repetitions)

    def at(t: Floats) -> Joints:
        s = way(t)
        top = ANKLE_UP + np.sqrt(0.49**2 - 0.19**2)
        hips = points(np.zeros_like(t), 0 * t, top - s * 0.17)
        joints = upright(hips, 5.0, feet=(0.19, -0.19), heels=0.0, arms=5)
        for part, up in (("ankle", 0.09), ("heel", 0.1)):
            joints[f"right_{part}"][:, 2] += up
        joints["right_knee"] = bend(
            joints["right_hip"], joints["right_ankle"], THIGH, SHANK, points(1 + 0 * t, 0, -0.6)
        )
        return joints

    return Figure("lunge", seconds, at, repetitions)


def push_up(repetitions: int = 3, *, wall: bool = False) -> Figure:
    """On the floor, or at a wall; the body turns about the toes."""
    way, seconds = there_and_back(repetitions)
    tilt, reach = (22.0, 11.0) if wall else (72.0, 12.0)

    def at(t: Floats) -> Joints:
        lean = np.radians(tilt + reach * way(t))
        out: Joints = {}
        axis, face = points(np.sin(lean), 0, np.cos(lean)), points(np.cos(lean), 0, -np.sin(lean))
        rest = np.radians(tilt)
        shoulder_rest = 0.82 * np.array([np.sin(rest), 0, np.cos(rest)])
        # Hands where straight arms end at rest: at the wall in front, or on the floor below.
        drop = np.array([0.99, 0, 0.0]) if wall else np.array([0.05, 0, -1.0])
        hand = shoulder_rest + (UPPER_ARM + FOREARM - 0.006) * drop / np.linalg.norm(drop)
        for side, sign in (("left", 1.0), ("right", -1.0)):
            for part, up, wide in (
                ("ankle", 0.039, HIP_WIDE), ("knee", 0.285, HIP_WIDE), ("hip", 0.53, HIP_WIDE),
                ("shoulder", 0.82, SHOULDER_WIDE), ("ear", 0.94, 0.09), ("eye", 0.95, 0.04),
            ):  # fmt: skip
                out[f"{side}_{part}"] = up * axis + points(0, sign * wide / 2, 0)
            out[f"{side}_heel"] = 0.03 * axis - 0.03 * face + points(0, sign * HIP_WIDE / 2, 0)
            out[f"{side}_toe"] = 0.09 * face + points(0, sign * HIP_WIDE / 2, 0)
            wrist = np.broadcast_to(hand + np.array([0, sign * SHOULDER_WIDE / 2, 0]), (len(t), 3))
            pole = points(-0.3, 0.5 * sign, -1.0 if wall else 0.3) + 0 * axis
            out[f"{side}_elbow"] = bend(out[f"{side}_shoulder"], wrist, UPPER_ARM, FOREARM, pole)
            out[f"{side}_wrist"] = wrist
        out["nose"] = 0.93 * axis + 0.065 * face
        return out

    return Figure("wall push-up" if wall else "push-up", seconds, at, repetitions)


def curl(repetitions: int = 3, *, one_arm: bool = False) -> Figure:
    way, seconds = there_and_back(repetitions)

    def at(t: Floats) -> Joints:
        joints = _stand(t, arms=0, forearms=10 + 120 * way(t))
        if one_arm:
            still = _stand(t, arms=0, forearms=10)
            joints |= {"right_elbow": still["right_elbow"], "right_wrist": still["right_wrist"]}
        return joints

    return Figure("curl", seconds, at, repetitions)


def press(repetitions: int = 3) -> Figure:
    way, seconds = there_and_back(repetitions)

    def at(t: Floats) -> Joints:
        s = way(t)
        return _stand(t, spread=40 + 125 * s, forearm_spread=195 - 25 * s)

    return Figure("press", seconds, at, repetitions)


def lateral_raise(repetitions: int = 3) -> Figure:
    way, seconds = there_and_back(repetitions)
    return Figure("raise", seconds, lambda t: _stand(t, spread=8 + 80 * way(t)), repetitions)


def deadlift(repetitions: int = 3) -> Figure:
    """From standing to the floor and up."""
    way, seconds = there_and_back(repetitions)

    def at(t: Floats) -> Joints:
        s = way(t)
        a, b = np.radians(8 * s), np.radians(48 * s)
        top = standing_hips(len(t)) - ANKLE_UP
        scale = top / (SHANK + THIGH)
        hips = points(
            scale * (SHANK * np.sin(a) - THIGH * np.sin(b)),
            0 * t,
            ANKLE_UP + scale * (SHANK * np.cos(a) + THIGH * np.cos(b)),
        )
        return upright(hips, 72 * s)

    return Figure("deadlift", seconds, at, repetitions)


def sit_up(repetitions: int = 3) -> Figure:
    way, seconds = there_and_back(repetitions)

    def at(t: Floats) -> Joints:
        lean = np.radians(-88 + 90 * way(t))
        hips = points(0 * t, 0, 0.06)
        out = upright(points(0 * t, 0, 0.53), arms=5)
        trunk = {name: place - points(0, 0, 0.53) for name, place in out.items() if not _is_leg(name)}
        c, s = np.cos(lean), np.sin(lean)
        turned = {
            name: hips + points(p[:, 0] * c + p[:, 2] * s, p[:, 1], -p[:, 0] * s + p[:, 2] * c)
            for name, p in trunk.items()
        }
        for side, sign in (("left", 1.0), ("right", -1.0)):
            wide = sign * HIP_WIDE / 2
            turned[f"{side}_hip"] = hips + points(0, wide, 0)
            turned[f"{side}_ankle"] = points(0.3 + 0 * t, wide, ANKLE_UP)
            turned[f"{side}_knee"] = bend(
                turned[f"{side}_hip"], turned[f"{side}_ankle"], THIGH, SHANK, points(0 * t, 0, 1)
            )
            turned[f"{side}_heel"] = points(0.27 + 0 * t, wide, 0.01)
            turned[f"{side}_toe"] = points(0.41 + 0 * t, wide, 0.01)
        return turned

    return Figure("sit-up", seconds, at, repetitions)


def others() -> list[Figure]:
    """What people do between exercises, and no exercise."""
    top = standing_hips(1)

    def walk(t: Floats) -> Joints:
        swing = 2 * np.pi * 0.9 * t
        left, right = np.sin(swing), np.sin(swing + np.pi)
        lifts = tuple(0.06 * np.maximum(np.cos(phase), 0) for phase in (swing, swing + np.pi))
        hips = points(0.8 * t - 2.4, 0, top - 0.025 + 0.012 * np.cos(2 * swing))
        feet = (0.8 * t - 2.4 + 0.2 * left, 0.8 * t - 2.4 + 0.2 * right)
        return upright(hips, 3, stance=HIP_WIDE, feet=feet, lifts=lifts, arms=-20 * left, forearms=20)

    def stoop(t: Floats) -> Joints:
        s = there_and_back(2, hold_s=0.6)[0](t)
        return upright(points(-0.1 * s, 0, top - 0.02 * s), 80 * s, arms=0)

    def sink(lowest: float, start_s: float, stay_s: float) -> Callable[[Floats], Joints]:
        def at(t: Floats) -> Joints:
            s = np.clip((t - start_s) / 1.2, 0, 1) - np.clip((t - start_s - stay_s) / 1.2, 0, 1)
            s = (1 - np.cos(np.pi * s)) / 2
            return upright(points(-0.2 * s, 0, top - lowest * s), 15 * s, arms=10)

        return at

    def shift(t: Floats) -> Joints:
        return upright(points(0.01 * np.sin(t), 0.02 * np.sin(2 * t), top - 0.005), 2 * np.sin(1.3 * t), arms=5)

    return [
        Figure("walk", 6, walk),
        Figure("stand", 8, shift),
        Figure("stoop", 8, stoop),
        Figure("wall sit", 16, sink(0.22, 1, 12)),
        Figure("sits down and stays", 8, sink(0.22, 2, 60)),
    ]


def _stand(t: Floats, **arms: Floats | float) -> Joints:
    return upright(points(0 * t, 0, standing_hips(len(t))), 2.0, **arms)


def _is_leg(name: str) -> bool:
    return name.rsplit("_", maxsplit=1)[-1] in {"hip", "knee", "ankle", "heel", "toe"}
