"""`PoseEstimator`: a detector and a pose model, made ready once, for pictures and videos."""

import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self, TypeVar, cast

import numpy as np
import numpy.typing as npt

from posespotter.arrays import Image, require_image
from posespotter.errors import PoseSpotterError, SettingsError, ShapeError
from posespotter.estimation.cadence import detect_every as checked_cadence
from posespotter.estimation.checkpoint import Checkpoints
from posespotter.estimation.given_boxes import people_in
from posespotter.estimation.one_stage import OneStageTracker
from posespotter.estimation.options import DEFAULT_DETECTOR, DEFAULT_POSE, EstimatorOptions
from posespotter.estimation.pose_tracker import People, PoseTracker
from posespotter.estimation.rows import PeopleRows
from posespotter.estimation.stopwatch import Stopwatch, Timings
from posespotter.estimation.video_run import VideoRun
from posespotter.filtering import Strength, smooth
from posespotter.filtering.gaps import add_missing_rows
from posespotter.filtering.short_tracks import without_short_tracks
from posespotter.media import Frame, Source, SourceInfo, open_source, read_image
from posespotter.media.sources.given import GivenFrames
from posespotter.media.threads import FrameReader
from posespotter.models.interfaces import Detector, Model, OneStageModel, PoseModel
from posespotter.models.load import Loaded, digest_of, is_one_stage, load_detector, load_pose_model
from posespotter.models.session import Session
from posespotter.poses import PoseSequence
from posespotter.progress import Progress
from posespotter.version import __version__


