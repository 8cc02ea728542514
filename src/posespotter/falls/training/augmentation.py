"""Augmentation: changed copies of one person's joints, as other rooms, cameras and people might have shown them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from posespotter.arrays import Float64
from posespotter.falls.sampling import POINTS

Range = tuple[float, float]


@dataclass(frozen=True)
class Variety:
    """Range of the changes; what each part brings, left out in turn: docs/results/falls.md.

    Attributes:
        late_share, late_s: share of falls whose person is seen only from shortly before, and how long before at most.
        pace: times the duration.
        tilt_deg: of the camera, to either side; cameras on a shelf do not hang level.
        squash: of heights: a camera that looks down more, or less, sees people shorter or taller.
        cut_share, cut_sides, cut_depth: share of copies that are cut off, at which edge of the picture, and how much of
            the extent of all that was seen of the person.
        gone: share of the joints beyond the edge from which nobody finds the person any more.
        guessed: scores that MoveNet gives to what is beyond the edge.
        strays: body lengths, how far inside the edge it guesses that.
        surer: power of the scores: other people, light and models.
        every: of how many frames one stays: 25 a second become 12 or 6.
        noise: body lengths, at most; MoveNet's own jitter is there already.
        steady_s: joints err in the same direction for a few frames.
    """

    late_share: float = 0.35
    late_s: float = 0.8
    pace: Range = (0.8, 1.25)
    tilt_deg: float = 10.0
    squash: Range = (0.75, 1.15)
    cut_share: float = 0.5
    cut_sides: tuple[str, ...] = ("low", "low", "low", "left", "right", "high")
    cut_depth: Range = (0.05, 0.55)
    gone: float = 0.65
    guessed: Range = (0.02, 0.25)
    strays: float = 0.04
    surer: Range = (0.7, 1.5)
    every: tuple[int, ...] = (1, 1, 1, 2, 4)
    noise: float = 0.012
    steady_s: float = 0.15


VARIETY = Variety()


@dataclass(frozen=True, eq=False)
class Trace:
    """The joints of one person as a camera saw them.

    Attributes:
        time_s: (N,) ascending.
        points: (N, P, 3) as from `sampling.points_of`.
        frame_size: (width, height) px.
        clock: how many seconds of `time_s` one second of the clip takes.
    """

    time_s: Float64
    points: Float64
    frame_size: tuple[int, int]
    clock: float = 1.0

    def where(self, rows: np.ndarray) -> "Trace":
        """The frames where the mask is true."""
        return replace(self, time_s=self.time_s[rows], points=self.points[rows])

    @property
    def body_scale_px(self) -> float:
        """About the person's standing height."""
        shoulder, knee = (self.points[:, POINTS.index(f"left_{part}"), :2] for part in ("shoulder", "knee"))
        lengths = np.hypot(*(shoulder - knee).T)
        return max(10.0, 1.8 * float(np.median(lengths[np.isfinite(lengths)]))) if np.isfinite(lengths).any() else 10.0


Change = Callable[[Trace, np.random.Generator], Trace]


def changed(trace: Trace, random: np.random.Generator, begins_s: float | None = None, without: str = "") -> Trace:
    """A copy with another pace and camera, cut off at an edge, with fewer frames and more jitter.

    Mirrored copies are not needed: the features are the same.

    Args:
        trace: of one person.
        random: where chance comes from.
        begins_s: when the person begins to fall, who may be seen from shortly before that only; None without a fall.
        without: the name of a change that is left out, to see what it brings.
    """
    if begins_s is not None and random.random() < VARIETY.late_share and without != "late":
        trace = trace.where(trace.time_s >= begins_s - random.uniform(0, VARIETY.late_s))
    for name, change in CHANGES.items():
        if name != without and len(trace.time_s):
            trace = change(trace, random)
    return trace


def _paced(trace: Trace, random: np.random.Generator) -> Trace:
    pace = float(random.uniform(*VARIETY.pace))
    return replace(trace, time_s=trace.time_s * pace, clock=trace.clock * pace)


