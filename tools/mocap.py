"""People in motion capture, changed and seen by virtual cameras: what the lifting network learns from and is judged on.

The captures are UI-PRMD (Vakanski et al. 2018, public domain), 39 Plug-in Gait markers on the skin at 50 Hz, as
`uiprmd_*.npz` (positions_mm, starts, subject, episode, correct). Joint centres lie inside: hips by Harrington et al.
(2007) from the four markers of the pelvis; knees and ankles half a joint's width in from the lateral marker, in the
plane that the marker on the limb spans (Plug-in Gait's chord); shoulders below the acromion; nose, eyes and ears from
the four markers of the head. A figure is (T, 17, 3) in the order of COCO-17: x ahead at rest, y to the left, z up, m.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.spatial.transform import Rotation

from posespotter.skeletons import COCO17, SEGMENT_SHARES

Floats = npt.NDArray[np.floating]

CAPTURED_HZ = 50
MARKERS = (  # noqa: SIM905
    "LFHD RFHD LBHD RBHD C7 T10 CLAV STRN RBAK LSHO LUPA LELB LFRM LWRA LWRB LFIN RSHO RUPA RELB RFRM RWRA RWRB RFIN "
    "LASI RASI LPSI RPSI LTHI LKNE LTIB LANK LHEE LTOE RTHI RKNE RTIB RANK RHEE RTOE"
).split()
JOINT = {name: i for i, name in enumerate(COCO17.keypoints)}
SIDES = (("left", "L", 1.0), ("right", "R", -1.0))

KNEE_M, ANKLE_M = 0.060, 0.045  # half the joint's width and the marker's radius (adults, Plug-in Gait's usual values)
ACROMION_M = 0.05  # the joint of the shoulder below the marker on it

_MOST_STRETCH = 0.25  # of a limb's length, by skin that moves under the markers and by the shoulder blades

ARMS = {side: [JOINT[f"{side}_{part}"] for part in ("shoulder", "elbow", "wrist")] for side in ("left", "right")}
LEGS = {side: [JOINT[f"{side}_{part}"] for part in ("hip", "knee", "ankle")] for side in ("left", "right")}
HEAD = [JOINT[name] for name in ("nose", "left_eye", "right_eye", "left_ear", "right_ear")]
MIRROR = list(COCO17.mirror)

_TREE = [
    *((f"{side}_{a}", f"{side}_{b}") for side in ("left", "right") for a, b in (("hip", "knee"), ("knee", "ankle"))),
    *((f"{s}_{a}", f"{s}_{b}") for s in ("left", "right") for a, b in (("shoulder", "elbow"), ("elbow", "wrist"))),
]


@dataclass(frozen=True)
class Episode:
    """One repetition of one person.

    Attributes:
        movement: "deep_squat", ...
        subject: "s01", ...
        correct: whether it was done as it should be.
        joints: (T, 17, 3) m, at `CAPTURED_HZ`.
    """

    movement: str
    subject: str
    correct: bool
    joints: Floats


def episodes(folder: Path) -> list[Episode]:
    """All repetitions in `folder`."""
    found = []
    for path in sorted(folder.glob("uiprmd_*.npz")):
        data = np.load(path)
        joints = joint_centres(data["positions_mm"] / 1000.0)
        starts = data["starts"]
        for i, (subject, correct) in enumerate(zip(data["subject"], data["correct"], strict=True)):
            movement = path.stem.removeprefix("uiprmd_")
            one = Episode(movement, str(subject), bool(correct), joints[starts[i] : starts[i + 1]])
            if _whole(one.joints):
                found.append(one)
    return found


def _whole(joints: Floats) -> bool:
    """Whether limbs keep their length; where a marker was lost they do not."""
    for near, far in (*_TREE, *(("left_hip", "right_hip"), ("left_shoulder", "left_hip"))):
        length = np.linalg.norm(joints[:, JOINT[near]] - joints[:, JOINT[far]], axis=-1)
        if not np.abs(length / np.median(length) - 1).max() < _MOST_STRETCH:
            return False
    thighs = [np.median(np.linalg.norm(joints[:, knee] - joints[:, hip], axis=-1)) for hip, knee, _ in LEGS.values()]
    return max(thighs) < 1.15 * min(thighs)


def joint_centres(markers: Floats) -> Floats:
    """(T, 17, 3) from (T, 39, 3) m."""
    m = {name: markers[:, i].astype(np.float64) for i, name in enumerate(MARKERS)}
    out = np.zeros((len(markers), 17, 3))
    front, back = (m["LASI"] + m["RASI"]) / 2, (m["LPSI"] + m["RPSI"]) / 2
    left = unit(m["LASI"] - m["RASI"])
    ahead = unit(_across(front - back, left))
    up = np.cross(ahead, left)
    width = np.median(np.linalg.norm(m["LASI"] - m["RASI"], axis=-1))
    depth = np.median(np.linalg.norm(front - back, axis=-1))
    trunk_up = unit(m["C7"] - m["T10"])
    for side, letter, sign in SIDES:
        hip = front - ahead * (0.24 * depth + 0.0099) - up * (0.30 * width + 0.0109)  # Harrington et al. 2007, m
        hip = hip + left * sign * (0.33 * width + 0.0073)
        knee = _inside(hip, m[f"{letter}KNE"], m[f"{letter}THI"], KNEE_M)
        ankle = _inside(knee, m[f"{letter}ANK"], m[f"{letter}TIB"], ANKLE_M)
        acromion, elbow = m[f"{letter}SHO"], m[f"{letter}ELB"]
        shoulder = acromion + ACROMION_M * unit(unit(elbow - acromion) - trunk_up)
        wrist = (m[f"{letter}WRA"] + m[f"{letter}WRB"]) / 2
        for part, place in (("hip", hip), ("knee", knee), ("ankle", ankle)):
            out[:, JOINT[f"{side}_{part}"]] = place
        for part, place in (("shoulder", shoulder), ("elbow", elbow), ("wrist", wrist)):
            out[:, JOINT[f"{side}_{part}"]] = place
    _place_head(out, m)
    return out


def _inside(upper: Floats, lateral: Floats, limb: Floats, half_m: float) -> Floats:
    """The joint's centre: in from the lateral marker, away from where the limb's own marker sticks out."""
    axis = unit(lateral - upper)
    out = _across(limb - upper, axis)
    return np.asarray(lateral - half_m * unit(out))


def _place_head(out: Floats, m: dict[str, Floats]) -> None:
    """Nose, eyes and ears below the band with the four markers (proportions of an adult head, m)."""
    front, back = (m["LFHD"] + m["RFHD"]) / 2, (m["LBHD"] + m["RBHD"]) / 2
    ahead = unit(front - back)
    left = unit(_across(m["LFHD"] - m["RFHD"] + m["LBHD"] - m["RBHD"], ahead))
    up = np.cross(ahead, left)
    out[:, JOINT["nose"]] = front + 0.02 * ahead - 0.08 * up
    for side, _, sign in SIDES:
        out[:, JOINT[f"{side}_eye"]] = front + sign * 0.032 * left - 0.04 * up
        out[:, JOINT[f"{side}_ear"]] = (front + back) / 2 + sign * 0.075 * left - 0.065 * up


def unit(vectors: Floats) -> Floats:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9))


def _across(vectors: Floats, axis: Floats) -> Floats:
    """The part of `vectors` across unit `axis`."""
    return np.asarray(vectors - (vectors * axis).sum(-1, keepdims=True) * axis)


def heights_m(joints: Floats) -> Floats:
    """(...,) standing height that the limbs of (..., T, 17, 3) figures belong to, as `kinematics.size` measures it."""
    shares = []
    for (a, b), share in SEGMENT_SHARES.items():
        both = [
            np.linalg.norm(joints[..., JOINT[f"{s}_{a}"], :] - joints[..., JOINT[f"{s}_{b}"], :], axis=-1)
            for s, _, _ in SIDES
        ]
        shares.append(np.median(np.mean(both, axis=0), axis=-1) / share)
    return np.asarray(np.median(shares, axis=0))


# Changed people: the captures have ten bodies and six movements, so that bodies and movements are varied.


def changed(rng: np.random.Generator, whole: Floats, other: Floats, rows: int, hz: float) -> Floats:
    """(rows, 17, 3) another person doing something like it: another speed, body, arms, head, and place to lie.

    Args:
        rng: chance.
        whole: (T, 17, 3) at `CAPTURED_HZ`, whose legs and trunk are taken.
        other: the same of another episode, whose arms may be taken.
        rows: how many moments.
        hz: moments a second.
    """
    speed = np.exp(rng.uniform(-0.5, 0.6))
    joints = resampled(rng, whole, rows, speed * CAPTURED_HZ / hz)
    kind = rng.random()
    if kind < 0.6:
        joints = with_arms(rng, joints, hz)
    elif kind < 0.75:
        joints = _with_arms_of(joints, resampled(rng, other, rows, speed * CAPTURED_HZ / hz))
    if rng.random() < 0.6:
        joints = _bent_elsewhere(rng, joints, hz)
    joints = _other_body(rng, joints)
    if rng.random() < 0.5:
        joints = joints[:, MIRROR] * [1, -1, 1]
    if rng.random() < 0.12:
        joints = _lying(rng, joints)
    return joints


def resampled(rng: np.random.Generator, joints: Floats, rows: int, step: float) -> Floats:
    """`rows` moments, `step` rows apart, from anywhere; at the ends the movement goes back."""
    at = rng.uniform(0, len(joints)) + np.arange(rows) * step
    last = len(joints) - 1
    at = last - np.abs(np.mod(at, 2 * last) - last)
    low = np.minimum(at.astype(int), last - 1)
    share = (at - low)[:, None, None]
    return np.asarray((1 - share) * joints[low] + share * joints[low + 1])


def _smooth(rng: np.random.Generator, rows: int, hz: float, columns: int, each_s: float) -> Floats:
    """(rows, columns) random curves of standard deviation near 1, with a new value every `each_s`."""
    from scipy.interpolate import CubicSpline

    knots = int(rows / hz / each_s) + 3
    return np.asarray(CubicSpline(np.arange(knots), rng.normal(size=(knots, columns)))(np.arange(rows) / hz / each_s))


def trunk_axes(joints: Floats) -> tuple[Floats, Floats, Floats]:
    """Unit vectors ahead, to the left and up of (T, 17, 3) trunks."""
    hips = (joints[:, JOINT["left_hip"]] + joints[:, JOINT["right_hip"]]) / 2
    shoulders = (joints[:, JOINT["left_shoulder"]] + joints[:, JOINT["right_shoulder"]]) / 2
    up = unit(shoulders - hips)
    across = unit(joints[:, JOINT["left_hip"]] - joints[:, JOINT["right_hip"]])
    across = across + unit(joints[:, JOINT["left_shoulder"]] - joints[:, JOINT["right_shoulder"]])
    left = unit(_across(across, up))
    return np.cross(left, up), left, up


def with_arms(rng: np.random.Generator, joints: Floats, hz: float) -> Floats:
    """Arms that do something else: anywhere a shoulder and an elbow reach, still or moving, alike or not."""
    out = joints.copy()
    ahead, left, up = trunk_axes(joints)
    rows = len(joints)
    moves = rng.choice([0.0, 0.3, 1.0])
    alike = rng.random() < 0.7
    base, curve = rng.uniform(0, 1, 4), _smooth(rng, rows, hz, 4, rng.uniform(0.3, 1.0))
    for side, _, sign in SIDES:
        if not alike:
            base, curve = rng.uniform(0, 1, 4), _smooth(rng, rows, hz, 4, rng.uniform(0.3, 1.0))
        way = np.clip(base + 0.35 * moves * curve, 0, 1)
        raised = np.radians(180 * way[:, 0] ** 1.3)[:, None]  # from hanging to overhead, hanging more often
        plane = np.radians(-50 + 160 * way[:, 1])[:, None]  # from behind, over sideways (0), to across the chest
        flexed, turned = np.radians(145 * way[:, 2])[:, None], np.radians(360 * way[:, 3])[:, None]
        sideways = sign * left * np.cos(plane) + ahead * np.sin(plane)
        arm = -up * np.cos(raised) + sideways * np.sin(raised)
        first = unit(_across(up + 0.01 * ahead, arm))
        second = np.cross(arm, first)
        forearm = arm * np.cos(flexed) + (first * np.cos(turned) + second * np.sin(turned)) * np.sin(flexed)
        shoulder, elbow, wrist = ARMS[side]
        lengths = [np.linalg.norm(joints[:, b] - joints[:, a], axis=-1) for a, b in ((shoulder, elbow), (elbow, wrist))]
        out[:, elbow] = out[:, shoulder] + arm * np.median(lengths[0])
        out[:, wrist] = out[:, elbow] + forearm * np.median(lengths[1])
    return out


def _with_arms_of(joints: Floats, others: Floats) -> Floats:
    """The arms of somebody else, as they lie to the trunk."""
    out = joints.copy()
    mine, theirs = (np.stack(trunk_axes(one), -1) for one in (joints, others))
    for side in ("left", "right"):
        shoulder, elbow, wrist = ARMS[side]
        for near, far in ((shoulder, elbow), (elbow, wrist)):
            limb = np.einsum("tji,tj->ti", theirs, others[:, far] - others[:, near])
            out[:, far] = out[:, near] + np.einsum("tij,tj->ti", mine, limb)
    return out


def _bent_elsewhere(rng: np.random.Generator, joints: Floats, hz: float) -> Floats:
    """Hips, knees, trunk and head turned a little further, by random curves."""
    out = joints.copy()
    rows = len(joints)
    ahead, left, up = trunk_axes(joints)
    axes = np.stack([ahead, left, up], 1)

    def turn(places: list[int], centre: Floats, degrees: tuple[float, float, float]) -> None:
        curve = np.radians(degrees) * (_smooth(rng, rows, hz, 3, 0.7) * 0.7 + rng.normal(size=3) * 0.7)
        rotation = Rotation.from_rotvec(np.einsum("tk,tki->ti", curve, axes)).as_matrix()
        out[:, places] = centre[:, None] + np.einsum("tij,tkj->tki", rotation, out[:, places] - centre[:, None])

    hips = (out[:, JOINT["left_hip"]] + out[:, JOINT["right_hip"]]) / 2
    for side in ("left", "right"):
        hip, knee, ankle = LEGS[side]
        turn([knee, ankle], out[:, hip].copy(), (6, 14, 8))
        thigh, shank = unit(out[:, knee] - out[:, hip]), unit(out[:, ankle] - out[:, knee])
        now = np.arccos(np.clip((thigh * shank).sum(-1), -1, 1))
        wanted = np.clip(now + np.radians(18) * (_smooth(rng, rows, hz, 1, 0.7)[:, 0] + rng.normal()), 0, 2.6)
        hinge = (
            np.cross(thigh, shank) - 0.15 * left
        )  # a straight knee bends backwards, about the line from right to left
        rotation = Rotation.from_rotvec(unit(hinge) * (wanted - now)[:, None]).as_matrix()
        out[:, ankle] = out[:, knee] + np.einsum("tij,tj->ti", rotation, out[:, ankle] - out[:, knee])
    upper = [*ARMS["left"], *ARMS["right"], *HEAD]
    turn(upper, hips, (6, 12, 10))
    neck = (out[:, JOINT["left_shoulder"]] + out[:, JOINT["right_shoulder"]]) / 2
    turn(HEAD, neck, (8, 12, 18))
    return out


def _other_body(rng: np.random.Generator, joints: Floats) -> Floats:
    """The same movement of somebody with other proportions."""
    scale = {part: np.exp(rng.normal(0, 0.07)) for part in ("hip", "knee", "shoulder", "elbow")}
    hips = (joints[:, JOINT["left_hip"]] + joints[:, JOINT["right_hip"]]) / 2
    neck = (joints[:, JOINT["left_shoulder"]] + joints[:, JOINT["right_shoulder"]]) / 2
    wide, broad, long = np.exp(rng.normal(0, [0.08, 0.08, 0.07]))
    out = joints.copy()
    new_neck = hips + long * (neck - hips)
    for side, _, _ in SIDES:
        out[:, JOINT[f"{side}_hip"]] = hips + wide * (joints[:, JOINT[f"{side}_hip"]] - hips)
        out[:, JOINT[f"{side}_shoulder"]] = new_neck + broad * (joints[:, JOINT[f"{side}_shoulder"]] - neck)
    for near, far in _TREE:
        limb = joints[:, JOINT[far]] - joints[:, JOINT[near]]
        out[:, JOINT[far]] = out[:, JOINT[near]] + scale[near.split("_")[1]] * limb
    out[:, HEAD] = new_neck[:, None] + np.exp(rng.normal(0, 0.06)) * (joints[:, HEAD] - neck[:, None])
    return out


def _lying(rng: np.random.Generator, joints: Floats) -> Floats:
    """On the back, the belly or a side, or half way there."""
    about = rng.uniform(0, 2 * np.pi)
    angle = np.radians(rng.choice([60, 90, 90, 100]) + rng.normal(0, 10))
    turned = Rotation.from_rotvec(angle * np.array([np.cos(about), np.sin(about), 0])).as_matrix()
    centre = joints[:, LEGS["left"][:1] + LEGS["right"][:1]].mean((0, 1))
    return np.asarray((joints - centre) @ turned.T + [*centre[:2], 0.4])


# Cameras.


@dataclass(frozen=True, eq=False)
class Views:
    """B clips as virtual cameras see them, T moments each.

    Attributes:
        keypoints: (B, T, 17, 2), in body heights of the person, as far as those can be told: origin the middle of the
            hips, x right, y down.
        scores: (B, T, 17) 0..1.
        targets: (B, T, 17, 3) the joints in body heights: x right as seen from the camera, y plumb down, z level away.
        placed: (B, T, 17, 3) the same for the places that the pose model means, where it makes no error.
    """

    keypoints: Floats
    scores: Floats
    targets: Floats
    placed: Floats


@dataclass(frozen=True)
class Cameras:
    """What virtual cameras are like; spreads are uniform between two ends.

    Distances m, angles degrees; `yaw` as `kinematics.view` has it. Phones on the floor, on a table, held, and cameras
    high on a wall.
    """

    yaw: tuple[float, float] = (-180, 180)
    distance: tuple[float, float] = (2.0, 7.0)
    height: tuple[float, float] = (0.2, 2.4)
    aside: tuple[float, float] = (-15, 15)
    roll: float = 1.5


HIPS_WIDER, HIPS_HIGHER, SHOULDERS_WIDE = 1.10, 0.022, 0.228
"""MoveNet puts the hips 0.13 and the shoulders 0.23 body heights apart, and makes the trunk 1.17 times as long as the
thigh (medians of the front views of ../shared/data/exercise). The joints' centres of the captures are 0.12 and 0.17 to
0.22 apart and have trunks of 1.37 thighs: COCO's hips lie higher."""