@dataclass
class Estimate:
    """The result of one source.

    Attributes:
        poses: everything found.
        timings: where the time went.
        dropped: frames of a live source that were skipped.
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
        device: str = EstimatorOptions.device,
        detect_every: str | int = EstimatorOptions.detect_every,
        max_people: int | None = EstimatorOptions.max_people,
        smoothing: Strength = EstimatorOptions.smoothing,
        tiles: bool = EstimatorOptions.tiles,
        progress: Progress | None = None,
    ) -> None:
        """Load the models, fetching them first where they are not on this machine.

        Args:
            detector, pose, device, detect_every, max_people, smoothing, tiles: as in `EstimatorOptions`.
            progress: called while a model is downloaded.

        Raises:
            ModelError: a model is unknown, cannot be fetched, or is not of a kind that is understood.
            SettingsError: an option is not one of the possible ones, or does not apply to a one-stage model.
        """
        every = checked_cadence(detect_every)
        self.options = EstimatorOptions(detector, pose, device, every, max_people, smoothing, tiles)
        self.pose = load_pose_model(str(pose), device, progress) if isinstance(pose, str | Path) else _ready(pose)
        self.detector: Loaded[Detector] | None = None
        if is_one_stage(self.pose.model):
            if detector is not None or every != "auto":
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

    @classmethod
    def from_options(cls, options: EstimatorOptions, progress: Progress | None = None) -> Self:
        """The estimator that `options` describe; `progress` and errors are those of the constructor."""
        return cls(
            options.detector,
            options.pose or DEFAULT_POSE,
            device=options.device,
            detect_every=options.detect_every,
            max_people=options.max_people,
            smoothing=options.smoothing,
            tiles=options.tiles,
            progress=progress,
        )

    @property
    def models(self) -> dict[str, Loaded[Detector] | Loaded[PoseModel | OneStageModel]]:
        """The detector, where there is one, and the pose model, by what they do."""
        return ({"detector": self.detector} if self.detector else {}) | {"pose": self.pose}

    @property
    def _sessions(self) -> tuple[Session, ...]:
        return tuple(session for loaded in self.models.values() for session in loaded.model.sessions)

    @property
    def warnings(self) -> list[str]:
        """Deviations from the options: another device runs than the one named."""
        return list(dict.fromkeys(session.warning for session in self._sessions if session.warning))

    def tracker(self, pose: PoseModel | None = None) -> PoseTracker | OneStageTracker:
        """A new tracker for one video, for callers that supply the frames themselves.

        Args:
            pose: stands in for the pose model behind a detector, as `Prefetch` does.
        """
        options = self.options
        if self.detector is None:
            return OneStageTracker(cast(OneStageModel, self.pose.model), options.max_people)
        model = cast(PoseModel, self.pose.model) if pose is None else pose
        return PoseTracker(self.detector.model, model, options.detect_every, options.max_people, tiles=options.tiles)

    def estimate_image(self, image: Image | str | Path, *, boxes: npt.ArrayLike | None = None) -> PoseSequence:
        """The people in one picture, as a sequence of one frame.

        Args:
            image: (H, W, 3) uint8 BGR, or the path of a JPEG, PNG, WebP or BMP file.
            boxes: (M, 4) x0, y0, x1, y1 in px, one person in each; None to find them. The person of box i has the track
                id i + 1.

        Raises:
            InputError: the file cannot be read as a picture.
            SettingsError: the pose model finds people by itself, and takes no boxes.
            ShapeError: the array is not (H, W, 3) uint8, or the boxes are none.
        """
        name = "" if isinstance(image, np.ndarray) else Path(image).name
        pixels = image if isinstance(image, np.ndarray) else read_image(image)
        require_image(pixels)
        height, width = pixels.shape[:2]
        info = SourceInfo(name, "image", width, height, 0.0, 1, live=False)
        rows = PeopleRows(self.pose.model.skeleton)
        people = self.tracker().step_still(pixels) if boxes is None else people_in(boxes, pixels, self.pose)
        rows.add(0, 0.0, people)
        return rows.sequence(**self.metadata(info, 1, 0.0))

    def estimate_video(
        self,
        source: str | Path | Source | Iterable[Any],
        *,
        fps: float | None = None,
        progress: Progress | None = None,
    ) -> PoseSequence:
        """The people in a video, folder of frames, camera, stream or iterable of frames, followed and smoothed.

        Args:
            source: path, camera number as text, address, an open source (which stays open), or any iterable of
                frames: (H, W, 3) uint8 BGR pictures, or (time in seconds, picture) pairs.
            fps: frames a second of pictures that do not say it: numbered files, and pictures without times.
            progress: called with "estimate" after each frame.

        Raises:
            InputError: the source cannot be opened or holds no frame.
            SettingsError: pictures come without times, and there is no `fps`.
            ShapeError: a frame is no picture, of another size, or not later than the one before.
        """
        return self.run(source, fps=fps, progress=progress).poses

    def run(
        self,
        source: str | Path | Source | Iterable[Any],
        *,
        fps: float | None = None,
        progress: Progress | None = None,
        sink: FrameSink | None = None,
        checkpoints: Checkpoints | None = None,
    ) -> Estimate:
        """`estimate_video` with all that is known beside the poses.

        Args:
            source: as for `estimate_video`.
            fps: as for `estimate_video`.
            progress: called with "estimate" after each frame.
            sink: is handed each frame with its people, before smoothing.
            checkpoints: where to go on, and to keep now and then how far it is; for sources that can be read again.

        Ctrl-C ends it early with what was done by then, and so does a source or sink that fails on the way.

        Raises:
            InputError: the source cannot be opened, or fails before its first frame.
        """
        if not isinstance(source, Source):
            with open_source(source, fps=fps) if isinstance(source, str | Path) else GivenFrames(source, fps) as opened:
                return self.run(opened, progress=progress, sink=sink, checkpoints=checkpoints)
        if source.info.kind == "image":
            return self._run_picture(source, sink)
        video = VideoRun(self, source.info, checkpoints)
        stopped, error = False, None
        with closing(video), FrameReader(source, "latest" if source.info.live else "all") as reader:
            try:
                for frame in video.frames_left(reader):
                    people = video.step(frame)
                    if sink is not None:
                        sink(frame, people)
                    if progress is not None:
                        progress("estimate", video.frames, source.info.n_frames)
            except KeyboardInterrupt:
                stopped = True
            except ShapeError:
                raise  # the mistake of a program that gives frames, not the end of a recording
            except PoseSpotterError as failure:
                if not video.frames:
                    raise
                error = str(failure)
        timings, smoothing_from = video.timings(), time.perf_counter()
        poses, whole = self._smoothed(video.take_poses())
        timings.decode_s, timings.smooth_s = reader.seconds, time.perf_counter() - smoothing_from
        timings.total_s += timings.smooth_s
        dropped = reader.dropped + video.unfinished
        return Estimate(poses, timings, dropped, [*self.warnings, *source.warnings], stopped or not whole, error)

    def _smoothed(self, poses: PoseSequence) -> tuple[PoseSequence, bool]:
        """The poses, smoothed unless Ctrl-C stops that, and whether nothing did: half an hour takes ten seconds.

        Of half an hour of joints no more copies are held at a time than must be.
        """
        poses = without_short_tracks(poses)
        if self.options.smoothing == "off":
            return poses, True
        try:
            poses = add_missing_rows(poses)  # as `smooth` would, which holds what it is given all the while
            return smooth(poses, self.options.smoothing), True
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
        """Metadata of the `PoseSequence` of this estimator."""
        return {
            "last_s": last_s,
            "frame_size": (info.width, info.height),
            "fps": float(info.fps),
            "n_frames": n_frames,
            "source": info.name,
            "detector": self.detector.name if self.detector else "",
            "pose_model": self.pose.name,
            "settings": self.options.as_settings() | ({"smoothing": "off"} if info.kind == "image" else {}),
            "version": __version__,
        }


def _ready(model: AnyModel) -> Loaded[AnyModel]:
    """A model that the caller made, with the digest of its files where it has any."""
    paths = [path for session in model.sessions if (path := getattr(session, "path", None)) is not None]
    return Loaded(type(model).__name__, digest_of(paths), model)
