"""Live joints over time: what was seen at each moment, and many moments as one sequence."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from posespotter.estimation.estimator import PoseEstimator
from posespotter.media import SourceInfo
from posespotter.poses import PoseSequence


@dataclass(frozen=True)
class Moment:
    """One picture that was looked at.

    Attributes:
        time_s: when the camera gave it, on the page's clock.
        poses: the people in it; no rows where nobody was.
    """

    time_s: float
    poses: PoseSequence


def rate_of(moments: Sequence[Moment]) -> float:
    """Pictures a second, by the usual time between two of them; 0 for fewer than two."""
    times = np.array([moment.time_s for moment in moments])
    return float(1 / np.median(np.diff(times))) if len(times) > 1 else 0.0


def join(moments: Sequence[Moment], name: str, estimator: PoseEstimator, *, zero_s: float) -> PoseSequence:
    """Moments in order of time as one sequence, frames numbered from 0.

    Args:
        moments: all of pictures of one size, with the joints of one model.
        name: of the source.
        estimator: what found the people.
        zero_s: the moment that is time 0 of the sequence.
    """
    last = moments[-1].poses if moments else None
    width, height = last.frame_size if last else (0, 0)
    skeleton = last.skeleton if last else estimator.pose.model.skeleton
    info = SourceInfo(name, "camera", width, height, rate_of(moments), None, live=True)
    last_s = moments[-1].time_s - zero_s if moments else None
    metadata: dict[str, Any] = estimator.metadata(info, len(moments), last_s)
    metadata["settings"] = {**metadata["settings"], "smoothing": "live"}
    with_people = [(index, moment) for index, moment in enumerate(moments) if len(moment.poses)]
    if not with_people:
        return PoseSequence.from_rows((), skeleton, **metadata)
    columns: dict[str, Any] = {
        column: np.concatenate([getattr(moment.poses, column) for _, moment in with_people])
        for column in with_people[0][1].poses.columns()
    }
    rows = [len(moment.poses) for _, moment in with_people]
    columns["frame"] = np.repeat([index for index, _ in with_people], rows).astype(np.int32)
    columns["time_s"] = np.repeat([moment.time_s - zero_s for _, moment in with_people], rows).astype(np.float64)
    return PoseSequence(skeleton=skeleton, **columns, **metadata)
