"""Movements from motion capture, seen by random cameras: people who squat, sit down, lunge, and do not fall.

The recordings are those of UI-PRMD (Vakanski et al. 2018, public domain), with 39 markers of Plug-in Gait.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from posespotter.arrays import Float64
from posespotter.falls.sampling import POINTS
from posespotter.falls.training.augmentation import Range, Trace, cut_off, jittered

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
_NOSE_DOWN_M = 0.08  # below the markers on the forehead


@dataclass(frozen=True)
class Filming:
    """Cameras and repetitions of the movements: ranges that chance chooses from, and spreads of what is nearly right.

    Attributes:
        captured_hz, rate_hz: frames a second of the recordings, and of what is made of them.
        pace: times the recorded speed.
        turn_s: from the end of one repetition to the beginning of the next.
        pictures: width and height, px.
        height_m, away_m: of the camera above the floor, and from the person.
        opening_deg: horizontal angle of view.
        aim_m, roll_deg: standard deviations of where the camera looks and of how level it is.
        noise: body lengths.
        sure: mean score of the joints.
    """

    captured_hz: float = 50.0
    rate_hz: float = 25.0
    pace: Range = (0.8, 1.6)
    turn_s: float = 0.6
    pictures: tuple[tuple[int, int], ...] = ((640, 480), (640, 360), (480, 640))
    height_m: Range = (0.5, 3.0)
    away_m: Range = (1.8, 6.0)
    opening_deg: Range = (45.0, 100.0)
    aim_m: float = 0.5
    roll_deg: float = 5.0
    noise: Range = (0.003, 0.015)
    sure: Range = (0.45, 0.9)


FILMING = Filming()


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
    yield from islice((trace for trace in made if len(trace.time_s) > FILMING.rate_hz), count)


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
        at = np.arange(0, len(episode) - 1, FILMING.captured_hz / FILMING.rate_hz * random.uniform(*FILMING.pace))
        before, share = at.astype(int), (at % 1)[:, None, None]
        moved = episode[before] * (1 - share) + episode[before + 1] * share
        if out:
            turn = np.linspace(0, 1, round(FILMING.turn_s * FILMING.rate_hz))[:, None, None]
            out.append(out[-1][-1] * (1 - turn) + moved[0] * turn)
        out.append(moved)
    return np.concatenate(out)


def _seen(joints: Float64, random: np.random.Generator) -> Trace:
    """The joints in the picture of a camera that looks about at the person."""
    width, height = FILMING.pictures[random.integers(len(FILMING.pictures))]
    middle, floor = joints.mean(axis=(0, 1)), joints[..., 2].min()
    turn, away = random.uniform(0, 2 * np.pi), random.uniform(*FILMING.away_m)
    camera = np.array(
        [*(middle[:2] + away * np.array([np.cos(turn), np.sin(turn)])), floor + random.uniform(*FILMING.height_m)]
    )
    ahead = middle + random.normal(0, FILMING.aim_m, 3) - camera
    ahead /= np.linalg.norm(ahead)
    right = np.cross(ahead, (0, 0, 1))
    right /= np.linalg.norm(right)
    up, roll = np.cross(right, ahead), np.radians(random.normal(0, FILMING.roll_deg))
    right, up = right * np.cos(roll) + up * np.sin(roll), up * np.cos(roll) - right * np.sin(roll)
    seen = joints - camera
    depth = np.maximum(seen @ ahead, 0.2)
    focal = width / 2 / np.tan(np.radians(random.uniform(*FILMING.opening_deg)) / 2)
    sure = random.uniform(*FILMING.sure) + random.normal(0, 0.1, (1, len(POINTS))) + random.normal(0, 0.05, depth.shape)
    points = np.stack(
        [
            width / 2 + focal * (seen @ right) / depth,
            height / 2 - focal * (seen @ up) / depth,
            np.clip(sure, 0.05, 0.98),
        ],
        axis=-1,
    )
    trace = Trace(np.arange(len(points)) / FILMING.rate_hz, points, (width, height))
    edges = np.array([[0.0, 0.0], [width, height]])
    return cut_off(jittered(trace, random, random.uniform(*FILMING.noise)), edges, random)
