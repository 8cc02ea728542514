"""From probabilities to events: the state of one person, moment by moment, and what is said about a fall."""

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal, get_args

from posespotter.errors import SettingsError

Kind = Literal["fall"]
StateAfter = Literal["down", "recovered"]
Sensitivity = Literal["low", "normal", "high"]
STATES = ("upright", "falling", "down", "recovered")
"""What a person can be; an array of states holds positions in this tuple."""

UPRIGHT, FALLING, DOWN, RECOVERED = range(len(STATES))

AVERAGE_S = 0.4
"""Length of the sliding average: one wrong moment changes nothing, and an alert comes no more than this later."""

LOST_S = 1.0
"""Whoever could not be judged for this long is lost: detectors miss people for a few frames all the time.

Single frames here and there say nothing of how a person moves, and so do not count as seen."""

_PATIENCE_S = 2.0  # from the last moment that looked like falling: who is not down by then did not fall
_ROSE_S = 0.8  # standing for this long ends a fall, or a suspicion
_SITS = 0.6  # share of the standing height: whoever has fallen and has the head lower is not up, whatever it looks like
_RECOVERED_S = 3.0  # after getting up a person may fall again; the state says for a while what was
_BEGUN = 0.5  # share of the limit at which the onset lies
_MEMORY_S = 4.0  # of smoothed probabilities, to find the onset in

_FINAL_S = 0.15  # whoever vanishes is judged by the last few moments
_LOST_LATE_S = 1.5  # between the last moment that could be judged and the last frame
_DOUBT = 0.03  # of "fall" and "lying" together: less, and not even a fast descent looks like a fall
_JUMP, _JUMP_MOMENTS = 8.0, 3  # bl/s²: nobody falls faster than freely (5.8 at 1.7 m); over so many moments
_SAME_S = 10.0
_NEAR = 1.0  # body lengths: whoever falls lands within their own length
_SINKING = 0.35  # bl/s: faster than people sit down at the end of it, slower than any fall
_SETTLES_S = 0.5  # after the alert: early alerts come before the impact


@dataclass(frozen=True)
class FallEvent:
    """One fall of one person. All times are seconds of the source.

    Attributes:
        kind: what happened; there is one kind so far.
        track_id: the person, by the id at the moment of the alert.
        onset_s: when the person began to fall.
        impact_s: when the descent ended.
        alert_s: when the alert was raised.
        end_s: when the person was seen upright again; None when that was not seen.
        peak_probability: the highest smoothed probability of "fall", 0..1.
        state_after: "down" when the person was last seen on the floor, else "recovered".
    """

    kind: Kind
    track_id: int
    onset_s: float
    impact_s: float
    alert_s: float
    end_s: float | None
    peak_probability: float
    state_after: StateAfter


@dataclass(frozen=True)
class Limits:
    """Smoothed probabilities, 0..1, that move a person from one state to the next.

    Attributes:
        fall: of "fall", from which on the person is falling.
        low: of "fall" and "lying" together, that must be reached after that for an alert.
        lying: of "lying" alone, that is enough besides.
        wait_s: seconds for which a person must have been falling for an alert without lying.
        sure: of "fall" alone, that is enough.
        lost_fall: of "fall", not smoothed, that a person must have reached just before vanishing.
        lost_low: of "fall" and "lying" together, in the last moments before vanishing.
        lost_sinking: body lengths a second: who vanishes while the head sinks faster than this has fallen, also if the
            probabilities had no time to say so.
        fastest: body lengths a second, that the head must have reached on its way down: who lies down on purpose is
            slower.
    """

    fall: float
    low: float
    lying: float
    wait_s: float
    sure: float
    lost_fall: float
    lost_low: float
    lost_sinking: float
    fastest: float


# Chosen on the training clips, each room judged by a forest that never saw it (docs/falls-evaluation.md).
LIMITS: Mapping[Sensitivity, Limits] = MappingProxyType(
    {
        "low": Limits(
            fall=0.4,
            low=0.7,
            lying=0.4,
            wait_s=1.2,
            sure=0.98,
            lost_fall=0.6,
            lost_low=0.6,
            lost_sinking=1.0,
            fastest=0.8,
        ),
        "normal": Limits(
            fall=0.2,
            low=0.55,
            lying=0.3,
            wait_s=1.0,
            sure=0.95,
            lost_fall=0.4,
            lost_low=0.4,
            lost_sinking=0.75,
            fastest=0.55,
        ),
        "high": Limits(
            fall=0.2,
            low=0.5,
            lying=0.2,
            wait_s=0.8,
            sure=0.92,
            lost_fall=0.3,
            lost_low=0.3,
            lost_sinking=0.65,
            fastest=0.5,
        ),
    }
)


