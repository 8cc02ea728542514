"""Analyse an exercise: poses of a video, or those that are there already, the analysis, the record, in a folder."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from posespotter.errors import InputError
from posespotter.estimation.estimator import PoseEstimator, Progress
from posespotter.estimation.quality import track_quality
from posespotter.exercises import ExerciseAnalysis, analyze_all, analyze_exercise, to_document
from posespotter.exercises.analyze import ViewOption
from posespotter.exercises.definition import ExerciseDefinition
from posespotter.formats.parquet import MAGIC, read_parquet
from posespotter.media import open_source, redact
from posespotter.poses import PoseSequence
from posespotter.tasks.folders import RUN_FILE, run_folder
from posespotter.tasks.record import estimate_record, versions

POSES_FILE = "poses.parquet"
ANALYSIS_FILE = "analysis.json"

OnProgress = Callable[[str, Progress], None]
"""Is told the stage ("estimate") and how far it is."""


@dataclass(frozen=True)
class ExerciseResult:
    """Where a run's files are, and what is in them.

    Attributes:
        folder: the run's folder.
        poses: what poses.parquet holds.
        analyses: everybody who does the exercise, or one empty analysis.
        record: what run.json holds.
    """

    folder: Path
    poses: PoseSequence
    analyses: list[ExerciseAnalysis]
    record: dict[str, Any]


def is_poses_file(spec: str) -> bool:
    """Whether an input holds poses already."""
    path = Path(spec)
    if path.suffix.lower() == ".parquet":
        return True
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def exercise(
    spec: str,
    definition: ExerciseDefinition,
    out: Path,
    *,
    estimator: PoseEstimator | None = None,
    view: ViewOption = "auto",
    person: int | None = None,
    overwrite: bool = False,
    progress: OnProgress | None = None,
) -> ExerciseResult:
    """Analyse one video, stream or Parquet file of poses, and store what comes of it in `out`/<name of the source>.

    Args:
        spec: path, pattern, camera number or address; or poses.parquet.
        definition: the exercise.
        out: folder of folders.
        estimator: the models, ready; not needed for poses that are there already.
        view: from where the camera sees the person; `auto` to tell by the joints.
        person: the track id; None for everybody who does the exercise.
        overwrite: replace an earlier result instead of numbering the new one.
        progress: is told how far it is.

    Raises:
        InputError: the source cannot be used.
        OutputError: the results cannot be written.
        SettingsError: nobody has the id `person`.
    """
    if is_poses_file(spec):
        poses = read_parquet(Path(spec))
        _require_movement(poses.n_frames, spec)
        record = _record_of_poses(poses)
        name = poses.source if Path(spec).name == POSES_FILE and poses.source else spec
    else:
        if estimator is None:
            raise InputError(f"{spec}: expected poses as Parquet; a video needs an estimator to find them.")
        poses, record = _estimated(spec, estimator, progress or (lambda _stage, _progress: None))
        name = spec
    start = time.perf_counter()
    if person is None:
        analyses = analyze_all(poses, definition, view=view)
    else:
        analyses = [analyze_exercise(poses, definition, view=view, person=person)]
    record["timings_s"]["analyze"] = round(time.perf_counter() - start, 4)
    record |= {"kind": "exercise", "exercise": {"name": definition.name, "view": view, "person": person}}
    with run_folder(out, name, overwrite=overwrite) as (folder, target):
        poses.to_parquet(folder / POSES_FILE)
        (folder / ANALYSIS_FILE).write_text(json.dumps(to_document(analyses), indent=2) + "\n", "utf-8")
        record["outputs"] = sorted(path.name for path in folder.iterdir())
        (folder / RUN_FILE).write_text(json.dumps(record, indent=2) + "\n", "utf-8")
    return ExerciseResult(target, poses, analyses, record)


def _estimated(spec: str, estimator: PoseEstimator, tell: OnProgress) -> tuple[PoseSequence, dict[str, Any]]:
    with open_source(spec) as source:
        if source.info.kind == "image":
            _require_movement(1, spec)
        estimate = estimator.run(source, progress=lambda done: tell("estimate", done))
        return estimate.poses, estimate_record(estimator, source.info, estimate, {}, [])


def _require_movement(n_frames: int, spec: str) -> None:
    if n_frames < 2:
        raise InputError(f"{redact(spec)}: expected a video, a picture shows no movement.")


def _record_of_poses(poses: PoseSequence) -> dict[str, Any]:
    """What run.json says of poses that were there already."""
    return {
        "kind": "exercise",
        "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "stopped_early": False,
        "warnings": [],
        "source": {
            "name": poses.source,
            "kind": "poses",
            "frame_size": list(poses.frame_size),
            "fps": round(poses.fps, 4),
            "frames": poses.n_frames,
            "frames_dropped": 0,
        },
        "models": [{"task": "detector", "name": poses.detector}, {"task": "pose", "name": poses.pose_model}],
        "settings": dict(poses.settings),
        "people": [asdict(quality) for quality in track_quality(poses)],
        "timings_s": {},
        "versions": versions(),
    }