# Slow errors of MoveNet Thunder's joints after smoothing, body heights: what limbs that lie across the line of sight
# change in length (side views of ../shared/data/exercise: 0.5 to 2 % of the body height), shared between two joints.
_ERRORS = {
    "nose": 0.007, "eye": 0.006, "ear": 0.008, "shoulder": 0.011, "elbow": 0.013, "wrist": 0.014, "hip": 0.014,
    "knee": 0.012, "ankle": 0.011,
}  # fmt: skip
ERRORS = np.array([_ERRORS[name.split("_")[-1]] for name in COCO17.keypoints])
HIDDEN = 2.5  # times larger where the body hides a joint
JITTER = 0.0015  # what is left of the jitter from frame to frame after the 6 Hz filter (median 0.15 %)


def seen(rng: np.random.Generator, joints: Floats, cameras: Cameras, noise: float = 1.0) -> Views:
    """B figures, each seen by a camera of its own.

    Args:
        rng: chance.
        joints: (B, T, 17, 3) m, z up.
        cameras: what they are like.
        noise: 1 as the pose model's, 0 none.
    """
    b = len(joints)
    height = heights_m(joints)
    yaw = np.radians(rng.uniform(*cameras.yaw, b))
    distance, aside = rng.uniform(*cameras.distance, b), np.radians(rng.uniform(*cameras.aside, b))
    turned = _about_up(joints, -_facing(joints) - yaw)
    root = turned[:, :, [JOINT["left_hip"], JOINT["right_hip"]]].mean(2)
    middle = root.mean(1)
    # The camera looks along y in a frame with x right and z up; the person stands `distance` away.
    seen_at = turned - np.concatenate([middle[:, :2], np.zeros((b, 1))], 1)[:, None, None]
    seen_at[..., 2] -= rng.uniform(*cameras.height, b)[:, None, None]
    seen_at[..., 1] += distance[:, None, None]
    shown = _as_the_model_sees(rng, seen_at, height, noise)
    # Where the camera points: near the person, up or down and aside.
    aim = np.arctan2(seen_at[..., 2].mean((1, 2)), distance) + np.radians(rng.normal(0, 4, b))
    picture = _pictured(shown, aim, aside, np.radians(rng.normal(0, cameras.roll, b)))
    depth = np.linalg.norm(seen_at.mean((1, 2)), axis=-1)
    scale = depth / heights_m(shown) * (np.exp(rng.normal(0, 0.06 * noise, b)) if noise else 1)
    hips = picture[:, :, [JOINT["left_hip"], JOINT["right_hip"]]].mean(2, keepdims=True)
    keypoints = (picture - hips) * scale[:, None, None, None]
    keypoints, scores = _with_errors(rng, keypoints, seen_at, noise)
    centre = seen_at[:, :, [JOINT["left_hip"], JOINT["right_hip"]]].mean(2, keepdims=True)
    targets, placed = (
        (one - centre)[..., [0, 2, 1]] * [1, -1, 1] / height[:, None, None, None]
        for one in (seen_at, _as_the_model_sees(rng, seen_at, height, 0.0))
    )
    return Views(keypoints, scores, targets, placed)


