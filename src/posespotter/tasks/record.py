"""run.json: what ran, on what, with what, how long, so that a result can be understood and made again."""

import json
import platform
import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from posespotter.errors import InputError
from posespotter.estimation.estimator import Estimate, PoseEstimator
from posespotter.files import open_plain, whole
from posespotter.kinematics.quality import track_quality
from posespotter.media import SourceInfo
from posespotter.poses import PoseSequence
from posespotter.tasks.folders import EXPORT_PREFIX, RUN_FILE
from posespotter.version import __version__

_LIBRARIES = ("av", "numpy", "opencv-python-headless", "onnxruntime", "onnxruntime-gpu", "pyarrow", "scipy")


def versions() -> dict[str, str]:
    """The versions of PoseSpotter, Python and the libraries that decide a result."""
    found = {"posespotter": __version__, "python": platform.python_version(), "platform": sys.platform}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def estimate_record(
    estimator: PoseEstimator, info: SourceInfo, estimate: Estimate, stages: Mapping[str, float], outputs: list[str]
) -> dict[str, Any]:
    """The content of run.json, as JSON values.

    Args:
        estimator: what estimated.
        info: what it looked at.
        estimate: what came of it.
        stages: seconds spent in stages beyond the estimation.
        outputs: the files beside run.json.
    """
    poses, timings = estimate.poses, estimate.timings
    seconds = {name: round(value, 4) for name, value in {**_seconds(timings), **stages}.items()}
    size = (info.width, info.height)
    length_s = poses.end_s + poses.step_s
    source = source_record(info.name, info.kind, size, info.fps, poses.n_frames, length_s, dropped=estimate.dropped)
    return {
        "kind": "estimate",
        **new_record(source, poses),
        "stopped_early": estimate.stopped_early,
        "error": estimate.error,
        "warnings": estimate.warnings,
        "models": model_records(estimator),
        "settings": {"device": estimator.device, **poses.settings},
        "timings_s": seconds,
        "detector_runs": timings.detector_runs,
        "pose_runs": timings.pose_runs,
        "frames_per_second": round(poses.n_frames / timings.total_s, 2),
        "outputs": sorted(outputs),
    }


def new_record(source: Mapping[str, Any], poses: PoseSequence | None = None) -> dict[str, Any]:
    """What every run.json says, here of a run that went well and of which no more is known yet.

    Args:
        source: as from `source_record`.
        poses: everyone in it, or None where nobody was looked for.
    """
    return {
        "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "stopped_early": False,
        "error": None,
        "warnings": [],
        "source": dict(source),
        "models": [],
        "settings": {},
        "people": [] if poses is None else [asdict(quality) for quality in track_quality(poses)],
        "timings_s": {},
        "versions": versions(),
    }


def source_record(  # noqa: PLR0917
    name: str,
    kind: str,
    frame_size: tuple[int, int],
    fps: float,
    frames: int | None,
    length_s: float | None = None,
    *,
    dropped: int = 0,
) -> dict[str, Any]:
    """What run.json says of the source, whose frames have (width, height) px and last `length_s` together."""
    return {
        "name": name,
        "kind": kind,
        "frame_size": list(frame_size),
        "fps": round(fps, 4),
        "frames": frames,
        "frames_dropped": dropped,
        "seconds": None if length_s is None else round(length_s, 3),
    }


def model_records(estimator: PoseEstimator) -> list[dict[str, Any]]:
    """What run.json says of the models."""
    return [
        {"task": task, "name": loaded.name, "sha256": loaded.sha256, "device": loaded.model.sessions[0].device}
        for task, loaded in estimator.models.items()
    ]


def _seconds(timings: Any) -> dict[str, float]:
    return {name.removesuffix("_s"): value for name, value in asdict(timings).items() if name.endswith("_s")}


def write_record(folder: Path, record: dict[str, Any]) -> None:
    """Write run.json into a run's folder, with all the files beside it as its outputs."""
    record["outputs"] = _outputs(folder)
    with whole(folder / RUN_FILE) as temporary:
        temporary.write_text(json.dumps(record, indent=2) + "\n", "utf-8")


def _outputs(folder: Path) -> list[str]:
    """Names of the files; an export that is a folder, with a file for each frame, counts as one."""
    names = set()
    for path in folder.rglob("*"):
        if path.is_file():
            name = path.relative_to(folder)
            names.add(name.parts[0] if name.parts[0].startswith(EXPORT_PREFIX) else name.as_posix())
    return sorted(names - {RUN_FILE})


def read_record(folder: Path) -> dict[str, Any]:
    """What the run.json of a folder holds.

    Raises:
        InputError: there is none that can be read.
    """
    try:
        with open_plain(folder / RUN_FILE) as file:
            record = json.loads(file.read())
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{folder / RUN_FILE}: expected the record of a run, it cannot be read as one.") from error
    if not isinstance(record, dict):
        raise InputError(f"{folder / RUN_FILE}: expected the record of a run, got something else.")
    return record
