"""Measuring a classifier on labelled clips: alarms, their delay, false ones an hour, and windows.

    evaluation = evaluate(clips, poses_of, classifier)     # poses_of(clip) -> PoseSequence
    evaluation.recall.value, evaluation.recall.interval    # shares with n and 95 % interval
    evaluation.clips[0].events                             # clip by clip

What is measured here may be compared with other systems, for only the times of alarms are looked at: an alarm counts
for a fall from `EARLY_S` before the fall's first frame until `LATE_S` after its last one. A second alarm for the same
fall is a false one; alarms at moments to be ignored count for nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from posespotter.arrays import Float64, Int32
from posespotter.errors import InputError
from posespotter.falls.classifier import CLASSES, FallClassifier
from posespotter.falls.data import FallClip
from posespotter.falls.detect import FallAnalysis, detect_falls
from posespotter.falls.events import FallEvent, Sensitivity
from posespotter.falls.examples import labels_at, most_shown
from posespotter.falls.sampling import RATE_HZ
from posespotter.falls.scores import Confusion, HourlyRate, Share
from posespotter.poses import PoseSequence

EARLY_S = 0.5
"""The frames of falls are marked by eye within 0.2 s, and where a fall begins is a matter of taste."""

LATE_S = 4.0
"""An alarm that comes later is of no use for a comparison: the clips end soon after."""


@dataclass(frozen=True)
class CaughtFall:
    """A fall that raised an alarm.

    Attributes:
        start_s, impact_s: first and last frame of the fall as labelled, seconds.
        alert_s: time of the alarm.
        delay_s: from the impact to the alarm.
    """

    start_s: float
    impact_s: float
    alert_s: float
    delay_s: float


@dataclass(frozen=True, eq=False)
class ClipResult:
    """What happened in one clip.

    Attributes:
        clip_id: its name.
        group: its room or person.
        duration_s: its length.
        n_falls: how many falls are labelled.
        lies_down: whether somebody lies down on purpose.
        events: all that was found; empty for a method that only gives alarms.
        caught: the falls that raised an alarm.
        false_alarms: times of the alarms that belong to no fall.
        windows: what windows were taken for; each is named by one moment, `examples.LABEL_LAG_S` before its end.
        shown: the same where each is named by what most of its last `examples.SHOWN_S` shows.
        averaged: the same as `shown`, by the sliding averages, which the states follow.
        seen: share of the time in which somebody was there to be judged.
    """

    clip_id: str
    group: str
    duration_s: float
    n_falls: int
    lies_down: bool
    events: tuple[FallEvent, ...]
    caught: tuple[CaughtFall, ...]
    false_alarms: tuple[float, ...]
    windows: Confusion
    shown: Confusion
    averaged: Confusion
    seen: float

    @property
    def missed(self) -> int:
        """Falls without an alarm."""
        return self.n_falls - len(self.caught)


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Everything a report needs.

    Attributes:
        classifier: its name.
        sensitivity: the setting of the events.
        clips: clip by clip, in the order of the data.
    """

    classifier: str
    sensitivity: str
    clips: tuple[ClipResult, ...]

    @cached_property
    def recall(self) -> Share:
        """Falls that raised an alarm, of all falls."""
        return Share(sum(len(clip.caught) for clip in self.clips), sum(clip.n_falls for clip in self.clips))

    @cached_property
    def precision(self) -> Share:
        """Alarms that belong to a fall, of all alarms."""
        caught = sum(len(clip.caught) for clip in self.clips)
        return Share(caught, caught + sum(len(clip.false_alarms) for clip in self.clips))

    @cached_property
    def clean(self) -> Share:
        """Clips without a fall that raised no alarm: the specificity by clip."""
        return self._clean([clip for clip in self.clips if not clip.n_falls])

    @cached_property
    def clean_lying(self) -> Share:
        """The same, of clips in which somebody lies down on purpose."""
        return self._clean([clip for clip in self.clips if not clip.n_falls and clip.lies_down])

    @cached_property
    def clip_sensitivity(self) -> Share:
        """Clips with a fall in which every fall raised an alarm."""
        with_falls = [clip for clip in self.clips if clip.n_falls]
        return Share(sum(not clip.missed for clip in with_falls), len(with_falls))

    @cached_property
    def false_alarms(self) -> HourlyRate:
        """False alarms an hour of video, in all clips."""
        hours = sum(clip.duration_s for clip in self.clips) / 3600
        return HourlyRate(sum(len(clip.false_alarms) for clip in self.clips), hours)

    @cached_property
    def delays_s(self) -> Float64:
        """(n caught,) seconds from the labelled impact to the alarm; negative where the alarm was earlier."""
        return np.array([one.delay_s for clip in self.clips for one in clip.caught])

    def delay_s(self, percent: float) -> float:
        """A percentile of `delays_s`; NaN without falls."""
        return float(np.percentile(self.delays_s, percent)) if len(self.delays_s) else float("nan")

    @cached_property
    def impact_errors_s(self) -> Float64:
        """(n caught,) how far the told impact is from the labelled one; NaN for alarms without events."""
        errors = []
        for clip in self.clips:
            told = {event.alert_s: event.impact_s for event in clip.events}
            errors += [told.get(one.alert_s, np.nan) - one.impact_s for one in clip.caught]
        return np.array(errors)

    @cached_property
    def windows(self) -> Confusion:
        """What windows were taken for, each named by one moment."""
        return _summed(clip.windows for clip in self.clips)

    @cached_property
    def shown(self) -> Confusion:
        """What windows were taken for, each named by what most of it shows."""
        return _summed(clip.shown for clip in self.clips)

    @cached_property
    def averaged(self) -> Confusion:
        """The same by the sliding averages."""
        return _summed(clip.averaged for clip in self.clips)

    @staticmethod
    def _clean(clips: Sequence[ClipResult]) -> Share:
        return Share(sum(not clip.false_alarms for clip in clips), len(clips))


