"""Measuring a classifier on labelled clips: alarms, their delay, false ones an hour, and windows.

    evaluation = evaluate(clips, poses_of, classifier)     # poses_of(clip) -> PoseSequence
    evaluation.recall.value, evaluation.recall.interval    # shares with n and 95 % interval
    evaluation.clips[0].events                             # clip by clip

What is measured here may be compared with other systems, for only the times of alarms are looked at: an alarm counts
for a fall from `EARLY_S` before the fall's first frame until `LATE_S` after its last one. A fall is caught by an event
of either kind, for a carer looks at both; but only a `fall` is an alarm that can be false: where somebody lies down on
purpose `lying` is the right answer. A second `fall` for the same fall is a false one; those at times to be ignored
count for nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from posespotter.arrays import Float64
from posespotter.errors import InputError
from posespotter.falls.classifier import CLASSES, FallClassifier
from posespotter.falls.detect import FallAnalysis, detect_falls
from posespotter.falls.events import FallEvent, Kind, Sensitivity
from posespotter.falls.training.data import FallClip
from posespotter.falls.training.examples import labels_at
from posespotter.falls.training.scores import Confusion, HourlyRate, Share
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
        kind: of the event that raised it.
    """

    start_s: float
    impact_s: float
    alert_s: float
    delay_s: float
    kind: Kind = "fall"


@dataclass(frozen=True, eq=False)
class ClipResult:
    """The evaluation of one clip.

    Attributes:
        clip_id: its name.
        group: its scene or person.
        duration_s: its length.
        n_falls: how many falls are labelled.
        lies_down: whether somebody lies down on purpose.
        events: all that was found; empty for a method that only gives alarms.
        caught: the falls that raised an alarm.
        false_alarms: times of the events of kind `fall` that belong to no fall.
        windows: what windows were taken for; each is named as for training (`examples.labels_at`).
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
        """Falls that raised an alarm of either kind, of all falls."""
        return Share(sum(len(clip.caught) for clip in self.clips), sum(clip.n_falls for clip in self.clips))

    @cached_property
    def fall_recall(self) -> Share:
        """The same, of events of kind `fall` alone."""
        caught = [one for clip in self.clips for one in clip.caught if one.kind == "fall"]
        return Share(len(caught), self.recall.n)

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
        """(n caught,) how far the reported impact is from the labelled one; NaN for alarms without events."""
        errors = []
        for clip in self.clips:
            reported = {event.alert_s: event.impact_s for event in clip.events}
            errors += [reported.get(one.alert_s, np.nan) - one.impact_s for one in clip.caught]
        return np.array(errors)

    @cached_property
    def windows(self) -> Confusion:
        """Confusion of the windows, each named by one sample."""
        return _summed(clip.windows for clip in self.clips)

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
    at_s = {kind: [event.alert_s for event in analysis.events if event.kind == kind] for kind in ("fall", "lying")}
    caught, false_alarms = match(clip, at_s["fall"], at_s["lying"])
    windows = analysis.windows
    truth = labels_at(clip, windows.time_s)
    known = truth < len(CLASSES)
    return ClipResult(
        clip.clip_id,
        clip.group,
        clip.n_frames / clip.fps,
        len(clip.falls),
        clip.lies_down,
        analysis.events,
        caught,
        false_alarms,
        Confusion.of(truth[known], windows.probabilities[known].argmax(axis=1)),
        1 - analysis.not_judged.share,
    )


def _summed(tables: Iterable[Confusion]) -> Confusion:
    return sum(tables, Confusion(np.zeros((3, 3), np.int64)))


def match(
    clip: FallClip, falls_s: Sequence[float], lying_s: Sequence[float] = ()
) -> tuple[tuple[CaughtFall, ...], tuple[float, ...]]:
    """Match falls with alarms: the falls of a clip that raised one, and the alarms that belong to none.

    Args:
        clip: what is true.
        falls_s: times of the alarms of kind `fall`.
        lying_s: times of those of kind `lying`, which may catch a fall but are never false.
    """
    rest, caught = sorted(falls_s), []
    for fall in clip.falls:
        start_s, impact_s = fall.first_frame / clip.fps, fall.last_frame / clip.fps
        times = {
            kind: next((t for t in sorted(alarms) if start_s - EARLY_S <= t <= impact_s + LATE_S), np.inf)
            for kind, alarms in (("fall", rest), ("lying", lying_s))
        }
        first: Kind = "fall" if times["fall"] <= times["lying"] else "lying"
        if np.isfinite(times[first]):
            caught.append(CaughtFall(start_s, impact_s, times[first], times[first] - impact_s, first))
        if times["fall"] in rest:
            rest.remove(times["fall"])
    return tuple(caught), tuple(t for t in rest if not _ignored(clip, t))


def _ignored(clip: FallClip, time_s: float) -> bool:
    """Whether nobody knows what is to be seen then."""
    frame = min(max(round(time_s * clip.fps), 0), clip.n_frames - 1)
    return bool(clip.frame_labels[frame] >= len(CLASSES))


def require_apart(training: Iterable[FallClip], measured: Iterable[FallClip], *, groups: bool = True) -> None:
    """Refuse to measure on what was trained on.

    Args:
        training, measured: the clips of the two sides.
        groups: whether scenes or people must be apart too, not only clips.

    Raises:
        InputError: a clip, or a group, is on both sides; names it.
    """
    seen, others = list(training), list(measured)
    shared = {clip.clip_id for clip in seen} & {clip.clip_id for clip in others}
    if shared:
        raise InputError(f"expected clips to train and to measure on to be apart, {min(shared)} is among both.")
    both = {clip.group for clip in seen} & {clip.group for clip in others}
    if groups and both:
        raise InputError(f"expected rooms and people to train and to measure on to be apart, {min(both)} is on both.")
