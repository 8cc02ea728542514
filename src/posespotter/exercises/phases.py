"""The phase machine: from rest to the far end and back, with hysteresis, in multiples of the least movement."""

from dataclasses import asdict, dataclass, replace
from itertools import pairwise

import numpy as np

from posespotter.arrays import Bool, Float64

HYSTERESIS = 0.4
"""A turn counts once the signal has gone back by this share of the least movement: what trembles less does not turn."""

OWN_SHARE = 0.15
"""And by this share of the person's own range in the stretch: large movements come with more jitter."""

RETURN_SHARE = 2 / 3
"""A repetition is complete when it comes back by at least this share of the way it went (a convention: half-way up is
another try, while the last bit is often missing). Where a clip begins or ends in a movement, by this share of the way
from the person's own rest."""

_AT_REST = 0.1
"""A repetition begins when it has left rest by this share of its way, and ends when it is as near again; the far end is
held while it is no further from it than this."""

_STAYS = 0.3
"""Within this share of the way from the far end a person holds it or sits there, even if they stir."""

_TURNING_S = 0.25
"""A person near an end for this long at the end of a clip, or now, has arrived; before, they are on the way."""

Phases = np.ndarray[tuple[int], np.dtype[np.str_]]
"""(N,) `rest`, `down` (on the way to the far end), `hold` or `up` (on the way back); empty where nobody can tell."""


@dataclass(frozen=True)
class Cycle:
    """One way there and back, as positions in the signal.

    Attributes:
        start, end: where it leaves rest and is back.
        work: the far end.
        hold_start, hold_end: from when to when the far end is held.
        stay_start, stay_end: from when to when it is nearer to the far end than to rest, by far.
        before, after: the furthest points at rest, before `start` and after `end`.
        is_open: whether it ended at the far end.
    """

    before: int
    start: int
    hold_start: int
    work: int
    hold_end: int
    stay_start: int
    stay_end: int
    end: int
    after: int
    is_open: bool = False

    @property
    def rows(self) -> slice:
        """Rows from leaving rest to being back."""
        return slice(self.start, self.end + 1)


def find_cycles(signal: Float64, *, open_end: bool = False) -> list[Cycle]:
    """The complete cycles of a signal that rests low and works high, 1 being the least movement that counts.

    Gaps (NaN) end whatever is under way. What does not come back, or did not begin at rest, is no cycle; with
    `open_end` the last one of all need not come back.
    """
    cycles: list[Cycle] = []
    runs = _runs(np.isfinite(signal))
    for a, b in runs:
        last = open_end and (a, b) == runs[-1]
        cycles += [_shift(cycle, a) for cycle in _cycles_in_run(signal[a:b], open_end=last)]
    return cycles


def _cycles_in_run(signal: Float64, *, open_end: bool) -> list[Cycle]:
    turns = turning_points(signal, hysteresis_of(signal))
    rest = min((signal[i] for i, is_high in turns if not is_high), default=0.0)
    edges = {turns[0][0], turns[-1][0]} if turns else set()
    cycles: list[Cycle] = []
    low: int | None = None
    high: int | None = None
    for i, is_high in turns:
        if is_high:
            if low is not None and (high is None or signal[i] > signal[high]):
                high = i
            continue
        if low is None or high is None:
            low = i
            continue
        up, back = signal[high] - signal[low], signal[high] - signal[i]
        if back < RETURN_SHARE * up:
            continue  # not back at rest yet: part of the same try
        whole = all(signal[high] - signal[end] >= RETURN_SHARE * (signal[high] - rest) for end in {low, i} & edges)
        if whole and up >= RETURN_SHARE * back and min(up, back) >= RETURN_SHARE and max(up, back) >= 1:
            cycles.append(_cycle(signal, low, high, i))
        low, high = i, None
    if open_end and low is not None and high is not None and signal[high] - signal[low] >= 1:
        cycles.append(replace(_cycle(signal, low, high, len(signal) - 1), is_open=True))
    return cycles


def hysteresis_of(signal: Float64) -> float:
    """Distance that a signal must go back before it counts as turned."""
    low, high = np.percentile(signal, [2, 98]) if len(signal) else (0.0, 0.0)
    return max(HYSTERESIS, OWN_SHARE * float(high - low))


def phases_of(time_s: Float64, signal: Float64) -> Phases:
    """Phase at each moment of a signal like that of `find_cycles`, also in movements that are no cycles."""
    phases = np.full(len(signal), "", "U4")
    for a, b in _runs(np.isfinite(signal)):
        phases[a:b] = _phases_in_run(time_s[a:b], signal[a:b])
    return phases


def _phases_in_run(time_s: Float64, signal: Float64) -> Phases:
    phases = np.full(len(signal), "rest", "U4")
    turns = turning_points(signal, hysteresis_of(signal))
    for (first, _), (last, goes_high) in pairwise(turns):
        low, high = (first, last) if goes_high else (last, first)
        way = signal[high] - signal[low]
        if way < RETURN_SHARE:
            continue
        unfinished = last == turns[-1][0]
        rows = slice(first, None if unfinished else last + 1)
        part = signal[rows]
        at_rest, held = part - signal[low] <= _AT_REST * way, signal[high] - part <= _AT_REST * way
        arrived = held if goes_high else at_rest
        if unfinished and time_s[-1] - time_s[rows][np.argmax(arrived)] < _TURNING_S:
            arrived[:] = False
        phases[rows] = np.where(held, "hold", np.where(at_rest, "rest", "down" if goes_high else "up"))
    return phases


def turning_points(signal: Float64, hysteresis: float) -> list[tuple[int, bool]]:
    """The lows (False) and highs (True) between which the signal goes by more than `hysteresis`, ends included."""
    turns: list[tuple[int, bool]] = []
    low_i = high_i = 0
    low = high = float(signal[0]) if len(signal) else 0.0
    rising: bool | None = None
    for i, value in enumerate(signal.tolist()):
        if value > high:
            high, high_i = value, i
        if value < low:
            low, low_i = value, i
        if rising is not True and value - low > hysteresis:
            turns.append((low_i, False))
            rising, high, high_i = True, value, i
        elif rising is not False and high - value > hysteresis:
            turns.append((high_i, True))
            rising, low, low_i = False, value, i
    if rising is not None:
        turns.append((high_i, True) if rising else (low_i, False))
    return turns


def _cycle(signal: Float64, low: int, high: int, after: int) -> Cycle:
    top = signal[high]
    way_in, way_out = signal[low : high + 1], signal[high : after + 1]
    rest_in, rest_out = signal[low] + _AT_REST * (top - signal[low]), signal[after] + _AT_REST * (top - signal[after])
    rest = max(signal[low], signal[after])
    held, stays = top - _AT_REST * (top - rest), top - _STAYS * (top - rest)
    return Cycle(
        before=low,
        start=low + int(np.flatnonzero(way_in <= rest_in)[-1]),
        hold_start=low + int(np.flatnonzero(way_in >= held)[0]),
        work=high,
        hold_end=high + int(np.flatnonzero(way_out >= held)[-1]),
        stay_start=low + int(np.flatnonzero(way_in >= stays)[0]),
        stay_end=high + int(np.flatnonzero(way_out >= stays)[-1]),
        end=high + int(np.flatnonzero(way_out <= rest_out)[0]),
        after=after,
    )


def _runs(known: Bool) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _shift(cycle: Cycle, by: int) -> Cycle:
    return Cycle(**{name: place if name == "is_open" else place + by for name, place in asdict(cycle).items()})
