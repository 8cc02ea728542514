"""Turn probabilities into events: the state of one person from sample to sample, and the events it raises.

An event is a `fall` (a fast uncontrolled descent after which the person stays down, or vanishes) or `lying`, the
quieter one (somebody lies who was not seen to fall: they sank slowly, lay down on purpose, or were found there).
"""

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal, get_args

from posespotter.errors import SettingsError
from posespotter.falls.sampling import RATE_HZ

Kind = Literal["fall", "lying"]
StateAfter = Literal["down", "recovered"]
Sensitivity = Literal["low", "normal", "high"]
Probabilities = tuple[float, float, float]
STATES = ("upright", "falling", "down", "recovered")
"""What a person can be; an array of states holds positions in this tuple."""

UPRIGHT, FALLING, DOWN, RECOVERED = range(len(STATES))


@dataclass(frozen=True)
class Limits:
    """The limits of the state machine; how each was chosen, and what comes of others: docs/results/falls.md.

    Attributes:
        fall: probability of "fall", averaged over `hold_s`, that is one.
        allowance: how much less is enough, not averaged, for a person who is lost on the way down.
        hold_s: s of the average, so that one wrong sample changes nothing; then s for which the person must not come up
            again before a fall is reported, as after picking something up.
        beside: body lengths; a person lost this near to a side of the picture has walked out.
        lost_s: a person who could not be judged for so many s is lost; detectors often miss people for a few frames.
            Single frames show nothing of a person's movement, and do not count as seen. A person who for as long is
            more likely neither falling nor lying has got up.
        lying: probability of "lying", averaged over `lying_s`, that is an event.
        lying_s: s; people who bend or pick something up are low for less.
    """

    fall: float = 0.7
    allowance: float = 0.2
    hold_s: float = 0.5
    beside: float = 0.5
    lost_s: float = 1.0
    lying: float = 0.4
    lying_s: float = 1.5


LIMITS: Mapping[Sensitivity, Limits] = MappingProxyType(
    {"low": Limits(fall=0.8), "normal": Limits(fall=0.7), "high": Limits(fall=0.6)}
)
"""By sensitivity."""

_LAST = 3  # samples, 0.2 s
_SAME_S = 10.0  # two alerts within it and so near are one fall, seen under two track ids
_NEAR = 1.0  # body lengths: a person who falls lands within their own length


@dataclass(frozen=True)
class FallEvent:
    """One event of one person. All times are seconds of the source.

    Attributes:
        kind: "fall", or "lying" of somebody who was not seen to fall.
        track_id: the person, by the id at the alert.
        onset_s: when the person began to fall, or to lie.
        impact_s: when the descent ended; of "lying" the same as the onset.
        alert_s: when the alert was raised.
        end_s: when the person was seen upright again; None when that was not seen.
        peak_probability: the highest smoothed probability of `kind`, 0..1.
        state_after: "down" when the person was last seen on the floor, else "recovered".
        floor_s: from the impact until the person was up again, or was last seen.
        ignored_in: name of the bed or sofa where this is no alarm; None of an event that counts.
    """

    kind: Kind
    track_id: int
    onset_s: float
    impact_s: float
    alert_s: float
    end_s: float | None
    peak_probability: float
    state_after: StateAfter
    floor_s: float = 0.0
    ignored_in: str | None = None


def limits_of(sensitivity: Sensitivity) -> Limits:
    """The limits that a sensitivity stands for.

    Raises:
        SettingsError: there is no such sensitivity.
    """
    if sensitivity not in get_args(Sensitivity):
        raise SettingsError(f"sensitivity: expected one of {', '.join(get_args(Sensitivity))}, got {sensitivity!r}.")
    return LIMITS[sensitivity]


