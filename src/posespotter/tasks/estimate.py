"""Estimate one source: its poses, the overlay, the exports and the record, in a folder that appears whole."""

import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import cv2

from posespotter.drawing.overlay import draw_people, draw_poses
from posespotter.drawing.overlay_video import OverlayWriter, render_overlay
from posespotter.drawing.privacy import to_draw_on, to_draw_over
from posespotter.errors import PoseSpotterError, SettingsError
from posespotter.estimation.checkpoint import Checkpoints
from posespotter.estimation.estimator import Estimate, PoseEstimator
from posespotter.estimation.pose_tracker import People
from posespotter.filtering.one_euro import OneEuro
from posespotter.formats import FORMATS, export, format_named
from posespotter.kinematics.lifting import lifted
from posespotter.media import WHOLE, Frame, Part, Source, open_again, open_source
from posespotter.media.sources.turned import Turn
from posespotter.poses import PoseSequence
from posespotter.poses.parquet import read_parquet
from posespotter.progress import Progress
from posespotter.settings import skeletons_only as settled
from posespotter.tasks.run_folder.folders import EXPORT_PREFIX, POSES_FILE, run_folder, stem_of
from posespotter.tasks.run_folder.record import RunRecord, estimate_record
from posespotter.tasks.turned import estimate_turned


@dataclass(frozen=True)
class EstimateResult:
    """The folder of a run, and what is in its files.

    Attributes:
        folder: the run's folder.
        poses: what poses.parquet holds.
        record: what run.json holds.
    """

    folder: Path
    poses: PoseSequence
    record: RunRecord


def estimate(
    spec: str,
    estimator: PoseEstimator,
    out: Path,
    *,
    overlay: bool = True,
    exports: tuple[str, ...] = (),
    overwrite: bool = False,
    progress: Progress | None = None,
    name: str = "",
    fps: float | None = None,
    rotate: Turn = 0,
    part: Part = WHOLE,
    checkpoints: Checkpoints | None = None,
    skeletons_only: bool | None = None,
) -> EstimateResult:
    """Run `estimator` over one source and store the results in `out`/<name of the source>.

    Args:
        spec: path, pattern, camera number or address.
        estimator: the models, ready.
        out: folder of folders.
        overlay: also make overlay.mp4, or overlay.jpg of a picture.
        exports: names of further formats (`formats.FORMATS`), written beside the Parquet file.
        overwrite: replace an earlier result instead of numbering the new one.
        progress: called with how far it is.
        name: what the source is called in the results, where that is not its own name.
        fps: pictures a second of numbered ones.
        rotate: degrees by which the pictures are turned clockwise.
        part: of the video that is processed; times then begin at 0.
        checkpoints: where to go on, and to keep now and then how far the estimation is; not for live sources.
        skeletons_only: write no pixels of people; None for what the settings say.

    Ctrl-C ends the estimation early and keeps what was done; a second one leaves nothing. A source or an overlay that
    fails on the way does not take the joints with it either: the record says what happened.

    Raises:
        InputError: the source cannot be used.
        OutputError: the results cannot be written.
        SettingsError: there is no such format, or it needs keypoints that the pose model does not give.
    """
    for one in exports:
        format_named(one).require(estimator.pose.model.skeleton)
    privately = settled(skeletons_only)
    with ExitStack() as stack:
        source = stack.enter_context(open_source(spec, fps=fps, rotate=rotate, part=part))
        folder, target = stack.enter_context(run_folder(out, stem_of(spec), overwrite=overwrite))
        if name:
            source.info = replace(source.info, name=name)
        if overlay and source.info.live:
            result = _estimate_live(source, estimator, rotate, folder, progress, skeletons_only=privately)
        else:
            result = estimate_turned(estimator, source, rotate, part=part, progress=progress, checkpoints=checkpoints)
        result.poses = lifted(result.poses)
        result.poses.to_parquet(folder / POSES_FILE)
        record = estimate_record(estimator, source.info, result)
        if overlay and not source.info.live:
            _draw(to_draw_on(source, skeletons_only=privately), result.poses, folder, record, progress)
        for one in exports:
            _export(result.poses, one, folder, record)
        record.complete(folder, target)
    return EstimateResult(target, result.poses, record)


def add_overlay(
    spec: str, folder: Path, *, progress: Progress | None = None, skeletons_only: bool | None = None
) -> RunRecord:
    """Draw the overlay into a folder that `estimate` has made without one; doing so twice does no harm.

    Args:
        spec: the source that was estimated.
        folder: of `estimate`.
        progress: called with how far it is.
        skeletons_only: write no pixels of people; None for what the settings say.

    Returns:
        what run.json holds now.

    Raises:
        InputError: the source or the folder cannot be used.
        OutputError: the results cannot be written.
    """
    poses = read_parquet(folder / POSES_FILE)
    with open_again(spec, poses.settings) as source:
        record = RunRecord.read(folder)
        _draw(to_draw_on(source, skeletons_only=settled(skeletons_only)), poses, folder, record, progress)
        record.write(folder)
    return record


def _export(poses: PoseSequence, name: str, folder: Path, record: RunRecord) -> None:
    """One further format; where it cannot hold these poses, the joints are worth keeping without it."""
    try:
        export(poses, name, folder / _export_name(name))
    except SettingsError as error:
        record.error = record.error or f"{name}: {error}"


def _export_name(name: str) -> str:
    suffix = FORMATS[name].suffix
    return f"poses{suffix}" if suffix == f".{name}" else f"{EXPORT_PREFIX}{name}{suffix}"


def _draw(source: Source, poses: PoseSequence, folder: Path, record: RunRecord, progress: Progress | None) -> None:
    """The overlay of a source that can be read again, with its smoothed joints."""
    if record.stopped_early or record.error:
        return
    start = time.perf_counter()
    if source.info.kind == "image":
        image = next(iter(source)).image
        draw_poses(image, poses)
        encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 92])[1]
        (folder / "overlay.jpg").write_bytes(encoded.tobytes())
    else:
        try:
            render_overlay(
                source,
                poses,
                folder / "overlay.mp4",
                progress,
            )
        except KeyboardInterrupt:
            record.stopped_early = True
        except PoseSpotterError as error:
            record.error = str(error)  # the joints are worth keeping without their picture
    record.timings_s["overlay"] = round(time.perf_counter() - start, 4)


def _estimate_live(
    source: Source,
    estimator: PoseEstimator,
    rotate: Turn,
    folder: Path,
    progress: Progress | None,
    *,
    skeletons_only: bool,
) -> Estimate:
    """A camera or stream cannot be read again: its overlay is drawn on the way, with live smoothing."""
    smooth = OneEuro()
    result: Estimate | None = None
    video = OverlayWriter(folder / "overlay.mp4", source.info)

    def draw(frame: Frame, people: People) -> None:
        frame = to_draw_over(frame, skeletons_only=skeletons_only)
        joints = people.joints
        steady = smooth(frame.time_s, people.ids, joints.keypoints)
        skeleton = estimator.pose.model.skeleton
        draw_people(frame.image, skeleton, steady, joints.scores, boxes=joints.regions.boxes, ids=people.ids)
        video.add(frame.image, frame.time_s)

    try:
        with video:
            result = estimate_turned(estimator, source, rotate, progress=progress, sink=draw)
    except PoseSpotterError as error:
        if result is None:
            raise
        result.error = result.error or str(error)
    return result
