"""Live estimation: `LiveEstimator` for callers with frames, `PoseStream` for callers with a source of frames."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from posespotter.arrays import Image, require_image
from posespotter.closing import Closing
from posespotter.errors import ShapeError
from posespotter.estimation.estimator import PoseEstimator
from posespotter.estimation.rows import PeopleRows
from posespotter.filtering.one_euro import OneEuro
from posespotter.media import Frame, Source, SourceInfo, open_source
from posespotter.media.threads import FrameReader
from posespotter.poses import PoseSequence
from posespotter.timing import USUAL_FPS


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


class LiveEstimator:
    """The people of one live source, frame by frame: detected, tracked and held steady.

    Example:
        >>> live = LiveEstimator(PoseEstimator(pose="movenet-lightning"))  # doctest: +SKIP
        >>> for time_s, image in camera:
        ...     seen = live.step(image, time_s)
        ...     print(seen.poses.track_ids)
    """

    def __init__(
        self,
        estimator: PoseEstimator,
        *,
        smoothing: bool = True,
        fps: float = USUAL_FPS,
        info: SourceInfo | None = None,
    ) -> None:
        """Start without people.

        Args:
            estimator: the models; one may serve several live sources.
            smoothing: steady the joints with a one-euro filter.
            fps: about how many frames a second there will be; each has its own time all the same.
            info: the source, where it is known.
        """
        self._estimator = estimator
        self._fps = fps
        self._info = info
        self._tracker = estimator.tracker()
        self._steady = OneEuro() if smoothing else None
        self._index = 0
        self._last_s = -float("inf")

    def step(self, image: Image, time_s: float) -> LivePoses:
        """Find and follow the people of the next frame.

        Args:
            image: (H, W, 3) uint8 BGR, of the same size each time.
            time_s: when it was taken, in seconds on one clock.

        Raises:
            ShapeError: it is no picture, of another size, or not later than the one before.
        """
        start_s = time.perf_counter()
        require_image(image)
        height, width = image.shape[:2]
        if self._info is None:
            self._info = SourceInfo("camera", "camera", width, height, self._fps, None, live=True)
        if (width, height) != (self._info.width, self._info.height):
            raise ShapeError(
                f"image: expected {self._info.width}x{self._info.height} px as before, got {width}x{height} px."
            )
        if not time_s > self._last_s:
            raise ShapeError(f"time_s: expected a time after {self._last_s:g} s, got {time_s:g} s.")
        self._last_s = time_s
        frame = Frame(self._index, float(time_s), image)
        self._index += 1
        return LivePoses(frame, self.estimate(frame), time.perf_counter() - start_s)

    def estimate(self, frame: Frame) -> PoseSequence:
        """The people of the next frame of the source `info`, as a sequence with the rows of this frame only."""
        assert self._info is not None  # noqa: S101 - tells mypy what the caller made sure of
        people = self._tracker.step(frame.time_s, frame.image, damaged=frame.damaged)
        if self._steady is not None:
            steady = self._steady(frame.time_s, people.ids, people.joints.keypoints)
            people = replace(people, joints=replace(people.joints, keypoints=steady.astype(np.float32)))
        rows = PeopleRows(self._estimator.pose.model.skeleton)
        rows.add(frame.index, frame.time_s, people)
        return rows.sequence(**self._estimator.metadata(self._info, frame.index + 1, frame.time_s))


class PoseStream(Closing):
    """Iterate to get each frame that was worked on; frames that came meanwhile are dropped and counted.

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
            every_frame: wait instead of dropping, for a file that is played as if it were live.

        Raises:
            InputError: the source cannot be opened.
        """
        self._own = not isinstance(source, Source)
        self._source = source if isinstance(source, Source) else open_source(source)
        self._live = LiveEstimator(estimator, smoothing=smoothing, info=self._source.info)
        self._reader = FrameReader(self._source, "all" if every_frame else "latest")

    @property
    def dropped(self) -> int:
        """Frames that arrived and were skipped."""
        return self._reader.dropped

    @property
    def warnings(self) -> list[str]:
        """Warnings of the source about repairs and about its end."""
        return list(self._source.warnings)

    def __iter__(self) -> Iterator[LivePoses]:
        for frame in self._reader:
            poses = self._live.estimate(frame)
            yield LivePoses(frame, poses, time.perf_counter() - self._reader.taken_s)

    def close(self) -> None:
        """Stop reading, and close the source if this stream opened it."""
        self._reader.close()
        if self._own:
            self._source.close()
