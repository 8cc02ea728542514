"""`FallMonitor`: what `detect_falls` finds in a file, found frame by frame."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from posespotter.arrays import Float32, Float64, Int32, Int64
from posespotter.errors import InputError
from posespotter.falls.classifier import FallClassifier, embedded
from posespotter.falls.events import (
    LOST_S,
    STATES,
    Alarms,
    Fall,
    FallEvent,
    Limits,
    Moment,
    PersonStates,
    Sensitivity,
    limits_of,
)
from posespotter.falls.features import INDEX, MEMORY_TICKS, window_features
from posespotter.falls.sampling import MEMORY_S, RATE_HZ, Sampler, points_of
from posespotter.falls.signals import COLUMN, LAG, MOMENT, SIGNALS, hips, moment_signals, speeds_between
from posespotter.falls.zones import Zone, zone_kinds
from posespotter.poses import PoseSequence
from posespotter.poses.moment import time_of_frame
from posespotter.tracking.relinking import FORGOTTEN_S, Relinker

RESTING = ("bed", "sofa")
"""Zones in which lying is no event."""

EDGE = 0.1
"""Share of the picture at each side in which people come and go: who vanishes there has left."""


@dataclass(frozen=True)
class PersonState:
    """How a person is now.

    Attributes:
        state: one of `events.STATES`.
        probabilities: smoothed, of "normal", "fall" and "lying"; they add up to 1.
        time_s: when this was last known, seconds.
    """

    state: str
    probabilities: tuple[float, float, float]
    time_s: float


class FallMonitor:
    """Looks at one frame after the other and raises alerts; one monitor a camera.

    Example:
        >>> monitor = FallMonitor()  # doctest: +SKIP
        >>> for live in stream:
        ...     for event in monitor.update(live.poses):
        ...         print(f"person {event.track_id} fell at {event.impact_s:.1f} s")
    """

    def __init__(
        self,
        classifier: FallClassifier | None = None,
        *,
        frame_size: tuple[int, int] | None = None,
        sensitivity: Sensitivity = "normal",
        zones: Sequence[Zone] = (),
    ) -> None:
        """Begin without people.

        Args:
            classifier: None for the embedded one.
            frame_size: (width, height) px of the upright picture; None for that of the first poses.
            sensitivity: "low" for fewer alarms, "high" for fewer missed falls.
            zones: beds, sofas and places not to look at.

        Raises:
            SettingsError: there is no such sensitivity.
            ModelError: the embedded classifier is damaged.
        """
        self._limits = limits_of(sensitivity)
        self._classifier = classifier or embedded()
        self._zones = tuple(zones)
        self._frame_size = frame_size or (0, 0)
        self._people = Relinker()
        self._alarms = Alarms()
        self._followed: dict[int, _Followed] = {}
        self._here: dict[int, int] = {}
        self._past: list[FallEvent] = []
        self._now_s = -np.inf

    @property
    def states(self) -> Mapping[int, PersonState]:
        """State by track id of everybody who was seen in the last frame."""
        return {track_id: self._followed[person].now for track_id, person in self._here.items()}

    @property
    def events(self) -> tuple[FallEvent, ...]:
        """All events so far, in their present form, by time of alert."""
        present = [event for followed in self._followed.values() for event in followed.states.events]
        return tuple(sorted(self._past + present, key=by_alert))

    def update(self, poses: PoseSequence, time_s: float | None = None) -> list[FallEvent]:
        """Look at the people of one frame.

        Args:
            poses: rows of one frame; none when nobody is in the picture.
            time_s: time of the frame; needed when `poses` has no rows and does not say when its frame was.

        Returns:
            The events whose alert this frame raised.

        Raises:
            InputError: rows of several frames, no time, a time that does not ascend, or joints without names.
        """
        now_s = self._now_s = self._time_of(poses, time_s)
        if not any(self._frame_size):
            self._frame_size = poses.frame_size
        poses = looked_at(poses, self._zones)
        ids: list[int] = poses.track_id.tolist()
        people = self._people.update(now_s, poses.track_id, poses.bbox)
        self._here = dict(zip(ids, people, strict=True))
        raised: list[Fall] = []
        for person, track_id, points in zip(people, ids, points_of(poses), strict=True):
            followed = self._followed.get(person)
            if followed is None:
                followed = self._followed[person] = _Followed(self._limits, now_s)
            raised += followed.see(now_s, points, track_id, self._moment)
        for followed in self._followed.values():
            raised += followed.miss(now_s)
        self._forget(now_s)
        return self._alarms.admit(raised)

    def finish(self) -> list[FallEvent]:
        """All events in their final form, by time of alert."""
        return list(self.events)

    def _time_of(self, poses: PoseSequence, time_s: float | None) -> float:
        now_s = time_of_frame(poses, time_s)
        if not now_s > self._now_s:
            raise InputError(f"expected a frame after {self._now_s:.3f} s, got one of {now_s:.3f} s.")
        return now_s

    def _moment(self, memory: "_Memory", number: int, track_id: int) -> Moment:
        features = memory.features()
        judged = Judged(
            np.array([number]),
            np.array([self._now_s]),
            np.array([track_id], np.int32),
            memory.newest,
            features,
            self._classifier.probabilities(features),
        )
        return moments(judged, self._zones, self._frame_size)[0]

    def _forget(self, now_s: float) -> None:
        for person in [key for key, one in self._followed.items() if now_s - one.seen_s > FORGOTTEN_S]:
            self._past += self._followed.pop(person).states.events


def looked_at(poses: PoseSequence, zones: Sequence[Zone]) -> PoseSequence:
    """The rows whose hips are in no zone that is to be ignored."""
    if not any(zone.kind == "ignore" for zone in zones) or not len(poses):
        return poses
    places = hips(points_of(poses))
    ignored = [zone for zone in zones if zone.kind == "ignore"]
    return poses.where(np.array([kind is None for kind in zone_kinds(ignored, places, poses.frame_size)], bool))


def in_bed(places: Float64, zones: Sequence[Zone], frame_size: tuple[int, int]) -> list[bool]:
    """For hips at (M, 2) px, whether they are where lying is no event."""
    beds = [zone for zone in zones if zone.kind in RESTING]
    if not beds:
        return [False] * len(places)
    return [kind is not None for kind in zone_kinds(beds, places, frame_size)]


@dataclass(frozen=True, eq=False)
class Judged:
    """M ticks of one person with what was made of them.

    Attributes:
        number: (M,) of the ticks.
        told_s: (M,) times of the frames that completed them.
        track_id: (M,) under which the person was followed then.
        columns: (M, S) `signals`.
        features: (M, F) of the windows that end there.
        probabilities: (M, 3) of those.
    """

    number: Int64
    told_s: Float64
    track_id: Int32
    columns: Float64
    features: Float32
    probabilities: Float64


def moments(judged: Judged, zones: Sequence[Zone], frame_size: tuple[int, int]) -> list[Moment]:
    """What the states are told of M ticks, in a picture of (width, height) px."""
    places = judged.columns[:, COLUMN["hip_x"] : COLUMN["hip_y"] + 1]
    at_px: list[tuple[float, float]] = list(map(tuple, places.tolist()))
    rows = zip(
        (judged.number / RATE_HZ).tolist(),
        judged.told_s.tolist(),
        judged.track_id.tolist(),
        map(tuple, judged.probabilities.tolist()),
        judged.features[:, INDEX["head_down_now"]].tolist(),
        judged.features[:, INDEX["head_down_high_3s"]].tolist(),
        judged.features[:, INDEX["head_share"]].tolist(),
        at_px,
        judged.columns[:, COLUMN["stature"]].tolist(),
        in_bed(places, zones, frame_size),
        [_beyond(place, frame_size, EDGE) for place in at_px],
        [_beyond(place, frame_size, 0.0) for place in at_px],
        strict=True,
    )
    return [Moment(*row) for row in rows]


def _beyond(place: tuple[float, float], frame_size: tuple[int, int], edge: float) -> bool:
    """Whether a place, px, is nearer to an edge of the picture than a share of its size, or outside."""
    return any(at < edge * side or at > (1 - edge) * side for at, side in zip(place, frame_size, strict=True))


def by_alert(event: FallEvent) -> tuple[float, int]:
    """The order of events."""
    return event.alert_s, event.track_id


class _Memory:
    """The last `MEMORY_TICKS` ticks of one person."""

    def __init__(self, first: Float64) -> None:
        # Room for as much again: the past is moved only when it is full.
        self._columns = np.zeros((2 * MEMORY_TICKS, len(SIGNALS)))
        self._columns[:, : len(MOMENT)] = first
        self._known = np.zeros(2 * MEMORY_TICKS, bool)
        self._end = MEMORY_TICKS
        self._n_present = 0

    def add(self, moment: Float64, known: bool) -> None:
        if self._end == len(self._columns):
            for array in (self._columns, self._known):
                array[:MEMORY_TICKS] = array[MEMORY_TICKS:]
            self._end = MEMORY_TICKS
        row, before = self._end, self._columns[self._end - LAG, : len(MOMENT)]
        self._columns[row, : len(MOMENT)] = moment
        self._columns[row, len(MOMENT) :] = speeds_between(before[None], moment[None])[0]
        self._known[row] = known
        self._end += 1
        self._n_present = min(self._n_present + 1, MEMORY_TICKS)

    @property
    def newest(self) -> Float64:
        return self._columns[self._end - 1 : self._end]

    def features(self) -> Float32:
        past = slice(self._end - MEMORY_TICKS, self._end)
        return window_features(self._columns[None, past], np.array([self._n_present]), self._known[None, past])


class _Followed:
    """One person: the last frames, the last ticks, and the state."""

    def __init__(self, limits: Limits, now_s: float) -> None:
        self.states = PersonStates(limits)
        self.seen_s = self._judged_s = now_s
        self._sampler = Sampler()
        self._memory: _Memory | None = None

    @property
    def now(self) -> PersonState:
        return PersonState(STATES[self.states.state], self.states.smoothed, self.seen_s)

    def see(
        self, now_s: float, points: Float64, track_id: int, judge: Callable[[_Memory, int, int], Moment]
    ) -> list[Fall]:
        raised = self.miss(now_s)
        if now_s - self.seen_s > MEMORY_S:
            self._sampler, self._memory = Sampler(), None
        self.seen_s = now_s
        ticks = self._sampler.add(now_s, points)
        if ticks is None:
            return raised
        said = moment_signals(ticks.points)
        for number, moment, known in zip(ticks.number.tolist(), said, ticks.known.tolist(), strict=True):
            if self._memory is None:
                self._memory = _Memory(moment)
            self._memory.add(moment, known)
            if known:
                self._judged_s = now_s
                raised += self.states.step(judge(self._memory, number, track_id))
        return raised

    def miss(self, now_s: float) -> list[Fall]:
        return self.states.lost(self._judged_s + LOST_S) if now_s - self._judged_s >= LOST_S else []