@dataclass(frozen=True)
class Sample:
    """One sample of one person.

    Attributes:
        time_s: of the tick.
        frame_s: of the frame that completed the tick; an alert cannot come earlier.
        track_id: the id under which the person is followed at present.
        probabilities: of "normal", "fall" and "lying".
        sinking: downward speed of the shoulders now, px a second.
        place: x, y of the hips, px.
        beside: from the hips to the nearer side of the picture, px.
        body_scale: px that the person's standing height has there.
        resting_in: name of the bed or sofa where the person is.
    """

    time_s: float
    frame_s: float
    track_id: int
    probabilities: Probabilities
    sinking: float
    place: tuple[float, float]
    beside: float
    body_scale: float
    resting_in: str | None


@dataclass(eq=False)
class Raised:
    """An event while it goes on.

    Attributes:
        event: in its present form.
        place: x, y of the hips at the alert, px.
        body_scale: px of the person's standing height.
        states: of the person.
        counts: False when an earlier alert was about the same fall.
    """

    event: FallEvent
    place: tuple[float, float]
    body_scale: float
    states: "PersonStates"
    counts: bool = True


class Alarms:
    """One fall, one alarm: a detector that sees a person on the floor twice must not ring twice."""

    def __init__(self) -> None:
        self._recent: list[Raised] = []

    def admit(self, raised: Sequence[Raised]) -> list[FallEvent]:
        """The events of `raised` that are about people of their own; the others no longer count.

        Args:
            raised: with alerts after those of the calls before.
        """
        events = []
        for one in sorted(raised, key=lambda one: (one.event.alert_s, one.event.track_id)):
            now_s = one.event.alert_s
            self._recent = [other for other in self._recent if now_s - other.event.alert_s <= _SAME_S]
            one.counts = not any(_same(other, one) for other in self._recent)
            if one.counts:
                self._recent.append(one)
                events.append(one.event)
        return events


def _same(one: Raised, other: Raised) -> bool:
    apart = math.dist(one.place, other.place)
    # A fall is more than lying, and lying on the floor more than lying in bed.
    no_more = (one.event.kind == "fall" or other.event.kind == "lying") and (
        one.event.ignored_in is None or other.event.ignored_in is not None
    )
    return no_more and one.states is not other.states and apart <= _NEAR * max(one.body_scale, other.body_scale)


@dataclass(frozen=True)
class _Suspicion:
    since_s: float  # when the fall, which is not reported yet, became likely
    onset_s: float
    peak: float