def _facing(joints: Floats) -> Floats:
    """(B,) angle about the vertical that turns the person to face -y, the camera; by the middle of the clip."""
    across = (joints[:, :, JOINT["left_hip"]] - joints[:, :, JOINT["right_hip"]]).mean(1)
    return np.arctan2(across[:, 1], across[:, 0])


def _about_up(joints: Floats, angle: Floats) -> Floats:
    cos, sin = np.cos(angle)[:, None, None], np.sin(angle)[:, None, None]
    x, y = joints[..., 0], joints[..., 1]
    return np.stack([x * cos - y * sin, x * sin + y * cos, joints[..., 2]], -1)


def _as_the_model_sees(rng: np.random.Generator, joints: Floats, height: Floats, noise: float) -> Floats:
    """The joints where MoveNet puts them: hips and shoulders further out than the joints' centres."""
    out = joints.copy()
    b = len(joints)
    for part in ("hip", "shoulder"):
        left, right = joints[:, :, JOINT[f"left_{part}"]], joints[:, :, JOINT[f"right_{part}"]]
        middle, half = (left + right) / 2, (left - right) / 2
        if part == "hip":
            wider = np.full(b, HIPS_WIDER)
        else:
            wider = SHOULDERS_WIDE * height / (2 * np.linalg.norm(half, axis=-1).mean(1))
        wider = (wider * np.exp(rng.normal(0, 0.07 * noise, b)))[:, None, None]
        if part == "hip":
            neck = joints[:, :, [JOINT["left_shoulder"], JOINT["right_shoulder"]]].mean(2)
            higher = height * (HIPS_HIGHER + rng.normal(0, 0.01 * noise, b))
            middle = middle + higher[:, None, None] * unit(neck - middle)
        out[:, :, JOINT[f"left_{part}"]] = middle + wider * half
        out[:, :, JOINT[f"right_{part}"]] = middle - wider * half
    return out


