"""Stick figures that do the everyday tests, with the truth known: sitting, standing, walking, timed up and go.

Each movement comes as an `Everyday`: the figure, and the moments in which things happen. Lengths are body lengths.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from posespotter.synthetic.figure import (
    ANKLE_UP,
    FOREARM,
    HIP_WIDE,
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

_LEAN_DEG, _LEAN_SHARE = 38.0, 0.4  # the trunk bends forward for the first 40 % of a rise, then the hips leave the seat
_STANCE = 0.6  # of a gait cycle one foot is on the floor (Winter 2009)


@dataclass(frozen=True)
class Everyday:
    """A figure and its truth.

    Attributes:
        figure: who moves.
        times_s: moments by name, each a list in order of time.
    """

    figure: Figure
    times_s: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


def sit_to_stand(
    stands: int = 5,
    *,
    rest_s: float = 1.5,
    rise_s: float = 1.2,
    up_s: float = 0.3,
    down_s: float = 1.2,
    sat_s: float = 0.3,
    after_s: float = 1.5,
    hands_at: Sequence[int] = (),
    low_at: Sequence[int] = (),
    hovers_at: Sequence[int] = (),
) -> Everyday:
    """Rise from a chair and sit down again; arms crossed but for the stands in `hands_at`.

    Args:
        stands: how many.
        rest_s, after_s: seated before the first and after the last.
        rise_s, up_s, down_s, sat_s: how long each takes.
        hands_at: stands (from 1) with hands on the thighs.
        low_at: stands that stop at 70 % of the way up.
        hovers_at: stands after which the seat is not touched.

    The truth has `onset` (the trunk begins to lean), `up` (stands), `seat` (sits again) for each stand.
    """
    cycle_s = rise_s + up_s + down_s + sat_s
    onset = rest_s + cycle_s * np.arange(stands)

    def rise(t: Floats) -> tuple[Floats, Floats]:
        """Lean of the trunk there and back, 0..1, and height of the hips, 0..1."""
        lean, up = np.zeros_like(t), np.zeros_like(t)
        for i, start in enumerate(onset, 1):
            high, low = 0.7 if i in low_at else 1.0, 0.3 if i in hovers_at else 0.0
            before = 0.3 if i - 1 in hovers_at else 0.0
            here = (t >= start) & (t < start + cycle_s)
            there, back = (t - start) / rise_s, (t - start - rise_s - up_s) / down_s
            climb = _smooth((there - _LEAN_SHARE) / (1 - _LEAN_SHARE))
            sink = _smooth(back / (1 - _LEAN_SHARE))
            up = np.where(here, before + (high - before) * climb - (high - low) * sink, up)
            bent = _smooth(there / _LEAN_SHARE) - _smooth((there - _LEAN_SHARE) / (1 - _LEAN_SHARE))
            bent = bent + _smooth(back / (1 - _LEAN_SHARE)) - _smooth((back - 1 + _LEAN_SHARE) / _LEAN_SHARE)
            lean = np.where(here, bent, lean)
        return lean, up

    def at(t: Floats) -> Joints:
        lean, up = rise(t)
        joints = _over_chair(up, _LEAN_DEG * lean)
        if hands_at:
            which = np.floor((t - rest_s) / cycle_s).astype(int) + 1
            joints = _hands_on_thighs(joints, np.isin(which, list(hands_at)))
        return joints

    times = {"onset": onset, "up": onset + rise_s, "seat": onset + rise_s + up_s + (1 - _LEAN_SHARE) * down_s}
    seconds = rest_s + stands * cycle_s - sat_s + after_s
    return Everyday(Figure("sit-to-stand", seconds, at, stands), {k: tuple(v.tolist()) for k, v in times.items()})


def walk(
    length: float = 2.6, *, speed: float = 0.75, stride: float = 0.8, start: float = -1.3, rest_s: float = 0.0
) -> Everyday:
    """Walk in a straight line at an even pace.

    Args:
        length: of the way, body lengths.
        speed: body lengths a second.
        stride: body lengths of two steps.
        start: where it begins.
        rest_s: standing still before.

    The truth has `left` and `right` heel strikes.
    """
    walk_s = length / speed
    seconds = walk_s + rest_s

    def at(t: Floats) -> Joints:
        way = speed * np.clip(t - rest_s, 0, None)
        return _steps(way, start + way, np.ones_like(t), stride)

    strikes = {
        side: tuple(
            rest_s + (cycle + 1 - offset) * stride / speed
            for cycle in range(-1, int(length / stride) + 1)
            if rest_s < rest_s + (cycle + 1 - offset) * stride / speed < seconds
        )
        for side, offset in (("left", 0.0), ("right", 0.5))
    }
    return Everyday(Figure("walk", seconds, at), strikes)


def timed_up_and_go(
    distance: float = 3 / 1.7,
    *,
    rest_s: float = 1.5,
    rise_s: float = 1.3,
    speed: float = 0.6,
    sit_s: float = 1.4,
    after_s: float = 1.5,
    chair: float = -0.9,
    comes_back: bool = True,
    turn_s: float = 1.4,
    sit_turn_s: float = 1.2,
) -> Everyday:
    """Rise, walk `distance`, turn in `turn_s`, walk back, turn in `sit_turn_s`, sit down.

    The truth has `onset`, `up`, `turn` (its middle) and `seat`.
    """
    ramp_s = 0.5
    leg_s = distance / speed + ramp_s
    marks = np.cumsum([rest_s, rise_s, leg_s, turn_s, leg_s, sit_turn_s, sit_s])
    onset, up, turn, back, home, sitting, seat = marks.tolist()
    end = seat + after_s if comes_back else home

    def pace(t: Floats) -> Floats:
        """Share of the usual pace at `t` seconds of a leg: even, with ramps at both ends."""
        return np.asarray(np.clip(np.minimum(t, leg_s - t) / ramp_s, 0, 1), np.float64)

    def way(t: Floats) -> Floats:
        t = np.clip(t, 0, leg_s)
        first, last = np.minimum(t, ramp_s), np.clip(t - (leg_s - ramp_s), 0, ramp_s)
        middle = np.clip(t - ramp_s, 0, leg_s - 2 * ramp_s)
        gone = first**2 / (2 * ramp_s) + middle + last - last**2 / (2 * ramp_s)
        return np.asarray(speed * gone, np.float64)

    def at(t: Floats) -> Joints:
        out, home_way = way(t - up), way(t - back)
        heading = 180 * _smooth((t - turn) / turn_s) + 180 * _smooth((t - home) / sit_turn_s)
        walking = _steps(out + home_way, 0.0, pace(t - up) + pace(t - back), 0.75)
        walking = _turned(walking, heading, chair + out - home_way)
        rising, sitting_down = (t - onset) / rise_s, (t - sitting) / sit_s
        lean = _smooth(rising / _LEAN_SHARE) - _smooth((rising - _LEAN_SHARE) / (1 - _LEAN_SHARE))
        lean = lean + _smooth(sitting_down / (1 - _LEAN_SHARE)) - _smooth((sitting_down - 0.6) / _LEAN_SHARE)
        height = _smooth((rising - _LEAN_SHARE) / (1 - _LEAN_SHARE)) - _smooth(sitting_down / (1 - _LEAN_SHARE))
        seated = _turned(_over_chair(height, _LEAN_DEG * lean, arms=5.0, forearms=20.0), 0.0 * t, chair)
        on_feet = ((t >= up) & (t < sitting))[:, None]
        return {name: np.where(on_feet, walking[name], seated[name]) for name in walking}

    touched = (sitting + (1 - _LEAN_SHARE) * sit_s,) if comes_back else ()
    times = {"onset": (onset,), "up": (up,), "turn": (turn + turn_s / 2,), "seat": touched}
    return Everyday(Figure("timed up and go", end, at), times)


def single_leg_squat(
    fppa_deg: float = 12.0, repetitions: int = 3, *, side: str = "left", hop: float = 0.0, cycle_s: float = 3.0
) -> Everyday:
    """Squats on one leg, the other foot behind off the floor; the knee ends `fppa_deg` inside of the line.

    Args:
        fppa_deg: of the frontal plane, at the lowest point; + is valgus.
        repetitions: how many.
        side: the leg that stands.
        hop: how far the foot has moved sideways by the end.
        cycle_s: of each.
    """
    sign = 1.0 if side == "left" else -1.0
    other = "right" if side == "left" else "left"

    def at(t: Floats) -> Joints:
        s = np.where(t < repetitions * cycle_s, (1 - np.cos(2 * np.pi * np.clip((t % cycle_s) / cycle_s, 0, 1))) / 2, 0)
        foot_y = sign * HIP_WIDE / 2 + hop * np.clip(t / (repetitions * cycle_s), 0, 1)
        top = standing_hips(len(t), HIP_WIDE)
        joints = upright(points(-0.04 * s, 0 * t, top - 0.09 * s), 20 * s, stance=HIP_WIDE, arms=20)
        hip = joints[f"{side}_hip"]
        ankle = points(0 * t, foot_y, ANKLE_UP)
        # In the frontal plane the knee is inside the line from hip to ankle, as far as the angle asks for.
        half = (hip[:, 2] - ankle[:, 2]) / 2
        inside = half * np.tan(np.radians(s * fppa_deg / 2))
        knee = points(0.09 * s, (hip[:, 1] + ankle[:, 1]) / 2 - sign * inside, ankle[:, 2] + half)
        joints |= {f"{side}_ankle": ankle, f"{side}_knee": knee}
        joints |= {f"{side}_heel": ankle - points(0.03, 0, 0.024), f"{side}_toe": ankle + points(0.11, 0, -0.029)}
        free = joints[f"{other}_hip"]
        joints[f"{other}_knee"] = free + points(0.06, 0, -0.238)
        joints[f"{other}_ankle"] = joints[f"{other}_knee"] + points(-0.23, 0, -0.08 + 0 * t)
        joints[f"{other}_heel"] = joints[f"{other}_ankle"] - points(0.03, 0, 0.0)
        joints[f"{other}_toe"] = joints[f"{other}_ankle"] + points(0.03, 0, -0.11)
        return joints

    bottoms = tuple((i + 0.5) * cycle_s for i in range(repetitions))
    return Everyday(Figure("single-leg squat", repetitions * cycle_s + 1, at, repetitions), {"bottom": bottoms})


def reach(joint: str, degrees: float, tries: int = 3, *, lean_deg: float = 0.0, cycle_s: float = 3.0) -> Everyday:
    """Move one joint of the left side through its range and back: `tries` times to `degrees`.

    Args:
        joint: shoulder_flexion, shoulder_abduction, elbow_flexion, hip_flexion or knee_flexion.
        degrees: how far, in the anatomical convention.
        tries: how often.
        lean_deg: how far the trunk gives way meanwhile.
        cycle_s: of each.
    """
    seconds = tries * cycle_s + 1

    def at(t: Floats) -> Joints:
        s = np.where(t < tries * cycle_s, (1 - np.cos(2 * np.pi * (t % cycle_s) / cycle_s)) / 2, 0)
        lean = -lean_deg * s  # backwards, as people do to lift an arm higher
        joints = upright(points(0 * t, 0 * t, standing_hips(len(t))), lean, arms=0.0, forearms=0.0)
        shoulder, hip = joints["left_shoulder"], joints["left_hip"]
        angle = np.radians(degrees * s)
        if joint in {"shoulder_flexion", "shoulder_abduction"}:
            turned = np.radians(lean) if joint == "shoulder_flexion" else 0.0
            across = np.sin(angle - turned)
            way = points(across, 0, -np.cos(angle - turned)) if joint == "shoulder_flexion" else points(
                0, across, -np.cos(angle)
            )  # fmt: skip
            joints["left_elbow"] = shoulder + UPPER_ARM * way
            joints["left_wrist"] = joints["left_elbow"] + FOREARM * way
        elif joint == "elbow_flexion":
            way = points(np.sin(angle), 0, -np.cos(angle))
            joints["left_wrist"] = joints["left_elbow"] + FOREARM * way
        elif joint == "hip_flexion":
            _leg(joints, hip, angle, np.minimum(angle, np.pi / 2) * 0.9)
        elif joint == "knee_flexion":
            _leg(joints, hip, 0 * angle, angle)
        return joints

    return Everyday(Figure(joint, seconds, at, tries), {"far": tuple((i + 0.5) * cycle_s for i in range(tries))})


def overhead_squat(
    faults: frozenset[str] | set[str] = frozenset(), repetitions: int = 5, *, arms_forward: float = 0.0
) -> Everyday:
    """Squats with straight arms overhead that come forward by `arms_forward` degrees at the bottom.

    Args:
        faults: those of `synthetic.figure.squat`.
        repetitions: how many.
        arms_forward: degrees away from the line of the trunk.
    """
    figure = squat(faults, repetitions, thigh=75.0)
    way, _ = there_and_back(repetitions)

    def at(t: Floats) -> Joints:
        joints = figure.at(t)
        up = joints["left_shoulder"] + joints["right_shoulder"] - joints["left_hip"] - joints["right_hip"]
        lean = np.arctan2(up[:, 0], up[:, 2]) + np.radians(arms_forward) * way(t)
        along = points(np.sin(lean), 0, np.cos(lean))
        for side in ("left", "right"):
            joints[f"{side}_elbow"] = joints[f"{side}_shoulder"] + UPPER_ARM * along
            joints[f"{side}_wrist"] = joints[f"{side}_elbow"] + FOREARM * along
        return joints

    return Everyday(Figure("overhead squat", figure.seconds, at, repetitions, frozenset(faults)))


def _leg(joints: Joints, hip: Floats, thigh: Floats, knee: Floats) -> None:
    """Put the left leg: the thigh forward by `thigh` radians from hanging, the shank back from it by `knee`."""
    zero = np.zeros(len(hip))
    shank = thigh - knee
    joints["left_knee"] = hip + 0.245 * points(np.sin(thigh), zero, -np.cos(thigh))
    joints["left_ankle"] = joints["left_knee"] + 0.246 * points(np.sin(shank), zero, -np.cos(shank))
    forward = points(np.cos(shank), zero, np.sin(shank))
    joints["left_heel"] = joints["left_ankle"] - 0.03 * forward - points(0, 0, 0.02)
    joints["left_toe"] = joints["left_ankle"] + 0.11 * forward - points(0, 0, 0.025)


def _smooth(share: Floats) -> Floats:
    """Ramp from 0 to 1, without a jerk at either end."""
    return np.asarray((1 - np.cos(np.pi * np.clip(share, 0, 1))) / 2)


def _over_chair(up: Floats, lean: Floats, *, arms: float = 35.0, forearms: float = 105.0) -> Joints:
    """Between sitting (`up` 0) and standing (1), arms crossed on the chest unless said otherwise."""
    top = standing_hips(len(up)) - 0.004
    seat_up, seat_back = 0.29, 0.24  # the hip joints on a chair of 43 cm: above the floor, and behind where one stands
    hips = points(-seat_back * (1 - up), 0, seat_up + (top - seat_up) * up)
    return upright(
        hips, lean, arms=arms - lean, forearms=forearms, forearm_spread=-35.0 if forearms > 90 else 0.0
    )  # fmt: skip


def _hands_on_thighs(joints: Joints, rows: npt.NDArray[np.bool_]) -> Joints:
    out = dict(joints)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        hip, knee = joints[f"{side}_hip"], joints[f"{side}_knee"]
        wrist = hip + 0.7 * (knee - hip) + points(0, 0, 0.04)
        shoulder = joints[f"{side}_shoulder"]
        near = np.linalg.norm(wrist - shoulder, axis=-1, keepdims=True)
        wrist = shoulder + (wrist - shoulder) * np.minimum(1, (UPPER_ARM + FOREARM - 0.005) / near)
        elbow = bend(shoulder, wrist, UPPER_ARM, FOREARM, points(-1.0 + 0 * near[:, 0], 0.4 * sign, 0.2))
        for name, place in (("wrist", wrist), ("elbow", elbow)):
            out[f"{side}_{name}"] = np.where(rows[:, None], place, joints[f"{side}_{name}"])
    return out


def _steps(way: Floats, x: Floats | float, pace: Floats, stride: float) -> Joints:
    """Walking along x: `way` is how far so far, `pace` 0 (feet together) to 1 (full strides)."""
    ahead, lifts = [], []
    for offset in (0.0, 0.5):
        phase = np.mod(way / stride + offset, 1)
        swing = np.clip((phase - _STANCE) / (1 - _STANCE), 0, 1)
        planted = np.minimum(phase, _STANCE)
        # The foot lands ahead of the hips by half of the way they make while it stands.
        place = _STANCE / 2 - planted + _smooth(swing) - (phase - planted)
        ahead.append(pace * stride * place)
        lifts.append(pace * 0.05 * np.sin(np.pi * swing))
    hips = points(0 * way, 0, standing_hips(len(way)) - 0.035 * pace)
    swing_arms = 18 * pace * np.sin(2 * np.pi * way / stride)
    joints = upright(
        hips, 4.0 * pace, stance=HIP_WIDE, feet=(ahead[0], ahead[1]), lifts=(lifts[0], lifts[1]), arms=swing_arms,
        forearms=20.0,
    )  # fmt: skip
    return {name: place + points(np.zeros_like(way) + x, 0, 0) for name, place in joints.items()}


def _turned(joints: Joints, heading_deg: Floats, x: Floats | float) -> Joints:
    """The figure turned about its own upright axis, and put at `x`."""
    cosine, sine = np.cos(np.radians(heading_deg)), np.sin(np.radians(heading_deg))
    return {
        name: points(
            place[:, 0] * cosine - place[:, 1] * sine + x, place[:, 0] * sine + place[:, 1] * cosine, place[:, 2]
        )
        for name, place in joints.items()
    }