def evaluate(
    clips: Iterable[FallClip],
    poses_of: Callable[[FallClip], PoseSequence],
    classifier: FallClassifier | None = None,
    *,
    sensitivity: Sensitivity = "normal",
) -> Evaluation:
    """Run `classifier` on labelled clips and compare.

    Args:
        clips: what is true of each.
        poses_of: the poses of a clip.
        classifier: None for the embedded one.
        sensitivity: of the events.

    Raises:
        SettingsError: there is no such sensitivity.
    """
    results = []
    name = ""
    for clip in clips:
        analysis = detect_falls(poses_of(clip), classifier=classifier, sensitivity=sensitivity)
        name = analysis.classifier
        results.append(result_of(clip, analysis))
    return Evaluation(name, sensitivity, tuple(results))


def result_of(clip: FallClip, analysis: FallAnalysis) -> ClipResult:
    """Compare what was found in a clip with what is true of it."""
    caught, false_alarms = match(clip, [event.alert_s for event in analysis.events])
    windows = analysis.windows
    moments, shown = labels_at(clip, windows.time_s), most_shown(clip, windows.time_s)
    return ClipResult(
        clip.clip_id,
        clip.group,
        clip.n_frames / clip.fps,
        len(clip.falls),
        clip.lies_down,
        analysis.events,
        caught,
        false_alarms,
        _confusion(moments, windows.probabilities),
        _confusion(shown, windows.probabilities),
        _confusion(shown, windows.smoothed),
        min(1.0, len(np.unique(windows.time_s)) / (clip.n_frames / clip.fps * RATE_HZ)),
    )


def _summed(tables: Iterable[Confusion]) -> Confusion:
    return sum(tables, Confusion(np.zeros((3, 3), np.int64)))


def _confusion(truth: Int32, probabilities: Float64) -> Confusion:
    judged = truth < len(CLASSES)
    return Confusion.of(truth[judged], probabilities[judged].argmax(axis=1))


def match(clip: FallClip, alarms_s: Sequence[float]) -> tuple[tuple[CaughtFall, ...], tuple[float, ...]]:
    """Which falls of a clip raised an alarm, and the alarms that belong to none."""
    rest = sorted(alarms_s)
    caught = []
    for fall in clip.falls:
        start_s, impact_s = fall.first_frame / clip.fps, fall.last_frame / clip.fps
        first = next((t for t in rest if start_s - EARLY_S <= t <= impact_s + LATE_S), None)
        if first is not None:
            rest.remove(first)
            caught.append(CaughtFall(start_s, impact_s, first, first - impact_s))
    return tuple(caught), tuple(t for t in rest if not _ignored(clip, t))


def _ignored(clip: FallClip, time_s: float) -> bool:
    """Whether nobody knows what is to be seen at that moment."""
    return bool(labels_at(clip, np.array([time_s]), 0.0)[0] >= len(CLASSES))


def require_apart(training: Iterable[FallClip], measured: Iterable[FallClip], *, groups: bool = True) -> None:
    """Refuse to measure on what was trained on.

    Args:
        training, measured: the clips of the two sides.
        groups: whether rooms or people must be apart too, not only clips.

    Raises:
        InputError: a clip, or a group, is on both sides; names it.
    """
    seen, asked = list(training), list(measured)
    shared = {clip.clip_id for clip in seen} & {clip.clip_id for clip in asked}
    if shared:
        raise InputError(f"expected clips to train and to measure on to be apart, {min(shared)} is among both.")
    both = {clip.group for clip in seen} & {clip.group for clip in asked}
    if groups and both:
        raise InputError(f"expected rooms and people to train and to measure on to be apart, {min(both)} is on both.")
