"""Falls in a whole sequence of poses."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from posespotter.arrays import Float64, Int32
from posespotter.falls.classifier import Classifier, embedded
from posespotter.falls.events import Alarms, FallEvent, Limits, PersonStates, Sample, Sensitivity, limits_of
from posespotter.falls.features import stretch_features, stretch_signals
from posespotter.falls.monitor import Judged, samples_of, without_ignored
from posespotter.falls.sampling import RATE_HZ, points_of, reached, ticks_of
from posespotter.falls.zones import Zone
from posespotter.poses import PoseSequence
from posespotter.tracking.relinking import FORGOTTEN_S, relink_tracks

SMALLEST_PX = 50.0
"""Standing height below which a person is too small to be judged by their joints (docs/results/falls.md)."""


@dataclass(frozen=True, eq=False)
class Windows:
    """M samples of people, ordered by time and then by track id; 15 a second and person.

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


@dataclass(frozen=True)
class NotJudged:
    """Shares of the time, 0..1, in which nobody could be judged; together they are `share`.

    Attributes:
        nobody: nobody was found in the picture.
        too_few_frames: people were found, but in too few frames to see how they move.
        too_small: the largest person was smaller than `SMALLEST_PX`.
    """

    nobody: float = 0.0
    too_few_frames: float = 0.0
    too_small: float = 0.0

    @property
    def share(self) -> float:
        """All of it, 0..1."""
        return min(1.0, self.nobody + self.too_few_frames + self.too_small)

    @property
    def mostly(self) -> bool:
        """Whether less than half of the time with people in the picture could be judged, or nobody ever was there.

        Then the absence of events means nothing.
        """
        judged = 1 - self.share
        return judged <= 0 or judged < (1 - self.nobody) / 2


@dataclass(frozen=True, eq=False)
class FallAnalysis:
    """The events and probabilities of one sequence.

    Attributes:
        events: by time of alert.
        windows: every sample that was judged.
        n_frames: frames of the source that were processed.
        fps: nominal frames a second of the source.
        source: name of the source.
        classifier: name of the classifier.
        ignored: what would be events, but is in a bed or on a sofa; by time of alert.
        not_judged: how much of the time could not be judged, and why.
    """

    events: tuple[FallEvent, ...]
    windows: Windows
    n_frames: int
    fps: float
    source: str
    classifier: str
    ignored: tuple[FallEvent, ...] = ()
    not_judged: NotJudged = field(default_factory=NotJudged)


def detect_falls(
    poses: PoseSequence,
    *,
    classifier: Classifier | None = None,
    sensitivity: Sensitivity = "normal",
    zones: Sequence[Zone] = (),
) -> FallAnalysis:
    """Find the falls of all people in `poses`, and people who lie without having been seen to fall.

    Pure: reads no video and writes nothing. The events are those that a `FallMonitor` raises on the same frames.

    Args:
        poses: of any frame rate from 5 a second, with the joints of any skeleton that has shoulders and hips by name.
        classifier: None for the embedded one.
        sensitivity: "low" for fewer alarms, "high" for fewer missed falls.
        zones: beds, sofas and places to ignore.

    Returns:
        The events and every sample that was judged; without people there are none.

    Raises:
        SettingsError: there is no such sensitivity.
        InputError: the joints have no names.
        ModelError: the embedded classifier is damaged.
    """
    limits = limits_of(sensitivity)
    classifier = classifier or embedded()
    return analysis_of(poses, samples_by_person(poses, classifier, zones), classifier.name, limits)


def samples_by_person(poses: PoseSequence, classifier: Classifier, zones: Sequence[Zone] = ()) -> list[list[Sample]]:
    """Samples of all people in `poses`, person by person."""
    return [person_samples(person, classifier, zones) for person in people_in(without_ignored(poses, zones))]


def analysis_of(
    poses: PoseSequence, people: Sequence[Sequence[Sample]], classifier: str, limits: Limits
) -> FallAnalysis:
    """The events of these samples."""
    found = [states_of(samples, poses.end_s, limits) for samples in people]
    raised = [one for states, _ in found for one in states.raised]
    Alarms().admit(raised)
    events = sorted((one.event for one in raised if one.counts), key=by_alert)
    return FallAnalysis(
        tuple(event for event in events if event.ignored_in is None),
        _joined([windows for _, windows in found]),
        poses.n_frames,
        poses.fps,
        poses.source,
        classifier,
        tuple(event for event in events if event.ignored_in is not None),
        not_judged(poses, [sample for samples in people for sample in samples]),
    )


