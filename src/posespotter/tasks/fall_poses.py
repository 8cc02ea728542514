"""Poses of labelled clips: estimated once, kept as Parquet, taken up again where Ctrl-C ended it."""

import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from posespotter.errors import InputError
from posespotter.estimation.estimator import PoseEstimator
from posespotter.estimation.options import EstimatorOptions
from posespotter.falls.training.data import FallClip, FallData
from posespotter.files import sha256_of
from posespotter.models.load import DETECTOR_TASKS, POSE_TASKS, model_sha256
from posespotter.poses import PoseSequence
from posespotter.poses.parquet import read_parquet
from posespotter.progress import Progress
from posespotter.settings import expanded, own_folder

_SUFFIX = ".parquet"


@dataclass(frozen=True)
class Models:
    """A detector and a pose model, by name or as ONNX files."""

    detector: str
    pose: str

    @property
    def detector_name(self) -> str:
        """Without folder and suffix; of a file with the beginning of its SHA-256, as many have one name."""
        return _short(self.detector, self.sha256[0])

    @property
    def name(self) -> str:
        """Name of the folder that keeps their poses: `rtmdet-nano+blazepose-full`."""
        return f"{self.detector_name}+{_short(self.pose, self.sha256[1])}"

    @cached_property
    def sha256(self) -> tuple[str, str]:
        """SHA-256 of the files of the detector and of the pose model.

        Raises:
            ModelError: there is no such model.
        """
        return model_sha256(self.detector, DETECTOR_TASKS), model_sha256(self.pose, POSE_TASKS)


def _short(model: str, sha256: str) -> str:
    path = Path(model)
    return f"{path.stem}-{sha256[:8]}" if path.suffix == ".onnx" else path.name


def usual_folder(data: FallData) -> Path:
    """Folder of the poses of some clips unless the user gives one: in the cache of this machine."""
    folder = data.folder.resolve()
    cache = expanded(own_folder("cache"))
    return cache / "falls" / f"{folder.name}-{zlib.crc32(bytes(folder)):08x}"


class PosesOfClips:
    """`FOLDER/<models>/<clip_id>.parquet`, one file a clip; each appears when it is complete.

    A clip is estimated again if its file is missing or damaged, or was made of another video, by other models or with
    other settings: by their content, for clocks and copies say nothing about that.
    """

    def __init__(self, folder: Path, models: Iterable[Models], device: str = "auto") -> None:
        """Prepare; models are loaded only where something is missing.

        Args:
            folder: of everything.
            models: each of them sees each clip.
            device: auto, cpu, cuda, coreml, directml or openvino.
        """
        self.folder = folder
        self.models = tuple(models)
        self._device = device

    def __call__(self, clip: FallClip) -> list[PoseSequence]:
        """The poses of a clip by each of the models; `fill` has made them.

        Raises:
            InputError: they are not there.
        """
        return [self.by(models, clip) for models in self.models]

    def by(self, models: Models, clip: FallClip) -> PoseSequence:
        """The poses of a clip by one of the models.

        Raises:
            InputError: they are not there.
        """
        return read_parquet(self._path(models, clip))

    def fill(self, data: FallData, progress: Progress | None = None) -> int:
        """Estimate what is missing; returns how many clips were.

        Raises:
            InputError: a video cannot be read to its end, or has another number of frames than clips.csv says.
            ModelError: a model is missing.
            KeyboardInterrupt: Ctrl-C; clips that are complete are kept.
        """
        made = 0
        for models in self.models:
            missing = [clip for clip in data if not self._is_there(models, clip)]
            if not missing:
                continue
            estimator = PoseEstimator(models.detector, models.pose, device=self._device)
            total, before = sum(clip.n_frames for clip in missing), 0
            for clip in missing:
                tell = partial(_tell, progress, models.name, before, total)
                poses = estimate_clip(clip, estimator, tell)
                replace(poses, settings={**poses.settings, **made_from(clip, models)}).to_parquet(
                    self._path(models, clip)
                )
                before += clip.n_frames
            made += len(missing)
        return made

    def _path(self, models: Models, clip: FallClip) -> Path:
        return self.folder / models.name / f"{clip.clip_id}{_SUFFIX}"

    def _is_there(self, models: Models, clip: FallClip) -> bool:
        try:
            poses = self.by(models, clip)
            require_frames(poses.n_frames, clip)
        except InputError:
            return False
        return made_from(clip, models).items() <= poses.settings.items()


def made_from(clip: FallClip, models: Models) -> dict[str, Any]:
    """The inputs that the poses of a clip depend on, as their settings name them.

    Raises:
        InputError: the video cannot be read.
        ModelError: there is no such model.
    """
    try:
        video = sha256_of(clip.path)
    except OSError as error:
        raise InputError(f"{clip.path}: cannot be read: {error.strerror or error}.") from error
    detector, pose = models.sha256
    return {**EstimatorOptions().as_settings(), "video_sha256": video, "detector_sha256": detector, "pose_sha256": pose}


def reporting(data: FallData, progress: Progress | None, what: str, nth: int = 0, times: int = 1) -> Iterator[FallClip]:
    """The clips, while `progress` is called with how many frames of them were taken: the `nth` time of `times`."""
    frames = sum(clip.n_frames for clip in data)
    done = nth * frames
    for clip in data:
        if progress is not None:
            progress(what, done, times * frames)
        done += clip.n_frames
        yield clip


def _tell(progress: Progress | None, name: str, before: int, total: int, frames: int) -> None:
    if progress is not None:
        progress(name, before + frames, total)


def estimate_clip(clip: FallClip, estimator: PoseEstimator, tell: Callable[[int], None]) -> PoseSequence:
    """The poses of one clip.

    Raises:
        InputError: the video cannot be read to its end, or has another number of frames than clips.csv says.
        KeyboardInterrupt: Ctrl-C.
    """
    estimate = estimator.run(clip.path, progress=lambda _stage, frames, _total: tell(frames))
    if estimate.stopped_early:
        raise KeyboardInterrupt
    if estimate.error:
        raise InputError(f"{clip.path}: {estimate.error}")
    require_frames(estimate.poses.n_frames, clip)
    return estimate.poses


def require_frames(n_frames: int, clip: FallClip) -> None:
    """Check that a video and its labels belong together.

    Raises:
        InputError: the video has more or fewer frames than clips.csv says.
    """
    if abs(n_frames - clip.n_frames) > 2:  # containers count their frames in more than one way
        raise InputError(
            f"{clip.path}: expected {clip.n_frames} frames, as clips.csv says of {clip.clip_id}, got {n_frames}; "
            "its labels would be shifted."
        )
