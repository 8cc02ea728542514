"""`VideoRun`: one pass of an estimator over a video, from frame to frame and from checkpoint to checkpoint."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, cast

from posespotter.errors import PoseSpotterError
from posespotter.estimation.checkpoint import Checkpoints, Resumed
from posespotter.estimation.pose_tracker import People, PoseTracker
from posespotter.estimation.prefetch import AHEAD, Prefetch
from posespotter.estimation.rows import PeopleRows
from posespotter.estimation.stopwatch import Stopwatch, Timings
from posespotter.media import Frame, SourceInfo
from posespotter.models.interfaces import PoseModel, Regions
from posespotter.poses import PoseSequence
from posespotter.tracking.state import State

if TYPE_CHECKING:
    from posespotter.estimation.estimator import PoseEstimator


class VideoRun:
    """One pass over a source: its poses so far, in memory and, with checkpoints, in their folder.

    Attributes:
        frames: frames done, also those done before it was cut off.
        unfinished: frames taken and not done.
    """

    def __init__(self, estimator: "PoseEstimator", info: SourceInfo, checkpoints: Checkpoints | None) -> None:
        self._estimator, self._info, self._checkpoints = estimator, info, checkpoints
        # Frames of a live source come one by one, and a model that finds people by itself needs no boxes.
        unprepared = info.live or estimator.detector is None
        self._prefetch = None if unprepared else Prefetch(cast(PoseModel, estimator.pose.model))
        self._tracker = estimator.tracker(self._prefetch)
        resumed = Resumed() if checkpoints is None else checkpoints.resume(self, self._made_by())
        self._rows = PeopleRows(estimator.pose.model.skeleton)
        self._clock = Stopwatch(estimator, resumed.timings)
        self.frames = resumed.frames
        self.unfinished = 0
        self._last_s: float | None = None

    def frames_left(self, reader: Iterable[Frame]) -> Iterator[Frame]:
        """The frames that are not done yet; those of a file wait until the next ones are there, for the prefetch."""
        done = self.frames
        try:
            for frame in reader:
                if frame.index < done:
                    self._last_s = frame.time_s
                    continue
                self.unfinished += 1
                if self._prefetch is None:
                    yield frame
                    continue
                self._prefetch.add(frame, self._expected)
                if len(self._prefetch) == AHEAD:
                    yield self._prefetch.next()
        except PoseSpotterError:
            yield from self._waiting()
            raise
        yield from self._waiting()

    def _waiting(self) -> Iterator[Frame]:
        while self._prefetch:
            yield self._prefetch.next()

    def close(self) -> None:
        """End the prefetch."""
        if self._prefetch is not None:
            self._prefetch.close()

    def step(self, frame: Frame) -> People:
        """Find and follow the people of the next frame."""
        people = self._tracker.step(frame.time_s, frame.image, damaged=frame.damaged)
        if self._prefetch is not None:
            self._prefetch.start(self._expected)
        self._rows.add(frame.index, frame.time_s, people)
        self.frames, self._last_s, self.unfinished = frame.index + 1, frame.time_s, self.unfinished - 1
        if self._checkpoints is not None and self._checkpoints.due(frame.time_s):
            ahead = self._prefetch.pending() if self._prefetch is not None else 0
            spent = asdict(self.timings())
            spent["pose_runs"] -= ahead  # they are run again when the work is resumed
            self._checkpoints.keep(self, self._new(), frame.time_s, spent, self._made_by())
            self._rows = PeopleRows(self._estimator.pose.model.skeleton)
        return people

    def state(self) -> State:
        """The state of the tracker and of the prefetch."""
        prefetch = self._prefetch.state() if self._prefetch is not None else {}
        return {"tracker": self._tracker.state(), "prefetch": prefetch}

    def restore(self, state: State) -> None:
        """Go on from `state`, with the frame after the one that it was taken at."""
        self._tracker.restore(state["tracker"])
        if self._prefetch is not None:
            self._prefetch.restore(state.get("prefetch", {}))

    def _expected(self, time_s: float, ahead: int) -> Regions | None:
        return self._tracker.expected(time_s, ahead) if isinstance(self._tracker, PoseTracker) else None

    def take_poses(self) -> PoseSequence:
        """Return the people found so far and forget them."""
        poses = self._new()
        self._rows = PeopleRows(self._estimator.pose.model.skeleton)
        return poses if self._checkpoints is None else self._checkpoints.joined(poses)

    def timings(self) -> Timings:
        """Costs so far, without decoding."""
        return self._clock.timings()

    def _new(self) -> PoseSequence:
        return self._rows.sequence(**self._estimator.metadata(self._info, self.frames, self._last_s))

    def _made_by(self) -> dict[str, Any]:
        models = [loaded.sha256 for loaded in self._estimator.models.values()]
        return {**self._estimator.metadata(self._info, 0), "models": models}