@dataclass(frozen=True, eq=False)
class PersonTrack:
    """One person of a sequence, through all of the ids.

    Attributes:
        time_s: (N,) of the frames with the person, ascending.
        track_id: (N,) int32.
        points: (N, P, 3) as from `sampling.points_of`.
        frame_size: (width, height) px.
    """

    time_s: Float64
    track_id: Int32
    points: Float64
    frame_size: tuple[int, int]


def people_in(poses: PoseSequence) -> list[PersonTrack]:
    """All people in `poses`, in the order in which they appear."""
    points = points_of(poses)
    person = relink_tracks(poses, FORGOTTEN_S)
    found = []
    for one in np.unique(person):
        own = np.flatnonzero(person == one)
        found.append(PersonTrack(poses.time_s[own], poses.track_id[own], points[own], poses.frame_size))
    return found


def person_samples(person: PersonTrack, classifier: Classifier, zones: Sequence[Zone] = ()) -> list[Sample]:
    """Every sample of one person that may be judged, as a `FallMonitor` would see it."""
    samples: list[Sample] = []
    frames = reached(person.time_s)
    for ticks in ticks_of(person.time_s, person.points):
        columns = stretch_signals(ticks.points, person.frame_size)
        ends = np.flatnonzero(ticks.known)
        # A tick belongs to the first frame that reaches it.
        rows = np.searchsorted(frames, ticks.number[ends])
        judged = Judged(
            ticks.number[ends],
            person.time_s[rows],
            person.track_id[rows],
            columns[ends],
            classifier.probabilities(stretch_features(columns, ends)),
        )
        samples += samples_of(judged, zones, person.frame_size)
    return samples


def states_of(samples: Sequence[Sample], end_s: float, limits: Limits) -> tuple[PersonStates, Windows]:
    """Follow one person through every sample, and every time they were lost, in their order.

    Args:
        samples: every sample of the person.
        end_s: time of the last frame.
        limits: of the machine.
    """
    states = PersonStates(limits)
    smoothed, state = np.zeros((len(samples), 3)), np.zeros(len(samples), np.int32)
    for i, sample in enumerate(samples):
        if i and sample.frame_s - samples[i - 1].frame_s >= limits.lost_s:
            states.lost(samples[i - 1].frame_s + limits.lost_s)
        states.step(sample)
        smoothed[i], state[i] = states.smoothed, states.state
    if samples:
        states.lost(min(end_s, samples[-1].frame_s + limits.lost_s))
    windows = Windows(
        np.array([sample.time_s for sample in samples]),
        np.array([sample.track_id for sample in samples], np.int32),
        np.array([sample.probabilities for sample in samples]).reshape(-1, 3),
        smoothed,
        state,
    )
    return states, windows


def not_judged(poses: PoseSequence, samples: Sequence[Sample]) -> NotJudged:
    """Share of the time of `poses` that could not be judged, by the samples that could."""
    n = max(1, round((poses.end_s + poses.step_s) * RATE_HZ))
    height = np.zeros(n)
    for sample in samples:
        at = min(n - 1, round(sample.time_s * RATE_HZ))
        height[at] = max(height[at], sample.body_scale)
    found = np.zeros(n, bool)
    found[np.minimum(n - 1, (poses.time_s * RATE_HZ).astype(np.int64))] = True
    # Between the frames of a slow camera there are ticks without one, whoever is in the picture.
    reach = max(1, round(poses.step_s * RATE_HZ))
    found = np.convolve(found, np.ones(2 * reach - 1), "same") > 0
    judged = height > 0
    return NotJudged(
        float((~judged & ~found).mean()),
        float((~judged & found).mean()),
        float((judged & (height < SMALLEST_PX)).mean()),
    )


def by_alert(event: FallEvent) -> tuple[float, int]:
    """The order of events."""
    return event.alert_s, event.track_id


def _joined(parts: list[Windows]) -> Windows:
    if not parts:
        return Windows(np.zeros(0), np.zeros(0, np.int32), np.zeros((0, 3)), np.zeros((0, 3)), np.zeros(0, np.int32))
    names = ("time_s", "track_id", "probabilities", "smoothed", "state")
    whole = [np.concatenate([getattr(part, name) for part in parts]) for name in names]
    order = np.lexsort((whole[1], whole[0]))
    return Windows(*(array[order] for array in whole))
