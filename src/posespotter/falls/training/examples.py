"""Labelled windows: what a classifier is trained on."""

import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from posespotter.arrays import Float32, Float64, Int32
from posespotter.falls.detect import PersonTrack, people_in
from posespotter.falls.features import COLUMN, N_FEATURES, stretch_features, stretch_signals
from posespotter.falls.sampling import ticks_of
from posespotter.falls.training.augmentation import Trace, changed
from posespotter.falls.training.data import LABELS, FallClip
from posespotter.poses import PoseSequence

LAG_S = 0.3
"""A window is named by what was to be seen this long before its end: the first moments of a fall look like a step."""

UNCLEAR_SHARE = 0.6
"""So much of a fall may as well become sitting down: windows that end in it are not trained on."""

AFTER_S = 0.6
"""A window shows a fall until this long after the impact: what came before the person lay is still in it."""

UNSURE_S = 0.15
"""Nobody can mark to the frame where a fall begins and ends: windows this near to a change are not trained on."""

EVERY = np.array([3, 1, 1])
"""Every which window of each class is kept: neighbours are nearly the same."""

IGNORED = LABELS.index("ignore")
_NORMAL, _FALL = LABELS.index("normal"), LABELS.index("fall")


@dataclass(frozen=True, eq=False)
class Examples:
    """N labelled windows.

    Attributes:
        features: (N, F) float32, columns as in `features.FEATURES`.
        label: (N,) int32, positions in `classifier.CLASSES`.
        group: (N,) int32, positions in `groups`.
        groups: G names of sources and scenes, that count alike and must not be on both sides of a split.
    """

    features: Float32
    label: Int32
    group: Int32
    groups: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.label)

    def without(self, left_out: Iterable[str]) -> "Examples":
        """The windows of all groups but those of this name, or of a source of this name: `SOURCE/ROOM`."""
        names = set(left_out)
        kept = np.array([not {name, name.partition("/")[0]} & names for name in self.groups], bool)[self.group]
        return replace(self, features=self.features[kept], label=self.label[kept], group=self.group[kept])

    @classmethod
    def joined(cls, parts: Sequence["Examples"]) -> "Examples":
        """All windows of several."""
        names = tuple(dict.fromkeys(name for part in parts for name in part.groups))
        places = [np.array([names.index(name) for name in part.groups], np.int32)[part.group] for part in parts]
        return cls(
            np.concatenate([part.features for part in parts]),
            np.concatenate([part.label for part in parts]),
            np.concatenate(places),
            names,
        )


def labels_at(clip: FallClip, time_s: Float64) -> Int32:
    """(N,) positions in `data.LABELS` of windows that end at `time_s` of the clip; unsure ones are to be ignored."""
    frames = np.round((time_s - LAG_S) * clip.fps).astype(np.int64)
    labels = clip.frame_labels[np.clip(frames, 0, clip.n_frames - 1)].astype(np.int32)
    for fall in clip.falls:
        first_s, impact_s = fall.first_frame / clip.fps, fall.last_frame / clip.fps
        clear_s, end_s = first_s + LAG_S + UNCLEAR_SHARE * (impact_s - first_s), impact_s + AFTER_S
        labels[(time_s >= first_s + LAG_S - UNSURE_S) & (time_s < end_s + UNSURE_S)] = IGNORED
        labels[(time_s >= clear_s) & (time_s < end_s - UNSURE_S)] = _FALL
    return labels


def examples_of(
    clips: Iterable[FallClip],
    poses_of: Callable[[FallClip], Iterable[PoseSequence]],
    *,
    copies: int = 0,
    without: str = "",
) -> Examples:
    """The labelled windows of `clips`; those of frames to be ignored are left out.

    Where several people are in a clip, the labels "fall" and "lying" are of the one who sank most in the fall.

    Args:
        clips: what is true of each clip.
        poses_of: gives the poses of a clip, of one or more detectors and models.
        copies: how many changed copies of each person are added (`augmentation.changed`); the same every time.
        without: a change that is left out of these.
    """
    parts = []
    for clip in clips:
        random = np.random.default_rng(zlib.crc32(clip.clip_id.encode()))
        for poses in poses_of(clip):
            people = people_in(poses)
            whose = {
                fall: _who_fell(people, fall.first_frame / clip.fps, fall.last_frame / clip.fps) for fall in clip.falls
            }
            for person in people:
                others_s = [
                    (fall.first_frame / clip.fps, other) for fall, other in whose.items() if other not in {None, person}
                ]
                begins_s = min((f.first_frame / clip.fps for f, one in whose.items() if one is person), default=None)
                trace = Trace(person.time_s, person.points, person.frame_size)
                traces = [trace, *(changed(trace, random, begins_s, without) for _ in range(copies))]
                parts += [_windows(clip, one, others_s) for one in traces]
    return Examples.joined(parts) if parts else _none("")


def normal_examples(traces: Iterable[Trace], group: str) -> Examples:
    """The windows of people of whom it is known that they neither fall nor lie."""
    parts = [_examples(_features(trace)[1][:: EVERY[_NORMAL]], None, group) for trace in traces]
    return Examples.joined(parts) if parts else _none(group)


def _windows(clip: FallClip, trace: Trace, others_s: Sequence[tuple[float, PersonTrack | None]]) -> Examples:
    time_s, features = _features(trace)
    time_s = time_s / trace.clock
    labels = labels_at(clip, time_s)
    for from_s, other in others_s:  # what this one does while the other falls and lies, nobody has written down
        if other is not None:
            labels[(time_s >= from_s) & (time_s <= other.time_s[-1])] = IGNORED
    kept = (labels != IGNORED) & (np.arange(len(labels)) % EVERY[np.minimum(labels, len(EVERY) - 1)] == 0)
    return _examples(features[kept], labels[kept], clip.group_id)


def _features(trace: Trace) -> tuple[Float64, Float32]:
    """Times and features of every window of one person that may be judged."""
    times, features = [np.zeros(0)], [np.zeros((0, N_FEATURES), np.float32)]
    for ticks in ticks_of(trace.time_s, trace.points):
        ends = np.flatnonzero(ticks.known)
        times.append(ticks.time_s[ends])
        features.append(stretch_features(stretch_signals(ticks.points, trace.frame_size), ends))
    return np.concatenate(times), np.concatenate(features)


def _examples(features: Float32, labels: Int32 | None, group: str) -> Examples:
    n = len(features)
    labels = np.full(n, _NORMAL, np.int32) if labels is None else labels
    return Examples(features, labels, np.zeros(n, np.int32), (group,))


def _none(group: str) -> Examples:
    return _examples(np.zeros((0, N_FEATURES), np.float32), None, group)


def _who_fell(people: Sequence[PersonTrack], start_s: float, impact_s: float) -> PersonTrack | None:
    """The person whose shoulders sank most, in body lengths, from half a second before a fall to as long after."""
    sank: list[tuple[float, int]] = []
    for i, person in enumerate(people):
        rows = (person.time_s >= start_s - 0.5) & (person.time_s <= impact_s + 0.5)
        if rows.sum() >= 2:
            values = stretch_signals(person.points[rows], person.frame_size)
            shoulder, body_scale = values[:, COLUMN["shoulder"]], np.median(values[:, COLUMN["body_scale"]])
            sank.append((float((shoulder.max() - shoulder[0]) / body_scale * rows.sum() ** 0.5), i))
    return people[max(sank)[1]] if sank else None
