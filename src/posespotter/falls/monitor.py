"""`FallMonitor`: what `detect_falls` finds in a file, found frame by frame."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from posespotter.arrays import Float32, Float64, Int32, Int64
from posespotter.errors import InputError
from posespotter.falls.classifier import Classifier, embedded
from posespotter.falls.events import (
    STATES,
    Alarms,
    FallEvent,
    Limits,
    PersonStates,
    Raised,
    Sample,
    Sensitivity,
    limits_of,
)
from posespotter.falls.features import (
    COLUMN,
    LAG,
    QUICK_TICKS,
    SCALE_TICKS,
    SIGNALS,
    signals,
    window_features,
    with_speeds,
)
from posespotter.falls.sampling import MEMORY_S, RATE_HZ, Sampler, points_of
from posespotter.falls.zones import Zone, zones_of
from posespotter.poses import PoseSequence
from posespotter.poses.frame_time import time_of_frame
from posespotter.tracking.relinking import FORGOTTEN_S, Relinker

RESTING = ("bed", "sofa")
"""Zones in which lying is no event."""

_HIPS = [COLUMN["hip_x"], COLUMN["hip"]]


@dataclass(frozen=True)
class PersonState:
    """The current state of a person.

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
        classifier: Classifier | None = None,
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
            zones: beds, sofas and places to ignore.

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
        self._tracks: dict[int, _LiveTrack] = {}
        self._here: dict[int, int] = {}
        self._past: list[FallEvent] = []
        self._now_s = -np.inf

    @property
    def states(self) -> Mapping[int, PersonState]:
        """State by track id of all people seen in the last frame."""
        return {track_id: self._tracks[person].now for track_id, person in self._here.items()}

    @property
    def events(self) -> tuple[FallEvent, ...]:
        """All events so far that count, in their present form, by time of alert."""
        return tuple(event for event in self._all() if event.ignored_in is None)

    @property
    def ignored(self) -> tuple[FallEvent, ...]:
        """Events that are ignored because they are in a bed or on a sofa; by time of alert."""
        return tuple(event for event in self._all() if event.ignored_in is not None)

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
        poses = without_ignored(poses, self._zones)
        ids: list[int] = poses.track_id.tolist()
        people = self._people.update(now_s, poses.track_id, poses.bbox)
        self._here = dict(zip(ids, people, strict=True))
        raised: list[Raised] = []
        for person, track_id, points in zip(people, ids, points_of(poses), strict=True):
            track = self._tracks.get(person)
            if track is None:
                track = self._tracks[person] = _LiveTrack(self._limits, now_s, self._frame_size)
            raised += track.see(now_s, points, track_id, self._sample)
        for track in self._tracks.values():
            raised += track.miss(now_s)
        self._forget(now_s)
        return [event for event in self._alarms.admit(raised) if event.ignored_in is None]

    def finish(self) -> list[FallEvent]:
        """All events in their final form, by time of alert; a person still falling at the end has fallen."""
        self._alarms.admit([one for person in self._tracks.values() for one in person.states.lost(self._now_s)])
        return list(self.events)

    def _all(self) -> list[FallEvent]:
        present = [event for track in self._tracks.values() for event in track.states.events]
        return sorted(self._past + present, key=lambda event: (event.alert_s, event.track_id))

    def _time_of(self, poses: PoseSequence, time_s: float | None) -> float:
        now_s = time_of_frame(poses, time_s)
        if not now_s > self._now_s:
            raise InputError(f"expected a frame after {self._now_s:.3f} s, got one of {now_s:.3f} s.")
        return now_s

    def _sample(self, memory: "_Memory", number: int, track_id: int) -> Sample:
        judged = Judged(
            np.array([number]),
            np.array([self._now_s]),
            np.array([track_id], np.int32),
            memory.newest,
            self._classifier.probabilities(memory.features()),
        )
        return samples_of(judged, self._zones, self._frame_size)[0]

    def _forget(self, now_s: float) -> None:
        for person in [key for key, one in self._tracks.items() if now_s - one.seen_s > FORGOTTEN_S]:
            self._past += self._tracks.pop(person).states.events


