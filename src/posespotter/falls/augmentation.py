"""What other rooms, cameras and people might have shown: changed copies of one person's joints, to train on."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.ndimage import median_filter

from posespotter.arrays import Float64
from posespotter.falls.sampling import METRES, POINTS

STRETCH = (0.8, 1.25)
"""How much slower and faster the copies move."""

_TILT_DEG = 8.0  # cameras on a shelf do not hang level
_SQUASH = (0.75, 1.1)  # a camera that looks down more, or less, sees people shorter or taller
_TURNED_SHARE = 0.7  # of the copies of people whose joints are known in metres
_ALONG_SHARE = 0.5  # of these: the camera looks along the body when it is most level; few clips show that
_ALONG_DEG = 30.0
_LOOK_DOWN_DEG = (0.0, 40.0)
_FLATTER = (0.2, 1.0)  # models guess depth, and guess people flatter than they are
_LEAN_DEG = 10.0  # and as if they stood more, or less, upright
_FLAT_SHARE = 0.2  # of the copies: other models give no metres at all
_LENGTHENED_SHARE = 0.4
_LONGER_S = (3.0, 25.0)
_SWAY_S = 1.0
_STEADY_ROWS = 25  # frames over which the size of the body in the picture is steadied
_NOISE = (0.003, 0.02)  # of the box's diagonal; the landmark models used here jitter by about 0.005
_STEADY_S = 0.15  # joints err in the same direction for a few frames
_KEPT = (1, 1, 2, 3)  # every which frame stays: 25 frames a second become 12 or 8
_DROPPED = 0.15
_LONGEST_GAP_S = 1.0
_HIDDEN_S = (0.5, 3.0)
_HIDDEN = (
    ("knee", "ankle"), ("ankle",), ("elbow", "wrist"), ("left",), ("right",), ("nose", "ear"), ("hip", "knee", "ankle"),
)  # fmt: skip
_GUESSED = 0.05  # of the diagonal: how far off the joints are that a model guesses behind furniture


@dataclass(frozen=True, eq=False)
class Trace:
    """The joints of one person as a camera saw them.

    Attributes:
        time_s: (N,) ascending.
        points: (N, P, 6) as from `sampling.points_of`.
        clock: how many seconds of `time_s` one second of the clip takes.
    """

    time_s: Float64
    points: Float64
    clock: float = 1.0


def mirrored(trace: Trace, width_px: float) -> Trace:
    """The trace in a mirrored picture: what was left is right."""
    points = trace.points.copy()
    points[..., 0] = width_px - points[..., 0]
    points[..., METRES.start] *= -1
    half = (len(POINTS) - 1) // 2
    order = [0, *range(1 + half, 1 + 2 * half), *range(1, 1 + half)]
    return replace(trace, points=points[:, order])


def changed(trace: Trace, random: np.random.Generator) -> Trace:
    """A copy with another pace and camera, with fewer frames, jitter, and joints hidden for a while.

    Mirrored copies are not needed: the features are the same.
    """
    pace = float(random.uniform(*STRETCH))
    points = _seen_otherwise(trace.points, random)
    if random.random() < _TURNED_SHARE and np.isfinite(trace.points[..., METRES]).any():
        turn_deg = random.uniform(-180, 180)
        if random.random() < _ALONG_SHARE:
            turn_deg = _turn_along_deg(trace.points, random) + random.uniform(-_ALONG_DEG, _ALONG_DEG)
        points = turned(trace.points, turn_deg, random.uniform(*_LOOK_DOWN_DEG))
        points[..., -1] *= random.uniform(*_FLATTER)
    if random.random() < _FLAT_SHARE:
        points[..., METRES] = np.nan
    out = Trace(trace.time_s * pace, points, trace.clock * pace)
    if random.random() < _LENGTHENED_SHARE:
        out = lengthened(out, random.uniform(*_LONGER_S))
    out = _thinned(out, random)
    points = _jittered(out, random)
    if random.random() < 0.5:
        points = _hidden(out.time_s, points, random)
    return replace(out, points=points)


def turned(points: Float64, turn_deg: float, look_down_deg: float) -> Float64:
    """The joints as a camera would see them that stands elsewhere in the room and looks down by an angle.

    A body that lies across one picture lies along the other, where it looks upright. The hips stay where they were in
    the picture, and the body keeps its size: what is changed is how it is turned to the camera.

    Args:
        points: (N, P, 6) as from `sampling.points_of`, with metres.
        turn_deg: how far the camera goes round the person.
        look_down_deg: its angle below the horizon; cameras look down already, so this comes on top.
    """
    turn, down = np.radians(turn_deg), np.radians(look_down_deg)
    world = points[..., METRES]
    x, y, z = np.moveaxis(world, -1, 0)
    across, away = x * np.cos(turn) + z * np.sin(turn), z * np.cos(turn) - x * np.sin(turn)
    low = y * np.cos(down) - away * np.sin(down)
    left, right = POINTS.index("left_hip"), POINTS.index("right_hip")
    hips = (points[:, left, :2] + points[:, right, :2]) / 2
    scale = _px_per_metre(points, world)[:, None]
    out = points.copy()
    out[..., 0] = hips[:, :1] + across * scale
    out[..., 1] = hips[:, 1:] + low * scale
    out[..., METRES] = np.stack([across, low, y * np.sin(down) + away * np.cos(down)], axis=-1)
    return out


def _turn_along_deg(points: Float64, random: np.random.Generator) -> float:
    """How far the camera must go round to see the body from the feet or from the head when it is most level."""
    ankles = points[:, [POINTS.index("left_ankle"), POINTS.index("right_ankle")]].mean(axis=1)
    body = (points[:, 0] - ankles)[:, METRES]
    level = np.nan_to_num(np.hypot(body[:, 0], body[:, 2]))
    row = random.choice(np.flatnonzero(level >= np.percentile(level, 90)))
    return float(np.degrees(np.arctan2(-body[row, 0], body[row, 2]))) + float(random.choice([0.0, 180.0]))


def _px_per_metre(points: Float64, world: Float64) -> Float64:
    """(N,) how many px of the picture a metre has, by the sizes of the two bodies without depth."""
    sizes = [_spread(places[..., :2]) for places in (points, world)]
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = sizes[0] / sizes[1]
    known = np.isfinite(ratio)
    if not known.any():
        return np.ones(len(points))
    rows = np.arange(len(points))
    return np.asarray(median_filter(np.interp(rows, rows[known], ratio[known]), _STEADY_ROWS, mode="nearest"))


def _spread(places: Float64) -> Float64:
    """(N,) mean distance of the joints from their middle."""
    with np.errstate(invalid="ignore"):
        return np.asarray(np.linalg.norm(places - places.mean(axis=1, keepdims=True), axis=-1).mean(axis=1))


def lengthened(trace: Trace, seconds: float) -> Trace:
    """The trace with its last second going to and fro for a while: staged falls end soon, real lies do not."""
    n = int(np.searchsorted(trace.time_s, trace.time_s[-1] - _SWAY_S)) if len(trace.time_s) else 0
    rows = np.arange(n, len(trace.time_s))
    if len(rows) < 2:
        return trace
    step_s = (trace.time_s[-1] - trace.time_s[n]) / (len(rows) - 1)
    count = int(seconds / step_s)
    sway = np.resize(np.concatenate([rows[-2::-1], rows[1:]]), count)
    time_s = np.concatenate([trace.time_s, trace.time_s[-1] + step_s * np.arange(1, count + 1)])
    return replace(trace, time_s=time_s, points=np.concatenate([trace.points, trace.points[sway]]))


def _seen_otherwise(points: Float64, random: np.random.Generator) -> Float64:
    angle = np.radians(random.uniform(-_TILT_DEG, _TILT_DEG))
    squash = random.uniform(*_SQUASH)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) @ np.diag([1.0, squash])
    out = points.copy()
    out[..., :2] = points[..., :2] @ turn
    x, y, z = np.moveaxis(points[..., METRES], -1, 0)
    lean = np.radians(random.uniform(-_LEAN_DEG, _LEAN_DEG))
    x, y = x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle)
    out[..., METRES] = np.stack([x, y * np.cos(lean) - z * np.sin(lean), y * np.sin(lean) + z * np.cos(lean)], axis=-1)
    return out


def _thinned(trace: Trace, random: np.random.Generator) -> Trace:
    n = len(trace.time_s)
    kept = np.zeros(n, bool)
    every = int(random.choice(_KEPT))
    kept[int(random.integers(every)) :: every] = True
    kept &= random.random(n) >= random.uniform(0, _DROPPED)
    if random.random() < 0.5 and n:
        start_s = random.choice(trace.time_s)
        kept &= (trace.time_s < start_s) | (trace.time_s > start_s + random.uniform(0.1, _LONGEST_GAP_S))
    return replace(trace, time_s=trace.time_s[kept], points=trace.points[kept])


def _diagonal_px(points: Float64) -> float:
    with np.errstate(invalid="ignore"):
        sides = np.fmax.reduce(points[..., :2], axis=1) - np.fmin.reduce(points[..., :2], axis=1)
    lengths = np.hypot(sides[:, 0], sides[:, 1])
    known = np.isfinite(lengths)
    return float(np.median(lengths[known])) if known.any() else 1.0


def _jittered(trace: Trace, random: np.random.Generator) -> Float64:
    out = trace.points.copy()
    if not len(out):
        return out
    size = random.uniform(*_NOISE) * _diagonal_px(out)
    noise = random.normal(0, size, out[..., :2].shape)
    fresh = 1 - np.exp(-np.diff(trace.time_s, prepend=trace.time_s[0] - _STEADY_S) / _STEADY_S)
    error = noise[0]
    for i in range(len(out)):
        error = error * np.sqrt(1 - fresh[i]) + noise[i] * np.sqrt(fresh[i])
        out[i, :, :2] += error
    return out


def _hidden(time_s: Float64, points: Float64, random: np.random.Generator) -> Float64:
    """Joints behind something: either not given at all, or guessed somewhere near."""
    if not len(time_s):
        return points
    start_s = random.choice(time_s)
    rows = (time_s >= start_s) & (time_s <= start_s + random.uniform(*_HIDDEN_S))
    words = _HIDDEN[int(random.integers(len(_HIDDEN)))]
    joints = np.array([any(word in name.split("_") for word in words) for name in POINTS])
    out = points.copy()
    block = np.ix_(rows, joints)
    if random.random() < 0.5:
        out[block] = np.nan
        out[..., 2] = np.nan_to_num(out[..., 2])
        return out
    shift = random.normal(0, _GUESSED * _diagonal_px(points), (1, int(joints.sum()), 2))
    guessed = out[block]
    guessed[..., :2] += shift
    guessed[..., 2] *= 0.4
    out[block] = guessed
    return out
