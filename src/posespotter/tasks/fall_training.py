"""Train a fall classifier on labelled clips: the forest and what it was trained on, in a folder that appears whole."""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, Field

from posespotter.falls.classifier import CLASSES, FallClassifier
from posespotter.falls.training.data import FallData
from posespotter.falls.training.examples import Examples, examples_of
from posespotter.falls.training.forest import ForestSettings, grown, write_forest
from posespotter.falls.training.protocol import LeftOut, left_out
from posespotter.falls.training.scores import Confusion
from posespotter.progress import Progress
from posespotter.tasks.fall_poses import Models, PosesOfClips, reporting
from posespotter.tasks.run_folder.folders import run_folder
from posespotter.tasks.run_folder.record import ClassifierRecord, Record, now, versions

COPIES = 3
"""Number of changed copies of each person in the training data, beside the original."""

Source = tuple[FallData, PosesOfClips]
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


class LeftOutSource(BaseModel):
    """The result for one source, room or person that was left out.

    Attributes:
        source: its name.
        limit: of "fall", chosen on the others.
        falls, silent_clips: how many were caught, or stayed silent, and of how many.
        false_alarms: in all clips.
        hours: of video.
    """

    source: str = ""
    limit: float = 0.0
    falls: tuple[int, int] = (0, 0)
    silent_clips: tuple[int, int] = (0, 0)
    false_alarms: int = 0
    hours: float = 0.0


class HeldOut(BaseModel):
    """The results of forests on people or rooms that they had not seen: window by window, and event by event."""

    confusion: list[list[int]] = Field(default_factory=list)
    macro_f1: float = 0.0
    left_out: list[LeftOutSource] = Field(default_factory=list)


class TrainingRecord(Record):
    """run.json of a training."""

    classifier: ClassifierRecord = ClassifierRecord()
    data: TrainedOn = TrainedOn()
    models: list[Models] = Field(default_factory=list)
    settings: dict[str, Any] = Field(default_factory=dict)
    held_out: HeldOut = HeldOut()
    timings_s: dict[str, float] = Field(default_factory=dict)


@dataclass(frozen=True)
class TrainingResult:
    """The file of a classifier, and how it was made.

    Attributes:
        folder: the run's folder.
        classifier: the ONNX file in it, for `falls detect --classifier`.
        record: what run.json holds.
    """

    folder: Path
    classifier: Path
    record: TrainingRecord


def train_falls(
    sources: Sequence[Source],
    out: Path,
    *,
    name: str,
    seed: int = 0,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> TrainingResult:
    """Train on all clips of `sources` and store the classifier in `out`/`name`.

    How good it is elsewhere is measured by leaving each source out in turn; of one source alone, each room or person.

    Args:
        sources: labelled clips, and their poses, estimated first where they are missing.
        out: folder of folders.
        name: of the classifier, written into its results.
        seed: of the random numbers of the forest.
        overwrite: replace an earlier result instead of numbering the new one.
        progress: called with how far the poses that are missing, the windows and the forests are, all of it in frames.

    Raises:
        InputError: a video cannot be used, a class is missing, or all clips are of one person or room.
        ModelError: a model, or the training extra, is missing.
        OutputError: the results cannot be written.
    """
    for data, poses in sources:
        poses.fill(data, progress)
    start = time.perf_counter()
    settings = ForestSettings(seed=seed)
    examples = Examples.joined(
        [examples_of(reporting(data, progress, "windows"), poses, copies=COPIES) for data, poses in sources]
    )
    clips = [clip for data, _ in sources for clip in data]
    of_clip = {clip.clip_id: partial(poses.by, poses.models[0]) for data, poses in sources for clip in data}
    frames = sum(clip.n_frames for clip in clips)

    def tell(done: int, forests: int) -> None:
        if progress is not None:
            progress("forests", frames * done // (forests + 1), frames)  # one more is grown on everything

    apart = clips if len(sources) > 1 else [replace(clip, source=clip.group_id) for clip in clips]
    rounds = left_out(apart, lambda clip: of_clip[clip.clip_id](clip), examples, settings, progress=tell)
    tell(1, 1)
    forest = grown(examples, settings)
    windows = sum((one.evaluation.windows for one in rounds), Confusion(np.zeros((3, 3), np.int64)))
    with run_folder(out, name, overwrite=overwrite) as (folder, target):
        path = folder / f"{target.name}.onnx"
        write_forest(forest, name, path)
        record = TrainingRecord(
            kind="falls train",
            finished_at=now(),
            classifier=ClassifierRecord(name=name, sha256=FallClassifier.load(path).sha256),
            data=TrainedOn(
                folder=", ".join(data.folder.resolve().name for data, _ in sources),
                clips=len(clips),
                falls=sum(len(clip.falls) for clip in clips),
                groups=sorted({clip.group for clip in clips}),
                splits=list(dict.fromkeys(split for data, _ in sources for split in data.splits)),
                windows={word: int((examples.label == i).sum()) for i, word in enumerate(CLASSES)},
                copies=COPIES,
            ),
            models=list(sources[0][1].models),
            settings=asdict(settings),
            held_out=HeldOut(
                confusion=windows.counts.tolist(),
                macro_f1=round(windows.macro_f1, 4),
                left_out=[_figures(one) for one in rounds],
            ),
            timings_s={"train": round(time.perf_counter() - start, 1)},
            versions=versions() | {library: version(library) for library in _LIBRARIES},
        )
        record.write(folder)
    return TrainingResult(target, target / path.name, record)


def _figures(one: LeftOut) -> LeftOutSource:
    found = one.evaluation
    return LeftOutSource(
        source=one.source,
        limit=one.limit,
        falls=(found.recall.hits, found.recall.n),
        silent_clips=(found.clean.hits, found.clean.n),
        false_alarms=found.false_alarms.count,
        hours=round(found.false_alarms.hours, 4),
    )