def _seen_otherwise(trace: Trace, random: np.random.Generator) -> Trace:
    angle = np.radians(random.uniform(-VARIETY.tilt_deg, VARIETY.tilt_deg))
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    middle = np.array(trace.frame_size) / 2
    points = trace.points.copy()
    points[..., :2] = (points[..., :2] - middle) @ turn @ np.diag([1.0, random.uniform(*VARIETY.squash)]) + middle
    return replace(trace, points=points)


def _cut_off(trace: Trace, random: np.random.Generator) -> Trace:
    if random.random() >= VARIETY.cut_share:
        return trace
    places = trace.points[..., :2].reshape(-1, 2)
    low, high = np.nanpercentile(places, [3, 99], axis=0)
    depth, side = random.uniform(*VARIETY.cut_depth), random.choice(VARIETY.cut_sides)
    edges = np.array([[0.0, 0.0], trace.frame_size])
    if side == "low":
        edges[1, 1] = high[1] - depth * (high[1] - low[1])
    elif side == "high":
        edges[0, 1] = low[1] + depth * (high[1] - low[1]) / 2
    elif side == "left":
        edges[0, 0] = low[0] + depth * (high[0] - low[0])
    else:
        edges[1, 0] = high[0] - depth * (high[0] - low[0])
    return cut_off(trace, edges, random)


def cut_off(trace: Trace, edges: Float64, random: np.random.Generator) -> Trace:
    """The trace in a smaller picture: what is beyond is guessed near its edge, unsurely, until too much is beyond.

    Args:
        trace: of one person.
        edges: (2, 2) px, left above and right below of the smaller picture.
        random: where chance comes from.
    """
    points = trace.points.copy()
    places, scores = points[..., :2], points[..., 2]
    beyond = (places < edges[0]) | (places > edges[1])
    strays = np.abs(random.normal(0, VARIETY.strays * trace.body_scale_px, places.shape))
    inward = np.where(places < edges[0], strays, np.where(places > edges[1], -strays, 0.0))
    points[..., :2] = np.clip(places, edges[0], edges[1]) + inward - edges[0]
    out = beyond.any(axis=-1)
    points[..., 2] = np.where(out, np.minimum(scores, random.uniform(*VARIETY.guessed, scores.shape)), scores)
    width, height = (edges[1] - edges[0]).tolist()
    return replace(trace, points=points, frame_size=(width, height)).where(out.mean(axis=1) < VARIETY.gone)


def _less_or_more_sure(trace: Trace, random: np.random.Generator) -> Trace:
    points = trace.points.copy()
    points[..., 2] = np.clip(points[..., 2], 0, 1) ** random.uniform(*VARIETY.surer)
    return replace(trace, points=points)


def _thinned(trace: Trace, random: np.random.Generator) -> Trace:
    every = int(random.choice(VARIETY.every))
    return trace.where((np.arange(len(trace.time_s)) + random.integers(every)) % every == 0)


def jittered(trace: Trace, random: np.random.Generator, size: float | None = None) -> Trace:
    """The trace with errors of `size` body lengths that last for a few frames; at random where it is None."""
    size = random.uniform(0, VARIETY.noise) if size is None else size
    noise = random.normal(0, size * trace.body_scale_px, trace.points[..., :2].shape)
    fresh = 1 - np.exp(-np.diff(trace.time_s, prepend=trace.time_s[0] - VARIETY.steady_s) / VARIETY.steady_s)
    points, error = trace.points.copy(), noise[0]
    for i in range(len(points)):
        error = error * np.sqrt(1 - fresh[i]) + noise[i] * np.sqrt(fresh[i])
        points[i, :, :2] += error
    return replace(trace, points=points)


CHANGES: dict[str, Change] = {
    "pace": _paced,
    "view": _seen_otherwise,
    "edge": _cut_off,
    "scores": _less_or_more_sure,
    "rate": _thinned,
    "noise": jittered,
}
"""The changes in their order; "late" comes before them."""

NAMES: Sequence[str] = ("late", *CHANGES)