def limits_of(sensitivity: Sensitivity) -> Limits:
    """The limits that a sensitivity stands for.

    Raises:
        SettingsError: there is no such sensitivity.
    """
    if sensitivity not in get_args(Sensitivity):
        raise SettingsError(f"sensitivity: expected one of {', '.join(get_args(Sensitivity))}, got {sensitivity!r}.")
    return LIMITS[sensitivity]


@dataclass(frozen=True)
class Moment:
    """What one tick of one person says.

    Attributes:
        time_s: of the tick.
        told_s: of the frame that completed the tick; an alert cannot come earlier.
        track_id: the id under which the person is followed at present.
        probabilities: of "normal", "fall" and "lying".
        sinking: downward speed of the head now, body lengths a second.
        fastest: the highest of it in the last three seconds.
        height: of the head above the ankles, as a share of that when standing.
        place: x, y of the hips, px.
        stature: px that the person's standing height has there.
        resting: whether the person is where lying is no event.
        leaving: whether the person is at the edge of the picture.
        left: whether the hips are out of the picture.
    """

    time_s: float
    told_s: float
    track_id: int
    probabilities: tuple[float, float, float]
    sinking: float
    fastest: float
    height: float
    place: tuple[float, float]
    stature: float
    resting: bool
    leaving: bool
    left: bool


@dataclass(eq=False)
class Fall:
    """A fall while it goes on.

    Attributes:
        event: in its present form.
        place: x, y of the hips at the alert, px.
        stature: px of the person's standing height.
        states: of the person.
        counts: False when somebody else's alert was about the same fall.
    """

    event: FallEvent
    place: tuple[float, float]
    stature: float
    states: "PersonStates"
    counts: bool = True


class Alarms:
    """One fall, one alarm: a detector that sees a person on the floor twice must not ring twice."""

    def __init__(self) -> None:
        self._recent: list[Fall] = []

    def admit(self, raised: Sequence[Fall]) -> list[FallEvent]:
        """The events of `raised` that are about falls of their own; the other falls no longer count.

        Args:
            raised: with alerts after those of the calls before.
        """
        events = []
        for fall in sorted(raised, key=lambda one: (one.event.alert_s, one.event.track_id)):
            now_s = fall.event.alert_s
            self._recent = [one for one in self._recent if now_s - one.event.alert_s <= _SAME_S]
            fall.counts = not any(_same(one, fall) for one in self._recent)
            if fall.counts:
                self._recent.append(fall)
                events.append(fall.event)
        return events


def _same(one: Fall, other: Fall) -> bool:
    apart = math.dist(one.place, other.place)
    return one.states is not other.states and apart <= _NEAR * max(one.stature, other.stature)


