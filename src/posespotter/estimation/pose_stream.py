"""People in live pictures: `LiveFollower` for who has the frames, `PoseStream` for who has a source of them."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

import numpy as np

from posespotter.estimation.estimator import PoseEstimator
from posespotter.estimation.rows import PeopleRows
from posespotter.filtering.one_euro import OneEuro
from posespotter.media import Frame, Source, SourceInfo, open_source
from posespotter.media.threads import FrameReader
from posespotter.poses import PoseSequence


@dataclass(frozen=True)
class LivePoses:
    """One frame of a live source with its people.

    Attributes:
        frame: the picture, its number and its time.
        poses: the people in it, as a sequence with the rows of this frame only.
        latency_s: seconds from the frame's arrival to these poses.
    """

    frame: Frame
    poses: PoseSequence
    latency_s: float


class LiveFollower:
    """The people of one live source, frame by frame: found, followed and held steady."""

    def __init__(self, estimator: PoseEstimator, info: SourceInfo, *, smoothing: bool = True) -> None:
        """Begin anew.

        Args:
            estimator: the models; one may serve several followers.
            info: the source, whose frames keep one size.
            smoothing: steady the joints with a one-euro filter.
        """
        self._estimator = estimator
        self._info = info
        self._follower = estimator.tracker()
        self._steady = OneEuro() if smoothing else None

    def step(self, frame: Frame) -> PoseSequence:
        """The people of the next frame, as a sequence with the rows of this frame only."""
        people = self._follower.step(frame.time_s, frame.image, damaged=frame.damaged)
        if self._steady is not None:
            steady = self._steady(frame.time_s, people.ids, people.joints.keypoints)
            people = replace(people, joints=replace(people.joints, keypoints=steady.astype(np.float32)))
        rows = PeopleRows(self._estimator.pose.model.skeleton)
        rows.add(frame.index, frame.time_s, people)
        return rows.sequence(**self._estimator.metadata(self._info, frame.index + 1, frame.time_s))


class PoseStream:
    """Iterate to get each frame that was looked at; frames that came meanwhile are dropped and counted.

    Use as a context manager, or call `close`. The source ends the iteration when it stops; `warnings` then says why.

    Example:
        >>> with PoseStream("0", PoseEstimator(pose="movenet-lightning")) as stream:  # doctest: +SKIP
        ...     for live in stream:
        ...         print(live.poses.track_ids, f"{live.latency_s * 1000:.0f} ms")
    """

    def __init__(
        self, source: str | Source, estimator: PoseEstimator, *, smoothing: bool = True, every_frame: bool = False
    ) -> None:
        """Open `source` and begin to read.

        Args:
            source: camera number as text, address, path, or an open source, which stays open.
            estimator: the models; it may serve several streams, one after the other.
            smoothing: steady the joints with a one-euro filter.
            every_frame: wait instead of dropping: for a file that is looked at as if it were live.

        Raises:
            InputError: the source cannot be opened.
        """
        self._own = not isinstance(source, Source)
        self._source = source if isinstance(source, Source) else open_source(source)
        self._follower = LiveFollower(estimator, self._source.info, smoothing=smoothing)
        self._reader = FrameReader(self._source, "all" if every_frame else "latest")

    @property
    def dropped(self) -> int:
        """Frames that came and were never looked at."""
        return self._reader.dropped

    @property
    def warnings(self) -> list[str]:
        """What the source said about repairs and about its end."""
        return list(self._source.warnings)

    def __iter__(self) -> Iterator[LivePoses]:
        for frame in self._reader:
            poses = self._follower.step(frame)
            yield LivePoses(frame, poses, time.perf_counter() - self._reader.taken_s)

    def close(self) -> None:
        """Stop reading, and close the source if this stream opened it."""
        self._reader.close()
        if self._own:
            self._source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
