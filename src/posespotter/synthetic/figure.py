"""Stick figures in three dimensions that exercise, with the truth known: for samples and tests.

A figure is built in body lengths in its own room: x the way it faces at rest, y to its left, z up, the floor at 0.
Limbs have the proportions of Winter (2009, figure 4.1). `squat` plants faults; `synthetic.camera` looks at a figure
from any side.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from posespotter.skeletons import SEGMENT_SHARES

Floats = npt.NDArray[np.floating]
Joints = dict[str, Floats]
"""(F, 3) places by joint name, body lengths."""

TRUNK, THIGH, SHANK = (SEGMENT_SHARES[pair] for pair in (("shoulder", "hip"), ("hip", "knee"), ("knee", "ankle")))
UPPER_ARM, FOREARM = SEGMENT_SHARES["shoulder", "elbow"], SEGMENT_SHARES["elbow", "wrist"]
ANKLE_UP, HIP_WIDE, SHOULDER_WIDE = 0.039, 0.12, 0.21  # body lengths: Winter 2009, figure 4.1; between joints, not skin


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
    place: Floats = first + reach * along + height * out / np.linalg.norm(out, axis=-1, keepdims=True)
    return place


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
    """A person on their feet. Angles in degrees.

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
    knees_in_deg: float = 17.0,
    **timing: float,
) -> Figure:
    """Squats with planted faults; without any it is a good one in every check."""
    way, seconds = there_and_back(repetitions, **timing)
    deepest = 38.0 if "too_shallow" in faults else thigh
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
            s * (0.085 if "shift_to_one_side" in faults else 0.0),
            ANKLE_UP + scale * (SHANK * np.cos(a) + THIGH * np.cos(b)),
        )
        heels = s * (0.06 if "heels_lift" in faults else 0.0)
        hips[:, 2] += 0.8 * heels
        return upright(
            hips,
            s * lean,
            stance=stance,
            knees_out=s * (-knees_in_deg if "knees_inward" in faults else 12.0),
            heels=heels,
            roll=s * (14.0 if "shoulders_uneven" in faults else 0.0),
            arms=s * 80 + 5,
            forearms=5,
        )

    return Figure("squat", seconds, at, repetitions, frozenset(faults))


def in_turn(figures: Sequence[Figure]) -> Figure:
    """One figure that does one movement after the other; they begin and end in the same pose."""
    ends = np.cumsum([figure.seconds for figure in figures])

    def at(t: Floats) -> Joints:
        which = np.minimum(np.searchsorted(ends, t, side="right"), len(figures) - 1)
        parts = [figure.at(t - (ends[i] - figure.seconds)) for i, figure in enumerate(figures)]
        return {name: np.choose(which[:, None], [part[name] for part in parts]) for name in parts[0]}

    return Figure(
        figures[0].name,
        float(ends[-1]),
        at,
        sum(figure.repetitions for figure in figures),
        frozenset().union(*(figure.faults for figure in figures)),
    )