class PersonStates:
    """The state machine of one person: upright -> falling -> down -> recovered, from the past alone.

    Attributes:
        state: position in `STATES`.
        smoothed: sliding average of the probabilities.
        falls: so far; the last one changes until the person is up again.
    """

    def __init__(self, limits: Limits) -> None:
        self.state = UPRIGHT
        self.smoothed = (1.0, 0.0, 0.0)
        self.falls: list[Fall] = []
        self._limits = limits
        self._moments: deque[Moment] = deque()
        self._averages: deque[tuple[float, float, float]] = deque()  # time, smoothed fall, sinking
        self._falling_since_s = 0.0
        self._like_falling_s = 0.0
        self._onset_s = 0.0
        self._peak = 0.0
        self._upright_since_s: float | None = None
        self._up_since_s: float | None = None
        self._changed_s = 0.0

    @property
    def events(self) -> list[FallEvent]:
        """The falls that count, in their present form."""
        return [fall.event for fall in self.falls if fall.counts]

    def step(self, moment: Moment) -> list[Fall]:
        """Take the next tick; the fall whose alert it raises, if any."""
        self._average(moment)
        normal, fall, _ = self.smoothed
        now_s = moment.time_s
        self._upright_since_s = _since(self._upright_since_s, normal >= 0.5, now_s)
        self._up_since_s = _since(self._up_since_s, normal >= 0.5 and moment.height >= _SITS, now_s)
        if self.state == DOWN:
            self._while_down(now_s)
        elif self.state == FALLING:
            return self._while_falling(moment)
        elif self.state == RECOVERED and now_s - self._changed_s >= _RECOVERED_S:
            self.state = UPRIGHT
        if self.state in {UPRIGHT, RECOVERED} and fall >= self._limits.fall:
            self._begin(now_s)
        return []

    def lost(self, time_s: float) -> list[Fall]:
        """The person could not be judged for `LOST_S`: who vanished while sinking lies there until seen otherwise."""
        if self.state == DOWN or not self._moments:
            return []
        last = self._moments[-1]
        if last.resting or last.left or time_s - last.time_s > LOST_S + _LOST_LATE_S:
            return []
        final = [one for one in self._moments if last.time_s - one.time_s < _FINAL_S]
        low = sum(1 - one.probabilities[0] for one in final) / len(final)
        peak = max(one.probabilities[1] for one in self._moments)
        limits = self._limits
        likely = low >= limits.lost_low and peak >= limits.lost_fall and last.fastest >= limits.fastest
        sinks = last.sinking >= limits.lost_sinking and low >= _DOUBT and not self._jumps()
        # At the edge people vanish all the time, but not while they fall.
        if not (likely and sinks if last.leaving else likely or sinks):
            return []
        if self.state != FALLING:
            self._begin(last.time_s)
        return self._alert(time_s, last)

    def _jumps(self) -> bool:
        """Whether the head has just sped up as no body can: joints that jump to furniture do."""
        recent = list(self._averages)[-_JUMP_MOMENTS:]
        (first_s, _, before), (last_s, _, now) = recent[0], recent[-1]
        return now - before > _JUMP * (last_s - first_s)

    def _average(self, moment: Moment) -> None:
        moments = self._moments
        moments.append(moment)
        while moment.time_s - moments[0].time_s >= AVERAGE_S:
            moments.popleft()
        n = len(moments)
        normal = fall = lying = 0.0
        for one in moments:
            normal, fall, lying = (
                normal + one.probabilities[0], fall + one.probabilities[1], lying + one.probabilities[2]
            )  # fmt: skip
        self.smoothed = (normal / n, fall / n, lying / n)
        self._averages.append((moment.time_s, fall / n, moment.sinking))
        while moment.time_s - self._averages[0][0] > _MEMORY_S:
            self._averages.popleft()

    def _begin(self, now_s: float) -> None:
        self.state, self._falling_since_s, self._like_falling_s, self._peak = FALLING, now_s, now_s, self.smoothed[1]
        self._onset_s = now_s
        self._upright_since_s = self._up_since_s = None  # who falls has to stand up anew
        for time_s, fall, _ in reversed(self._averages):
            if fall < _BEGUN * self._limits.fall:
                break
            self._onset_s = time_s

    def _while_falling(self, moment: Moment) -> list[Fall]:
        _, fall, lying = self.smoothed
        now_s, limits = moment.time_s, self._limits
        self._peak = max(self._peak, fall)
        if fall >= limits.fall:
            self._like_falling_s = now_s
        stood = self._upright_since_s is not None and now_s - self._upright_since_s >= _ROSE_S
        if stood or now_s - self._like_falling_s > _PATIENCE_S:
            self.state = UPRIGHT
            return []
        waited = now_s - self._falling_since_s >= limits.wait_s
        low = fall + lying >= limits.low and (waited or lying >= limits.lying)
        if (low or fall >= limits.sure) and moment.fastest >= limits.fastest and not moment.resting:
            return self._alert(moment.told_s, moment)
        return []

    def _alert(self, now_s: float, moment: Moment) -> list[Fall]:
        self.state, self._changed_s = DOWN, now_s
        event = FallEvent("fall", moment.track_id, self._onset_s, self._impact_s(), now_s, None, self._peak, "down")
        self.falls.append(Fall(event, moment.place, moment.stature, self))
        return self.falls[-1:]

    def _impact_s(self) -> float:
        """When the head last sank fast since the onset; the onset where it never did."""
        impact_s = self._onset_s
        for time_s, _, sinking in self._averages:
            if time_s >= self._onset_s and sinking >= _SINKING:
                impact_s = time_s
        return impact_s

    def _while_down(self, now_s: float) -> None:
        event = self.falls[-1].event
        self._peak = max(self._peak, self.smoothed[1])
        if now_s - event.alert_s <= _SETTLES_S:
            event = replace(event, impact_s=self._impact_s())
        event = replace(event, peak_probability=self._peak)
        if self._up_since_s is not None and now_s - self._up_since_s >= _ROSE_S:
            self.state, self._changed_s = RECOVERED, now_s
            event = replace(event, end_s=self._up_since_s, state_after="recovered")
        self.falls[-1].event = event


def _since(since_s: float | None, true: bool, now_s: float) -> float | None:
    """When something began that is true now; None where it is not."""
    return (now_s if since_s is None else since_s) if true else None
