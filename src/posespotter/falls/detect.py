"""Falls in a whole sequence of poses."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from posespotter.arrays import Float64, Int32, Int64
from posespotter.falls.classifier import FallClassifier, embedded
from posespotter.falls.events import (
    LOST_S,
    Alarms,
    Fall,
    FallEvent,
    Limits,
    Moment,
    PersonStates,
    Sensitivity,
    limits_of,
)
from posespotter.falls.features import stretch_features
from posespotter.falls.monitor import Judged, looked_at, moments
from posespotter.falls.sampling import points_of, reached, sample
from posespotter.falls.signals import signals
from posespotter.falls.zones import Zone
from posespotter.poses import PoseSequence
from posespotter.tracking.relinking import relink_tracks


@dataclass(frozen=True, eq=False)
class Windows:
    """M moments at which a person was looked at, ordered by time and then by track id; 15 a second and person.

    Attributes:
        time_s: (M,) end of the window, seconds.
        track_id: (M,) int32.
        probabilities: (M, 3) of the classes "normal", "fall", "lying".
        smoothed: (M, 3) their sliding average, which the states follow.
        state: (M,) int32, positions in `events.STATES`.
    """

    time_s: Float64
    track_id: Int32
    probabilities: Float64
    smoothed: Float64
    state: Int32

    def __len__(self) -> int:
        return len(self.time_s)


@dataclass(frozen=True, eq=False)
class FallAnalysis:
    """What was found in one sequence.

    Attributes:
        events: by time of alert.
        windows: every moment that was judged.
        n_frames: frames of the source that were looked at.
        fps: nominal frames a second of the source.
        source: name of the source.
        classifier: name of the classifier.
    """

    events: tuple[FallEvent, ...]
    windows: Windows
    n_frames: int
    fps: float
    source: str
    classifier: str


def detect_falls(
    poses: PoseSequence,
    *,
    classifier: FallClassifier | None = None,
    sensitivity: Sensitivity = "normal",
    zones: Sequence[Zone] = (),
) -> FallAnalysis:
    """Find the falls of everybody in `poses`. Pure: reads no video and writes nothing.

    The events are exactly those that a `FallMonitor` raises on the same frames.

    Args:
        poses: of any frame rate from 5 a second, with the joints of any skeleton that has shoulders and hips by name.
        classifier: None for the embedded one.
        sensitivity: "low" for fewer alarms, "high" for fewer missed falls.
        zones: beds, sofas and places not to look at.

    Returns:
        The events and every moment that was judged; without people there are none.

    Raises:
        SettingsError: there is no such sensitivity.
        InputError: the joints have no names.
        ModelError: the embedded classifier is damaged.
    """
    limits = limits_of(sensitivity)
    classifier = classifier or embedded()
    people = people_in(looked_at(poses, zones))
    end_s = end_of(poses)
    falls: list[Fall] = []
    parts: list[Windows] = []
    for person in people:
        states, windows = states_of(moments_of(person, classifier, zones), end_s, limits)
        falls += states.falls
        parts.append(windows)
    return FallAnalysis(
        tuple(Alarms().admit(falls)), _joined(parts), poses.n_frames, poses.fps, poses.source, classifier.name
    )


@dataclass(frozen=True, eq=False)
class FollowedPerson:
    """One person of a sequence, through all of the ids.

    Attributes:
        rows: (N,) positions in the sequence.
        time_s: (N,) of the frames with the person, ascending.
        track_id: (N,) int32.
        points: (N, P, 6) as from `sampling.points_of`.
        frame_size: (width, height) px.
    """

    rows: Int64
    time_s: Float64
    track_id: Int32
    points: Float64
    frame_size: tuple[int, int]


def people_in(poses: PoseSequence) -> list[FollowedPerson]:
    """Everybody in `poses`, in the order in which they come."""
    points = points_of(poses)
    person = relink_tracks(poses)
    found = []
    for one in np.unique(person):
        own = np.flatnonzero(person == one)
        found.append(FollowedPerson(own, poses.time_s[own], poses.track_id[own], points[own], poses.frame_size))
    return found


def moments_of(person: FollowedPerson, classifier: FallClassifier, zones: Sequence[Zone] = ()) -> list[Moment]:
    """Every moment of one person that may be judged, as a `FallMonitor` would see it."""
    told: list[Moment] = []
    frames = reached(person.time_s)
    for ticks in sample(person.time_s, person.points):
        columns = signals(ticks.points)
        ends = np.flatnonzero(ticks.known)
        features = stretch_features(columns, ticks.known, ends)
        # A tick belongs to the first frame that reaches it.
        rows = np.searchsorted(frames, ticks.number[ends])
        judged = Judged(
            ticks.number[ends],
            person.time_s[rows],
            person.track_id[rows],
            columns[ends],
            features,
            classifier.probabilities(features),
        )
        told += moments(judged, zones, person.frame_size)
    return told


def states_of(told: Sequence[Moment], end_s: float, limits: Limits) -> tuple[PersonStates, Windows]:
    """Tell one person's states of every moment, and of every time the person was lost, in their order.

    Args:
        told: every moment of the person.
        end_s: time of the last frame.
        limits: of the states.
    """
    states = PersonStates(limits)
    smoothed, state = np.zeros((len(told), 3)), np.zeros(len(told), np.int32)
    for i, moment in enumerate(told):
        if i and moment.told_s - told[i - 1].told_s >= LOST_S:
            states.lost(told[i - 1].told_s + LOST_S)
        states.step(moment)
        smoothed[i], state[i] = states.smoothed, states.state
    if told and end_s - told[-1].told_s >= LOST_S:
        states.lost(told[-1].told_s + LOST_S)
    windows = Windows(
        np.array([moment.time_s for moment in told]),
        np.array([moment.track_id for moment in told], np.int32),
        np.array([moment.probabilities for moment in told]).reshape(-1, 3),
        smoothed,
        state,
    )
    return states, windows


def end_of(poses: PoseSequence) -> float:
    """Time of the last frame, also where nobody is in it."""
    return poses.end_s


def _joined(parts: list[Windows]) -> Windows:
    if not parts:
        return Windows(np.zeros(0), np.zeros(0, np.int32), np.zeros((0, 3)), np.zeros((0, 3)), np.zeros(0, np.int32))
    names = ("time_s", "track_id", "probabilities", "smoothed", "state")
    whole = [np.concatenate([getattr(part, name) for part in parts]) for name in names]
    order = np.lexsort((whole[1], whole[0]))
    return Windows(*(array[order] for array in whole))
