"""Load a detector or a pose model by its name, or from an ONNX file."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar, cast

from posespotter.errors import ModelError
from posespotter.files import sha256_of
from posespotter.models.families.blazepose import BlazePose
from posespotter.models.families.composite import CompositePose
from posespotter.models.fetch import model_path
from posespotter.models.interfaces import Detector, Model, OneStageModel, PoseModel
from posespotter.models.registry import FAMILIES, recognise
from posespotter.models.session import Session
from posespotter.models.zoo import ModelEntry, Task, find_model, load_zoo
from posespotter.progress import Progress

ModelT_co = TypeVar("ModelT_co", bound=Model, covariant=True)

DETECTOR_TASKS: tuple[Task, ...] = ("detector", "one-stage")
POSE_TASKS: tuple[Task, ...] = ("pose", "one-stage")
JOIN = "+"
"""Stands between the names of the two pose models of a composite."""


@dataclass(frozen=True)
class Loaded(Generic[ModelT_co]):
    """A model, and where it came from for the record of a run."""

    name: str
    sha256: str
    model: ModelT_co


def load_detector(name: str, device: str = "auto", progress: Progress | None = None) -> Loaded[Detector]:
    """The person detector called `name`, or the one in the ONNX file `name`; of a one-stage model the boxes.

    Args:
        name: a name of the zoo, or the path of an .onnx file.
        device: see `session.DEVICES`.
        progress: called while a model is downloaded.

    Raises:
        ModelError: no such model, it could not be fetched, or the file is not of a kind that is understood.
    """
    loaded = _load(name, DETECTOR_TASKS, device, progress)
    return Loaded(loaded.name, loaded.sha256, cast(Detector, loaded.model))


def load_pose_model(
    name: str, device: str = "auto", progress: Progress | None = None
) -> Loaded[PoseModel | OneStageModel]:
    """The pose model called `name`, or the one in the ONNX file `name`; see `load_detector`.

    `first+blazepose-full` is a composite of two models: see `CompositePose`.
    """
    if _is_composite(name):
        return _load_composite(name, device, progress)
    loaded = _load(name, POSE_TASKS, device, progress)
    return Loaded(loaded.name, loaded.sha256, cast(PoseModel | OneStageModel, loaded.model))


def is_one_stage(model: object) -> bool:
    """Whether a pose model detects people itself, without a detector."""
    return hasattr(model, "people")


def model_sha256(name: str, tasks: tuple[Task, ...]) -> str:
    """SHA-256 of the file of a model, which is neither loaded nor fetched; `name` as for `load_detector`.

    Raises:
        ModelError: no such model.
    """
    if _is_composite(name):
        return _joined([model_sha256(part, tasks) for part in name.split(JOIN)])
    return sha256_of(_existing(name)) if _is_file(name) else find_model(name, tasks).sha256


def _load(name: str, tasks: tuple[Task, ...], device: str, progress: Progress | None) -> Loaded[Model]:
    if not _is_file(name):
        entry = find_model(name, tasks)
        session = Session(model_path(entry, progress=progress), device)
        return Loaded(entry.name, entry.sha256, _build(entry, session))
    path = _existing(name)
    digest, session = sha256_of(path), Session(path, device)
    known = next((entry for entry in load_zoo() if entry.sha256 == digest and entry.task in tasks), None)
    return Loaded(path.stem, digest, _build(known, session) if known else recognise(session, tasks))


def _build(entry: ModelEntry, session: Session) -> Model:
    return FAMILIES[entry.family, entry.task].of(session, entry)


def _load_composite(name: str, device: str, progress: Progress | None) -> Loaded[PoseModel | OneStageModel]:
    names = name.split(JOIN)
    if len(names) != 2:
        raise ModelError(f"{name}: expected two pose models joined by {JOIN}, got {len(names)}.")
    unlike = ModelError(f"{name}: expected a BlazePose model after the {JOIN}, such as blazepose-full; got {names[1]}.")
    if not _is_file(names[1]) and find_model(names[1], ("pose",)).family != "blazepose":
        raise unlike  # before anything is fetched
    first, rest = (_load(part, ("pose",), device, progress) for part in names)
    if not isinstance(rest.model, BlazePose):
        raise unlike
    model = CompositePose(cast(PoseModel, first.model), rest.model)
    return Loaded(name, _joined([first.sha256, rest.sha256]), model)


def digest_of(paths: Sequence[Path]) -> str:
    """The SHA-256 of a model's files together; of none, nothing."""
    return _joined([sha256_of(path) for path in paths]) if paths else ""


def _joined(digests: list[str]) -> str:
    """One digest of several; of one, itself."""
    return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()


def _is_composite(name: str) -> bool:
    return JOIN in name and not Path(name).is_file()


def _is_file(name: str) -> bool:
    return name.lower().endswith(".onnx") or "/" in name or "\\" in name


def _existing(name: str) -> Path:
    path = Path(name)
    if not path.is_file():
        raise ModelError(f"{name}: expected an ONNX file, there is no such file.")
    return path
