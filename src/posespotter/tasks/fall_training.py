"""Train a fall classifier on labelled clips: the forest and what it was trained on, in a folder that appears whole."""

import time
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field

from posespotter.falls.classifier import CLASSES, FallClassifier
from posespotter.falls.data import FallData
from posespotter.falls.examples import examples_of
from posespotter.falls.scores import Confusion
from posespotter.falls.training import ForestSettings, train
from posespotter.progress import Progress
from posespotter.tasks.fall_poses import Models, PosesOfClips, told
from posespotter.tasks.folders import run_folder
from posespotter.tasks.record import ClassifierRecord, Record, now, versions

COPIES = 4
"""How many changed copies of each person are trained on beside what was seen."""

_LIBRARIES = ("scikit-learn", "skl2onnx", "skops")


class TrainedOn(BaseModel):
    """The clips of a training.

    Attributes:
        folder: their folder's name.
        clips, falls: how many.
        groups: people or rooms.
        splits: their parts.
        windows: how many of each class.
        copies: of each window, changed.
    """

    folder: str = ""
    clips: int = 0
    falls: int = 0
    groups: list[str] = Field(default_factory=list)
    splits: list[str] = Field(default_factory=list)
    windows: dict[str, int] = Field(default_factory=dict)
    copies: int = 0


class HeldOut(BaseModel):
    """How forests did on windows of people or rooms that they had not seen."""

    confusion: list[list[int]] = Field(default_factory=list)
    macro_f1: float = 0.0


class TrainingRecord(Record):
    """run.json of a training."""

    classifier: ClassifierRecord = ClassifierRecord()
    data: TrainedOn = TrainedOn()
    models: list[Models] = Field(default_factory=list)
    settings: dict[str, Any] = Field(default_factory=dict)
    calibration: dict[str, Any] = Field(default_factory=dict)
    held_out: HeldOut = HeldOut()
    timings_s: dict[str, float] = Field(default_factory=dict)


@dataclass(frozen=True)
class TrainingResult:
    """Where a classifier is, and how it came about.

    Attributes:
        folder: the run's folder.
        classifier: the ONNX file in it, for `falls detect --classifier`.
        record: what run.json holds.
    """

    folder: Path
    classifier: Path
    record: TrainingRecord


def train_falls(
    data: FallData,
    poses: PosesOfClips,
    out: Path,
    *,
    name: str,
    seed: int = 0,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> TrainingResult:
    """Train on all clips of `data` and store the classifier in `out`/`name`.

    Args:
        data: labelled clips.
        poses: of them, estimated first where they are missing.
        out: folder of folders.
        name: of the classifier, written into its results.
        seed: of the random numbers of the forest.
        overwrite: replace an earlier result instead of numbering the new one.
        progress: is told how far the poses that are missing, the windows and the forests are, all of it in frames.

    Raises:
        InputError: a video cannot be used, a class is missing, or all clips are of one person or room.
        ModelError: a model, or the training extra, is missing.
        OutputError: the results cannot be written.
    """
    poses.fill(data, progress)
    start = time.perf_counter()
    settings = ForestSettings(seed=seed)
    examples = examples_of(told(data, progress, "windows"), poses, copies=COPIES)
    trained = train(examples, name=name, settings=settings, progress=partial(_tell_forests, progress, data))
    # Only windows as they were seen, told apart by forests that saw nothing of their person or room.
    held_out = Confusion.of(examples.label[examples.original], trained.held_out.argmax(axis=1))
    with run_folder(out, name, overwrite=overwrite) as (folder, target):
        path = folder / f"{target.name}.onnx"
        trained.write(path)
        windows = {word: int((examples.label == i).sum()) for i, word in enumerate(CLASSES)}
        record = TrainingRecord(
            kind="falls train",
            finished_at=now(),
            classifier=ClassifierRecord(name=name, sha256=FallClassifier.load(path).sha256),
            data=TrainedOn(
                folder=data.folder.resolve().name,
                clips=len(data),
                falls=sum(len(clip.falls) for clip in data),
                groups=list(trained.groups),
                splits=list(data.splits),
                windows=windows,
                copies=COPIES,
            ),
            models=list(poses.models),
            settings=asdict(settings),
            calibration=asdict(trained.calibration),
            held_out=HeldOut(confusion=held_out.counts.tolist(), macro_f1=round(held_out.macro_f1, 4)),
            timings_s={"train": round(time.perf_counter() - start, 1)},
            versions=versions() | {library: version(library) for library in _LIBRARIES},
        )
        record.write(folder)
    return TrainingResult(target, target / path.name, record)


def _tell_forests(progress: Progress | None, data: FallData, grown: int, forests: int) -> None:
    if progress is not None:
        frames = sum(clip.n_frames for clip in data)
        progress("forests", frames * grown // forests, frames)