def without_ignored(poses: PoseSequence, zones: Sequence[Zone]) -> PoseSequence:
    """The rows whose hips are in no zone that is to be ignored."""
    ignored = [zone for zone in zones if zone.kind == "ignore"]
    if not ignored or not len(poses):
        return poses
    places = signals(points_of(poses), poses.frame_size)[:, _HIPS]
    return poses.where(np.array([zone is None for zone in zones_of(ignored, places, poses.frame_size)], bool))


@dataclass(frozen=True, eq=False)
class Judged:
    """M ticks of one person with what was made of them.

    Attributes:
        number: (M,) of the ticks.
        frame_s: (M,) times of the frames that completed them.
        track_id: (M,) of the person then.
        columns: (M, S) `signals`.
        probabilities: (M, 3) of the windows that end there.
    """

    number: Int64
    frame_s: Float64
    track_id: Int32
    columns: Float64
    probabilities: Float64


def samples_of(judged: Judged, zones: Sequence[Zone], frame_size: tuple[int, int]) -> list[Sample]:
    """The samples of M ticks, in a picture of (width, height) px."""
    places = judged.columns[:, _HIPS]
    beds = [zone for zone in zones if zone.kind in RESTING]
    rows = zip(
        (judged.number / RATE_HZ).tolist(),
        judged.frame_s.tolist(),
        judged.track_id.tolist(),
        map(tuple, judged.probabilities.tolist()),
        judged.columns[:, COLUMN["shoulder_down"]].tolist(),
        map(tuple, places.tolist()),
        np.minimum(places[:, 0], frame_size[0] - places[:, 0]).tolist(),
        judged.columns[:, COLUMN["body_scale"]].tolist(),
        [zone and zone.name for zone in zones_of(beds, places, frame_size)],
        strict=True,
    )
    return [Sample(*row) for row in rows]


class _Memory:
    """The last ticks of one person."""

    def __init__(self, first: Float64) -> None:
        # Room for as much again: the past is moved only when it is full.
        self._columns = np.zeros((2 * SCALE_TICKS, len(SIGNALS)))
        self._columns[:] = first
        self._columns[:SCALE_TICKS, COLUMN["body_scale"]] = np.nan
        self._end = SCALE_TICKS

    def add(self, tick: Float64) -> None:
        if self._end == len(self._columns):
            self._columns[:SCALE_TICKS] = self._columns[SCALE_TICKS:]
            self._end = SCALE_TICKS
        self._columns[self._end] = with_speeds(self._columns[None, self._end - LAG], tick[None])[0]
        self._end += 1

    @property
    def newest(self) -> Float64:
        return self._columns[self._end - 1 : self._end]

    def features(self) -> Float32:
        quick = self._columns[None, self._end - QUICK_TICKS : self._end]
        return window_features(quick, self._columns[None, self._end - SCALE_TICKS : self._end, COLUMN["body_scale"]])


class _LiveTrack:
    """One person: the last frames, the last ticks, and the state."""

    def __init__(self, limits: Limits, now_s: float, frame_size: tuple[int, int]) -> None:
        self._lost_s = limits.lost_s
        self.states = PersonStates(limits)
        self.seen_s = self._judged_s = now_s
        self._frame_size = frame_size
        self._sampler = Sampler()
        self._memory: _Memory | None = None

    @property
    def now(self) -> PersonState:
        return PersonState(STATES[self.states.state], self.states.smoothed, self.seen_s)

    def see(
        self, now_s: float, points: Float64, track_id: int, judge: Callable[[_Memory, int, int], Sample]
    ) -> list[Raised]:
        raised = self.miss(now_s)
        if now_s - self.seen_s > MEMORY_S:
            self._sampler, self._memory = Sampler(), None
        self.seen_s = now_s
        ticks = self._sampler.add(now_s, points)
        if ticks is None:
            return raised
        values = signals(ticks.points, self._frame_size)
        for number, tick, known in zip(ticks.number.tolist(), values, ticks.known.tolist(), strict=True):
            if self._memory is None:
                self._memory = _Memory(tick)
            self._memory.add(tick)
            if known:
                self._judged_s = now_s
                raised += self.states.step(judge(self._memory, number, track_id))
        return raised

    def miss(self, now_s: float) -> list[Raised]:
        return self.states.lost(self._judged_s + self._lost_s) if now_s - self._judged_s >= self._lost_s else []