class PersonStates:
    """The state machine of one person, from the past alone.

    Attributes:
        state: position in `STATES`.
        smoothed: sliding average of the probabilities.
        raised: the events so far; the last one changes until the person is up again.
    """

    def __init__(self, limits: Limits) -> None:
        """Begin upright."""
        self.state = UPRIGHT
        self.smoothed: Probabilities = (1.0, 0.0, 0.0)
        self.raised: list[Raised] = []
        self._limits = limits
        self._samples: deque[Sample] = deque(maxlen=round(limits.lying_s * RATE_HZ))
        self._up_since_s: float | None = None
        self._suspected: _Suspicion | None = None

    @property
    def events(self) -> list[FallEvent]:
        """The events that count, in their present form."""
        return [one.event for one in self.raised if one.counts]

    def step(self, sample: Sample) -> list[Raised]:
        """Take the next tick; the event whose alert it raises, if any."""
        self._samples.append(sample)
        self.smoothed = _mean(self._samples, round(self._limits.hold_s * RATE_HZ))
        normal, fall, _ = self.smoothed
        lying = _mean(self._samples, len(self._samples))[2]
        self._up_since_s = None if normal < 0.5 else sample.time_s if self._up_since_s is None else self._up_since_s
        if self._up_since_s is not None and sample.time_s - self._up_since_s >= self._limits.lost_s:
            self._rise(self._up_since_s)
        going_on = self._going_on(sample)
        if normal >= 0.5:
            self._suspected = None
        elif self._suspected or (fall >= self._limits.fall and (going_on is None or going_on.kind == "lying")):
            one = self._suspected or _Suspicion(sample.time_s, _descent(self._samples)[0], fall)
            self._suspected = replace(one, peak=max(one.peak, fall))
        if self._suspected and sample.time_s - self._suspected.since_s >= self._limits.hold_s:
            self.state = FALLING
            return self._raise("fall", sample)
        if going_on is not None:
            self.state = FALLING if fall >= self._limits.fall else DOWN
            self._go_on(sample, fall if going_on.kind == "fall" else lying)
        elif lying >= self._limits.lying and len(self._samples) == self._samples.maxlen and not self._suspected:
            self.state = DOWN
            return self._raise("lying", sample)
        return []

    def lost(self, time_s: float) -> list[Raised]:
        """The person could not be judged for `lost_s`, or the source ends: may have fallen, and is seen anew."""
        raised: list[Raised] = []
        inside = [one for one in list(self._samples)[-_LAST:] if one.beside >= self._limits.beside * one.body_scale]
        enough = self._limits.fall - self._limits.allowance
        if self._suspected or any(one.probabilities[1] >= enough for one in inside):
            last = replace(self._samples[-1], frame_s=time_s)
            going_on = self._going_on(last)
            if going_on is None or going_on.kind == "lying":
                raised = self._raise("fall", last)
                self.state = DOWN
        self._samples.clear()
        self._up_since_s = self._suspected = None
        return raised

    @property
    def _event(self) -> FallEvent:
        return self.raised[-1].event

    def _going_on(self, sample: Sample) -> FallEvent | None:
        """The event that goes on while a person is down; one in a bed ends when the person leaves the bed."""
        if self.state not in {FALLING, DOWN} or (self._event.ignored_in and not sample.resting_in):
            return None
        return self._event

    def _raise(self, kind: Kind, sample: Sample) -> list[Raised]:
        onset_s, impact_s = _descent(self._samples) if kind == "fall" else (self._samples[0].time_s,) * 2
        likely = self.smoothed[1 if kind == "fall" else 2]
        if self._suspected:
            onset_s, likely = self._suspected.onset_s, max(likely, self._suspected.peak)
            self._suspected = None
        floor_s = max(0.0, sample.time_s - impact_s)
        event = FallEvent(
            kind, sample.track_id, onset_s, impact_s, sample.frame_s, None, likely, "down", floor_s, sample.resting_in
        )
        self.raised.append(Raised(event, sample.place, sample.body_scale, self))
        return self.raised[-1:]

    def _go_on(self, sample: Sample, likely: float) -> None:
        event = self._event
        impact_s = event.impact_s
        if self.state == FALLING and event.kind == "fall":
            impact_s = max(impact_s, _descent(self._samples)[1])
        floor_s, peak = max(0.0, sample.time_s - impact_s), max(event.peak_probability, likely)
        self.raised[-1].event = replace(event, impact_s=impact_s, floor_s=floor_s, peak_probability=peak)

    def _rise(self, up_s: float) -> None:
        if self.state in {FALLING, DOWN}:
            self.state = RECOVERED
            event = self._event
            floor_s = max(0.0, up_s - event.impact_s)
            self.raised[-1].event = replace(event, end_s=up_s, state_after="recovered", floor_s=floor_s)


def _descent(samples: deque[Sample]) -> tuple[float, float]:
    """Start and end of the sinking of the shoulders: a quarter of the highest speed before, half after."""
    speeds = [one.sinking for one in samples]
    fastest = max(range(len(speeds)), key=speeds.__getitem__)
    began = next((i for i in range(fastest, -1, -1) if speeds[i] < speeds[fastest] / 4), 0)
    ended = next((i for i in range(fastest, len(speeds)) if speeds[i] < speeds[fastest] / 2), len(speeds) - 1)
    return samples[began].time_s, samples[ended].time_s


def _mean(samples: deque[Sample], n: int) -> Probabilities:
    """Mean of the last `n` samples, or of all where there are fewer."""
    normal = fall = lying = 0.0
    n = min(n, len(samples))
    for i in range(len(samples) - n, len(samples)):
        one = samples[i].probabilities
        normal, fall, lying = normal + one[0], fall + one[1], lying + one[2]
    return normal / n, fall / n, lying / n
