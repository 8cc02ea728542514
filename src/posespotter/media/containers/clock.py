"""Times of frames that always go forward, whatever the container says."""

import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True)
class Doubts:
    """The costs of explanations for odd times: of all explanations of some neighbours the cheapest is taken.

    Attributes:
        ahead: frames read beyond one whose time is in doubt.
        back: the cost of a new timeline that begins before the end of the old one; less where few times are seen ahead.
        stray: the cost of a time that has nothing to do with those around it.
        strays: of each further one of a row behind which the times go on where they would be without it: seven cost
            less than a step of hours with two strays behind it, which is all that can be seen when the first of them
            comes.
        irregular: periods; after a longer step the next frames distinguish a stray time from a pause.
        far: the cost of an irregular step of more than `far_s`: one frame behind it is a stray, several came later.
        far_s: ten minutes.
    """

    ahead: int = 8
    back: float = 3.0
    stray: float = 1.0
    strays: float = 0.4
    irregular: float = 10.0
    far: float = 1.5
    far_s: float = 600.0


_FILE = Doubts()
_LIVE = Doubts(ahead=1, back=1.5)
"""Of a camera, whose frames are not held back for longer than one."""


class Clock:
    """Turns container times into seconds after the first frame, strictly increasing.

    A time that fits neither those before nor those after it is a stray one: it is put between its neighbours. Where
    those after it agree with it and not with those before, a new timeline begins: it goes on one period after the old
    one, as does a frame without a time. Pauses keep their length.

    Args:
        fps: usual frames a second.
        live: a frame must not wait for more than one other, and for that only where its time is in doubt.

    Attributes:
        repaired: how many times were repaired: strays, and the beginnings of new timelines.
    """

    def __init__(self, fps: float, *, live: bool = False) -> None:
        self.repaired = 0
        self._period_s = 1 / fps
        self._live = live
        self._doubts = _LIVE if live else _FILE
        self._shift_s = 0.0  # from times of the container to ours
        self._good_s: float | None = None  # the last time of the container that was no stray
        self._since_good = 0  # frames that came since
        self._last_s: float | None = None  # the last time of ours

    def timed(self, items: Iterable[Item], container_s: Callable[[Item], float | None]) -> Iterator[tuple[Item, float]]:
        """Each of `items` with its time; `container_s` gives that of the container, or None."""
        waiting: deque[tuple[Item, float | None]] = deque()
        for item in items:
            waiting.append((item, container_s(item)))
            while len(waiting) > self._needed([stamp for _, stamp in waiting]):
                yield self._first(waiting)
        while waiting:
            yield self._first(waiting)

    def _first(self, waiting: deque[tuple[Item, float | None]]) -> tuple[Item, float]:
        time_s = self._time_s([stamp for _, stamp in waiting])
        return waiting.popleft()[0], time_s

    def _needed(self, stamps: Sequence[float | None]) -> int:
        """Number of frames beyond the first that its time depends on."""
        if self._live:
            return 0 if self._regular(stamps[:1]) else self._doubts.ahead
        return 1 if self._regular(stamps[:2]) else self._doubts.ahead

    def _regular(self, stamps: Sequence[float | None]) -> bool:
        """Whether times go on from the last good one as usual."""
        before = self._good_s
        for stamp in stamps:
            if before is None or stamp is None or not 0 < stamp - before <= self._doubts.irregular * self._period_s:
                return False
            before = stamp
        return True

    def _time_s(self, stamps: Sequence[float | None]) -> float:
        """The time of the first of some frames, whose container times are `stamps`."""
        good = [0]
        if not self._regular(stamps[:2]):
            good = good_times(self._good_s, stamps, self._period_s, self._doubts, since=self._since_good)
        next_s = 0.0 if self._last_s is None else self._last_s + self._period_s
        following = stamps[good[0]] if good else None
        if following is not None and good[0] == 0:
            time_s = self._of_good(following, next_s)
        else:
            self.repaired += stamps[0] is not None
            time_s = next_s
            if following is not None and self._good_s is not None and following > self._good_s:
                assert self._last_s is not None  # noqa: S101 - a time was good before
                room_s = following + self._shift_s - self._last_s
                time_s = self._last_s + room_s / (good[0] + 1) if room_s > 0 else next_s
        if self._last_s is not None and time_s <= self._last_s:  # so far from zero that the step is rounded away
            time_s = math.nextafter(self._last_s, math.inf)
        self._last_s = time_s
        self._since_good += 1
        return time_s

    def _of_good(self, stamp: float, next_s: float) -> float:
        goes_on = self._good_s is not None and stamp > self._good_s
        if not goes_on or (self._last_s is not None and stamp + self._shift_s <= self._last_s):
            self.repaired += self._good_s is not None
            self._shift_s = next_s - stamp
        self._good_s, self._since_good = stamp, 0
        return stamp + self._shift_s


def good_times(
    before: float | None, stamps: Sequence[float | None], period_s: float, doubts: Doubts, since: int
) -> list[int]:
    """Positions of the times that are no strays, by the cheapest explanation of all of them, in ascending order.

    Args:
        before: the good time before them, if any.
        stamps: the times, s; None for a frame without one.
        period_s: the usual step: of two explanations that cost the same, the one with the more usual steps is taken.
        doubts: what strays, jumps and new timelines cost.
        since: how many frames after `before` the first of `stamps` came.
    """
    known = [(place, stamp) for place, stamp in enumerate(stamps) if stamp is not None]
    # The cheapest explanation in which each time is the last good one: its cost, how unusual its steps are, and which
    # one of `known` is good before it.
    ends: list[tuple[float, float, int]] = []
    for i, (place, stamp) in enumerate(known):
        first = (0.0, 0.0) if before is None else _step(stamp - before, period_s, doubts)
        skipped = [stamp for _, stamp in known[:i]]
        options = [(first[0] + _strays(skipped, before, stamp, (since + place) * period_s, doubts), first[1], -1)]
        for j, (cost, unusual, _) in enumerate(ends):
            earlier, last = known[j]
            step, more = _step(stamp - last, period_s, doubts)
            strays = _strays(skipped[j + 1 :], last, stamp, (place - earlier) * period_s, doubts)
            options.append((cost + step + strays, unusual + more, j))
        ends.append(min(options))
    whole = [(cost + (len(known) - 1 - i) * doubts.stray, unusual, i) for i, (cost, unusual, _) in enumerate(ends)]
    chosen = min([*whole, (len(known) * doubts.stray, math.inf, -1)])[2]
    good = []
    while chosen >= 0:
        good.append(known[chosen][0])
        chosen = ends[chosen][2]
    return good[::-1]


def _step(step_s: float, period_s: float, doubts: Doubts) -> tuple[float, float]:
    """Cost of a step between two good times, and how unusual it is."""
    far_s = max(doubts.far_s, doubts.irregular * period_s)
    cost = doubts.back if step_s <= 0 else doubts.far if step_s > far_s else 0.0
    return cost, abs(step_s - period_s)


def _strays(stamps: Sequence[float], before: float | None, after: float, usual_s: float, doubts: Doubts) -> float:
    """Cost of taking `stamps` between two good times, usually `usual_s` apart, for strays."""
    n = len(stamps)
    if n and before is not None and abs(after - before - usual_s) < usual_s / (2 * (n + 1)):
        apart = not any(before < stamp < after for stamp in stamps)
        return doubts.stray + (n - 1) * (doubts.strays if apart else doubts.stray)
    return n * doubts.stray
