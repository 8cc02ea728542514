"""`JobRequest`: the request for a job, checked where it is made, and JSON values in the queue."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, cast, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from posespotter.errors import SettingsError
from posespotter.estimation.options import EstimatorOptions
from posespotter.runs.run import checked_id

JobKind = Literal["estimate", "exercise", "falls", "test"]


class CommonOptions(BaseModel):
    """The options that all kinds of jobs share: detection, tracking, drawing, and the part of the video.

    See `EstimatorOptions` and `media.Part`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    detector: str | None = None
    pose: str | None = None
    device: str = EstimatorOptions.device
    detect_every: int | Literal["auto"] = EstimatorOptions.detect_every
    max_people: int | None = Field(EstimatorOptions.max_people, ge=1)
    smoothing: Literal["off", "light", "strong"] = EstimatorOptions.smoothing
    rotate: Literal[0, 90, 180, 270] = 0
    from_s: float | None = Field(None, ge=0)
    to_s: float | None = Field(None, gt=0)
    overlay: bool = True

    def estimator_options(self, usual_pose: str) -> EstimatorOptions:
        """Options of the estimator, with `usual_pose` where no pose model was chosen.

        Raises:
            SettingsError: an option is not one of the possible ones.
        """
        return EstimatorOptions(
            self.detector,
            self.pose or usual_pose,
            device=self.device,
            detect_every=self.detect_every,
            max_people=self.max_people,
            smoothing=self.smoothing,
        )


class EstimateOptions(CommonOptions):
    """Options of an estimation: further formats to write."""

    exports: tuple[str, ...] = ()


class ExerciseOptions(CommonOptions):
    """Options of an exercise analysis: the exercise (`auto`: the one that is recognised), the view and the person."""

    exercise: str
    view: Literal["auto", "front", "rear", "left", "right"] = "auto"
    person: int | None = None
    report: bool = True


class ZoneOption(BaseModel):
    """A part of the picture, as `falls.zones.Zone` has it: corners in shares of the picture's width and height."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    kind: Literal["bed", "sofa", "ignore"]
    polygon: tuple[tuple[float, float], ...]


class FallsOptions(CommonOptions):
    """Options of fall detection: how readily a fall is reported, and where not."""

    sensitivity: Literal["low", "normal", "high"] = "normal"
    zones: tuple[ZoneOption, ...] = ()


class EverydayOptions(CommonOptions):
    """Options of an everyday test: its name, and those that `assess` takes beside the clip."""

    test: str
    start_s: float | None = Field(None, ge=0)
    person: int | None = None
    side: Literal["left", "right"] | None = None
    marks: tuple[float, float] | None = None
    distance_m: float | None = None
    height_m: float | None = None
    report: bool = True


JobOptions = EstimateOptions | ExerciseOptions | FallsOptions | EverydayOptions

_OPTIONS: Mapping[JobKind, type[JobOptions]] = {
    "estimate": EstimateOptions,
    "exercise": ExerciseOptions,
    "falls": FallsOptions,
    "test": EverydayOptions,
}


@dataclass(frozen=True, init=False)
class JobRequest:
    """The request for a job.

    Attributes:
        kind: estimate, exercise, falls or test.
        source: the file to process, as a `Path`; or the id of a run, as a `str`, whose poses are analysed (or whose
            video, where it has no poses yet: a recording).
        name: what to show: the source's name as the user knows it, never used as a path. Empty takes that of `source`.
        options: `EstimateOptions`, `ExerciseOptions`, `FallsOptions` or `EverydayOptions`.
        upload: the file was made for this job alone: it is moved into the library, not copied.
    """

    kind: JobKind
    source: Path | str
    name: str
    options: JobOptions
    upload: bool

    def __init__(
        self,
        kind: JobKind,
        source: Path | str,
        name: str = "",
        options: JobOptions | Mapping[str, Any] = MappingProxyType({}),
        upload: bool = False,
    ) -> None:
        """Check the options; of those given by name, the others have their defaults.

        Raises:
            SettingsError: an option is unknown, missing, or of another type; or the kind is no such.
        """
        values = {"kind": kind, "source": source, "name": name, "options": _checked(kind, options), "upload": upload}
        for field, value in values.items():
            object.__setattr__(self, field, value)

    @property
    def run(self) -> str | None:
        """The id of the run to analyse, None where a file is processed."""
        return checked_id(self.source) if isinstance(self.source, str) else None

    def to_json(self) -> dict[str, Any]:
        """The request as JSON values."""
        source = {"run": self.source} if isinstance(self.source, str) else {"file": str(self.source)}
        return {
            "kind": self.kind,
            "source": source,
            "name": self.name,
            "options": self.options.model_dump(mode="json", exclude_none=True),
            "upload": self.upload,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "JobRequest":
        """The request that `to_json` gave.

        Raises:
            SettingsError: an option does not fit, as of a later version.
        """
        source = values["source"]
        where = source["run"] if "run" in source else Path(source["file"])
        return cls(values["kind"], where, values["name"], values["options"], values["upload"])


def _checked(kind: str, options: JobOptions | Mapping[str, Any]) -> JobOptions:
    """The options, with defaults, each of its type."""
    if kind not in get_args(JobKind):
        raise SettingsError(f"kind: expected one of {', '.join(get_args(JobKind))}, got {kind!r}.")
    wanted = _OPTIONS[cast("JobKind", kind)]
    if isinstance(options, wanted):
        return options
    try:
        return wanted.model_validate(dict(options))
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"{name}: {first['msg']}, got {first['input']!r}.") from None
