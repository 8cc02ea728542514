"""Keep a recording as a run of the library."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from posespotter.drawing.overlay import draw_poses
from posespotter.drawing.overlay_video import OverlayWriter
from posespotter.drawing.privacy import canvas
from posespotter.errors import InputError, PoseSpotterError
from posespotter.jobs.submit import JobRequest, submit
from posespotter.live.limits import LIMITS
from posespotter.live.recordings import Recording
from posespotter.live.timed_poses import TimedPoses, join
from posespotter.media import SourceInfo
from posespotter.media.cut import cut_video
from posespotter.media.inspection.guard import check_upload, upload_limits
from posespotter.poses import PoseSequence
from posespotter.runs.store import Library
from posespotter.settings import skeletons_only
from posespotter.tasks.run_folder.record import RunRecord, model_records, source_record

_DEFAULT_NAME = "Webcam"


@dataclass(frozen=True)
class Kept:
    """The run that keeps a recording.

    Attributes:
        run: id of the recording in the library.
        estimate: id of the job that finds the joints in it, or judges it as a test; None where there is none to do, or
            it could not be asked for.
        reason: why it could not; else empty.
    """

    run: str
    estimate: str | None = None
    reason: str = ""


def keep_video(  # noqa: PLR0917
    library: Library, upload: Path, name: str, start_s: float, end_s: float, test: Mapping[str, Any] | None = None
) -> Kept:
    """Put a part of a recorded video into the library, and ask for its joints, or for the result of a test.

    Args:
        library: where to keep it.
        upload: what the browser recorded, in any format.
        name: to show.
        start_s: from when it is kept.
        end_s: until when.
        test: options of the test that it is of.

    Raises:
        InputError: it is no video that can be read, is longer than a recording may be, or pictures may not be kept.
        OutputError: the library cannot be written.
    """
    if skeletons_only():
        raise InputError("The settings allow skeletons only: no pictures are kept.")
    limits = upload_limits()
    # A browser's idea of how long it recorded, and the container's, differ.
    check_upload(upload, replace(limits, seconds=min(limits.seconds, LIMITS.recording_s + 30.0)), name="recording")
    name = name.strip() or _DEFAULT_NAME
    with TemporaryDirectory(prefix="posespotter-") as temporary:
        folder = Path(temporary) / "recording"
        folder.mkdir()
        video = cut_video(upload, Path(temporary) / "cut.mp4", start_s, end_s)
        info = SourceInfo(name, "camera", video.width, video.height, video.fps, video.frames, live=False)
        _record(info).write(folder)
        run = library.adopt(folder, "recording", name=name, source=video.path)
    return _with_job(library, run.id, JobRequest("estimate", run.id, name) if test is None else _of(test, run.id, name))


def _of(test: Mapping[str, Any], run_id: str, name: str) -> JobRequest:
    return JobRequest("test", run_id, name, test)


def _with_job(library: Library, run_id: str, request: JobRequest) -> Kept:
    """Ask for what is to be done with a recording that is kept."""
    try:
        return Kept(run_id, submit(library, request))
    except PoseSpotterError as error:  # the recording is safe; the rest can be asked for later
        return Kept(run_id, reason=str(error))


def keep_skeletons(  # noqa: PLR0917
    library: Library,
    recording: Recording,
    name: str,
    start_s: float,
    end_s: float,
    test: Mapping[str, Any] | None = None,
) -> Kept:
    """Put the joints of a recording into the library, with a video of skeletons on a grey canvas; see `keep_video`.

    Raises:
        InputError: there are no joints in that time.
        OutputError: the library cannot be written.
    """
    name = name.strip() or _DEFAULT_NAME
    samples = recording.between(start_s, end_s)
    poses = join(samples, name, recording.estimator, zero_s=samples[0].time_s)
    estimator = recording.estimator
    with TemporaryDirectory(prefix="posespotter-") as temporary:
        folder = Path(temporary) / "recording"
        folder.mkdir()
        poses.to_parquet(folder / "poses.parquet")
        width, height = poses.frame_size
        info = SourceInfo(name, "camera", width, height, poses.fps, len(samples), live=False)
        _draw_on_canvas(samples, info, folder / "overlay.mp4")
        record = _record(info, poses)
        record.models, record.settings = model_records(estimator), dict(poses.settings)
        record.write(folder)
        run = library.adopt(folder, "recording", name=name)
    return Kept(run.id) if test is None else _with_job(library, run.id, _of(test, run.id, name))


def _draw_on_canvas(samples: Sequence[TimedPoses], info: SourceInfo, path: Path) -> None:
    with OverlayWriter(path, info) as video:
        for sample in samples:
            image = canvas(info.width, info.height)
            draw_poses(image, sample.poses)
            video.add(image, sample.time_s)


def _record(info: SourceInfo, poses: PoseSequence | None = None) -> RunRecord:
    return RunRecord.of("recording", source_record(info, info.n_frames), poses)