def _pictured(joints: Floats, aim: Floats, aside: Floats, roll: Floats) -> Floats:
    """(B, T, 17, 2) x right and y down on a picture plane at distance 1, of a camera that points `aim` up."""
    turned = _about_up(joints, aside)
    x, away, up = turned[..., 0], turned[..., 1], turned[..., 2]
    cos, sin = np.cos(aim)[:, None, None], np.sin(aim)[:, None, None]
    depth = np.maximum(away * cos + up * sin, 0.3)
    u, v = x / depth, -(up * cos - away * sin) / depth
    cos, sin = np.cos(roll)[:, None, None], np.sin(roll)[:, None, None]
    return np.stack([u * cos - v * sin, u * sin + v * cos], -1)


_GROUPS = [
    [JOINT[f"{side}_{part}"] for side in ("left", "right") for part in parts]
    for parts in (("ankle",), ("knee", "ankle"), ("wrist",), ("eye", "ear"), ("elbow", "wrist"))
]


def _with_errors(rng: np.random.Generator, keypoints: Floats, joints: Floats, noise: float) -> tuple[Floats, Floats]:
    """Keypoints with the pose model's errors, and its scores."""
    b, t = keypoints.shape[:2]
    hidden = _hidden(rng, keypoints, joints)
    quality = np.exp(rng.normal(0, 0.35, b))[:, None, None]  # of a clip: dark, loose clothes, far
    size = noise * quality * ERRORS * np.where(hidden, HIDDEN, 1.0)
    steady = rng.normal(size=(b, 1, 17, 2)) * 0.6
    knots = max(2, t // 8 + 2)  # a new error about every 0.3 s
    values = rng.normal(size=(b, knots, 17, 2)) * 0.8
    at = np.linspace(0, knots - 1.001, t)
    low, share = at.astype(int), (at % 1)[None, :, None, None]
    slow = (1 - share) * values[:, low] + share * values[:, low + 1]
    out = keypoints + size[..., None] * (steady + slow) + noise * JITTER * rng.normal(size=keypoints.shape)
    scores = np.where(hidden, rng.normal(0.6, 0.15, (b, 1, 17)), rng.normal(0.82, 0.07, (b, 1, 17)))
    scores = scores - 0.1 * np.maximum(quality - 1, 0) + rng.normal(0, 0.03, (b, t, 17))
    scores = np.clip(scores, 0.05, 0.98)
    if noise:
        for row in np.flatnonzero(rng.random(b) < 0.06):  # out of the picture, or hidden by things
            group = _GROUPS[rng.integers(len(_GROUPS))]
            out[row, :, group], scores[row, :, group] = 0, 0
        for row in np.flatnonzero(rng.random(b) < 0.03):  # sides taken for each other for a moment
            first = rng.integers(t)
            rows = slice(first, first + rng.integers(1, 6))
            out[row, rows], scores[row, rows] = out[row, rows][:, MIRROR], scores[row, rows][:, MIRROR]
    return out, scores


def _hidden(rng: np.random.Generator, keypoints: Floats, joints: Floats) -> npt.NDArray[np.bool_]:
    """(B, T, 17) joints behind the trunk or behind their partner; of the head, what is on its far side."""
    depth = joints[..., 1]
    partner = depth[..., MIRROR]
    apart = np.linalg.norm(keypoints - keypoints[..., MIRROR, :], axis=-1)
    behind = (depth > partner + 0.05) & (apart < 0.12)
    return behind & (rng.random((len(keypoints), 1, 17)) < 0.8)
