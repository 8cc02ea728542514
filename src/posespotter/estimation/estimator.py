"""`PoseEstimator`: a detector and a pose model, made ready once, for pictures and videos."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar, cast, get_args

import numpy as np

from posespotter.arrays import Image, require_image
from posespotter.errors import PoseSpotterError, SettingsError
from posespotter.estimation.cadence import detect_every as checked_cadence
from posespotter.estimation.checkpoint import Checkpoints, Resumed
from posespotter.estimation.early import AHEAD
from posespotter.estimation.one_stage import OneStageTracker
from posespotter.estimation.pose_tracker import People, PoseTracker
from posespotter.estimation.rows import PeopleRows
from posespotter.estimation.stopwatch import Stopwatch, Timings
from posespotter.filtering import Strength, smooth
from posespotter.filtering.gaps import add_missing_rows
from posespotter.filtering.short_tracks import without_blips
from posespotter.media import Frame, Source, SourceInfo, open_source, read_image
from posespotter.media.threads import FrameReader
from posespotter.models.interfaces import Detector, Model, OneStageModel, PoseModel
from posespotter.models.load import Loaded, is_one_stage, load_detector, load_pose_model
from posespotter.models.session import Session
from posespotter.poses import PoseSequence
from posespotter.version import __version__

DEFAULT_DETECTOR = "movenet-multipose"
DEFAULT_POSE = "movenet-thunder+blazepose-full"
DEFAULT_POSE_LIVE = "movenet-lightning"


@dataclass(frozen=True)
class Progress:
    """How far an estimation is.

    Attributes:
        frames: frames done.
        total: frames in all, as the header claims; None where nobody knows.
        time_s: time of the last frame done.
        people: people in it.
    """

    frames: int
    total: int | None
    time_s: float
    people: int


@dataclass
class Estimate:
    """What came of one source, beside the poses.

    Attributes:
        poses: everything found.
        timings: where the time went.
        dropped: frames of a live source that were never looked at.
        warnings: sentences about what was repaired or lost.
        stopped_early: whether it was interrupted; `poses` holds what was done by then.
        error: why it ended before its time, or could not be drawn, if that is so; `poses` holds what was done.
    """

    poses: PoseSequence
    timings: Timings
    dropped: int = 0
    warnings: list[str] = field(default_factory=list)
    stopped_early: bool = False
    error: str | None = None


AnyModel = TypeVar("AnyModel", bound=Model)
FrameSink = Callable[[Frame, People], None]


class PoseEstimator:
    """Finds the people in pictures and videos and gives their joints.

    Example:
        >>> estimator = PoseEstimator()
        >>> poses = estimator.estimate_video("squat.mp4")
        >>> poses.keypoints.shape  # doctest: +SKIP
        (240, 33, 2)
    """

    def __init__(
        self,
        detector: str | Path | Detector | None = None,
        pose: str | Path | PoseModel | OneStageModel = DEFAULT_POSE,
        *,
        device: str = "auto",
        detect_every: str | int = "auto",
        max_people: int | None = None,
        smoothing: Strength = "light",
        tiles: bool = True,
        progress: Callable[[int, int | None], None] | None = None,
    ) -> None:
        """Load the models, fetching them first where they are not on this machine.

        Args:
            detector: name of a person detector, path of an ONNX file, or a detector that is ready; None for the usual
                one, or for none where the pose model finds people by itself.
            pose: name of a pose or one-stage model, two names joined by `+` (see `CompositePose`), path of an ONNX
                file, or a model that is ready.
            device: auto, cpu, cuda, coreml, directml or openvino.
            detect_every: run the detector on every N-th frame, or `auto`: when something calls for it.
            max_people: follow at most this many people, the surest first; None for all.
            smoothing: off, light or strong; what videos are smoothed with.
            tiles: look at parts of a large picture in turn while nobody is found in the whole of it.
            progress: is told (bytes done, bytes in all) while a model is downloaded.

        Raises:
            ModelError: a model is unknown, cannot be fetched, or is not of a kind that is understood.
            SettingsError: an option is not one of the possible ones, or does not apply to a one-stage model.
        """
        self.detect_every = checked_cadence(detect_every)
        if max_people is not None and max_people < 1:
            raise SettingsError(f"max-people: expected a number of 1 or more, got {max_people}.")
        if smoothing not in get_args(Strength):
            raise SettingsError(f"smooth: expected one of {', '.join(get_args(Strength))}, got {smoothing!r}.")
        self.max_people = max_people
        self.smoothing = smoothing
        self.tiles = tiles
        self.device = device
        self.pose = load_pose_model(str(pose), device, progress) if isinstance(pose, str | Path) else _ready(pose)
        self.detector: Loaded[Detector] | None = None
        if is_one_stage(self.pose.model):
            if detector is not None or self.detect_every != "auto":
                raise SettingsError(
                    f"{self.pose.name} finds people by itself: leave out the detector and detect-every."
                )
        elif isinstance(detector, str | Path) or detector is None:
            self.detector = load_detector(str(detector or DEFAULT_DETECTOR), device, progress)
        else:
            self.detector = _ready(detector)
        side = getattr(self.detector.model if self.detector else self.pose.model, "input_size", 1)
        for session in self._sessions:
            session.warm_up(side)

    @property
    def models(self) -> dict[str, Loaded[Detector] | Loaded[PoseModel | OneStageModel]]:
        """The detector, where there is one, and the pose model, by what they do."""
        return ({"detector": self.detector} if self.detector else {}) | {"pose": self.pose}

    @property
    def _sessions(self) -> tuple[Session, ...]:
        return tuple(session for loaded in self.models.values() for session in loaded.model.sessions)

    @property
    def warnings(self) -> list[str]:
        """What is not as asked for: another device runs than the one named."""
        return list(dict.fromkeys(session.warning for session in self._sessions if session.warning))

    def tracker(self) -> PoseTracker | OneStageTracker:
        """A fresh state for one video, for callers who have the frames themselves."""
        if self.detector is None:
            return OneStageTracker(cast(OneStageModel, self.pose.model), self.max_people)
        pose = cast(PoseModel, self.pose.model)
        return PoseTracker(self.detector.model, pose, self.detect_every, self.max_people, tiles=self.tiles)

    def estimate_image(self, image: Image | str | Path) -> PoseSequence:
        """The people in one picture, as a sequence of one frame.

        Args:
            image: (H, W, 3) uint8 BGR, or the path of a JPEG, PNG, WebP or BMP file.

        Raises:
            InputError: the file cannot be read as a picture.
            ShapeError: the array is not (H, W, 3) uint8.
        """
        name = "" if isinstance(image, np.ndarray) else Path(image).name
        pixels = image if isinstance(image, np.ndarray) else read_image(image)
        require_image(pixels)
        height, width = pixels.shape[:2]
        info = SourceInfo(name, "image", width, height, 0.0, 1, live=False)
        rows = PeopleRows(self.pose.model.skeleton)
        rows.add(0, 0.0, self.tracker().step_still(pixels))
        return rows.sequence(**self.metadata(info, 1, 0.0))

    def estimate_video(
        self, source: str | Path | Source, *, progress: Callable[[Progress], None] | None = None
    ) -> PoseSequence:
        """The people in a video, folder of frames, camera or stream, followed and smoothed.

        Args:
            source: path, camera number as text, address, or an open source (which stays open).
            progress: is called after each frame.

        Raises:
            InputError: the source cannot be opened or holds no frame.
        """
        return self.run(source, progress=progress).poses

    def run(
        self,
        source: str | Path | Source,
        *,
        progress: Callable[[Progress], None] | None = None,
        sink: FrameSink | None = None,
        checkpoints: Checkpoints | None = None,
    ) -> Estimate:
        """`estimate_video` with all that is known beside the poses.

        Args:
            source: as for `estimate_video`.
            progress: is called after each frame.
            sink: is handed each frame with its people, before smoothing.
            checkpoints: where to go on, and to keep now and then how far it is; for sources that can be read again.

        Ctrl-C ends it early with what was done by then, and so does a source or sink that fails on the way.

        Raises:
            InputError: the source cannot be opened, or fails before its first frame.
        """
        if not isinstance(source, Source):
            with open_source(source) as opened:
                return self.run(opened, progress=progress, sink=sink, checkpoints=checkpoints)
        if source.info.kind == "image":
            return self._run_picture(source, sink)
        following = _Following(self, source.info, checkpoints)
        stopped, error = False, None
        with closing(following), FrameReader(source, "latest" if source.info.live else "all") as reader:
            try:
                for frame in following.frames_left(reader):
                    people = following.step(frame)
                    if sink is not None:
                        sink(frame, people)
                    if progress is not None:
                        progress(Progress(following.frames, source.info.n_frames, frame.time_s, len(people.ids)))
            except KeyboardInterrupt:
                stopped = True
            except PoseSpotterError as failure:
                if not following.frames:
                    raise
                error = str(failure)
        timings, smoothing_from = following.timings(), time.perf_counter()
        poses, whole = self._smoothed(following)
        timings.decode_s, timings.smooth_s = reader.seconds, time.perf_counter() - smoothing_from
        timings.total_s += timings.smooth_s
        dropped = reader.dropped + following.unfinished
        return Estimate(poses, timings, dropped, [*self.warnings, *source.warnings], stopped or not whole, error)

    def _smoothed(self, following: "_Following") -> tuple[PoseSequence, bool]:
        """Who was found, smoothed unless Ctrl-C stops that, and whether nothing did: half an hour takes ten seconds.

        Of half an hour of joints no more copies are held at a time than must be.
        """
        poses = without_blips(following.take_poses())
        if self.smoothing == "off":
            return poses, True
        try:
            poses = add_missing_rows(poses)  # as `smooth` would, which holds what it is given all the while
            return smooth(poses, self.smoothing), True
        except KeyboardInterrupt:
            return replace(poses, settings={**poses.settings, "smoothing": "off"}), False

    def _run_picture(self, source: Source, sink: FrameSink | None) -> Estimate:
        clock = Stopwatch(self)
        rows = PeopleRows(self.pose.model.skeleton)
        for frame in source:
            people = self.tracker().step_still(frame.image)
            rows.add(0, 0.0, people)
            if sink is not None:
                sink(frame, people)
        poses = rows.sequence(**self.metadata(source.info, 1, 0.0))
        return Estimate(poses, clock.timings(), 0, [*self.warnings, *source.warnings])

    def metadata(self, info: SourceInfo, n_frames: int, last_s: float | None = None) -> dict[str, Any]:
        """What a `PoseSequence` of this estimator says of itself."""
        return {
            "last_s": last_s,
            "frame_size": (info.width, info.height),
            "fps": float(info.fps),
            "n_frames": n_frames,
            "source": info.name,
            "detector": self.detector.name if self.detector else "",
            "pose_model": self.pose.name,
            "settings": {
                "detect_every": self.detect_every,
                "max_people": self.max_people,
                "tiles": self.tiles,
                "smoothing": self.smoothing if info.kind != "image" else "off",
            },
            "version": __version__,
        }


def _ready(model: AnyModel) -> Loaded[AnyModel]:
    """A model that the caller made; nobody knows its file."""
    return Loaded(type(model).__name__, "", model)


class _Following:
    """One pass over a source: whom it has found, in memory and, with checkpoints, in their folder.

    Attributes:
        frames: frames done, also those done before it was cut off.
        unfinished: frames taken and not done.
    """

    def __init__(self, estimator: PoseEstimator, info: SourceInfo, checkpoints: Checkpoints | None) -> None:
        self._estimator, self._info, self._checkpoints = estimator, info, checkpoints
        self._tracker = estimator.tracker()
        resumed = Resumed() if checkpoints is None else checkpoints.resume(self._tracker, self._made_by())
        self._rows = PeopleRows(estimator.pose.model.skeleton)
        self._clock = Stopwatch(estimator, resumed.timings)
        self.frames = resumed.frames
        self.unfinished = 0
        self._last_s: float | None = None

    def frames_left(self, reader: Iterable[Frame]) -> Iterator[Frame]:
        """The frames that are not done yet; the ones after each of a file are looked at beside it."""
        done, waiting = self.frames, deque[Frame]()
        try:
            for frame in reader:
                if frame.index < done:
                    self._last_s = frame.time_s
                    continue
                self.unfinished += 1
                if self._info.live:
                    yield frame
                    continue
                self._tracker.begin(frame.time_s, frame.image)
                waiting.append(frame)
                if len(waiting) == AHEAD:
                    yield waiting.popleft()
        except PoseSpotterError:
            yield from waiting
            raise
        yield from waiting

    def close(self) -> None:
        """Look no further ahead."""
        self._tracker.close()

    def step(self, frame: Frame) -> People:
        """Find and follow the people of the next frame."""
        people = self._tracker.step(frame.time_s, frame.image, damaged=frame.damaged)
        self._rows.add(frame.index, frame.time_s, people)
        self.frames, self._last_s, self.unfinished = frame.index + 1, frame.time_s, self.unfinished - 1
        if self._checkpoints is not None and self._checkpoints.due(frame.time_s):
            ahead = self._tracker.ahead()
            spent = asdict(self.timings())
            spent["pose_runs"] -= ahead  # who goes on from here looks at them again
            self._checkpoints.keep(self._tracker, self._new(), frame.time_s, spent, self._made_by())
            self._rows = PeopleRows(self._estimator.pose.model.skeleton)
        return people

    def take_poses(self) -> PoseSequence:
        """Everybody found so far, of whom nothing is kept."""
        poses = self._new()
        self._rows = PeopleRows(self._estimator.pose.model.skeleton)
        return poses if self._checkpoints is None else self._checkpoints.joined(poses)

    def timings(self) -> Timings:
        """What it has cost so far, without decoding."""
        return self._clock.timings()

    def _new(self) -> PoseSequence:
        return self._rows.sequence(**self._estimator.metadata(self._info, self.frames, self._last_s))

    def _made_by(self) -> dict[str, Any]:
        models = [loaded.sha256 for loaded in self._estimator.models.values()]
        return {**self._estimator.metadata(self._info, 0), "models": models}
