"""From probabilities to events: the state of one person, moment by moment, and what is said about a fall."""

from collections import deque
from collections.abc import Mapping
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
"""Whoever has not been seen for this long is lost: detectors miss people for a few frames all the time."""

_PATIENCE_S = 2.0  # from the last moment that looked like falling: who is not down by then did not fall
_ROSE_S = 0.8  # standing for this long ends a fall, or a suspicion
_RECOVERED_S = 3.0  # after getting up a person may fall again; the state says for a while what was
_BEGUN = 0.5  # share of the limit at which the onset lies
_MEMORY_S = 4.0  # of smoothed probabilities, to find the onset in

_FINAL_S = 0.25  # whoever vanishes is judged by the last few moments
_LOST_LATE_S = 0.5  # between the last moment that could be judged and the last frame
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
        lost_fall: of "fall", that a person must have reached in the last second before vanishing.
        lost_low: of "fall" and "lying" together, in the last moments before vanishing.
    """

    fall: float
    low: float
    lying: float
    wait_s: float
    lost_fall: float
    lost_low: float


LIMITS: Mapping[Sensitivity, Limits] = MappingProxyType(
    {
        "low": Limits(fall=0.45, low=0.6, lying=0.3, wait_s=0.6, lost_fall=0.35, lost_low=0.6),
        "normal": Limits(fall=0.3, low=0.5, lying=0.3, wait_s=0.6, lost_fall=0.25, lost_low=0.5),
        "high": Limits(fall=0.2, low=0.4, lying=0.25, wait_s=0.5, lost_fall=0.15, lost_low=0.4),
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
        track_id: the id under which the person is followed at present.
        probabilities: of "normal", "fall" and "lying".
        sinking: downward speed of the head, body lengths a second.
        resting: whether the person is where lying is no event.
        leaving: whether the person is at the edge of the picture.
    """

    time_s: float
    track_id: int
    probabilities: tuple[float, float, float]
    sinking: float
    resting: bool
    leaving: bool


class PersonStates:
    """The state machine of one person: upright -> falling -> down -> recovered, from the past alone.

    Attributes:
        state: position in `STATES`.
        smoothed: sliding average of the probabilities.
        events: the falls so far; the last one changes until the person is up again.
    """

    def __init__(self, limits: Limits) -> None:
        self.state = UPRIGHT
        self.smoothed = (1.0, 0.0, 0.0)
        self.events: list[FallEvent] = []
        self._limits = limits
        self._moments: deque[Moment] = deque()
        self._averages: deque[tuple[float, float, float]] = deque()  # time, smoothed fall, sinking
        self._falling_since_s = 0.0
        self._like_falling_s = 0.0
        self._onset_s = 0.0
        self._peak = 0.0
        self._upright_since_s: float | None = None
        self._changed_s = 0.0

    def step(self, moment: Moment) -> list[FallEvent]:
        """Take the next tick; the event whose alert it raises, if any."""
        self._average(moment)
        normal, fall, _ = self.smoothed
        now_s = moment.time_s
        if normal < 0.5:
            self._upright_since_s = None
        elif self._upright_since_s is None:
            self._upright_since_s = now_s
        rose = self._upright_since_s is not None and now_s - self._upright_since_s >= _ROSE_S
        if self.state == DOWN:
            self._while_down(now_s, rose)
        elif self.state == FALLING:
            return self._while_falling(moment, rose)
        elif self.state == RECOVERED and now_s - self._changed_s >= _RECOVERED_S:
            self.state = UPRIGHT
        if self.state in {UPRIGHT, RECOVERED} and fall >= self._limits.fall:
            self._begin(now_s)
        return []

    def lost(self, time_s: float) -> list[FallEvent]:
        """The person has not been seen for `LOST_S`: who vanished while sinking lies there until seen otherwise."""
        if self.state == DOWN or not self._moments:
            return []
        last = self._moments[-1]
        if last.resting or last.leaving or time_s - last.time_s > LOST_S + _LOST_LATE_S:
            return []
        final = [one for one in self._moments if last.time_s - one.time_s < _FINAL_S]
        low = sum(1 - one.probabilities[0] for one in final) / len(final)
        recent = [one for one in self._averages if last.time_s - one[0] <= LOST_S]
        peak = max(fall for _, fall, _ in recent)
        if low < self._limits.lost_low or peak < self._limits.lost_fall:
            return []
        if self.state != FALLING:
            self._begin(last.time_s)
        self._peak = max(self._peak, peak)
        return self._alert(time_s, last)

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
        for time_s, fall, _ in reversed(self._averages):
            if fall < _BEGUN * self._limits.fall:
                break
            self._onset_s = time_s

    def _while_falling(self, moment: Moment, rose: bool) -> list[FallEvent]:
        _, fall, lying = self.smoothed
        now_s, limits = moment.time_s, self._limits
        self._peak = max(self._peak, fall)
        if fall >= limits.fall:
            self._like_falling_s = now_s
        if rose or now_s - self._like_falling_s > _PATIENCE_S:
            self.state = UPRIGHT
            return []
        waited = now_s - self._falling_since_s >= limits.wait_s
        low = fall + lying >= limits.low
        if low and (waited or lying >= limits.lying) and not moment.resting:
            return self._alert(now_s, moment)
        return []

    def _alert(self, now_s: float, moment: Moment) -> list[FallEvent]:
        self.state, self._changed_s = DOWN, now_s
        self.events.append(
            FallEvent("fall", moment.track_id, self._onset_s, self._impact_s(), now_s, None, self._peak, "down")
        )
        return self.events[-1:]

    def _impact_s(self) -> float:
        """When the head last sank fast since the onset; the onset where it never did."""
        impact_s = self._onset_s
        for time_s, _, sinking in self._averages:
            if time_s >= self._onset_s and sinking >= _SINKING:
                impact_s = time_s
        return impact_s

    def _while_down(self, now_s: float, rose: bool) -> None:
        event = self.events[-1]
        self._peak = max(self._peak, self.smoothed[1])
        if now_s - event.alert_s <= _SETTLES_S:
            event = replace(event, impact_s=self._impact_s())
        event = replace(event, peak_probability=self._peak)
        if rose:
            self.state, self._changed_s = RECOVERED, now_s
            event = replace(event, end_s=self._upright_since_s, state_after="recovered")
        self.events[-1] = event
