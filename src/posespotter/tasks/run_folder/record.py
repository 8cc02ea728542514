"""run.json: what ran, on what, with what, how long, so that a result can be understood and made again."""

import json
import platform
import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, ValidationError, model_serializer

from posespotter.errors import InputError
from posespotter.files import open_plain, whole
from posespotter.tasks.run_folder.folders import EXPORT_PREFIX, RUN_FILE
from posespotter.texts import printable
from posespotter.version import __version__

if TYPE_CHECKING:
    from posespotter.estimation.estimator import Estimate, PoseEstimator
    from posespotter.media import SourceInfo
    from posespotter.poses import PoseSequence

SCHEMA_VERSION = 1
"""Of run.json; to be raised when a key gets another meaning. Files without one are older and hold the same keys."""

_LIBRARIES = ("av", "numpy", "opencv-python-headless", "onnxruntime", "onnxruntime-gpu", "pyarrow", "scipy")


class _Part(BaseModel):
    """A part of run.json. What later versions add is kept; keys named in `_OPTIONAL` are not there instead of null."""

    model_config = ConfigDict(extra="allow")
    _OPTIONAL: ClassVar[frozenset[str]] = frozenset()

    @model_serializer(mode="wrap")
    def _to_json(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        values: dict[str, Any] = handler(self)
        return {name: value for name, value in values.items() if value is not None or name not in self._OPTIONAL}


class SourceRecord(_Part):
    """The source of a run.

    Attributes:
        name: name of the file, camera or stream; no path.
        kind: "image", "video", "frames", "camera", "stream", or "poses" that were there already.
        frame_size: (width, height) px.
        fps: frames a second, nominal.
        frames: number of frames, null where it was not counted.
        frames_dropped: frames of a live source that were skipped to keep up.
        seconds: how long the frames last together.
    """

    name: str = ""
    kind: str = ""
    frame_size: tuple[int, int] = (0, 0)
    fps: float = 0.0
    frames: int | None = None
    frames_dropped: int = 0
    seconds: float | None = None


class ModelRecord(_Part):
    """A model, with the SHA-256 of its file and the device it ran on where they are known."""

    _OPTIONAL: ClassVar[frozenset[str]] = frozenset({"sha256", "device"})

    task: str = ""
    name: str = ""
    sha256: str | None = None
    device: str | None = None


class PersonRecord(_Part):
    """The quality of one person's joints, as in `kinematics.quality.TrackQuality`."""

    track_id: int = 0
    seconds: float = 0.0
    frames: int = 0
    joints_seen: float = 0.0
    limb_variation: float | None = None
    swaps_found: int = 0
    swaps_repaired: int = 0


class ExerciseRecord(_Part):
    """The options of an analysis: the exercise by name, from where it is seen, and whose it is."""

    name: str
    view: Literal["auto", "front", "rear", "left", "right"] = "auto"
    person: int | None = None


class AssessmentRecord(_Part):
    """The options of an everyday test: its name, and what was given beside the clip."""

    name: str
    start_s: float | None = None
    person: int | None = None
    side: str | None = None
    marks: tuple[float, float] | None = None
    distance_m: float | None = None
    height_m: float | None = None


class ClassifierRecord(_Part):
    """A fall classifier and the SHA-256 of its file."""

    name: str = ""
    sha256: str = ""


class ZoneRecord(_Part):
    """A zone as `falls.zones.Zone` has it."""

    name: str
    kind: Literal["bed", "sofa", "ignore"]
    polygon: tuple[tuple[float, float], ...]


class FallsRecord(_Part):
    """The options of a search for falls, and how many events it found."""

    classifier: ClassifierRecord = ClassifierRecord()
    sensitivity: str = "normal"
    zones: list[ZoneRecord] = Field(default_factory=list)
    events: int = 0
    ignored: int = 0


class Record(_Part):
    """The part of run.json that all runs share.

    Attributes:
        kind: what was done: "estimate", "exercise", "falls", "test", "recording", "falls train" or "falls evaluate".
        schema_version: version of these keys.
        finished_at: when the run ended, in UTC, as ISO 8601.
        versions: versions of the program and its libraries.
        outputs: names of the files beside run.json; a folder of files counts as one.
    """

    kind: str = ""
    schema_version: int = SCHEMA_VERSION
    finished_at: str = ""
    versions: dict[str, str] = Field(default_factory=dict)
    outputs: list[str] = Field(default_factory=list)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Record from the content of a run.json; values of a wrong type are left out."""
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            wrong = {str(problem["loc"][0]) for problem in error.errors()}
            return cls.model_validate({name: value for name, value in values.items() if name not in wrong})

    def to_json(self) -> dict[str, Any]:
        """The content of run.json, as JSON values."""
        return self.model_dump(mode="json")

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The record in a run's folder.

        Raises:
            InputError: there is none that can be read.
        """
        try:
            with open_plain(folder / RUN_FILE) as file:
                content = json.loads(file.read())
        except (OSError, ValueError, RecursionError) as error:
            raise InputError(f"{folder / RUN_FILE}: expected the record of a run, it cannot be read as one.") from error
        if not isinstance(content, dict):
            raise InputError(f"{folder / RUN_FILE}: expected the record of a run, got something else.")
        return cls.from_json(content)

    def write(self, folder: Path) -> None:
        """Write run.json into a run's folder, with all the files beside it as its outputs."""
        self.outputs = _outputs(folder)
        with whole(folder / RUN_FILE) as temporary:
            temporary.write_text(json.dumps(self.to_json(), indent=2) + "\n", "utf-8")


class RunRecord(Record):
    """The record of a run on one source: estimate, exercise, falls, test, recording. Filled while the run goes on.

    Attributes:
        stopped_early: whether it was interrupted; what was done by then is kept.
        error: what ended it early, or kept the overlay from being drawn; null where nothing did.
        warnings: sentences for people.
        source: the video, picture, camera or stream.
        models: the models by task, with name, SHA-256 of the file, and device.
        settings: settings of the estimator, and the device that was asked for.
        people: each person found, with the quality of the joints.
        timings_s: seconds by stage.
        detector_runs: how often the detector ran in an estimation.
        pose_runs: how often the pose model ran, once a person and frame.
        frames_per_second: of the estimation, decoding included.
        exercise: the options of an analysis.
        exercise_file: the exercise as its file says it.
        falls: the options of a search for falls.
        test: the options of an everyday test.
    """

    _OPTIONAL: ClassVar[frozenset[str]] = frozenset(
        {"detector_runs", "pose_runs", "frames_per_second", "exercise", "exercise_file", "falls", "test"}
    )

    stopped_early: bool = False
    error: str | None = None
    warnings: list[str] = Field(default_factory=list)
    source: SourceRecord = SourceRecord()
    models: list[ModelRecord] = Field(default_factory=list)
    settings: dict[str, Any] = Field(default_factory=dict)
    people: list[PersonRecord] = Field(default_factory=list)
    timings_s: dict[str, float] = Field(default_factory=dict)
    detector_runs: int | None = None
    pose_runs: int | None = None
    frames_per_second: float | None = None
    exercise: ExerciseRecord | None = None
    exercise_file: dict[str, Any] | None = None
    falls: FallsRecord | None = None
    test: AssessmentRecord | None = None

    @classmethod
    def of(cls, kind: str, source: SourceRecord, poses: "PoseSequence | None" = None) -> Self:
        """The record of a run that went well and of which no more is known yet.

        Args:
            kind: of the run.
            source: the input.
            poses: of everyone in it, or None where nothing was estimated.
        """
        return cls(kind=kind, finished_at=now(), source=source, people=_people(poses), versions=versions())

    def complete(self, folder: Path, target: Path) -> None:
        """Write run.json into a folder that is going to be moved to `target`, by which name the user knows it."""
        if self.error:
            self.error = self.error.replace(printable(str(folder)), printable(str(target)))
        self.write(folder)

    def warn(self, sentence: str) -> None:
        """Add a warning that is not there yet; an empty one is none."""
        if sentence and sentence not in self.warnings:
            self.warnings.append(sentence)


def now() -> str:
    """Current time, as records give it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def versions() -> dict[str, str]:
    """The versions of PoseSpotter, Python and the libraries that decide a result."""
    found = {"posespotter": __version__, "python": platform.python_version(), "platform": sys.platform}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def estimate_record(estimator: "PoseEstimator", info: "SourceInfo", estimate: "Estimate") -> RunRecord:
    """The record of an estimation.

    Args:
        estimator: what estimated.
        info: of its source.
        estimate: what came of it.
    """
    poses, timings = estimate.poses, estimate.timings
    length_s = poses.end_s + poses.step_s
    source = source_record(info, poses.n_frames, length_s=length_s, dropped=estimate.dropped)
    record = RunRecord.of("estimate", source, poses)
    record.stopped_early, record.error, record.warnings = estimate.stopped_early, estimate.error, estimate.warnings
    record.models = model_records(estimator)
    record.settings = {"device": estimator.options.device, **poses.settings}
    spent = asdict(timings)
    record.timings_s = {name.removesuffix("_s"): round(spent[name], 4) for name in spent if name.endswith("_s")}
    record.detector_runs, record.pose_runs = timings.detector_runs, timings.pose_runs
    record.frames_per_second = round(poses.n_frames / timings.total_s, 2)
    return record


def source_record(
    info: "SourceInfo", frames: int | None, *, length_s: float | None = None, dropped: int = 0
) -> SourceRecord:
    """Record of a source of which `frames` were processed that last `length_s` together."""
    return SourceRecord(
        name=info.name,
        kind=info.kind,
        frame_size=(info.width, info.height),
        fps=round(info.fps, 4),
        frames=frames,
        frames_dropped=dropped,
        seconds=None if length_s is None else round(length_s, 3),
    )


def model_records(estimator: "PoseEstimator") -> list[ModelRecord]:
    """Records of the models."""
    return [
        ModelRecord(task=task, name=loaded.name, sha256=loaded.sha256, device=loaded.model.sessions[0].device)
        for task, loaded in estimator.models.items()
    ]


def _people(poses: "PoseSequence | None") -> list[PersonRecord]:
    if poses is None:
        return []
    from posespotter.kinematics.quality import track_quality

    return [PersonRecord(**asdict(quality)) for quality in track_quality(poses)]


def _outputs(folder: Path) -> list[str]:
    """Names of the files in a run's folder; an export that is a folder, with a file for each frame, counts as one."""
    names = set()
    for path in folder.rglob("*"):
        if path.is_file():
            name = path.relative_to(folder)
            names.add(name.parts[0] if name.parts[0].startswith(EXPORT_PREFIX) else name.as_posix())
    return sorted(names - {RUN_FILE})
