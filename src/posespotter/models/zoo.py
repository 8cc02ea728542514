"""The models PoseSpotter knows by name, read from zoo.toml."""

import difflib
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from posespotter.errors import ModelError

Family = Literal["blazepose", "movenet", "rtmdet", "rtmo", "rtmpose", "yolox"]
Task = Literal["detector", "pose", "one-stage"]
"""What a model does: find people, find the joints of one, or both in one run over the whole picture."""

_Name = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
_FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+\.onnx$")]
_Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_Positive = Annotated[int, Field(gt=0)]


@dataclass(frozen=True)
class Accuracy:
    """A published or measured figure, with its meaning and its source."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    value: float
    metric: str
    source: str


@dataclass(frozen=True, kw_only=True)
class ModelEntry:
    """One model of the zoo: an embedded one has a `file`, one that is fetched has `urls` and an `archive_member`.

    Attributes:
        name: what `--detector` and `--pose` take.
        family: which module of `posespotter.models` runs it.
        task: `detector` finds people, `pose` gives the joints of one, `one-stage` finds people with their joints.
        description: what it is good for, in one line.
        sha256: of the .onnx file, 64 hexadecimal digits.
        input_size: width and height of the picture the network takes, px.
        licence: SPDX name.
        licence_by: who states it of these weights, and where.
        trained_on: the data, as its authors name them.
        file: name of an embedded model's file in weights/.
        urls: where the archive of the others is found, in the order they are tried.
        archive_member: name of the .onnx inside that archive.
        size_bytes: of the .onnx; None where it is not known.
        download_bytes: of the archive; None where it is not known.
        keypoints: number of joints; None for a detector.
        accuracy: None where no figure with a source is known.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    name: _Name
    family: Family
    task: Task
    description: str
    sha256: _Sha256
    input_size: tuple[_Positive, _Positive]
    licence: str
    licence_by: str
    trained_on: str
    file: _FileName | None = None
    urls: tuple[str, ...] = ()
    archive_member: _FileName | None = None
    size_bytes: _Positive | None = None
    download_bytes: _Positive | None = None
    keypoints: _Positive | None = None
    accuracy: Accuracy | None = None

    def __post_init__(self) -> None:
        if self.embedded == bool(self.urls):
            raise ValueError("expected either a file (embedded) or urls (fetched)")
        if bool(self.urls) != bool(self.archive_member):
            raise ValueError("expected an archive_member exactly where there are urls")
        if (self.task == "detector") == (self.keypoints is not None):
            raise ValueError("expected keypoints for every task but detector")

    @property
    def embedded(self) -> bool:
        """Whether the model comes with the package and needs no network."""
        return self.file is not None


def read_zoo(text: str) -> tuple[ModelEntry, ...]:
    """Read and check a manifest in the form of zoo.toml.

    Raises:
        ModelError: it is not TOML, a field is missing, unknown or of the wrong form, or a name is used twice.
    """
    try:
        entries = TypeAdapter(tuple[ModelEntry, ...]).validate_python(tomllib.loads(text).get("models"))
    except tomllib.TOMLDecodeError as error:
        raise ModelError(f"The list of models is not TOML: {error}.") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ModelError(f"The list of models is wrong at models.{where}: {first['msg']}.") from None
    names = [entry.name for entry in entries]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ModelError(f"The list of models has these names twice: {', '.join(twice)}.")
    return entries


@cache
def load_zoo() -> tuple[ModelEntry, ...]:
    """Every model PoseSpotter knows, in the order of zoo.toml."""
    return read_zoo(Path(__file__).with_name("zoo.toml").read_text("utf-8"))


_REPLACED = {
    "blazepose": "movenet-multipose",
    "blazepose-heavy": "movenet-thunder+blazepose-full",
    "blazepose-lite": "movenet-lightning",
}
"""Models of earlier versions, and what to take instead."""


def find_model(name: str, tasks: tuple[Task, ...] | None = None) -> ModelEntry:
    """The model called `name`, one for any of `tasks` where they are given.

    Raises:
        ModelError: there is none of that name, or it does something else; the message offers the nearest names.
    """
    entries = {entry.name: entry for entry in load_zoo()}
    found = entries.get(name)
    if found is not None and (tasks is None or found.task in tasks):
        return found
    fitting = [entry.name for entry in entries.values() if tasks is None or entry.task in tasks]
    what = f"{tasks[0]} models" if tasks else "models"
    known = f"The {what} are: {', '.join(fitting)}."
    if found is not None:
        raise ModelError(f"{name} is a {found.task} model; expected a {' or '.join(tasks or ())} model. {known}")
    if name in _REPLACED:
        raise ModelError(f"{name} does not come with PoseSpotter any more; take {_REPLACED[name]} instead.")
    nearest = difflib.get_close_matches(name, fitting, n=3)
    hint = f" Did you mean {', '.join(nearest)}?" if nearest else ""
    raise ModelError(f"There is no {tasks[0] + ' ' if tasks else ''}model called {name!r}.{hint} {known}")
