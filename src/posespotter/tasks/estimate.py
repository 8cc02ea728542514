"""Estimate one source: its poses, the overlay, the exports and the record, in a folder that appears whole."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2

from posespotter.drawing.overlay import draw_people, draw_poses
from posespotter.drawing.video import OverlayWriter, render_overlay
from posespotter.errors import PoseSpotterError
from posespotter.estimation.estimator import Estimate, PoseEstimator, Progress
from posespotter.estimation.following import People
from posespotter.estimation.one_euro import OneEuro
from posespotter.formats import FORMATS, export
from posespotter.media import Frame, Source, open_source
from posespotter.poses import PoseSequence
from posespotter.tasks.folders import RUN_FILE, run_folder
from posespotter.tasks.record import estimate_record

OnProgress = Callable[[str, Progress], None]
"""Is told the stage ("estimate" or "overlay") and how far it is."""

_JPEG_QUALITY = 92


@dataclass(frozen=True)
class EstimateResult:
    """Where a run's files are, and what is in them.

    Attributes:
        folder: the run's folder.
        poses: what poses.parquet holds.
        record: what run.json holds.
    """

    folder: Path
    poses: PoseSequence
    record: dict[str, Any]


def estimate(
    spec: str,
    estimator: PoseEstimator,
    out: Path,
    *,
    overlay: bool = True,
    exports: tuple[str, ...] = (),
    overwrite: bool = False,
    progress: OnProgress | None = None,
) -> EstimateResult:
    """Run `estimator` over one source and store what comes of it in `out`/<name of the source>.

    Args:
        spec: path, pattern, camera number or address.
        estimator: the models, ready.
        out: folder of folders.
        overlay: also make overlay.mp4, or overlay.jpg of a picture.
        exports: names of further formats (`formats.FORMATS`), written beside the Parquet file.
        overwrite: replace an earlier result instead of numbering the new one.
        progress: is told how far it is.

    Ctrl-C ends the estimation early and keeps what was done; a second one leaves nothing. A source or an overlay that
    fails on the way does not take the joints with it either: the record says what happened.

    Raises:
        InputError: the source cannot be used.
        OutputError: the results cannot be written.
    """
    with open_source(spec) as source, run_folder(out, spec, overwrite=overwrite) as (folder, target):
        tell = progress or (lambda _stage, _progress: None)
        if overlay and source.info.live:
            result = _estimate_live(source, estimator, folder, tell)
        else:
            result = estimator.run(source, progress=lambda done: tell("estimate", done))
        result.poses.to_parquet(folder / "poses.parquet")
        for name in exports:
            export(result.poses, name, folder / _export_name(name))
        stages = {}
        if overlay and not source.info.live and not (result.stopped_early or result.error):
            start = time.perf_counter()
            _draw(source, result, folder, tell)
            stages["overlay"] = time.perf_counter() - start
        if result.error:  # the user knows the folder by its later name
            result.error = result.error.replace(str(folder), str(target))
        outputs = [path.name for path in folder.iterdir()]
        record = estimate_record(estimator, source.info, result, stages, outputs)
        (folder / RUN_FILE).write_text(json.dumps(record, indent=2) + "\n", "utf-8")
    return EstimateResult(target, result.poses, record)


def _export_name(name: str) -> str:
    suffix = FORMATS[name].suffix
    return f"poses{suffix}" if suffix == f".{name}" else f"poses_{name}{suffix}"


def _draw(source: Source, result: Estimate, folder: Path, tell: OnProgress) -> None:
    """The overlay of a source that can be read again, with its smoothed joints."""
    poses = result.poses
    if source.info.kind == "image":
        image = next(iter(source)).image
        draw_poses(image, poses)
        encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])[1]
        (folder / "overlay.jpg").write_bytes(encoded.tobytes())
        return
    try:
        render_overlay(
            source,
            poses,
            folder / "overlay.mp4",
            lambda done: tell("overlay", Progress(done, poses.n_frames, 0.0, 0)),
        )
    except KeyboardInterrupt:
        result.stopped_early = True
    except PoseSpotterError as error:
        result.error = str(error)  # the joints are worth keeping without their picture


def _estimate_live(source: Source, estimator: PoseEstimator, folder: Path, tell: OnProgress) -> Estimate:
    """A camera or stream cannot be read again: its overlay is drawn on the way, with live smoothing."""
    smooth = OneEuro()
    result: Estimate | None = None
    video = OverlayWriter(folder / "overlay.mp4", source.info)

    def draw(frame: Frame, people: People) -> None:
        joints = people.joints
        steady = smooth(frame.time_s, people.ids, joints.keypoints)
        skeleton = estimator.pose.model.skeleton
        draw_people(frame.image, skeleton, steady, joints.scores, boxes=joints.regions.boxes, ids=people.ids)
        video.add(frame.image, frame.time_s)

    try:
        with video:
            result = estimator.run(source, progress=lambda done: tell("estimate", done), sink=draw)
    except PoseSpotterError as error:
        if result is None:
            raise
        result.error = result.error or str(error)
    return result
