"""Poses of live frames with their timestamps, and many of them as one sequence."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from posespotter.estimation.estimator import PoseEstimator
from posespotter.media import SourceInfo
from posespotter.poses import PoseSequence


@dataclass(frozen=True)
class TimedPoses:
    """The poses of one live frame.

    Attributes:
        time_s: timestamp of the frame, on the clock of its camera.
        poses: the people in it; no rows where there is none.
    """

    time_s: float
    poses: PoseSequence


def rate_of(samples: Sequence[TimedPoses]) -> float:
    """Frames a second, by the usual time between two of them; 0 for fewer than two."""
    times = np.array([sample.time_s for sample in samples])
    return float(1 / np.median(np.diff(times))) if len(times) > 1 else 0.0


def join(samples: Sequence[TimedPoses], name: str, estimator: PoseEstimator, *, zero_s: float) -> PoseSequence:
    """Samples in order of time as one sequence, frames numbered from 0.

    Args:
        samples: all of frames of one size, with the joints of one model.
        name: of the source.
        estimator: what found the people.
        zero_s: the timestamp that is time 0 of the sequence.
    """
    last = samples[-1].poses if samples else None
    width, height = last.frame_size if last else (0, 0)
    skeleton = last.skeleton if last else estimator.pose.model.skeleton
    info = SourceInfo(name, "camera", width, height, rate_of(samples), None, live=True)
    last_s = samples[-1].time_s - zero_s if samples else None
    metadata: dict[str, Any] = estimator.metadata(info, len(samples), last_s)
    metadata["settings"] = {**metadata["settings"], "smoothing": "live"}
    with_people = [(index, sample) for index, sample in enumerate(samples) if len(sample.poses)]
    if not with_people:
        return PoseSequence.from_rows((), skeleton, **metadata)
    columns: dict[str, Any] = {
        column: np.concatenate([getattr(sample.poses, column) for _, sample in with_people])
        for column in with_people[0][1].poses.columns()
    }
    rows = [len(sample.poses) for _, sample in with_people]
    columns["frame"] = np.repeat([index for index, _ in with_people], rows).astype(np.int32)
    columns["time_s"] = np.repeat([sample.time_s - zero_s for _, sample in with_people], rows).astype(np.float64)
    return PoseSequence(skeleton=skeleton, **columns, **metadata)
