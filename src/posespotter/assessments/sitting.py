"""Sitting and standing, told by how high the hips are: when somebody rises, stands, sits down again."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from posespotter.arrays import Float64
from posespotter.assessments.subject import Subject

STANDS_FROM = 0.9
"""Of the way from the seat to the person's own upright stand. In a body of Winter's proportions (2009, figure 4.1) at a
chair of 43 cm, what is missing at 0.9 is a knee bent by 35 degrees."""

SITS_UP_TO, UNDER_WAY = 0.1, 0.5
"""The seat counts as touched in the last tenth; half way up is what the chair stand's protocol asks for at 30 s."""

# Which of the numbers below matter was tried by halving and doubling each: docs/results/tests.md.

_LEAST_RISE = 0.1
"""Body lengths that the hips rise from a chair at the least: half of what they do from one of 43 cm."""

_APART = 0.15  # of the way, to either side of the middle: jitter there is no rise; at 0.3 stands are missed
_SHOULDERS_REST = 0.015
"""Body lengths the shoulders move before it counts as the first movement: three times their jitter at rest."""

LATE_S = 0.5
"""Seconds within which times are true where the camera sees the person from the front or the rear, from where a trunk
that bends shows late, and hips that it hides sink late (real clips, docs/results/tests.md)."""

_REST_S = 0.5  # who sits quietly for so long rests
_LOOK_BACK_S = 3.0  # longer than a slow rise takes to half way (1.8 s in all); with half of it slow starts are missed
_STEADY_S = 0.1  # over so long a speed is taken, for from frame to frame joints jitter


@dataclass(frozen=True, eq=False)
class Level:
    """Height of the person between seat and stand, over time.

    Attributes:
        values: (N,) 0 seated, 1 upright; NaN where it cannot be told.
        rise: body lengths (or the ratio, see `level_of`) between the two.
        coverage: 0..1, share of the time in which it can be told.
        by: which joints tell it.
    """

    values: Float64
    rise: float
    coverage: float
    by: Literal["hips above ankles", "hips above knees", "thighs against shanks"]


@dataclass(frozen=True)
class Rise:
    """One rise from the seat to standing and, where it is seen, back.

    Attributes:
        half_s: half way up.
        top: the furthest that is reached, 1 is upright.
        up_s: upright; NaN where it never is.
        falls_s: half way down again; NaN where the clip ends before.
        bottom: the lowest before the next rise, or the end; 0 is the seat.
        seat_s: the seat is touched; NaN where it is not.
    """

    half_s: float
    top: float
    up_s: float
    falls_s: float
    bottom: float
    seat_s: float


def level_of(subject: Subject, *, walks: bool = False) -> Level | None:
    """Height between the seat and the person's own upright stand; None where the hips never rise from a chair.

    Args:
        subject: who.
        walks: the person changes their distance to the camera: heights are taken by the shanks' instead of by the
            body's in the picture.
    """
    # Who walks there and back shows one side and then the other.
    sides = ("left", "right") if walks else subject.near
    hip, knee, ankle = (subject.part(name, sides)[:, 1] for name in ("hip", "knee", "ankle"))
    by: Literal["hips above ankles", "hips above knees", "thighs against shanks"]
    with np.errstate(invalid="ignore", divide="ignore"):
        if walks:
            # A swinging leg folds its shank up: never more than twice the thigh's height counts.
            height, by = np.clip((knee - hip) / np.maximum(ankle - knee, 1.0), -0.5, 1.2), "thighs against shanks"
        elif np.isfinite(ankle).mean() >= 0.5:
            height, by = (ankle - hip) / subject.body.length_px, "hips above ankles"
        else:
            height, by = (knee - hip) / subject.body.length_px, "hips above knees"
    known = height[np.isfinite(height)]
    if len(known) < 3:
        return None
    seat, top = np.percentile(known, [2, 98])
    if top - seat < (0.4 if walks else _LEAST_RISE):
        return None
    if walks:
        top = 1.0 if top > 1.0 else top  # upright legs have thighs as high as shanks (0.245, 0.246)
    return Level((height - seat) / (top - seat), float(top - seat), float(np.isfinite(height).mean()), by)


