"""Movements from motion capture, seen by random cameras: people who squat, sit down, lunge, and do not fall.

The recordings are those of UI-PRMD (Vakanski et al. 2018, public domain), with 39 markers of Plug-in Gait.
"""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from posespotter.arrays import Float64
from posespotter.falls.sampling import POINTS
from posespotter.falls.training.augmentation import Trace, cut_off, jittered

_RATE_HZ, _CAPTURED_HZ = 25.0, 50.0
_MARKERS = [
    "LFHD", "RFHD", "LBHD", "RBHD", "C7", "T10", "CLAV", "STRN", "RBAK", "LSHO", "LUPA", "LELB", "LFRM", "LWRA", "LWRB",
    "LFIN", "RSHO", "RUPA", "RELB", "RFRM", "RWRA", "RWRB", "RFIN", "LASI", "RASI", "LPSI", "RPSI", "LTHI", "LKNE",
    "LTIB", "LANK", "LHEE", "LTOE", "RTHI", "RKNE", "RTIB", "RANK", "RHEE", "RTOE",
]  # fmt: skip
# Where joints lie by the markers on the skin around them, and how far below these, m.
_JOINTS = {
    "ear": (("FHD", "BHD"), 0.07),
    "shoulder": (("SHO",), 0.05),
    "elbow": (("ELB",), 0.0),
    "wrist": (("WRA", "WRB"), 0.0),
    "hip": (("ASI", "PSI"), 0.08),
    "knee": (("KNE",), 0.0),
    "ankle": (("ANK",), 0.0),
}
_NOSE_DOWN_M = 0.08
_PACE = (0.8, 1.6)
_TURN_S = 0.6  # from the end of one repetition to the beginning of the next
_PICTURES = ((640, 480), (640, 360), (480, 640))
_HEIGHT_M, _AWAY_M, _OPENING_DEG = (0.5, 3.0), (1.8, 6.0), (45.0, 100.0)
_AIM_M, _ROLL_DEG = 0.5, 5.0
_NOISE = (0.003, 0.015)  # body lengths
_SURE = (0.45, 0.9)


def mocap_traces(folder: Path, count: int, seed: int = 0) -> Iterator[Trace]:
    """`count` people who do two repetitions, forwards or backwards, before a camera somewhere in the room.

    Args:
        folder: of uiprmd_*.npz: positions_mm (N, 39, 3), starts of the episodes, subject of each.
        count: how many.
        seed: of all chance.
    """
    random = np.random.default_rng(seed)
    people: list[list[Float64]] = []
    for path in sorted(folder.glob("uiprmd_*.npz")):
        with np.load(path) as stored:
            parts = np.split(stored["positions_mm"], stored["starts"][1 : len(stored["subject"])])
            for subject in np.unique(stored["subject"]):
                own = zip(parts, stored["subject"], strict=True)
                people.append([joints_of(part / 1000.0) for part, who in own if who == subject])
    made = (_seen(_repeated(people[random.integers(len(people))], random), random) for _ in iter(int, 1))
    yield from islice((trace for trace in made if len(trace.time_s) > _RATE_HZ), count)


def joints_of(markers: Float64) -> Float64:
    """(T, P, 3) m of `POINTS`, z up, of (T, 39, 3) m."""

    def middle(*names: str) -> Float64:
        return np.asarray(markers[:, [_MARKERS.index(name) for name in names]].mean(axis=1), np.float64)

    out = np.empty((len(markers), len(POINTS), 3))
    out[:, 0] = middle("LFHD", "RFHD") - (0, 0, _NOSE_DOWN_M)
    for side in ("left", "right"):
        for part, (around, below_m) in _JOINTS.items():
            place = middle(*(side[0].upper() + name for name in around)) - (0, 0, below_m)
            out[:, POINTS.index(f"{side}_{part}")] = place
    return out


def _repeated(episodes: list[Float64], random: np.random.Generator) -> Float64:
    """(T, P, 3) m of two episodes, one after the other."""
    out: list[Float64] = []
    for _ in range(2):
        episode = episodes[random.integers(len(episodes))][:: random.choice([-1, 1])]
        at = np.arange(0, len(episode) - 1, _CAPTURED_HZ / _RATE_HZ * random.uniform(*_PACE))
        before, share = at.astype(int), (at % 1)[:, None, None]
        moved = episode[before] * (1 - share) + episode[before + 1] * share
        if out:
            turn = np.linspace(0, 1, round(_TURN_S * _RATE_HZ))[:, None, None]
            out.append(out[-1][-1] * (1 - turn) + moved[0] * turn)
        out.append(moved)
    return np.concatenate(out)


def _seen(joints: Float64, random: np.random.Generator) -> Trace:
    """The joints in the picture of a camera that looks about at the person."""
    width, height = _PICTURES[random.integers(len(_PICTURES))]
    middle, floor = joints.mean(axis=(0, 1)), joints[..., 2].min()
    turn, away = random.uniform(0, 2 * np.pi), random.uniform(*_AWAY_M)
    camera = np.array(
        [*(middle[:2] + away * np.array([np.cos(turn), np.sin(turn)])), floor + random.uniform(*_HEIGHT_M)]
    )
    ahead = middle + random.normal(0, _AIM_M, 3) - camera
    ahead /= np.linalg.norm(ahead)
    right = np.cross(ahead, (0, 0, 1))
    right /= np.linalg.norm(right)
    up, roll = np.cross(right, ahead), np.radians(random.normal(0, _ROLL_DEG))
    right, up = right * np.cos(roll) + up * np.sin(roll), up * np.cos(roll) - right * np.sin(roll)
    seen = joints - camera
    depth = np.maximum(seen @ ahead, 0.2)
    focal = width / 2 / np.tan(np.radians(random.uniform(*_OPENING_DEG)) / 2)
    sure = random.uniform(*_SURE) + random.normal(0, 0.1, (1, len(POINTS))) + random.normal(0, 0.05, depth.shape)
    points = np.stack(
        [
            width / 2 + focal * (seen @ right) / depth,
            height / 2 - focal * (seen @ up) / depth,
            np.clip(sure, 0.05, 0.98),
        ],
        axis=-1,
    )
    trace = Trace(np.arange(len(points)) / _RATE_HZ, points, (width, height))
    edges = np.array([[0.0, 0.0], [width, height]])
    return cut_off(jittered(trace, random, random.uniform(*_NOISE)), edges, random)
