"""`JobRequest`: what a job shall do, as plain values that a queue can keep."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from posespotter.errors import SettingsError
from posespotter.runs.run import checked_id

JobKind = Literal["estimate", "exercise", "falls"]


class FindingOptions(BaseModel):
    """How people are found and followed; None stands for the program's default. What all kinds of jobs share."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    detector: str | None = None
    pose: str | None = None
    device: str = "auto"
    detect_every: int | Literal["auto"] = "auto"
    max_people: int | None = Field(None, ge=1)
    smoothing: Literal["off", "light", "strong"] = "light"
    rotate: Literal[0, 90, 180, 270] = 0
    overlay: bool = True


class EstimateOptions(FindingOptions):
    """In which further formats the joints are written."""

    exports: tuple[str, ...] = ()


class ExerciseOptions(FindingOptions):
    """Which exercise it is, and who is judged from where."""

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


class FallsOptions(FindingOptions):
    """How readily a fall is reported, and where not."""

    sensitivity: Literal["low", "normal", "high"] = "normal"
    zones: tuple[ZoneOption, ...] = ()


JobOptions = EstimateOptions | ExerciseOptions | FallsOptions

_OPTIONS: Mapping[JobKind, type[JobOptions]] = {
    "estimate": EstimateOptions,
    "exercise": ExerciseOptions,
    "falls": FallsOptions,
}


@dataclass(frozen=True)
class JobRequest:
    """What a job shall do.

    Attributes:
        kind: estimate, exercise or falls.
        source: the file to look at, as a `Path`; or the id of a run, as a `str`, whose poses are analysed (or whose
            video, where it has no poses yet: a recording).
        name: what to show: the source's name as the user knows it, never used as a path. Empty takes that of `source`.
        options: by name, those of `EstimateOptions`, `ExerciseOptions` or `FallsOptions`; what is left out has its
            default.
        upload: the file was made for this job alone: it is moved into the library, not copied.
    """

    kind: JobKind
    source: Path | str
    name: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    upload: bool = False

    def checked_options(self) -> JobOptions:
        """The options, with defaults, each of its type.

        Raises:
            SettingsError: one is unknown, missing, or of another type; or the kind is no such.
        """
        if self.kind not in get_args(JobKind):
            raise SettingsError(f"kind: expected one of {', '.join(get_args(JobKind))}, got {self.kind!r}.")
        try:
            return _OPTIONS[self.kind].model_validate(dict(self.options))
        except ValidationError as error:
            first = error.errors()[0]
            name = ".".join(str(part) for part in first["loc"])
            raise SettingsError(f"{name}: {first['msg']}, got {first['input']!r}.") from None

    @property
    def run(self) -> str | None:
        """The id of the run to analyse, None where a file is looked at."""
        return checked_id(self.source) if isinstance(self.source, str) else None

    def to_json(self) -> dict[str, Any]:
        """The request as JSON values."""
        source = {"run": self.source} if isinstance(self.source, str) else {"file": str(self.source)}
        return {
            "kind": self.kind,
            "source": source,
            "name": self.name,
            "options": dict(self.options),
            "upload": self.upload,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "JobRequest":
        """The request that `to_json` gave."""
        source = values["source"]
        where = source["run"] if "run" in source else Path(source["file"])
        return cls(values["kind"], where, values["name"], values["options"], values["upload"])
