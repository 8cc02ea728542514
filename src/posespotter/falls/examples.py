"""Labelled windows: what a classifier is trained and measured on."""

import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from posespotter.arrays import Bool, Float32, Float64, Int32, Int64
from posespotter.falls.augmentation import Trace, changed
from posespotter.falls.data import LABELS, FallClip
from posespotter.falls.detect import people_in
from posespotter.falls.features import N_FEATURES, stretch_features
from posespotter.falls.sampling import sample
from posespotter.falls.signals import signals
from posespotter.poses import PoseSequence

LABEL_LAG_S = 0.2
"""A window is named by what was to be seen this long before its end: the first moments of a fall look like a step.

Chosen by rooms left out: 0.1 s raised more false alarms, 0.3 s missed more falls (docs/falls-evaluation.md)."""

UNSURE_S = 0.1
"""Nobody can mark to the frame where a fall begins and ends: windows this near to a change are not trained on."""

SHOWN_S = 1.0
"""As long as a fall takes: when windows are measured, one shows what most of its last second shows."""

_EVERY = np.array([6, 1, 3, 1])
"""Of the windows of changed copies, every which one of each of `LABELS` is kept: neighbours are nearly the same."""

_IGNORED = LABELS.index("ignore")
_FIRST = np.array([0.1, 0.3, 0.2, 0.0])  # frames: which of `LABELS` counts where two are shown for as long


@dataclass(frozen=True, eq=False)
class Examples:
    """N labelled windows.

    Attributes:
        features: (N, F) float32, columns as in `features.FEATURES`.
        label: (N,) int32, positions in `classifier.CLASSES`.
        clip: (N,) int32, positions in `clip_ids`.
        original: (N,) False for changed copies, which are trained but never measured on.
        sure: (N,) False within `UNSURE_S` of a change of label, which are measured but never trained on.
        clip_ids: C names.
        groups: C groups that must not be on both sides of a split: rooms or people.
    """

    features: Float32
    label: Int32
    clip: Int32
    original: Bool
    sure: Bool
    clip_ids: tuple[str, ...]
    groups: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.label)

    @property
    def group(self) -> Int64:
        """(N,) number of the group of each window."""
        _, numbers = np.unique(np.array(self.groups), return_inverse=True)
        return np.asarray(numbers[self.clip], np.int64)

    def where(self, rows: Bool) -> "Examples":
        """The windows where the mask is true."""
        return replace(
            self,
            features=self.features[rows],
            label=self.label[rows],
            clip=self.clip[rows],
            original=self.original[rows],
            sure=self.sure[rows],
        )


def labels_at(clip: FallClip, time_s: Float64, lag_s: float = LABEL_LAG_S) -> Int32:
    """(N,) positions in `data.LABELS` of windows that end at `time_s` of the clip."""
    frames = np.round((time_s - lag_s) * clip.fps).astype(np.int64)
    return clip.frame_labels[np.clip(frames, 0, clip.n_frames - 1)].astype(np.int32)


def most_shown(clip: FallClip, time_s: Float64) -> Int32:
    """(N,) positions in `data.LABELS` of what most frames of the last `SHOWN_S` show; of as many, falls come first."""
    n_until = np.zeros((clip.n_frames + 1, len(LABELS)))
    n_until[1:] = np.cumsum(np.eye(len(LABELS))[clip.frame_labels], axis=0)
    last, first = (np.round((time_s - ago_s) * clip.fps).astype(np.int64) for ago_s in (0.0, SHOWN_S))
    last = np.clip(last, 0, clip.n_frames - 1)
    shown = n_until[last + 1] - n_until[np.clip(first + 1, 0, last)]
    return np.asarray(np.argmax(shown + _FIRST, axis=1), np.int32)


def windows_of(trace: Trace) -> Iterator[tuple[Float64, Float32]]:
    """Times and features of every window of one person that may be judged, stretch by stretch."""
    for ticks in sample(trace.time_s, trace.points):
        ends = np.flatnonzero(ticks.known)
        yield ticks.time_s[ends], stretch_features(signals(ticks.points), ticks.known, ends)


def examples_of(
    clips: Iterable[FallClip],
    poses_of: Callable[[FallClip], Iterable[PoseSequence]],
    *,
    copies: int = 0,
    lag_s: float = LABEL_LAG_S,
) -> Examples:
    """The labelled windows of `clips`; those of frames to be ignored are left out.

    Args:
        clips: what is true of each clip.
        poses_of: gives the poses of a clip, of one or more detectors and models.
        copies: how many changed copies of each person are added (`augmentation.changed`); the same every time.
        lag_s: see `LABEL_LAG_S`.
    """
    features, label, number, original, sure = [np.zeros((0, N_FEATURES), np.float32)], [], [], [], []
    ids, groups = [], []
    for i, clip in enumerate(clips):
        ids.append(clip.clip_id)
        groups.append(clip.group)
        for is_original, trace in _traces(clip, poses_of(clip), copies):
            for time_s, part in windows_of(trace):
                before, labels, after = (
                    labels_at(clip, time_s / trace.clock, (lag_s + shift_s) / trace.clock)
                    for shift_s in (UNSURE_S, 0.0, -UNSURE_S)
                )
                kept = labels != _IGNORED
                if not is_original:
                    kept &= np.arange(len(labels)) % _EVERY[labels] == 0
                features.append(part[kept])
                label.append(labels[kept])
                sure.append(((before == labels) & (after == labels))[kept])
                number.append(np.full(int(kept.sum()), i, np.int32))
                original.append(np.full(int(kept.sum()), is_original))
    return Examples(
        np.concatenate(features),
        np.concatenate([np.zeros(0, np.int32), *label]),
        np.concatenate([np.zeros(0, np.int32), *number]),
        np.concatenate([np.zeros(0, bool), *original]),
        np.concatenate([np.zeros(0, bool), *sure]),
        tuple(ids),
        tuple(groups),
    )


def _traces(clip: FallClip, sequences: Iterable[PoseSequence], copies: int) -> Iterator[tuple[bool, Trace]]:
    for poses in sequences:
        random = np.random.default_rng(zlib.crc32(f"{clip.clip_id} {poses.detector} {poses.pose_model}".encode()))
        # Half of the copies come from smoothed joints, which is what live pictures have.
        kinds = [poses, replace(poses, raw_keypoints=None)]
        for k, kind in enumerate(kinds if copies else kinds[:1]):
            for person in people_in(kind):
                trace = Trace(person.time_s, person.points)
                yield k == 0, trace
                for _ in range(copies // 2 + (copies % 2 if k == 0 else 0)):
                    copy = changed(trace, random)
                    if len(copy.time_s):
                        yield False, copy
