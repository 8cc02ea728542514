"""The input of an analysis: poses that are there already, or a source whose poses are estimated first."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from posespotter.drawing.privacy import canvases_for, to_draw_on
from posespotter.errors import InputError, PoseSpotterError
from posespotter.estimation.estimator import PoseEstimator
from posespotter.files import open_plain
from posespotter.media import WHOLE, Part, Source, open_again, open_source, redact
from posespotter.media.sources.turned import Turn
from posespotter.poses import PoseSequence
from posespotter.poses.parquet import MAGIC, read_parquet
from posespotter.progress import Progress
from posespotter.settings import skeletons_only as settled
from posespotter.tasks.run_folder.folders import POSES_FILE, run_folder, stem_of
from posespotter.tasks.run_folder.record import ModelRecord, RunRecord, SourceRecord, estimate_record
from posespotter.tasks.turned import estimate_turned

Drawn = TypeVar("Drawn")


@dataclass
class Input:
    """One input of an analysis, opened.

    Attributes:
        folder: to fill with what comes of it; it appears whole, or not at all.
        target: where that will be.
        poses: everyone in it.
        source: its video, or None where that cannot be read, or not again.
        record: what run.json will hold, so far as of an estimate.
    """

    folder: Path
    target: Path
    poses: PoseSequence
    source: Source | None
    record: RunRecord

    def took(self, stage: str, start: float) -> None:
        """Note the time since `start`, of `time.perf_counter`, for a stage."""
        self.record.timings_s[stage] = round(time.perf_counter() - start, 4)

    @contextmanager
    def _drawing(self) -> Iterator[None]:
        """Let what ends the drawing early stand in the record: what was found is worth keeping without its picture."""
        start = time.perf_counter()
        try:
            yield
        except KeyboardInterrupt:
            self.record.stopped_early = True
        except PoseSpotterError as error:
            self.record.error = str(error)
        finally:
            self.took("draw", start)

    def drawn(self, on_video: Callable[[Source], Drawn], without: Callable[[], Drawn]) -> Drawn:
        """Draw on the video; or without it, where it cannot be read again to its end."""
        if self.source is not None and not (self.record.stopped_early or self.record.error):
            with self._drawing():
                return on_video(self.source)
        self.source = None
        return without()

    def complete(self) -> None:
        """Write the record: the last file of the folder."""
        self.record.complete(self.folder, self.target)


def is_poses_file(spec: str) -> bool:
    """Whether an input holds poses already."""
    path = Path(spec)
    if path.suffix.lower() == ".parquet":
        return True
    try:
        with open_plain(path) as file:
            return file.read(len(MAGIC)) == MAGIC
    except (OSError, ValueError):
        return False


def folder_of(spec: str) -> str:
    """The name of the folder for the results of an input: that of the video where it is poses.parquet."""
    if Path(spec).name != POSES_FILE:
        return stem_of(spec)
    try:
        return _folder_of_poses(spec, read_parquet(Path(spec)))
    except InputError:  # reported where it is opened
        return stem_of(spec)


def _folder_of_poses(spec: str, poses: PoseSequence) -> str:
    return stem_of(poses.source if Path(spec).name == POSES_FILE and poses.source else spec)


def open_input(
    spec: str,
    out: Path,
    stack: ExitStack,
    *,
    estimator: PoseEstimator | None = None,
    video: str | None = None,
    overwrite: bool = False,
    fps: float | None = None,
    rotate: Turn = 0,
    part: Part = WHOLE,
    progress: Progress | None = None,
    skeletons_only: bool | None = None,
) -> Input:
    """The poses of an input, the source of its pictures, and the folder for the results.

    That there is room for results is known before the work begins.

    Args:
        spec: path, pattern, camera number or address; or poses.parquet.
        out: folder of folders.
        stack: closes the source in the end, and completes the folder.
        estimator: the models, ready; not needed for poses that are there already.
        video: what poses.parquet was estimated from, if its pictures are wanted.
        overwrite: replace an earlier result instead of numbering the new one.
        fps: pictures a second of numbered ones.
        rotate: degrees by which the pictures are turned clockwise; with poses, those that they were found in.
        part: of the video that is processed.
        progress: called with how far the estimation is.
        skeletons_only: write no pixels of people; None for what the settings say.

    Raises:
        InputError: the input or the video cannot be used, shows a single picture, or they do not belong together.
        OutputError: the folder cannot be made.
    """
    privately = settled(skeletons_only)
    results = partial(run_folder, out, overwrite=overwrite)
    if is_poses_file(spec):
        poses = read_parquet(Path(spec))
        if rotate:
            raise InputError(
                f"{spec}: expected a video to turn, got poses, whose video is turned as it was when they were found. "
                "Leave --rotate out."
            )
        if part:
            raise InputError(
                f"{spec}: expected a video to take a part of, got poses. Find the poses of that part: `posespotter "
                "estimate` with --from and --to."
            )
        _require_movement(poses.n_frames, spec)
        pictures = video_of(poses, video, stack, skeletons_only=privately)
        record = _record_of_poses(poses, Path(spec).parent)
        return Input(*stack.enter_context(results(_folder_of_poses(spec, poses))), poses, pictures, record)
    if video is not None:
        raise InputError(
            f"{redact(spec)}: expected poses as Parquet beside {video}, got a source with pictures of its own. "
            "Leave the video out."
        )
    if estimator is None:
        raise InputError(f"{redact(spec)}: expected poses as Parquet; a video needs an estimator to find them.")
    source = stack.enter_context(open_source(spec, fps=fps, rotate=rotate, part=part))
    if source.info.kind == "image":
        _require_movement(1, spec)
    folder, target = stack.enter_context(results(stem_of(spec)))
    estimate = estimate_turned(estimator, source, rotate, part=part, progress=progress)
    record = estimate_record(estimator, source.info, estimate)
    opened = Input(folder, target, estimate.poses, to_draw_on(source, skeletons_only=privately), record)
    if source.info.live:
        opened.source = None
        opened.record.warnings.append("A camera or stream cannot be read again: there is no overlay.")
    return opened


def clip_facts(poses: PoseSequence) -> dict[str, str]:
    """Facts about the clip, for a report."""
    width, height = poses.frame_size
    return {
        "Clip": poses.source or "unnamed",
        "Picture": f"{width} x {height} px, {poses.fps:.4g} frames/s, {poses.n_frames} frames",
    }


def maker_of(poses: PoseSequence) -> str:
    """The program that wrote the poses, for a report."""
    return f"PoseSpotter {poses.version}" if poses.version else "another program"


def video_of(poses: PoseSequence, video: str | None, stack: ExitStack, *, skeletons_only: bool) -> Source | None:
    """The source to draw poses on; None where there is neither a video nor a canvas for one.

    Raises:
        InputError: the video is not that of the poses.
    """
    if video is None:
        return canvases_for(poses, skeletons_only=skeletons_only)
    source = stack.enter_context(open_again(video, poses.settings))
    width, height = source.info.width, source.info.height
    if (width, height) != tuple(poses.frame_size):
        expected = f"{poses.frame_size[0]}x{poses.frame_size[1]} px"
        raise InputError(f"{video}: expected the video of these poses, {expected}, got {width}x{height} px.")
    return to_draw_on(source, skeletons_only=skeletons_only)


def _require_movement(n_frames: int, spec: str) -> None:
    if n_frames < 2:
        raise InputError(f"{redact(spec)}: expected a video, a picture shows no movement.")


def _record_of_poses(poses: PoseSequence, folder: Path) -> RunRecord:
    """The record of poses that were there already, with what that of their estimation says if it is beside them."""
    source = SourceRecord(
        name=poses.source,
        kind="poses",
        frame_size=poses.frame_size,
        fps=round(poses.fps, 4),
        frames=poses.n_frames,
        seconds=round(poses.end_s + poses.step_s, 3),
    )
    record = RunRecord.of("estimate", source, poses)
    record.models = [
        ModelRecord(task="detector", name=poses.detector),
        ModelRecord(task="pose", name=poses.pose_model),
    ]
    record.settings = dict(poses.settings)
    try:
        found = RunRecord.read(folder)
    except InputError:
        return record
    if found.kind == "estimate" and (found.source.frames, found.source.name) == (poses.n_frames, poses.source):
        record.warnings, record.source, record.models = found.warnings, found.source, found.models
        record.settings, record.timings_s = found.settings, found.timings_s
    return record
