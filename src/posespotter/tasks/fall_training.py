"""Train a fall classifier on labelled clips: the forest and what it was trained on, in a folder that appears whole."""

import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from posespotter.falls.classifier import CLASSES, FallClassifier
from posespotter.falls.training.data import FallData
from posespotter.falls.training.examples import examples_of
from posespotter.falls.training.scores import Confusion
from posespotter.falls.training.forest import ForestSettings, train
from posespotter.tasks.fall_poses import OnFrames, PosesOfClips, told
from posespotter.tasks.folders import run_folder
from posespotter.tasks.record import versions, write_record

COPIES = 4
"""How many changed copies of each person are trained on beside what was seen."""

_LIBRARIES = ("scikit-learn", "skl2onnx", "skops")


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
    record: dict[str, Any]


def train_falls(
    data: FallData,
    poses: PosesOfClips,
    out: Path,
    *,
    name: str,
    seed: int = 0,
    overwrite: bool = False,
    progress: OnFrames | None = None,
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
        record = {
            "kind": "falls train",
            "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "classifier": {"name": name, "sha256": FallClassifier.load(path).sha256},
            "data": {
                "folder": data.folder.resolve().name,
                "clips": len(data),
                "falls": sum(len(clip.falls) for clip in data),
                "groups": list(trained.groups),
                "splits": list(data.splits),
                "windows": windows,
                "copies": COPIES,
            },
            "models": [asdict(models) for models in poses.models],
            "settings": asdict(settings),
            "calibration": asdict(trained.calibration),
            "held_out": {"confusion": held_out.counts.tolist(), "macro_f1": round(held_out.macro_f1, 4)},
            "timings_s": {"train": round(time.perf_counter() - start, 1)},
            "versions": versions() | {library: version(library) for library in _LIBRARIES},
        }
        write_record(folder, record)
    return TrainingResult(target, target / path.name, record)


def _tell_forests(progress: OnFrames | None, data: FallData, grown: int, forests: int) -> None:
    if progress is not None:
        frames = sum(clip.n_frames for clip in data)
        progress("forests", frames * grown // forests, frames)
