"""The samples that the program makes itself, squats, a fall and stands from a chair: runs with poses and a video."""

from pathlib import Path

from posespotter.drawing.mannequin import draw_chair, draw_mannequin, draw_room
from posespotter.drawing.overlay import draw_poses
from posespotter.files import whole
from posespotter.media import VideoWriter
from posespotter.poses import PoseSequence
from posespotter.synthetic.sample import sample_fall, sample_squats, sample_stands
from posespotter.tasks.run_folder.record import RunRecord, SourceRecord


def write_sample_squats(folder: Path) -> Path:
    """Make the session as a run's folder, without real people: poses.parquet, source.mp4, overlay.mp4 and run.json.

    Args:
        folder: to be made.

    Returns:
        the folder.

    Raises:
        OutputError: it cannot be written.
    """
    return _write(sample_squats(), folder)


def write_sample_fall(folder: Path) -> Path:
    """Make a squat and a fall as a run's folder; see `write_sample_squats`."""
    return _write(sample_fall(), folder)


def write_sample_stands(folder: Path) -> Path:
    """Make five stands from a chair as a run's folder; see `write_sample_squats`."""
    return _write(sample_stands(), folder, chair=True)


def _write(poses: PoseSequence, folder: Path, *, chair: bool = False) -> Path:
    with whole(folder) as temporary:
        temporary.mkdir()
        poses.to_parquet(temporary / "poses.parquet")
        _render(poses, temporary, chair=chair)
        _record(poses).write(temporary)
    return folder


def _render(poses: PoseSequence, folder: Path, *, chair: bool) -> None:
    room = draw_room(*poses.frame_size)
    if chair:
        draw_chair(room, poses.at(0))
    with (
        VideoWriter(folder / "source.mp4", poses.frame_size, poses.fps) as source,
        VideoWriter(folder / "overlay.mp4", poses.frame_size, poses.fps) as overlay,
    ):
        for frame in range(poses.n_frames):
            image, people = room.copy(), poses.at(frame)
            draw_mannequin(image, people)
            source.write(image, frame / poses.fps)
            draw_poses(image, people)
            overlay.write(image, frame / poses.fps)


def _record(poses: PoseSequence) -> RunRecord:
    source = SourceRecord(
        name=poses.source, kind="video", frame_size=poses.frame_size, fps=round(poses.fps, 4), frames=poses.n_frames
    )
    record = RunRecord.of("estimate", source, poses)
    record.warn("A mannequin that PoseSpotter made: its joints were not estimated.")
    return record