def rises_of(subject: Subject, level: Level) -> list[Rise]:
    """Every rise from the seat, in order of time."""
    time_s, values = subject.time_s, level.values
    known = np.flatnonzero(np.isfinite(values))
    t, v = time_s[known], values[known]
    halves: list[int] = []
    drops: list[int] = []
    up: bool | None = None
    for i, value in enumerate(v.tolist()):
        if value >= UNDER_WAY + _APART and up is not True:
            if up is False:
                halves.append(_last_crossing(v, i, rising=True))
            up = True
        elif value <= UNDER_WAY - _APART and up is not False:
            if up is True:
                drops.append(_last_crossing(v, i, rising=False))
            up = False
    found = []
    for number, half in enumerate(halves):
        following = halves[number + 1] if number + 1 < len(halves) else len(v)
        drop = next((one for one in drops if half < one < following), None)
        end = drop if drop is not None else following
        standing = half + np.flatnonzero(v[half:end] >= STANDS_FROM)
        bottom = float(v[drop:following].min()) if drop is not None else float("nan")
        seated = np.zeros(0, np.intp) if drop is None else drop + np.flatnonzero(v[drop:following] <= SITS_UP_TO)
        found.append(Rise(
            half_s=float(t[half]),
            top=float(v[half:end].max()),
            up_s=float(t[standing[0]]) if len(standing) else float("nan"),
            falls_s=float(t[drop]) if drop is not None else float("nan"),
            bottom=bottom,
            seat_s=float(_settled(t, v, int(seated[0]))) if len(seated) else float("nan"),
        ))  # fmt: skip
    return found


def _last_crossing(values: Float64, reached: int, *, rising: bool) -> int:
    """The row where the middle was passed last before a side was reached."""
    beyond = values[: reached + 1] < UNDER_WAY if rising else values[: reached + 1] > UNDER_WAY
    rows = np.flatnonzero(beyond)
    return min(int(rows[-1]) + 1, reached) if len(rows) else reached


def _upper_body(subject: Subject) -> Float64:
    """(N, 2) px: where shoulders and head are, as far as they are seen throughout."""
    names = [f"{side}_{part}" for part in ("shoulder", "ear") for side in ("left", "right")]
    places = [subject.joint(name) for name in names]
    seen = [place for place in places if np.isfinite(place).all(-1).mean() > 0.9] or places[:2]
    return np.asarray(np.mean(seen, axis=0), np.float64)


def onset_s(subject: Subject, level: Level, rise: Rise) -> float:
    """Time at which the trunk first moves before a rise: the shoulders leave the place where they rested.

    Returns:
        seconds; NaN where the person is never seen at rest before.
    """
    time_s = subject.time_s
    before = np.flatnonzero((time_s >= rise.half_s - _LOOK_BACK_S) & (time_s <= rise.half_s))
    shoulders = _upper_body(subject) / float(np.nanmedian(subject.body.length_px[before]))
    with np.errstate(invalid="ignore"):
        seated = before[(level.values[before] <= SITS_UP_TO) & np.isfinite(shoulders[before]).all(-1)]
    least, rest = np.inf, np.full(2, np.nan)
    for row in seated:
        window = seated[(time_s[seated] >= time_s[row]) & (time_s[seated] <= time_s[row] + _REST_S)]
        if time_s[window[-1]] - time_s[row] < 0.6 * _REST_S:
            break
        middle = np.median(shoulders[window], axis=0)
        spread = float(np.linalg.norm(shoulders[window] - middle, axis=-1).max())
        if spread < least:
            least, rest = spread, middle
    if least > 2 * _SHOULDERS_REST:
        return float("nan")
    away = np.linalg.norm(shoulders[before] - rest, axis=-1)
    limit = max(_SHOULDERS_REST, least)
    with np.errstate(invalid="ignore"):
        moving = away > limit
    # Seen from the front the shoulders pass the place of their rest again on the way up: that is no rest.
    edges = np.flatnonzero(np.diff(moving.astype(int), prepend=1, append=1))
    ends = [stop for start, stop in zip(edges[::2], edges[1::2], strict=True) if _lasts(time_s[before[start:stop]])]
    return _from_rest(time_s[before], away, ends[-1], limit) if ends else float("nan")


def _from_rest(time_s: Float64, away: Float64, row: int, limit: float) -> float:
    """Start of a movement that is `limit` away at `row`.

    At an even acceleration from rest it takes 1.41 times as long until it is twice as far.
    """
    far = np.flatnonzero(~(away[row:] < 2 * limit))
    if not len(far) or not away[row + far[0]] >= 2 * limit:
        return float(time_s[min(row, len(away) - 1)])
    once, twice = row, row + int(far[0])
    reached = [
        float(np.interp(level, away[at - 1 : at + 1], time_s[at - 1 : at + 1]))
        for level, at in ((limit, once), (2 * limit, twice))
    ]
    back = (reached[1] - reached[0]) / (np.sqrt(2) - 1)
    return reached[0] - max(float(back), 0.0)


def _lasts(time_s: Float64) -> bool:
    return bool(time_s[-1] - time_s[0] >= _REST_S / 2)


def _settled(time_s: Float64, values: Float64, row: int) -> float:
    """End of the sinking of the hips after `row`: they lose less than a quarter of the way a second."""
    while True:
        later = int(np.searchsorted(time_s, time_s[row] + _STEADY_S))
        if later >= len(values) or values[later] >= values[row] - 0.25 * (time_s[later] - time_s[row]):
            return float(time_s[row])
        row += 1
